//! Answers by name: the rows of the response table that no request of a client's brings about.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header::RETRY_AFTER};

use super::{control::Preset, problem::Problem, resource::proxy_failed};

/// The audience that `proxy_oauth_failed` names.
const WRONG_AUDIENCE: &str = "urn:example:other-api";

/// The seconds of `Retry-After`; the documents name none.
const RETRY_SECONDS: HeaderValue = HeaderValue::from_static("1");

/// The answer of this name.
pub fn answer(preset: Preset) -> Response {
    match preset {
        Preset::WafChallenge => {
            let challenge = [("x-amzn-waf-action", "challenge"), ("cache-control", "no-store, max-age=0")];
            (StatusCode::ACCEPTED, challenge).into_response()
        }
        Preset::WafBlock => StatusCode::FORBIDDEN.into_response(),
        Preset::RateLimit => {
            let mut response = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many requests").into_response();
            response.headers_mut().insert(RETRY_AFTER, RETRY_SECONDS);
            response
        }
        Preset::GeoBlock => {
            let detail = "the request was made from a sanctioned country";
            Problem::new(StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS, detail).into_response()
        }
        Preset::ProxyOauthFailed => proxy_failed(WRONG_AUDIENCE),
        Preset::ServerError => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong").into_response(),
    }
}
