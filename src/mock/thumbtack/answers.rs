//! What the operations of the API have in common: how they answer, and how they read a JSON body.

use axum::response::Response;
use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use serde::Serialize;
use serde_json::{Map, Value};

use super::operation::Refused;
use crate::mock::{
    control::{CreatedStatus, FurtherPages},
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
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

impl<T> List<T> {
    /// A list that tells how long it may be.
    pub fn limited(data: Vec<T>, limit: usize) -> Self {
        Self { data, pagination: Some(Pagination { limit, cursor: None }) }
    }

    /// A list that tells nothing about itself.
    pub fn whole(data: Vec<T>) -> Self {
        Self { data, pagination: None }
    }

    /// The page of at most `limit` elements of `all` that `cursor` asks for, the first if it is empty; by default there
    /// is no other. A cursor is the id of the last element of the page before.
    pub fn page(site: &Site, all: Vec<T>, limit: usize, cursor: &str, id: fn(&T) -> &str) -> Result<Self, Refused> {
        let has_cursor = site.world.settings.further_pages == FurtherPages::Cursor;
        let begin = if has_cursor && !cursor.is_empty() {
            let last = all.iter().position(|one| id(one) == cursor);
            last.ok_or_else(|| Refused::invalid("cursor", "is that of no page"))? + 1
        } else {
            0
        };
        let has_more = all.len() > begin.saturating_add(limit);
        let data: Vec<T> = all.into_iter().skip(begin).take(limit).collect();
        let cursor = data.last().filter(|_| has_cursor && has_more).map(|last| id(last).to_owned());
        Ok(Self { data, pagination: Some(Pagination { limit, cursor }) })
    }

    /// The same list with each element made into another.
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> List<U> {
        List { data: self.data.into_iter().map(make).collect(), pagination: self.pagination }
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
