//! The frame of the pages that people see: rendered from templates, escaped by construction, without scripts.

use std::sync::LazyLock;

use askama::Template;
use axum::response::Response;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};

use super::{
    errors::{Code, Error, no_store},
    pages::page,
};

/// The style sheet of all pages. It stands in each page, so that a page is one answer.
pub const STYLE: &str = include_str!("../../../templates/oauth/style.css");

/// Nothing is loaded, no script runs, nobody frames the page. `form-action` is left out: browsers hold the redirects
/// behind a form to it too, and these lead to whatever the client does with its redirect URI.
static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!("default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; frame-ancestors 'none'");
    HeaderValue::try_from(policy).ok()
});

/// The answer with a page. A template that cannot be rendered is answered as a fault of the server.
pub fn framed(status: StatusCode, template: &impl Template) -> Response {
    let Ok(body) = template.render() else { return Error::plain(Code::ServerError).response() };
    let mut response = page(status, "text/html; charset=utf-8", body);
    guard(response.headers_mut());
    response
}

/// Keeps a page out of caches and frames, and its address from where it leads.
fn guard(headers: &mut HeaderMap) {
    no_store(headers);
    for (name, value) in [
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(policy) = POLICY.as_ref() {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    }
}
