//! What becomes of webhooks, and what they tell.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Method, Request, Response};
use serde_json::{Value, json};

use super::super::edit::{calls, edit_asked, edit_json, orders, set, set_member, status, value};
use super::{Broken, answer, delivery, request};

pub const MUTATIONS: &[Broken] = &[
    delivery(
        &["env.links.staging.webhooks", "env.links.production.webhooks"],
        "links in webhooks lead to a site of another environment",
        |delivery| {
            edit_body(delivery, |body| {
                for link in ["requestReviewLink", "refundRequestLink"] {
                    body["data"][link] = "https://thumbtack.com/lead".into();
                }
            });
        },
    ),
    answer(
        &["webhook.registered"],
        "a webhook is registered for one event, however many were asked for",
        |asked, answer| {
            if registers(asked) {
                set_member(answer, "eventTypes", json!(["MessageCreatedV4"]));
            }
        },
    ),
    answer(&["webhook.read"], "a webhook is read as if it were another", |asked, answer| {
        if calls(asked, &Method::GET, "/webhooks/") {
            set_member(answer, "webhookURL", "https://partner.example.com/other");
        }
    }),
    answer(&["webhook.listed"], "webhooks are listed nowhere", |asked, answer| {
        if calls(asked, &Method::GET, "/webhooks") && !calls(asked, &Method::GET, "/webhooks/") {
            set_member(answer, "data", json!([]));
        }
    }),
    request(&["webhook.updated"], "a webhook can't be enabled later", |asked| {
        if calls(asked, &Method::PUT, "/webhooks/") {
            edit_body(asked, |body| body["enabled"] = false.into());
        }
    }),
    request(&["webhook.deleted"], "a webhook that was deleted is still there", |asked| {
        if calls(asked, &Method::DELETE, "/webhooks/") {
            *asked.method_mut() = Method::GET;
        }
    }),
    request(&["webhook.event_types"], "a webhook gets all events", |asked| {
        if registers(asked) {
            let all = json!(["NegotiationCreatedV4", "MessageCreatedV4", "ReviewCreatedV4"]);
            edit_body(asked, |body| body["eventTypes"] = all);
        }
    }),
    request(&["webhook.disabled"], "a webhook is enabled from the start", |asked| {
        if registers(asked) {
            edit_body(asked, |body| body["enabled"] = true.into());
        }
    }),
    answer(&["webhook.secrets_not_returned"], "what a webhook authenticates with is returned", |asked, answer| {
        if asked.uri().path().contains("/webhooks") {
            set_member(answer, "auth", json!({ "username": "partner", "password": "fictional-hook-password" }));
        }
    }),
    answer(&["webhook.auth_type"], "a webhook is said to authenticate otherwise", |asked, answer| {
        if asked.uri().path().contains("/webhooks") {
            set_member(answer, "authType", "Signature");
        }
    }),
    delivery(&["webhook.delivery.authentication"], "webhooks carry no credentials", |delivery| {
        delivery.headers_mut().remove(AUTHORIZATION);
        delivery.headers_mut().remove("x-partner-hook");
    }),
    delivery(&["webhook.delivery.authentication"], "webhooks carry credentials for which nobody asked", |delivery| {
        delivery.headers_mut().insert("x-partner-hook", HeaderValue::from_static("unasked"));
    }),
    request(&["webhook.users"], "webhooks of users get no messages", |asked| {
        if calls(asked, &Method::POST, "/v4/users/webhooks") || calls(asked, &Method::PUT, "/v4/users/webhooks") {
            edit_body(asked, |body| body["eventTypes"] = json!(["IncentiveUsedV4"]));
        }
    }),
    delivery(&["webhook.negotiation_created"], "a webhook does not tell what the lead asked for", |delivery| {
        edit_body(delivery, |body| drop(body["data"].as_object_mut().and_then(|data| data.remove("request"))));
    }),
    delivery(&["webhook.negotiation_created"], "a webhook tells of no files", |delivery| {
        edit_body(delivery, |body| {
            body["data"]["attachments"] = json!([]);
            body["data"]["request"]["attachments"] = json!([]);
        });
    }),
    delivery(&["webhook.message_created"], "a webhook does not tell who wrote", |delivery| {
        edit_body(delivery, |body| body["data"]["from"] = "Somebody".into());
    }),
    answer(&["webhook.https"], "a webhook may have any URL", |asked, answer| {
        if registers(asked) {
            status(answer, 400, 200);
        }
    }),
    delivery(&["webhook.delivery.envelope"], "a webhook does not tell its time", |delivery| {
        edit_body(delivery, |body| drop(body["event"].as_object_mut().and_then(|event| event.remove("triggeredAt"))));
    }),
    delivery(&["webhook.review_created"], "a webhook does not tell the rating", |delivery| {
        edit_body(delivery, |body| drop(body["data"].as_object_mut().and_then(|data| data.remove("rating"))));
    }),
    delivery(
        &["webhook.test_negotiation"],
        "a negotiation for trying out has a customer of another name",
        |delivery| {
            edit_body(delivery, |body| body["data"]["customer"]["firstName"] = "Casey".into());
        },
    ),
    request(&["auth.scopes.limit_access"], "who may read webhooks may change them, and the other way round", |asked| {
        edit_asked(asked, |pairs| {
            let Some(scope) = value(pairs, "scope").map(str::to_owned) else { return };
            let sides = ["supply", "demand"].into_iter().filter(|side| scope.contains(&format!("{side}::webhooks.")));
            let both = sides.map(|side| format!(" {side}::webhooks.read {side}::webhooks.write"));
            set(pairs, "scope", &both.fold(scope.clone(), |scope, more| scope + &more));
        });
    }),
    answer(&[], "a webhook with which something is wrong is registered", |asked, answer| {
        if registers(asked) {
            status(answer, 400, 200);
        }
    }),
    delivery(&[], "webhooks tell nothing but their event", |delivery| {
        edit_body(delivery, |body| body["data"] = json!({}));
    }),
    delivery(&[], "a message has another id each time it is sent", |delivery| {
        static SENT: AtomicU64 = AtomicU64::new(0);
        let id = SENT.fetch_add(1, Ordering::Relaxed).to_string();
        edit_body(delivery, |body| body["data"]["messageID"] = id.into());
    }),
    request(&[], "a message comes after the negotiation to which it belongs", |asked| {
        if orders(asked, "emit") {
            edit_body(asked, |body| {
                if body["emit"].get("message").is_some() {
                    body["emit"]["message"] = "after".into();
                }
            });
        }
    }),
    request(&[], "whatever happens, it happens to the first business", |asked| {
        if orders(asked, "emit") {
            edit_body(asked, |body| drop(body["emit"].as_object_mut().and_then(|emit| emit.remove("business"))));
        }
    }),
];

/// Whether the request registers a webhook.
fn registers(asked: &Request<Bytes>) -> bool {
    asked.method() == Method::POST && asked.uri().path().ends_with("/webhooks")
}

/// Changes the JSON body of a request; any other is left as it is.
fn edit_body(request: &mut Request<Bytes>, change: impl FnOnce(&mut Value)) {
    let mut body = Response::new(request.body().clone());
    edit_json(&mut body, change);
    *request.body_mut() = body.into_body();
}
