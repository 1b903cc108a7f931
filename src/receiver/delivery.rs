//! What was sent to a receiver.

use std::fmt;

use hyper::body::Bytes;
use jiff::Timestamp;
use serde_json::Value;

/// A webhook as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    /// When all of it was there.
    pub arrived: Timestamp,
    /// The path and the query to which it was sent, as they stood in the request.
    pub target: String,
    /// Lower-case names with their values, in the order received; repeated names stand together. Bytes that are not UTF-8
    /// are replaced by U+FFFD.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
    /// The name of the event that it tells of: `event.eventType` of a JSON body, if there is one.
    pub event: Option<String>,
    /// The status with which it was answered.
    pub status: u16,
}

impl Delivery {
    /// How many bytes of it were sent, about.
    pub(super) fn size(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        self.target.len() + headers + self.body.len()
    }
}

/// Tells no value, as any may be a secret or a person's.
impl fmt::Debug for Delivery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        write!(formatter, "Delivery({:?}, headers {names:?}, body of {} bytes)", self.event, self.body.len())
    }
}

/// The name of the event of which `body` tells, if it tells of one.
pub(super) fn event_of(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    body.get("event")?.get("eventType")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_has_its_name_in_one_place() {
        let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for (body, event) in [
            (r#"{"event":{"eventType":"Made"},"data":{}}"#, Some("Made")),
            (r#"{"event":{"eventType":7}}"#, None),
            (r#"{"event":"Made"}"#, None),
            (r#"{"eventType":"Made"}"#, None),
            ("Made", None),
            ("", None),
            (nested.as_str(), None),
        ] {
            assert_eq!(event_of(body.as_bytes()).as_deref(), event, "{}", body.get(..40).unwrap_or(body));
        }
    }

    #[test]
    fn debug_tells_no_value() {
        let shown = format!(
            "{:?}",
            Delivery {
                arrived: Timestamp::UNIX_EPOCH,
                target: "/fictional-path".to_owned(),
                headers: vec![("authorization".to_owned(), "Basic fictional".to_owned())],
                body: Bytes::from_static(b"fictional"),
                event: Some("Made".to_owned()),
                status: 200,
            }
        );
        assert!(shown.contains("Made") && shown.contains("authorization") && !shown.contains("fictional"), "{shown}");
    }
}
