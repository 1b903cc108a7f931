//! Answers by name: the rows of the response table that no request of a client's brings about.
//!
//! They do not depend on the clock. Their problem documents carry a `traceID`, as the changelog says of all of them since
//! 2026-01-16.

use axum::response::{Html, IntoResponse, Response};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{ACCEPT, CACHE_CONTROL, LINK},
};

use super::{control::Preset, problem::Problem, resource::proxy_failed, site::Site};

/// The audience that `proxy_oauth_failed` names.
const WRONG_AUDIENCE: &str = "urn:example:other-api";

/// What a browser gets with a challenge or a puzzle; a real one has a script that solves it and loads the page again.
const INTERSTITIAL: &str = "<!DOCTYPE html><html><head><title></title></head><body><noscript>JavaScript is needed to show that this is no robot.</noscript></body></html>";

/// The answer of this name at `site`, to a request with these headers.
pub fn answer(preset: Preset, site: &Site, headers: &HeaderMap) -> Response {
    let problem = |status, detail: &str| {
        Problem::new(status, detail).traced(site.world.identifiers.trace()).answer(&site.world.settings)
    };
    match preset {
        Preset::WafChallenge => firewall(StatusCode::ACCEPTED, "challenge", headers),
        Preset::WafCaptcha => firewall(StatusCode::METHOD_NOT_ALLOWED, "captcha", headers),
        Preset::WafBlock => StatusCode::FORBIDDEN.into_response(),
        Preset::RateLimit => problem(StatusCode::TOO_MANY_REQUESTS, "too many requests came too quickly"),
        Preset::GeoBlock => {
            let detail = "the request was made from a sanctioned country";
            let mut response = problem(StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS, detail);
            // A URL that was printed elsewhere already, so it can be a header's value.
            if let Ok(blocker) = HeaderValue::try_from(format!(r#"<{}>; rel="blocked-by""#, site.website())) {
                response.headers_mut().insert(LINK, blocker);
            }
            response
        }
        Preset::ProxyOauthFailed => proxy_failed(WRONG_AUDIENCE),
        Preset::ServerError => problem(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong on the server's end"),
    }
}

/// What AWS WAF asks of a browser: its page only for who accepts `text/html` by name.
fn firewall(status: StatusCode, action: &'static str, headers: &HeaderMap) -> Response {
    let action = [("x-amzn-waf-action", action), (CACHE_CONTROL.as_str(), "no-store, max-age=0")];
    let accepts_html = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|accept| accept.split(','))
        .any(|range| range.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/html")));
    if accepts_html { (status, action, Html(INTERSTITIAL)).into_response() } else { (status, action).into_response() }
}
