//! Schemas in few words.

use serde_json::{Map, Value, json};

/// A member of an object with its schema.
pub type Member = (&'static str, Value);

/// Any text.
pub fn text() -> Value {
    json!({ "type": "string" })
}

/// Text that is not blank.
pub fn words() -> Value {
    json!({ "type": "string", "minLength": 1, "pattern": r"\S" })
}

/// One of these words.
pub fn one_of(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}

/// An id: a number, printed as text.
pub fn id() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]{1,19}$" })
}

/// A date-time in UTC.
pub fn time() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

/// A URL.
pub fn url() -> Value {
    json!({ "type": "string", "format": "uri" })
}

/// A ZIP code.
pub fn zip_code() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]{5}$" })
}

/// True or false.
pub fn boolean() -> Value {
    json!({ "type": "boolean" })
}

/// Any number.
pub fn number() -> Value {
    json!({ "type": "number" })
}

/// A whole number from `least`.
pub fn integer(least: u32) -> Value {
    json!({ "type": "integer", "minimum": least })
}

/// A whole number from `least` to `most`.
pub fn between(least: u32, most: u32) -> Value {
    json!({ "type": "integer", "minimum": least, "maximum": most })
}

/// A list.
pub fn list(items: Value) -> Value {
    Value::Object([("type".to_owned(), "array".into()), ("items".to_owned(), items)].into_iter().collect())
}

/// The schema of this name.
pub fn named(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// An object with these members and no others.
pub fn closed(required: impl IntoIterator<Item = Member>, optional: impl IntoIterator<Item = Member>) -> Value {
    let mut object = open(required, optional);
    object["additionalProperties"] = false.into();
    object
}

/// An object with these members, and any others.
pub fn open(required: impl IntoIterator<Item = Member>, optional: impl IntoIterator<Item = Member>) -> Value {
    let mut members: Map<String, Value> =
        required.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    let names: Vec<String> = members.keys().cloned().collect();
    members.extend(optional.into_iter().map(|(name, schema)| (name.to_owned(), schema)));
    let mut object = json!({ "type": "object", "properties": members });
    // An empty list is not allowed there.
    if !names.is_empty() {
        object["required"] = names.into();
    }
    object
}

/// The API's envelope of a list.
pub fn envelope(items: Value) -> Value {
    closed([("data", list(items))], [])
}

/// The same, of a list that tells how long it may be.
pub fn limited(items: Value) -> Value {
    closed([("data", list(items)), ("pagination", closed([("limit", integer(1))], [("cursor", id())]))], [])
}

/// The same, of a list that has pages.
pub fn paged(items: Value) -> Value {
    let next = json!({ "type": "string", "format": "uri", "nullable": true });
    let pagination = closed([("limit", integer(1)), ("offset", integer(0))], [("next", next)]);
    closed([("data", list(items)), ("pagination", pagination)], [])
}
