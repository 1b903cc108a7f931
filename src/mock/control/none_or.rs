//! A limit, or the word `none`.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::Value;

use super::RateLimit;

/// The word for no limit.
const NONE: &str = "none";

#[expect(clippy::ref_option, reason = "serde calls it so")]
pub fn serialize<S: Serializer>(limit: &Option<RateLimit>, serializer: S) -> Result<S::Ok, S::Error> {
    match limit {
        None => serializer.serialize_str(NONE),
        Some(limit) => limit.serialize(serializer),
    }
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<RateLimit>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(word) if word == NONE => Ok(None),
        value @ Value::Object(_) => serde_json::from_value(value).map(Some).map_err(D::Error::custom),
        Value::Array(_) => Err(D::Error::custom("`rate_limit` is `none` or an object, not a list")),
        other => Err(D::Error::custom(format!("`rate_limit` is `none` or an object, not `{other}`"))),
    }
}

pub fn schema(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "anyOf": [{ "const": NONE }, generator.subschema_for::<RateLimit>()] })
}
