//! What was sent and what came of it.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use ::http::Version;
use hyper::body::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use super::{Failure, Request};

/// A request as sent, and the answer or the reason why there is none.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The request as sent, with the `user-agent` and `accept` that were added; `host` and `content-length` are not
    /// listed.
    pub request: Request,
    /// The whole answer, or why there is none.
    pub outcome: Result<Response, Failure>,
    /// When sending began.
    pub started: Timestamp,
    /// From there to the last byte of the answer, or to the failure.
    pub elapsed: Duration,
}

impl Exchange {
    /// The answer, if there is one.
    pub fn response(&self) -> Option<&Response> {
        self.outcome.as_ref().ok()
    }

    /// The status of the answer, if there is one.
    pub fn status(&self) -> Option<u16> {
        self.response().map(|response| response.status)
    }

    /// When the last byte of the answer was there, or the failure known. A token's `expires_in` counts from here.
    pub fn ended(&self) -> Timestamp {
        self.started.saturating_add(self.elapsed).unwrap_or(self.started)
    }
}

/// An answer as received: not decompressed, not redirected.
#[derive(Clone, Default)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The version of HTTP that was spoken.
    pub version: Version,
    /// Lower-case names with their values, in the order received; repeated names stand together, in their order. Bytes
    /// that are not UTF-8 are replaced by U+FFFD.
    pub headers: Vec<(String, String)>,
    /// The body, at most [`super::LARGEST_BODY`] bytes.
    pub body: Bytes,
    json: OnceLock<Option<Value>>,
}

/// Tells no value, as any may be a secret; [`super::describe()`] shows a response.
impl fmt::Debug for Response {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        write!(formatter, "Response({}, headers {names:?}, body of {} bytes)", self.status, self.body.len())
    }
}

impl Response {
    /// An answer of these parts over HTTP/1.1. The names of `headers` are expected in lower case.
    pub fn new(status: u16, headers: Vec<(String, String)>, body: impl Into<Bytes>) -> Self {
        Self { status, version: Version::HTTP_11, headers, body: body.into(), json: OnceLock::new() }
    }

    /// The first value of the header `name`, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header_values(name).next()
    }

    /// All values of the header `name`, in any case and in order.
    pub fn header_values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The media type in lower case without its parameters, as `application/json` (RFC 9110 §8.3.1).
    pub fn media_type(&self) -> Option<String> {
        let essence = self.header("content-type")?.split(';').next()?.trim().to_ascii_lowercase();
        (!essence.is_empty()).then_some(essence)
    }

    /// The body as JSON, whatever its media type says; `None` if it is not JSON. Parsed once, when first asked for.
    pub fn json(&self) -> Option<&Value> {
        self.json.get_or_init(|| serde_json::from_slice(&self.body).ok()).as_ref()
    }

    /// The body as text; bytes that are not UTF-8 are replaced by U+FFFD.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }
}

#[cfg(test)]
mod tests {
    use super::{Request, Response};

    fn typed(content_type: &str) -> Response {
        Response::new(200, vec![("content-type".to_owned(), content_type.to_owned())], r#"{"a": 1}"#)
    }

    #[test]
    fn the_media_type_has_neither_parameters_nor_capitals() {
        assert_eq!(typed("Application/JSON; charset=utf-8").media_type().as_deref(), Some("application/json"));
        assert_eq!(typed(" ;charset=utf-8").media_type(), None);
        assert_eq!(Response::default().media_type(), None);
    }

    #[test]
    fn json_is_read_whatever_the_media_type() {
        assert_eq!(typed("text/html").json(), Some(&serde_json::json!({ "a": 1 })));
        assert_eq!(Response::new(200, Vec::new(), "{").json(), None);
        assert_eq!(Response::default().json(), None);
    }

    #[test]
    fn debug_tells_no_value() {
        let request =
            Request::post_form("http://127.0.0.1:1/token?code=fictional".parse().unwrap(), &[("a", "fictional")])
                .with_header("authorization", "Bearer fictional");
        let response = Response::new(200, vec![("x".to_owned(), "fictional".to_owned())], "fictional");
        let shown = format!("{request:?} {response:?}");
        assert!(
            shown.contains("authorization") && shown.contains("Response(200") && !shown.contains("fictional"),
            "{shown}"
        );
    }

    #[test]
    fn headers_are_found_in_any_case_and_kept_when_repeated() {
        let headers = [("link", "a"), ("x", "b"), ("link", "c")];
        let response = Response::new(200, headers.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec(), "");
        assert_eq!(response.header("Link"), Some("a"));
        assert_eq!(response.header_values("LINK").collect::<Vec<_>>(), ["a", "c"]);
    }
}
