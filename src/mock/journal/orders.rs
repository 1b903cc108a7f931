//! Orders as they are kept.

use serde_json::{Value, json};

use crate::mock::{site::Environment, worlds::World};

/// The longest order that is kept whole, in bytes; of a longer one its name is kept.
const LONGEST: usize = 4096;

/// The order in `body`, with the name of a token in place of the token. What is no JSON is no order.
pub fn named(world: &World, body: &[u8]) -> Option<Value> {
    let mut order: Value = serde_json::from_slice(body).ok()?;
    if body.len() > LONGEST {
        let names: Vec<&String> = order.as_object().into_iter().flat_map(|members| members.keys()).take(1).collect();
        return Some(json!(names));
    }
    for name in ["expire", "revoke"] {
        // A token that stands where an object with it belongs is refused, and a token all the same.
        if let Some(value @ Value::String(_)) = order.get_mut(name) {
            *value = json!("[hidden]");
        }
    }
    let commands = order.as_object_mut().into_iter().flat_map(|commands| commands.values_mut());
    for members in commands.filter_map(Value::as_object_mut) {
        if let Some(Value::String(token)) = members.get("token") {
            let name = name(world, token);
            members.remove("token");
            members.insert("named".to_owned(), Value::String(name));
        }
    }
    Some(order)
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
