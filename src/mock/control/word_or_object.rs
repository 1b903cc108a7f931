//! Values that are a word, or an object: read so that an error tells about the one that was written.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::{Value, json};

use super::{Emit, FaultAnswer, Turn};

impl Serialize for FaultAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Named(preset) => preset.serialize(serializer),
            Self::Written(respond) => respond.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for FaultAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match value {
            Value::String(_) => serde_json::from_value(value).map(Self::Named).map_err(D::Error::custom),
            Value::Object(_) => serde_json::from_value(value).map(Self::Written).map_err(D::Error::custom),
            other => Err(D::Error::custom(format!("`respond` is a word or an object, not {}", kind(&other)))),
        }
    }
}

impl Serialize for Turn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Pass => serializer.serialize_str("pass"),
            Self::Effect(effect) => effect.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Turn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match value {
            Value::String(word) if word == "pass" => Ok(Self::Pass),
            Value::Object(_) => serde_json::from_value(value).map(Self::Effect).map_err(D::Error::custom),
            other => {
                let told =
                    "an element of `sequence` is `pass`, or a mapping such as { respond: server_error }, and not";
                Err(D::Error::custom(format!("{told} {}", kind(&other))))
            }
        }
    }
}

/// An event: its name, or an object that says more of it.
pub(super) fn emit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<Emit>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let value = if value.is_string() { json!({ "event": value }) } else { value };
    serde_json::from_value(value).map_err(D::Error::custom)
}

fn kind(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        other => format!("`{other}`"),
    }
}

#[cfg(test)]
mod tests {
    use crate::mock::control::Command;

    use super::*;

    #[test]
    fn an_event_is_a_name_or_an_object_and_errors_tell_of_what_was_written() {
        let read = |value: Value| serde_json::from_value::<Command>(value).map_err(|error| error.to_string());
        let named = read(json!({"emit": "MessageCreatedV4"}));
        assert_eq!(named, read(json!({"emit": {"event": "MessageCreatedV4"}})));
        assert!(named.is_ok());
        for (wrong, words) in [
            (json!({"emit": "MessageCreated"}), "MessageCreated"),
            (json!({"advance": "3601"}), "unit"),
            (json!({"advance": 3601}), "write `\"3601s\"`"),
            (json!({"clear_faults": false}), "can only be `true`"),
            (json!({"rotate_keys": "yes"}), "a boolean"),
            (json!({"rate_limit": "nothing"}), "`none` or an object"),
            (json!({"rate_limit": null}), "`none` or an object"),
            (json!({"fault": {"at": "any", "sequence": [7]}}), "or a mapping such as { respond: server_error }"),
        ] {
            assert!(read(wrong.clone()).unwrap_err().contains(words), "{wrong}: {:?}", read(wrong.clone()));
        }
    }
}
