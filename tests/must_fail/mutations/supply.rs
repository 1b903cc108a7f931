//! The pages of the operations that a pro's software calls.

use axum::body::Bytes;
use http::Method;
use serde_json::{Value, json};

use super::super::edit::{calls, calls_api, edit_body, edit_json, set_member, status};
use super::{Broken, answer, request};

const NUMBERS: &str = "/associate-phone-numbers";

pub const MUTATIONS: &[Broken] = &[
    answer(&["api.leads.of_business"], "a business has no leads", |request, answer| {
        if request.uri().path().ends_with("/negotiations") {
            set_member(answer, "data", json!([]));
        }
    }),
    answer(&["api.leads.of_business"], "the leads of a business are those of another one", |request, answer| {
        if request.uri().path().ends_with("/negotiations") {
            edit_each(answer, "data", |lead| lead["business"]["businessID"] = "1".into());
        }
    }),
    answer(&["api.job_status.statuses"], "a job cannot have this status", |request, answer| {
        if calls(request, &Method::POST, "/job-status") {
            status(answer, 204, 400);
        }
    }),
    answer(&["api.job_status.scope"], "any scope is enough to tell the status of a job", |request, answer| {
        if calls(request, &Method::POST, "/job-status") {
            status(answer, 401, 204);
        }
    }),
    answer(&["api.reviews.listed"], "reviews have no stars", |request, answer| {
        if request.uri().path().ends_with("/reviews") {
            edit_each(answer, "data", |review| drop(review.as_object_mut().and_then(|review| review.remove("rating"))));
        }
    }),
    answer(&["api.reviews.listed"], "a page of reviews does not say where it begins", |request, answer| {
        if request.uri().path().ends_with("/reviews") {
            edit_json(answer, |body| body["pagination"] = json!({ "limit": 10 }));
        }
    }),
    answer(&["api.reviews.next"], "a page of reviews has no next one", |request, answer| {
        if request.uri().path().ends_with("/reviews") {
            edit_json(answer, |body| {
                drop(body.pointer_mut("/pagination").and_then(|page| page.as_object_mut()?.remove("next")));
            });
        }
    }),
    request(&["api.reviews.next"], "the next page of reviews is the same one again", |request| {
        if request.uri().query().is_some_and(|query| query.contains("offset=1")) {
            *request.uri_mut() = request.uri().to_string().replace("offset=1", "offset=0").parse().unwrap();
        }
    }),
    answer(&["api.reviews.answered"], "what a business answers to a review is not shown", |request, answer| {
        if request.uri().path().ends_with("/reviews") {
            edit_each(answer, "data", |review| review["responseText"] = "TEST Something else".into());
        }
    }),
    answer(&["api.phone_numbers.registered"], "a new phone number is not listed", |request, answer| {
        if calls(request, &Method::GET, NUMBERS) {
            edit_json(answer, |body| {
                drop(body.get_mut("phoneNumbers").and_then(|numbers| numbers.as_array_mut()?.pop()));
            });
        }
    }),
    answer(&["api.phone_numbers.registered"], "phone numbers are listed as data", |request, answer| {
        if calls(request, &Method::GET, NUMBERS) {
            edit_json(answer, |body| *body = json!({ "data": body["phoneNumbers"] }));
        }
    }),
    request(&["api.phone_numbers.bulk"], "one phone number of several is registered", |request| {
        if calls(request, &Method::POST, "-bulk-create") {
            edit_body(request, |body| {
                if let Some(numbers) = body.get_mut("phoneNumbers").and_then(Value::as_array_mut) {
                    numbers.truncate(1);
                }
            });
        }
    }),
    request(&["api.phone_numbers.changed"], "a phone number stays what it is", |request| {
        if calls(request, &Method::PUT, NUMBERS) {
            edit_body(request, |body| *body = json!({ "name": "TEST Truck" }));
        }
    }),
    answer(&["api.phone_numbers.deleted"], "a phone number that was deleted is there as before", |request, answer| {
        if calls(request, &Method::GET, NUMBERS) {
            edit_each(answer, "phoneNumbers", |number| number["isDeleted"] = false.into());
        }
    }),
    answer(&["api.phone_numbers.once"], "a phone number is registered as often as one likes", |request, answer| {
        if calls_api(request) {
            status(answer, 409, 200);
        }
    }),
    answer(&["api.phone_numbers.form"], "anything is a phone number", |request, answer| {
        if request.uri().path().contains(NUMBERS) {
            status(answer, 400, 200);
        }
    }),
    answer(&["api.phone_numbers.scopes"], "any scope opens phone numbers", |request, answer| {
        if request.uri().path().contains(NUMBERS) {
            status(answer, 401, 200);
        }
    }),
    answer(&["api.others_data"], "what belongs to another user is shown", |request, answer| {
        if calls_api(request) {
            status(answer, 403, 200);
        }
    }),
    answer(&[], "a lead has no files", |request, answer| {
        if calls(request, &Method::GET, "/negotiations/") {
            edit_json(answer, |body| body["request"]["attachments"] = json!([]));
        }
    }),
    answer(&[], "a lead is open for ever", |request, answer| {
        if calls(request, &Method::GET, "/negotiations/") {
            set_member(answer, "status", "Open");
        }
    }),
    answer(&[], "the older names of scopes open nothing", |request, answer| {
        if request.uri().path().contains(NUMBERS) {
            status(answer, 200, 401);
        }
    }),
];

/// Changes each element of a list in an answer.
fn edit_each(answer: &mut http::Response<Bytes>, list: &str, change: impl Fn(&mut Value)) {
    edit_json(answer, |body| {
        body.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten().for_each(change);
    });
}
