//! Durations as all files write them.

use std::fmt::{Display, Formatter, Result as Written};
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error, de::Visitor};

use crate::source::spelled_duration;

/// A duration, written as a number with its unit: `150ms`, `30s`, `5m`, `2h`, `1d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Duration);

impl Display for Span {
    fn fmt(&self, to: &mut Formatter<'_>) -> Written {
        let milliseconds = self.0.as_millis();
        match (milliseconds % 1000, milliseconds / 1000) {
            (0, seconds) if seconds > 0 => write!(to, "{seconds}s"),
            _ => write!(to, "{milliseconds}ms"),
        }
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Spelled)
    }
}

/// Reads a duration, and tells how a bare number would be written.
struct Spelled;

impl Visitor<'_> for Spelled {
    type Value = Span;

    fn expecting(&self, to: &mut Formatter<'_>) -> Written {
        to.write_str("a duration as a string, such as \"30s\"")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Span, E> {
        Err(E::custom(format!("the number {number} has no unit: write `\"{number}s\"` if these are seconds")))
    }

    fn visit_str<E: Error>(self, written: &str) -> Result<Span, E> {
        spelled_duration(written).map(Span).ok_or_else(|| {
            E::custom(format!(
                "`{written}` is no duration: it has a unit, as in 500ms, 30s, 5m, 2h, 1d, and is ten years at most"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_a_unit_is_needed() {
        for (written, printed) in
            [("150ms", "150ms"), ("30s", "30s"), ("1500ms", "1500ms"), ("2m", "120s"), ("0s", "0ms")]
        {
            let span: Span = serde_json::from_value(written.into()).unwrap();
            assert_eq!(span.to_string(), printed);
            assert_eq!(serde_json::from_value::<Span>(serde_json::to_value(span).unwrap()).unwrap(), span);
        }
        for wrong in ["5", "", "s", "1 s", "-1s", "1w"] {
            assert!(serde_json::from_value::<Span>(wrong.into()).unwrap_err().to_string().contains("unit"), "{wrong}");
        }
        let bare = serde_json::from_value::<Span>(3601.into()).unwrap_err().to_string();
        assert!(bare.contains("write `\"3601s\"`"), "{bare}");
    }
}
