//! The pages of the operations that a partner's site calls.

use axum::body::Bytes;
use http::{Method, Response};
use serde_json::{Value, json};

use super::super::edit::{calls, calls_api, edit_body, edit_json, ignore_order, set_member, status};
use super::{Broken, answer, request};

const FILTERED: &str = "/v4/businesses/search-filtered";

pub const MUTATIONS: &[Broken] = &[
    answer(&["api.search.filtered"], "a customer's own words find nothing", |request, answer| {
        if calls(request, &Method::POST, FILTERED) {
            set_member(answer, "data", json!([]));
        }
    }),
    request(&["api.search.source"], "a search needs not say where it comes from", |request| {
        if calls(request, &Method::POST, "/v4/businesses/search") {
            edit_body(request, |body| body["utmData"] = json!({ "utm_source": "cma-anything" }));
        }
    }),
    answer(&["api.search.no_get"], "a search by GET is answered 200", |request, answer| {
        if calls(request, &Method::GET, "/v4/businesses/search") {
            status(answer, 405, 200);
        }
    }),
    answer(&["api.demand.scopes"], "any scope opens what a partner's site calls", |request, answer| {
        if calls_api(request) {
            status(answer, 401, 200);
        }
    }),
    answer(&["api.categories.recommended"], "a category that is recommended has no link", |request, answer| {
        if calls(request, &Method::GET, "/v4/categories/recommendations") {
            drop_of_each(answer, "data", "nearMeURL");
        }
    }),
    answer(
        &["api.categories.recommended"],
        "all categories are recommended, however few were asked for",
        |request, answer| {
            if calls(request, &Method::GET, "/v4/categories/recommendations") {
                edit_json(answer, |body| {
                    let Some(data) = body.get_mut("data").and_then(Value::as_array_mut) else { return };
                    let first = data.first().cloned().unwrap_or_default();
                    data.push(first);
                });
            }
        },
    ),
    answer(&["api.categories.homecare"], "what a home needs is no task", |request, answer| {
        if calls(request, &Method::GET, "/v4/categories/homecare") {
            drop_of_each(answer, "data", "taskDetails");
        }
    }),
    answer(&["api.categories.search"], "words find other categories than theirs", |request, answer| {
        if calls(request, &Method::GET, "/v4/categories/search") {
            set_member(answer, "data", json!([{ "categoryID": "1", "name": "Handyman" }]));
        }
    }),
    answer(&["api.request_forms.questions"], "a request form asks nothing", |request, answer| {
        if request.uri().path().ends_with("/request-form") {
            set_member(answer, "questions", json!([]));
        }
    }),
    request(&["api.request_forms.answered"], "what was answered to a request form is read otherwise", |request| {
        if calls(request, &Method::POST, "/v4/businesses/search") {
            edit_body(request, |body| {
                if body.get("requestFormDetails").is_some() {
                    body["requestFormDetails"] = json!("a list no more");
                }
            });
        }
    }),
    answer(&["api.public_reviews.listed"], "only the first business has reviews", |request, answer| {
        if calls(request, &Method::GET, "/v4/reviews") {
            edit_json(answer, |body| {
                let Some(data) = body.get_mut("data").and_then(Value::as_array_mut) else { return };
                let first = data.first().map(|review| review["businessID"].clone()).unwrap_or_default();
                data.retain(|review| review["businessID"] == first);
            });
        }
    }),
    answer(
        &["api.requests.contacts"],
        "the phone number of a business that was contacted is not told",
        |request, answer| {
            if calls(request, &Method::POST, "/v4/requests") {
                edit_json(answer, |body| {
                    let contacted = body.pointer_mut("/request/contactedBusinesses").and_then(Value::as_array_mut);
                    for business in contacted.into_iter().flatten() {
                        business["phoneNumber"] = "".into();
                    }
                });
            }
        },
    ),
    answer(&["api.requests.partial"], "who could not be contacted is not told", |request, answer| {
        if calls(request, &Method::POST, "/v4/requests") {
            set_member(answer, "contactErrors", json!([]));
        }
    }),
    answer(&["api.requests.search"], "a request needs no search", |request, answer| {
        if calls(request, &Method::POST, "/v4/requests") {
            status(answer, 400, 200);
        }
    }),
    request(&["api.requests.search_lives"], "a search can be named for ever", |request| {
        ignore_order(request, "advance");
    }),
    answer(&["api.requests.user"], "an application makes requests on its own", |request, answer| {
        if calls(request, &Method::POST, "/v4/requests") {
            status(answer, 401, 200);
        }
    }),
    request(&[], "the category that is given with a customer's own words is passed over", |request| {
        if calls(request, &Method::POST, FILTERED) {
            edit_body(request, |body| drop(body.as_object_mut().and_then(|members| members.remove("categoryID"))));
        }
    }),
    answer(&[], "any scope opens reviews", |request, answer| {
        if calls(request, &Method::GET, "/v4/reviews") {
            status(answer, 401, 200);
        }
    }),
];

/// Takes a member out of each element of a list in an answer.
fn drop_of_each(answer: &mut Response<Bytes>, list: &str, member: &str) {
    edit_json(answer, |body| {
        for element in body.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            drop(element.as_object_mut().and_then(|members| members.remove(member)));
        }
    });
}
