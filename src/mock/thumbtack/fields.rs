//! How the members of a JSON body are read: what is missing is nothing, what is wrong is told.

use serde_json::{Map, Value};

use crate::mock::problem::Invalid;

/// One thing that is wrong.
pub fn wrong(name: &'static str, reason: impl Into<String>) -> Invalid {
    Invalid { name, reason: reason.into() }
}

/// The text of a member that need not be there, but may be neither empty nor anything else than text.
pub fn text<'a>(members: &'a Map<String, Value>, name: &'static str, errors: &mut Vec<Invalid>) -> Option<&'a str> {
    let value = members.get(name)?;
    let text = value.as_str().filter(|text| !text.trim().is_empty());
    if text.is_none() {
        errors.push(wrong(name, "must be a string that is not empty"));
    }
    text
}

/// The text of a member that must be there.
pub fn required_text<'a>(
    members: &'a Map<String, Value>,
    name: &'static str,
    errors: &mut Vec<Invalid>,
) -> Option<&'a str> {
    if !members.contains_key(name) {
        errors.push(wrong(name, "is required"));
    }
    text(members, name, errors)
}

/// A `zipCode` that must be there.
pub fn zip_code<'a>(members: &'a Map<String, Value>, errors: &mut Vec<Invalid>) -> Option<&'a str> {
    let text = required_text(members, "zipCode", errors)?;
    if !is_zip_code(text) {
        errors.push(wrong("zipCode", "must be 5 digits"));
    }
    Some(text)
}

/// Whether a text is a ZIP code of five digits.
pub fn is_zip_code(text: &str) -> bool {
    text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A `limit` from 1 to `most`; 10 if it is not there, which is a guess.
pub fn limit(members: &Map<String, Value>, most: u64, errors: &mut Vec<Invalid>) -> usize {
    match members.get("limit").map(Value::as_u64) {
        None => 10,
        Some(Some(limit)) if (1..=most).contains(&limit) => usize::try_from(limit).unwrap_or_default(),
        Some(_) => {
            errors.push(wrong("limit", format!("must be an integer from 1, at most {most}")));
            0
        }
    }
}
