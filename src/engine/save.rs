//! Keeps values of an answer under a name.

use serde_json::Value;

use crate::http::Exchange;
use crate::oauth::redirect_parameters;
use crate::pattern::Finding;
use crate::plan::Origin;
use crate::plan::Save;

use super::judge::plain;

/// The value that `save` takes from `exchange`; exactly one must be there.
pub(super) fn saved(save: &Save, exchange: &Exchange) -> Result<Value, Box<Finding>> {
    let missing = |path: &str, what: String| {
        Err(Box::new(plain(
            save.name.place,
            path,
            format!("nothing to save as `{}`: {what}", save.name.value),
            "one value",
            "none",
        )))
    };
    let Ok(response) = &exchange.outcome else { return missing("response", "there is no answer".to_owned()) };
    match &save.origin {
        Origin::Body(path) => match response.json() {
            Some(json) => of_json(save, path, json),
            None => missing("body", "the body is not JSON".to_owned()),
        },
        Origin::Header(name) => match response.header_values(name).collect::<Vec<_>>().as_slice() {
            [value] => Ok(Value::String((*value).to_owned())),
            [] => missing("headers", format!("the answer has no header `{name}`")),
            several => missing("headers", format!("the answer has {} headers `{name}`", several.len())),
        },
        Origin::Redirect(name) => {
            let Some(redirect) = redirect_parameters(exchange) else {
                return missing("redirect", "the answer does not redirect".to_owned());
            };
            match redirect.parameters.get(&**name).map(Vec::as_slice) {
                Some([value]) => Ok(Value::String(value.clone())),
                None | Some([]) => missing("redirect", format!("the redirect has no parameter `{name}`")),
                Some(several) => missing("redirect", format!("the redirect has `{name}` {} times", several.len())),
            }
        }
    }
}

/// The value that `save` takes from `json`.
pub(super) fn of_json(save: &Save, path: &crate::pattern::Path, json: &Value) -> Result<Value, Box<Finding>> {
    path.select_one(json).cloned().map_err(|count| {
        let message =
            format!("nothing to save as `{}`: `{}` selects {count} values, not one", save.name.value, path.as_str());
        Box::new(plain(save.name.place, path.as_str(), message, "one value", &count.to_string()))
    })
}
