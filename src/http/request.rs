//! What is to be sent.

use std::fmt;

use ::http::Method;
use hyper::body::Bytes;
use url::Url;

use super::form_encode;

/// One HTTP request, with nothing implied but `host` and `content-length`, which the connection adds.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Where it goes. A fragment is not sent.
    pub url: Url,
    /// Names as given and values, in the order in which they are sent; a repeated name is sent repeatedly.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Bytes,
}

/// Tells no value, as any may be a secret; [`super::describe()`] shows a request.
impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        let (method, path) = (&self.method, self.url.path());
        write!(formatter, "Request({method} {path}, headers {names:?}, body of {} bytes)", self.body.len())
    }
}

impl Request {
    /// A request without headers and body.
    pub fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: Vec::new(), body: Bytes::new() }
    }

    /// A `POST` of `pairs` as a form.
    pub fn post_form(url: Url, pairs: &[(&str, &str)]) -> Self {
        Self::new(Method::POST, url).with_body("application/x-www-form-urlencoded", form_encode(pairs))
    }

    /// The same request with one more header.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same request with this body and its media type, unless a `content-type` was given before.
    #[must_use]
    pub fn with_body(mut self, media_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.default_header("content-type", media_type);
        self
    }

    /// The first value of the header `name`, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Adds the header if the request has none of that name.
    pub(super) fn default_header(&mut self, name: &str, value: &str) {
        if self.header(name).is_none() {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
    }
}
