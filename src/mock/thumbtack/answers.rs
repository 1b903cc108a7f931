//! What the operations of the API have in common: how they answer, and how they read a JSON body.

use axum::response::Response;
use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use serde::Serialize;
use serde_json::{Map, Value};

use super::operation::Refused;
use crate::mock::{
    control::CreatedStatus,
    problem::{Invalid, json},
    site::Site,
};

/// A list in the API's envelope.
#[derive(Serialize)]
pub struct List<T> {
    data: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pagination: Option<Pagination>,
}

#[derive(Serialize)]
struct Pagination {
    limit: usize,
}

impl<T> List<T> {
    /// A list that tells how long it may be.
    pub fn limited(data: Vec<T>, limit: usize) -> Self {
        Self { data, pagination: Some(Pagination { limit }) }
    }

    /// A list that tells nothing about itself.
    pub fn whole(data: Vec<T>) -> Self {
        Self { data, pagination: None }
    }
}

/// 200 with `value` as its JSON body.
pub fn ok(value: &impl Serialize) -> Response {
    json(StatusCode::OK, "application/json", value)
}

/// What a request created, with the status that the world's settings say.
pub fn created(site: &Site, value: &impl Serialize) -> Response {
    let status = match site.world.settings.created_status {
        CreatedStatus::Ok => StatusCode::OK,
        CreatedStatus::Created => StatusCode::CREATED,
    };
    json(status, "application/json", value)
}

/// A problem document of this status.
pub fn problem(site: &Site, status: StatusCode, detail: &'static str) -> Response {
    Refused::Problem(status, detail.into()).response(site)
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
