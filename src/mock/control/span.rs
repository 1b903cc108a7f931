//! Durations as all files write them.

use std::fmt::{Display, Formatter, Result as Written};
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

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
        let written = String::deserialize(deserializer)?;
        spelled_duration(&written).map(Self).ok_or_else(|| {
            D::Error::custom(format!(
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
    }
}
