//! The pages of the authorization server: its error page, and what it says to unknown paths and wrong methods.

use askama::Template;
use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use url::form_urlencoded;

use super::{errors::Error, frame::framed};
use crate::mock::{arrived::Arrived, control::UnknownMethod, form::Parameters, site::Site};

const NOT_FOUND_REASON: &str =
    "The requested route does not exist. Make sure you are using the right path, domain, and port.";

/// Sends the user to the error page, because the client's redirect URI is not proved yet.
pub fn to_error_page(site: &Site, method: &Method, error: &Error) -> Response {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("error", error.code().name())
        .append_pair("error_description", &error.description())
        .finish();
    error.decided(found(method, &format!("{}oauth2/fallbacks/error?{query}", site.root())))
}

/// Sends a browser to a page of the mock's own: 302, as Go's standard library writes it.
pub fn found(method: &Method, location: &str) -> Response {
    // Go writes this small body, and only in answer to GET.
    let body = if method == Method::GET {
        format!("<a href=\"{}\">Found</a>.\n\n", html_text(location))
    } else {
        String::new()
    };
    let mut response = page(StatusCode::FOUND, "text/html; charset=utf-8", body);
    if method != Method::GET {
        // An answer without body has no media type; what keeps it out of caches is for GET alone.
        response.headers_mut().clear();
    }
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

#[derive(Template)]
#[template(path = "oauth/error.html")]
struct ErrorPage<'a> {
    error: &'a str,
    description: &'a str,
}

/// The error page: 500, listing the error.
pub async fn error(uri: Uri) -> Response {
    let query = Parameters::readable(uri.query().unwrap_or_default().as_bytes());
    let shown = ErrorPage { error: query.first("error"), description: query.first("error_description") };
    framed(StatusCode::INTERNAL_SERVER_ERROR, &shown)
}

/// 405, or 404 if the world's settings say so. The router adds `Allow`.
pub async fn method_not_allowed(Arrived { site, uri, headers, .. }: Arrived) -> Response {
    if site.world.settings.unknown_method == UnknownMethod::NotFound {
        return no_page(&uri, &headers);
    }
    page(StatusCode::METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", "Method Not Allowed\n".to_owned())
}

/// 404: a page below the API base, whatever is accepted, as partners report of it; elsewhere in the form that `Accept`
/// prefers, HTML by default, as Hydra does.
pub async fn not_found(Arrived { uri, headers, .. }: Arrived) -> Response {
    no_page(&uri, &headers)
}

fn no_page(uri: &Uri, headers: &HeaderMap) -> Response {
    let path = uri.path();
    let is_of_api = path == "/api" || path.starts_with("/api/");
    match if is_of_api { "text/html" } else { accepted(headers) } {
        "application/json" => {
            let body = serde_json::json!({
                "error": { "code": 404, "message": "Not Found", "reason": NOT_FOUND_REASON },
            });
            page(StatusCode::NOT_FOUND, "application/json", body.to_string())
        }
        "text/plain" => page(StatusCode::NOT_FOUND, "text/plain", format!("Error 404 - {NOT_FOUND_REASON}\n")),
        _ => page(
            StatusCode::NOT_FOUND,
            "text/html; charset=utf-8",
            format!("<html><head><title>404 - Not Found</title></head><body><p>{NOT_FOUND_REASON}</p></body></html>"),
        ),
    }
}

/// The first media type in `Accept` that a page can have.
fn accepted(headers: &HeaderMap) -> &str {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept
        .split(',')
        .map(|range| range.split(';').next().unwrap_or_default().trim())
        .find(|range| ["text/html", "text/plain", "application/json"].contains(range))
        .unwrap_or("text/html")
}

/// A page or document, which no cache keeps.
pub fn page(status: StatusCode, media_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    let never = HeaderValue::from_static("private, no-cache, no-store, must-revalidate");
    headers.insert(header::CACHE_CONTROL, never);
    response
}

/// Text made safe inside HTML, also inside quotes.
pub fn html_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&#34;")
}
