//! What the API does beyond the three documents.

use http::Method;
use serde_json::json;

use super::super::edit::{calls, calls_api, edit_json, status};
use super::{Broken, answer};

pub const MUTATIONS: &[Broken] = &[
    answer(&[], "lists are empty", |request, answer| {
        if calls_api(request) {
            edit_json(answer, |body| {
                if body.get("data").is_some() {
                    body["data"] = json!([]);
                }
            });
        }
    }),
    answer(&[], "lists repeat their last element twenty times", |request, answer| {
        if calls_api(request) {
            edit_json(answer, |body| {
                let Some(data) = body.get_mut("data").and_then(|data| data.as_array_mut()) else { return };
                let last = data.last().cloned().unwrap_or_default();
                data.extend(std::iter::repeat_n(last, 20));
            });
        }
    }),
    answer(&[], "a lead is told as if it were another one", |request, answer| {
        if calls(request, &Method::GET, "/v4/negotiations/") {
            edit_json(answer, |body| {
                if body.get("negotiationID").is_some() {
                    body["negotiationID"] = "1".into();
                }
            });
        }
    }),
    answer(&[], "what belongs to another user is shown", |request, answer| {
        if calls_api(request) {
            status(answer, 403, 200);
        }
    }),
    answer(&[], "a search by GET is answered", |request, answer| {
        if calls(request, &Method::GET, "/v4/businesses/search") {
            status(answer, 405, 200);
        }
    }),
    answer(&[], "a message that was sent is not told", |request, answer| {
        if calls(request, &Method::POST, "/messages") {
            status(answer, 200, 202);
        }
    }),
];
