//! What the operations of the API have in common: how they answer, and how they read a JSON body.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::mock::{
    problem::{Invalid, Problem, json},
    site::Site,
};

/// 200 with `value` as its JSON body.
pub fn ok(value: &impl Serialize) -> Response {
    json(StatusCode::OK, "application/json", value)
}

/// A problem document of this status.
pub fn problem(site: &Site, status: StatusCode, detail: &str) -> Response {
    Problem::new(status, detail).traced(site.world.identifiers.trace()).into_response()
}

/// 400 with the documented validation problem.
pub fn invalid(site: &Site, errors: Vec<Invalid>) -> Response {
    Problem::validation(errors).traced(site.world.identifiers.trace()).into_response()
}

/// The members of a body that must be a JSON object. If it is none, the error is said of `name`.
pub fn members(headers: &HeaderMap, body: &[u8], name: &'static str) -> Result<Map<String, Value>, Invalid> {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Invalid { name: "Content-Type", reason: "must be application/json".to_owned() });
    }
    serde_json::from_slice(body)
        .map_err(|error| Invalid { name, reason: format!("the body is not a JSON object: {error}") })
}
