//! The changes of a real answer, one after another.

use axum::response::Response;
use serde_json::{Map, Value};

use super::{
    asked::{Asked, TOKEN},
    callback, id_token,
    marks::mark,
    members,
};
use crate::mock::control::Effect;

/// The answer with what `effect` changes in it. A change that finds nothing to change leaves a mark that says so.
pub async fn changed(asked: &Asked<'_>, effect: &Effect, mut response: Response) -> Response {
    let is_token = asked.place == TOKEN;
    if let Some(change) = &effect.body {
        response = in_json(response, "body", true, |object| members::apply(change, object)).await;
    }
    if let Some(change) = &effect.token {
        response = in_json(response, "token", is_token, |object| members::apply(change, object)).await;
    }
    if let Some(change) = &effect.id_token {
        response = in_json(response, "id_token", is_token, |object| id_token::change(asked.site, change, object)).await;
    }
    if let Some(change) = &effect.callback
        && !callback::change(asked.site, change, &mut response)
    {
        mark(&mut response, "fault: callback: nothing to change: no redirect with a code or an error".to_owned());
    }
    response
}

async fn in_json(
    response: Response,
    word: &str,
    is_meant: bool,
    change: impl FnOnce(&mut Map<String, Value>) -> bool,
) -> Response {
    match members::changed(response, |object| is_meant && change(object)).await {
        Ok(changed) => changed,
        Err(mut as_it_was) => {
            mark(&mut as_it_was, format!("fault: {word}: {}", members::NOTHING));
            as_it_was
        }
    }
}
