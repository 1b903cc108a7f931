//! How the authorization endpoint answers the client: parameters sorted and form-encoded, in one of three modes.

use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header};
use url::form_urlencoded;

use super::{errors::no_store, pages::html_text};

/// What a page posts to a client; an extension of the response that has the page.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Where to.
    pub uri: String,
    /// The parameters, in their order.
    pub pairs: Vec<(String, String)>,
}

/// `response_mode` (OAuth 2.0 Multiple Response Types, Form Post Response Mode).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `query`, the default.
    Query,
    /// `fragment`.
    Fragment,
    /// `form_post`.
    FormPost,
}

impl Mode {
    /// Reads the parameter; `None` if it is unknown.
    pub fn read(text: &str) -> Option<Self> {
        match text {
            "" | "query" => Some(Self::Query),
            "fragment" => Some(Self::Fragment),
            "form_post" => Some(Self::FormPost),
            _ => None,
        }
    }

    /// Sends `parameters`, which are in alphabetical order, to the client's `uri`. In the query they are merged into the
    /// one that `uri` has, and replace what has the same name there.
    pub fn send(self, uri: &str, parameters: &[(&str, &[u8])]) -> Response {
        match self {
            Self::Query => see_other(&with_query(uri, parameters)),
            Self::Fragment => {
                let encoded: Vec<String> = parameters.iter().map(|(name, value)| pair(name, value)).collect();
                see_other(&format!("{uri}#{}", encoded.join("&")))
            }
            Self::FormPost => {
                let text =
                    |(name, value): &(&str, &[u8])| ((*name).to_owned(), String::from_utf8_lossy(value).into_owned());
                Posted { uri: uri.to_owned(), pairs: parameters.iter().map(text).collect() }.page()
            }
        }
    }
}

fn with_query(uri: &str, parameters: &[(&str, &[u8])]) -> String {
    let (path, own) = uri.split_once('?').unwrap_or((uri, ""));
    let mut pairs: Vec<(String, String)> = form_urlencoded::parse(own.as_bytes())
        .filter(|(name, _)| !parameters.iter().any(|(replaced, _)| replaced == name))
        .map(|(name, value)| (name.to_string(), pair(&name, value.as_bytes())))
        .collect();
    pairs.extend(parameters.iter().map(|(name, value)| ((*name).to_owned(), pair(name, value))));
    pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
    let pairs: Vec<String> = pairs.into_iter().map(|(_, pair)| pair).collect();
    format!("{path}?{}", pairs.join("&"))
}

fn pair(name: &str, value: &[u8]) -> String {
    let [name, value] = [name.as_bytes(), value].map(|part| form_urlencoded::byte_serialize(part).collect::<String>());
    format!("{name}={value}")
}

fn see_other(location: &str) -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SEE_OTHER;
    no_store(response.headers_mut());
    // A registered URI is visible ASCII, and form-encoding leaves nothing else.
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

impl Posted {
    /// The page that posts it as soon as it is there.
    pub fn page(self) -> Response {
        let input = |(name, value): &(String, String)| {
            let [name, value] = [name, value].map(|text| html_text(text));
            format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\"/>")
        };
        let inputs = self.pairs.iter().map(input).collect::<Vec<String>>().concat();
        let page = format!(
            "<html><head><title>Submit This Form</title></head><body onload=\"javascript:document.forms[0].submit()\"><form method=\"post\" action=\"{}\">{inputs}</form></body></html>",
            html_text(&self.uri)
        );
        let mut response = Response::new(Body::from(page));
        no_store(response.headers_mut());
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html;charset=UTF-8"));
        response.extensions_mut().insert(self);
        response
    }
}
