//! Values that are a word, or an object: read so that an error tells about the one that was written.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::{Value, json};

use super::{Emit, FaultAnswer, Span, Turn};

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

/// How far the clock is moved, in milliseconds: a duration, or `{milliseconds}`.
pub(super) fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let value = Value::deserialize(deserializer)?;
    if value.is_string() {
        let span: Span = serde_json::from_value(value).map_err(D::Error::custom)?;
        return u64::try_from(span.0.as_millis()).map_err(D::Error::custom);
    }
    let forward: Forward = serde_json::from_value(value).map_err(D::Error::custom)?;
    Ok(forward.milliseconds)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "`advance` is a duration such as \"3601s\", or {\"milliseconds\": NUMBER}")]
struct Forward {
    milliseconds: u64,
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
    fn orders_are_written_short_too() {
        let read = |value: Value| serde_json::from_value::<Command>(value).map_err(|error| error.to_string());
        for (short, long) in [
            (json!({"advance": "3601s"}), json!({"advance": {"milliseconds": 3_601_000}})),
            (json!({"emit": "MessageCreatedV4"}), json!({"emit": {"event": "MessageCreatedV4"}})),
        ] {
            assert_eq!(read(short), read(long.clone()));
            assert!(read(long).is_ok());
        }
        for (wrong, words) in [
            (json!({"advance": "3601"}), "unit"),
            (json!({"advance": 3601}), "`advance` is a duration"),
            (json!({"advance": {"seconds": 1}}), "seconds"),
            (json!({"emit": "MessageCreated"}), "MessageCreated"),
            (json!({"fault": {"at": "any", "sequence": [7]}}), "or a mapping such as { respond: server_error }"),
        ] {
            assert!(read(wrong.clone()).unwrap_err().contains(words), "{wrong}: {:?}", read(wrong.clone()));
        }
    }
}
