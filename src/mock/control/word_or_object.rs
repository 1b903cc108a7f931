//! Values that are a word, or an object: read so that an error tells about the one that was written.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::Value;

use super::{FaultAnswer, Turn};

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
                let told = "an element of `sequence` is the word `pass` or an object that says what happens";
                Err(D::Error::custom(format!("{told}, not {}", kind(&other))))
            }
        }
    }
}

fn kind(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        other => format!("`{other}`"),
    }
}
