//! Members of a JSON answer, left out or made others.

use axum::{body::Body, response::Response};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::BodyExt;
use serde_json::{Map, Value};

use crate::mock::control::Members;

/// Why an answer stays as it is, in its mark.
pub const NOTHING: &str = "nothing to change: no success with such a member";

/// Lets `change` change the JSON object in the body of a success. `Err` has the answer as it was, if there is none or
/// nothing was changed.
pub async fn changed(
    response: Response,
    change: impl FnOnce(&mut Map<String, Value>) -> bool,
) -> Result<Response, Response> {
    let is_json = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json") && response.status().is_success());
    if !is_json {
        return Err(response);
    }
    let (mut parts, body) = response.into_parts();
    // Bodies of the mock are whole: nothing of them can be lost.
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let Ok(Value::Object(mut object)) = serde_json::from_slice(&body) else {
        return Err(Response::from_parts(parts, Body::from(body)));
    };
    if !change(&mut object) {
        return Err(Response::from_parts(parts, Body::from(body)));
    }
    parts.headers.remove(CONTENT_LENGTH);
    Ok(Response::from_parts(parts, Body::from(Value::Object(object).to_string())))
}

/// Leaves out and sets what `members` says; what is not there can't be left out. `false` if nothing came of it.
pub fn apply(members: &Members, object: &mut Map<String, Value>) -> bool {
    let mut whole = Value::Object(std::mem::take(object));
    let mut done = false;
    for name in &members.omit {
        done |= with_parent(&mut whole, name, |parent, last| match parent {
            Value::Object(object) => object.remove(last).is_some(),
            Value::Array(array) => {
                let index = index(last).filter(|index| *index < array.len());
                index.is_some_and(|index| {
                    array.remove(index);
                    true
                })
            }
            _ => false,
        });
    }
    for (name, value) in &members.set {
        done |= with_parent(&mut whole, name, |parent, last| match parent {
            Value::Object(object) => {
                object.insert(last.to_owned(), value.clone());
                true
            }
            Value::Array(array) => match index(last).and_then(|index| array.get_mut(index)) {
                Some(element) => {
                    *element = value.clone();
                    true
                }
                None => false,
            },
            _ => false,
        });
    }
    if let Value::Object(changed) = whole {
        *object = changed;
    }
    done
}

/// Calls `act` with the parent of the member `name` and what the member is called there; `false` if there is no parent.
fn with_parent(whole: &mut Value, name: &str, act: impl FnOnce(&mut Value, &str) -> bool) -> bool {
    let Some(pointer) = name.strip_prefix('/') else { return act(whole, name) };
    let (parent, last) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let parent = if parent.is_empty() { Some(whole) } else { whole.pointer_mut(&format!("/{parent}")) };
    parent.is_some_and(|parent| act(parent, &last.replace("~1", "/").replace("~0", "~")))
}

fn index(name: &str) -> Option<usize> {
    name.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn changed(members: &Value, mut whole: Value) -> (bool, Value) {
        let members = serde_json::from_value(members.clone()).unwrap();
        let done = apply(&members, whole.as_object_mut().unwrap());
        (done, whole)
    }

    #[test]
    fn members_are_left_out_and_set_at_any_depth() {
        let whole = json!({"a": 1, "data": [{"id": "1", "x/y": 2}, {"id": "2"}]});
        for (members, expected) in [
            (json!({"omit": ["a"]}), json!({"data": [{"id": "1", "x/y": 2}, {"id": "2"}]})),
            (json!({"set": {"a": "1", "b": null}}), json!({"a": "1", "b": null, "data": whole["data"]})),
            (json!({"omit": ["/data/0/x~1y", "/data/1"]}), json!({"a": 1, "data": [{"id": "1"}]})),
            (json!({"set": {"/data/1/id": 2, "/data/0": 0}}), json!({"a": 1, "data": [0, {"id": 2}]})),
        ] {
            assert_eq!(changed(&members, whole.clone()), (true, expected), "{members}");
        }
        for nothing in [json!({"omit": ["b", "/data/7", "/a/b", "/data/x"]}), json!({"set": {"/b/c": 1, "/data/7": 1}})]
        {
            assert_eq!(changed(&nothing, whole.clone()), (false, whole.clone()), "{nothing}");
        }
    }
}
