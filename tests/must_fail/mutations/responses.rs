//! The document "HTTP response codes".

use super::super::edit::{asks_token, calls_api, ignore_order, set_member, status};
use super::{Broken, answer, knob, request};
use tacktest::mock::control::WrongAudience;

pub const MUTATIONS: &[Broken] = &[
    answer(&["http.200"], "success is told by 204", |request, answer| {
        if calls_api(request) {
            status(answer, 200, 204);
        }
    }),
    answer(&["http.202.waf_challenge"], "a challenge of the firewall looks like a success", |request, answer| {
        if calls_api(request) {
            status(answer, 202, 200);
        }
    }),
    answer(&["http.400"], "a request that cannot be accepted is answered 500", |request, answer| {
        if calls_api(request) {
            status(answer, 400, 500);
        }
    }),
    answer(&["http.4xx.malformed_url"], "a badly formed URL is answered 500", |request, answer| {
        if calls_api(request) && is_badly_escaped(&request.uri().to_string()) {
            status(answer, 400, 500);
            status(answer, 404, 500);
        }
    }),
    answer(&["http.401.token_endpoint"], "a wrong client is answered 400", |request, answer| {
        if asks_token(request) {
            status(answer, 401, 400);
        }
    }),
    answer(&["http.401.api_invalid_key"], "the API needs no token", |request, answer| {
        if calls_api(request) {
            status(answer, 401, 200);
        }
    }),
    request(&["http.401.expired_token"], "an expired token is accepted: its time does not pass", |request| {
        ignore_order(request, "advance");
    }),
    answer(&["http.403"], "who is blocked is answered 200", |request, answer| {
        if calls_api(request) {
            status(answer, 403, 200);
        }
    }),
    answer(&["http.404"], "what does not exist is answered 200", |request, answer| {
        if calls_api(request) {
            status(answer, 404, 200);
        }
    }),
    answer(&["http.429"], "too many requests are answered 503", |request, answer| {
        if calls_api(request) {
            status(answer, 429, 503);
        }
    }),
    answer(&["http.451"], "a sanctioned country is answered 403", |request, answer| {
        if calls_api(request) {
            status(answer, 451, 403);
        }
    }),
    knob(&["http.502.audience"], "a wrong audience is refused at the token URL", |settings| {
        settings.wrong_audience = WrongAudience::TokenEndpoint;
    }),
    answer(&["http.502.audience"], "the 502 names another audience than the one that was sent", |request, answer| {
        if calls_api(request) && answer.status() == 502 {
            set_member(answer, "detail", "Requested audience 'another' has not been whitelisted.");
        }
    }),
    answer(&["http.502.audience"], "the API answers a wrong audience by 401", |request, answer| {
        if calls_api(request) {
            status(answer, 502, 401);
        }
    }),
    answer(&["http.5xx"], "a fault of the server is answered 400", |request, answer| {
        if calls_api(request) && answer.status().is_server_error() {
            *answer.status_mut() = http::StatusCode::BAD_REQUEST;
        }
    }),
    answer(&["http.classes"], "the server blames the request for faults of its own", |request, answer| {
        if calls_api(request) {
            status(answer, 500, 400);
        }
    }),
    answer(&["http.classes"], "the server blames itself for faults of the request", |request, answer| {
        if calls_api(request) && answer.status().is_client_error() {
            *answer.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        }
    }),
];

/// Whether a `%` is not followed by two hexadecimal digits.
fn is_badly_escaped(url: &str) -> bool {
    url.split('%')
        .skip(1)
        .any(|rest| !rest.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)))
}
