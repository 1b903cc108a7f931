//! Orders as they are kept.

use serde_json::{Value, json};

use crate::mock::{site::Environment, worlds::World};

/// The longest order that is kept whole, in bytes; of a longer one its name is kept.
const LONGEST: usize = 4096;

/// The orders that are given with a token.
const TOKENS: [&str; 2] = ["expire", "revoke"];

/// The orders that may be given with a text which is no token.
const WORDS: [&str; 3] = ["advance", "rate_limit", "emit"];

/// The order in `body`, with the name of a token in place of the token. What is no JSON is no order.
pub fn named(world: &World, body: &[u8]) -> Option<Value> {
    let mut order: Value = serde_json::from_slice(body).ok()?;
    if body.len() > LONGEST {
        let names: Vec<&String> = order.as_object().into_iter().flat_map(|members| members.keys()).take(1).collect();
        return Some(json!(names));
    }
    for (order, value) in order.as_object_mut().into_iter().flatten() {
        hide(world, order, value);
    }
    Some(order)
}

/// Puts the name of a token in place of the token in `value`, with which `order` is given. One may also stand where none
/// belongs, in an order that is refused.
fn hide(world: &World, order: &str, value: &mut Value) {
    if let Value::String(token) = value
        && !WORDS.contains(&order)
    {
        *value = json!(name(world, token));
    } else if TOKENS.contains(&order) {
        *value = json!("[hidden]");
    } else if let Some(misplaced @ Value::String(_)) = value.get_mut("token") {
        *misplaced = json!("[hidden]");
    }
}

fn name(world: &World, token: &str) -> String {
    let mut state = world.state();
    for environment in [Environment::Staging, Environment::Production] {
        if let Some((name, _)) = state.ledger(environment).known(token) {
            return format!("{name} of {}", environment.name());
        }
    }
    "an unknown token".to_owned()
}
