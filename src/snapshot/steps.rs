//! What one test pins: the shapes of its steps' answers.

use serde_json::Value;

use super::Shape;

/// The answers of one test, in the order of its steps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shapes {
    /// One entry a step that has an answer.
    pub steps: Vec<StepShape>,
}

/// The shape of one step's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepShape {
    /// The step's name.
    pub step: String,
    /// The HTTP status; `None` for a webhook, which is no answer.
    pub status: Option<u16>,
    /// The essence of the media type: lower case, without parameters. `None` without a `Content-Type`.
    pub media_type: Option<String>,
    /// The body.
    pub body: Body,
    /// Whether the scenario itself says which statuses will do, so that another one of them is no drift. No snapshot
    /// holds this.
    pub status_is_judged: bool,
}

/// The shape of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// No body.
    Empty,
    /// A body that is not JSON; nothing of it is kept.
    Text,
    /// A JSON body.
    Json(Shape),
}

impl StepShape {
    /// The answer to `step`; `content_type` is the header's value, of which only the essence is kept (RFC 9110 §8.3.1).
    pub fn new(step: &str, status: u16, content_type: Option<&str>, body: Body) -> Self {
        Self { status: Some(status), ..Self::of_delivery(step, content_type, body) }
    }

    /// The webhook that `step` took; of `content_type` only the essence is kept.
    pub fn of_delivery(step: &str, content_type: Option<&str>, body: Body) -> Self {
        let essence = |value: &str| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let media_type = content_type.map(essence);
        Self { step: step.to_owned(), status: None, media_type, body, status_is_judged: false }
    }

    /// The same answer to a step that has judged its status.
    #[must_use]
    pub fn with_judged_status(self) -> Self {
        Self { status_is_judged: true, ..self }
    }
}

impl Body {
    /// The shape of the body `bytes`, which was read as `json`, or `None` where it is not JSON.
    pub fn of(bytes: &[u8], json: Option<&Value>) -> Self {
        match json {
            Some(value) => Self::Json(Shape::of(value)),
            None if bytes.is_empty() => Self::Empty,
            None => Self::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_essence_of_the_media_type_is_kept() {
        for (header, expected) in [
            (Some("Application/JSON; charset=UTF-8"), Some("application/json")),
            (Some("application/problem+json"), Some("application/problem+json")),
            (Some(""), Some("")),
            (None, None),
        ] {
            assert_eq!(StepShape::new("s", 200, header, Body::Empty).media_type.as_deref(), expected);
        }
    }

    #[test]
    fn a_body_is_json_text_or_nothing() {
        assert_eq!(Body::of(b"", None), Body::Empty);
        assert_eq!(Body::of(b"<html>", None), Body::Text);
        assert_eq!(Body::of(b"1", Some(&json!(1))), Body::Json(Shape::of(&json!(2))));
    }
}
