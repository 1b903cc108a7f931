//! Webhooks of users and businesses: made, read, changed, deleted, and whose they are.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

mod hooks;
mod mock_support;

use hooks::Stage;
use serde_json::{Value, json};

const URL: &str = "https://partner.example/hook";
const BUSINESS_EVENTS: [&str; 8] = [
    "NegotiationCreatedV4",
    "MessageCreatedV4",
    "ReviewCreatedV4",
    "PresetJobMatchedV4",
    "PresetJobStatusChangedV4",
    "PresetJobCancelledV4",
    "PresetJobUpdatedV4",
    "PresetJobCompletedV4",
];

fn webhook() -> Value {
    json!({ "webhookURL": URL, "eventTypes": ["MessageCreatedV4"] })
}

/// The members of `webhook` with these instead or besides.
fn webhook_with(more: &Value) -> Value {
    let mut webhook = webhook();
    webhook.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    webhook
}

#[test]
fn a_webhook_is_made_read_changed_and_deleted() {
    let stage = Stage::new();
    let of_user = "v4/users/webhooks".to_owned();
    let user = stage.call("GET v4/users/self", &json!({})).member("userID");
    let business = stage.fixture("business").to_owned();
    for (place, owner, id) in [(of_user, "userID", user), (stage.of_business(), "businessID", business)] {
        let order = webhook_with(&json!({"enabled": false, "auth": {"username": "hello", "password": "world-secret"}}));
        let made = stage.call(&format!("POST {place}"), &order);
        assert_eq!((made.status, made.header("content-type")), (200, "application/json"), "{made:?}");
        assert!(!made.body.contains("world-secret") && !made.body.contains("hello"), "{made:?}");
        let webhook_id = made.member("webhookID");
        let expected = json!({
            "webhookID": webhook_id, "webhookURL": URL, "enabled": false, "authType": "Basic", owner: id,
            "eventTypes": ["MessageCreatedV4"],
        });
        assert_eq!(made.json(), expected);
        let one = format!("{place}/{webhook_id}");
        assert_eq!(stage.call(&format!("GET {one}"), &json!({})).json(), expected);
        let listed = stage.call(&format!("GET {place}"), &json!({}));
        assert_eq!(listed.json(), json!({ "data": [expected], "pagination": { "limit": 10 } }));

        let enabled = stage.call(&format!("PUT {one}"), &json!({ "enabled": true }));
        assert_eq!((enabled.status, &enabled.json()["enabled"]), (200, &json!(true)));
        assert_eq!(enabled.json()["authType"], "Basic");
        let change =
            json!({"webhookURL": "https://other.example/", "auth": {"header": "X-Hook", "value": "fictional"}});
        let changed = stage.call(&format!("PUT {one}"), &change);
        assert_eq!(
            changed.json(),
            json!({
                "webhookID": webhook_id, "webhookURL": "https://other.example/", "enabled": true,
                "authType": "CustomHeader", owner: id, "eventTypes": ["MessageCreatedV4"],
            })
        );
        assert_eq!(stage.call(&format!("PUT {one}"), &json!({ "auth": null })).member("authType"), "None");
        assert_eq!(stage.call(&format!("GET {one}"), &json!({})).member("webhookURL"), "https://other.example/");

        let deleted = stage.call(&format!("DELETE {one}"), &json!({}));
        assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
        for method in ["GET", "PUT", "DELETE"] {
            assert_eq!(stage.call(&format!("{method} {one}"), &json!({})).status, 404, "{method}");
        }
        assert_eq!(stage.call(&format!("GET {place}"), &json!({})).json()["data"], json!([]));
    }
}

#[test]
fn what_is_not_said_is_enabled_and_shows_nothing() {
    let stage = Stage::with(&json!({ "created_status": "created", "webhook_deleted_status": "ok" }));
    let place = stage.of_business();
    let made = stage.call(&format!("POST {place}"), &webhook_with(&json!({ "eventTypes": BUSINESS_EVENTS })));
    assert_eq!((made.status, &made.json()["enabled"], made.member("authType").as_str()), (201, &json!(true), "None"));
    assert_eq!(made.json()["eventTypes"], json!(BUSINESS_EVENTS));
    let twice = webhook_with(&json!({ "eventTypes": ["MessageCreatedV4", "MessageCreatedV4"] }));
    assert_eq!(stage.call(&format!("POST {place}"), &twice).json()["eventTypes"], json!(["MessageCreatedV4"]));
    let deleted = stage.call(&format!("DELETE {place}/{}", made.member("webhookID")), &json!({}));
    assert_eq!((deleted.status, deleted.body.as_str()), (200, ""));
}

#[test]
fn wrong_members_are_refused_by_their_names() {
    let stage = Stage::new();
    let place = stage.of_business();
    let known = stage.register(URL, &["MessageCreatedV4"]);
    for (wrong, name, word) in [
        (json!({"webhookURL": null}), "webhookURL", "string"),
        (json!({"webhookURL": "http://partner.example/hook"}), "webhookURL", "^https://"),
        (json!({"webhookURL": "http://127.0.0.1.example/hook"}), "webhookURL", "^https://"),
        (json!({"webhookURL": "http://10.0.0.1/hook"}), "webhookURL", "^https://"),
        (json!({"webhookURL": "HTTPS://partner.example/hook"}), "webhookURL", "^https://"),
        (json!({"webhookURL": "ftp://partner.example/"}), "webhookURL", "^https://"),
        (json!({"webhookURL": "https://"}), "webhookURL", "URL"),
        (json!({"webhookURL": "https://name:fictional@partner.example/"}), "webhookURL", "credentials"),
        (json!({"webhookURL": format!("https://partner.example/{}", "a".repeat(2048))}), "webhookURL", "2048"),
        (json!({"eventTypes": "MessageCreatedV4"}), "eventTypes", "list"),
        (json!({"eventTypes": []}), "eventTypes", "list"),
        (json!({"eventTypes": ["MessageCreated"]}), "eventTypes", "MessageCreatedV4"),
        (json!({"eventTypes": ["MessageSentV4"]}), "eventTypes", "MessageCreatedV4"),
        (json!({"eventTypes": ["MessageCreatedV4", 1]}), "eventTypes", "PresetJobCompletedV4"),
        (json!({"eventTypes": ["IncentiveUsedV4"]}), "eventTypes", "ReviewCreatedV4"),
        (json!({"enabled": "true"}), "enabled", "boolean"),
        (json!({"auth": "Basic"}), "auth", "username"),
        (json!({"auth": {}}), "auth", "username"),
        (json!({"auth": {"username": "a"}}), "auth", "password"),
        (json!({"auth": {"username": "a", "password": 1}}), "auth", "strings"),
        (json!({"auth": {"username": "a:b", "password": "c"}}), "auth", "colon"),
        (json!({"auth": {"username": "a", "password": "b", "header": "c", "value": "d"}}), "auth", "either"),
        (json!({"auth": {"header": "a b", "value": "c"}}), "auth", "header"),
        (json!({"auth": {"header": "X-A", "value": "c\r\nX-B: d"}}), "auth", "value"),
        (json!({"auth": {"header": "Transfer-Encoding", "value": "chunked"}}), "auth", "connection"),
    ] {
        for line in [format!("POST {place}"), format!("PUT {place}/{known}")] {
            let answer = stage.call(&line, &webhook_with(&wrong));
            assert_eq!(answer.status, 400, "{wrong} {answer:?}");
            let [error] = answer.json()["errors"].as_array().unwrap().clone().try_into().unwrap();
            assert_eq!(error["name"], name, "{answer:?}");
            assert!(error["reason"].as_str().unwrap().contains(word), "{word}: {answer:?}");
            assert!(!answer.body.contains("fictional"), "{answer:?}");
        }
    }
    for missing in ["webhookURL", "eventTypes"] {
        let mut body = webhook();
        body.as_object_mut().unwrap().remove(missing);
        let answer = stage.call(&format!("POST {place}"), &body);
        assert_eq!((answer.status, &answer.json()["errors"][0]["name"]), (400, &json!(missing)));
    }
    let all = webhook_with(&json!({"webhookURL": 1, "eventTypes": 2, "enabled": 3, "auth": 4}));
    assert_eq!(stage.call(&format!("POST {place}"), &all).json()["errors"].as_array().unwrap().len(), 4);
    assert_eq!(stage.call(&format!("POST {place}"), &json!([])).status, 400);
    // Nothing of all this changed anything.
    let listed = stage.call(&format!("GET {place}"), &json!({}));
    assert_eq!(listed.json()["data"].as_array().unwrap().len(), 1);
    assert_eq!(listed.json()["data"][0]["webhookURL"], URL);
}

#[test]
fn plain_urls_on_this_machine_are_a_knob() {
    let stage = Stage::new();
    for url in ["http://127.0.0.1:1/", "http://[::1]/", "http://localhost:8080/hook"] {
        stage.register(url, &["MessageCreatedV4"]);
    }
    let strict = Stage::with(&json!({ "plain_webhook_urls": "refused" }));
    let plain = webhook_with(&json!({ "webhookURL": "http://127.0.0.1:1/" }));
    assert_eq!(strict.call(&format!("POST {}", strict.of_business()), &plain).status, 400);
    strict.register("https://127.0.0.1:1/", &["MessageCreatedV4"]);
}

#[test]
fn the_events_of_a_users_webhook_are_a_knob() {
    for (position, events, refused) in [
        ("known", vec!["MessageCreatedV4", "IncentiveUsedV4"], vec!["NegotiationCreatedV4", "ReviewCreatedV4"]),
        ("all", vec!["NegotiationCreatedV4", "ReviewCreatedV4", "IncentiveUsedV4"], vec!["PresetJobMatchedV4"]),
    ] {
        let stage = Stage::with(&json!({ "user_webhook_events": position }));
        let made = stage.call("POST v4/users/webhooks", &webhook_with(&json!({ "eventTypes": events })));
        assert_eq!(made.json()["eventTypes"], json!(events), "{made:?}");
        for event in refused {
            let order = webhook_with(&json!({ "eventTypes": [event] }));
            assert_eq!(stage.call("POST v4/users/webhooks", &order).status, 400, "{event}");
        }
    }
}

#[test]
fn a_webhook_is_its_owners_and_its_clients_alone() {
    let stage = Stage::new();
    let (place, own) = (stage.of_business(), stage.register(URL, &["MessageCreatedV4"]));
    let of_user = stage.call("POST v4/users/webhooks", &webhook()).member("webhookID");
    let scope = "supply::webhooks.read+supply::webhooks.write";
    let other_user = stage.token_of("other_pro", "supply", scope);
    let other_client = stage.token_of("pro", "demand", "demand::webhooks.read+demand::webhooks.write");
    let second = format!("v4/businesses/{}/webhooks", stage.fixture("second_business"));
    let call = |line: &str, token: &str| stage.call_as(line, token, &webhook()).status;
    for (line, token, status) in [
        (format!("GET {place}"), &other_user, 403),
        (format!("POST {place}"), &other_user, 403),
        (format!("GET {place}/{own}"), &other_user, 403),
        (format!("PUT {place}/{own}"), &other_user, 403),
        (format!("DELETE {place}/{own}"), &other_user, 403),
        (format!("POST {place}/test-negotiation"), &other_user, 403),
        (format!("GET v4/users/webhooks/{of_user}"), &other_user, 403),
        (format!("DELETE v4/users/webhooks/{of_user}"), &other_user, 403),
        (format!("GET v4/users/webhooks/{of_user}"), &other_client, 404),
        (format!("DELETE v4/users/webhooks/{of_user}"), &other_client, 404),
        // Of the same user, and in the wrong place.
        (format!("GET {second}/{own}"), &stage.token, 404),
        (format!("GET v4/users/webhooks/{own}"), &stage.token, 404),
        (format!("GET {place}/{of_user}"), &stage.token, 404),
        ("GET v4/businesses/1/webhooks".to_owned(), &stage.token, 404),
        (format!("POST {place}/{own}"), &stage.token, 405),
        (format!("GET {place}/{own}"), &stage.token, 200),
    ] {
        assert_eq!(call(&line, token), status, "{line}");
    }
    for token in [&other_user, &other_client] {
        assert_eq!(stage.call_as("GET v4/users/webhooks", token, &json!({})).json()["data"], json!([]));
    }
    // The demand side has users' webhooks only.
    assert_eq!(call(&format!("GET {place}"), &other_client), 401);
    stage.server.command(&stage.world, &json!({"given": {"closed_business": stage.fixture("business")}}));
    assert_eq!(call(&format!("GET {place}"), &stage.token), 404);
}

#[test]
fn every_operation_needs_its_scope() {
    let stage = Stage::new();
    let (place, own) = (stage.of_business(), stage.register(URL, &["MessageCreatedV4"]));
    let [reader, writer] =
        ["read", "write"].map(|may| stage.token_of("pro", "supply", &format!("supply::webhooks.{may}")));
    for (line, needed) in [
        (format!("GET {place}"), "read"),
        (format!("GET {place}/{own}"), "read"),
        ("GET v4/users/webhooks".to_owned(), "read"),
        ("GET v4/users/webhooks/1".to_owned(), "read"),
        (format!("POST {place}"), "write"),
        (format!("PUT {place}/{own}"), "write"),
        (format!("POST {place}/test-negotiation"), "write"),
        (format!("DELETE {place}/{own}"), "write"),
        ("POST v4/users/webhooks".to_owned(), "write"),
        ("PUT v4/users/webhooks/1".to_owned(), "write"),
        ("DELETE v4/users/webhooks/1".to_owned(), "write"),
    ] {
        let (with, without) = if needed == "read" { (&reader, &writer) } else { (&writer, &reader) };
        let refused = stage.call_as(&line, without, &webhook());
        assert_eq!(refused.status, 401, "{line}");
        assert!(refused.member("detail").contains(&format!("supply::webhooks.{needed}")), "{refused:?}");
        assert_ne!(stage.call_as(&line, with, &webhook()).status, 401, "{line}");
    }
}

#[test]
fn a_client_has_ten_webhooks_of_an_owner_and_environments_have_their_own() {
    let stage = Stage::new();
    for _ in 0..10 {
        stage.register(URL, &["MessageCreatedV4"]);
    }
    let place = stage.of_business();
    let eleventh = stage.call(&format!("POST {place}"), &webhook());
    assert!(eleventh.status == 400 && eleventh.body.contains("10 webhooks"), "{eleventh:?}");
    assert_eq!(stage.call("POST v4/users/webhooks", &webhook()).status, 200);
    let listed = stage.call(&format!("GET {place}"), &json!({})).json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 10);
    let first = listed["data"][0]["webhookID"].as_str().unwrap().to_owned();
    assert_eq!(stage.call(&format!("DELETE {place}/{first}"), &json!({})).status, 204);
    assert_eq!(stage.call(&format!("POST {place}"), &webhook()).status, 200);
    let production = &stage.world.production;
    let token = stage.server.login(production, &production.clients["supply"], "supply::webhooks.read");
    let there = stage.server.get(production, "v4/users/webhooks", &token.member("access_token"));
    assert_eq!(there.json()["data"], json!([]));
}
