//! What the documents leave open, or contradict each other in: each knob in another position than its default.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

mod hooks;
mod mock_support;

use hooks::{Receiver, Stage};
use mock_support::{Answer, REDIRECT, Server};
use serde_json::{Value, json};
use tacktest::mock::control::{DeliveryState, Settings, World};

const URL: &str = "https://partner.example/hook";
const MESSAGE: &str = "MessageCreatedV4";

/// A stage on which one knob is turned.
fn turned(knob: &str, position: &Value) -> Stage {
    Stage::with(&json!({ knob: position }))
}

fn webhook(path: &str) -> Value {
    json!({ "webhookURL": format!("{URL}{path}"), "eventTypes": [MESSAGE] })
}

/// The names or texts in a validation problem.
fn wrong(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 400, "{answer:?}");
    let body = answer.json();
    let text = |error: &Value| error["name"].as_str().or(error.as_str()).unwrap().to_owned();
    body["errors"].as_array().unwrap().iter().map(text).collect()
}

#[test]
fn reviews_are_opened_by_the_scope_that_a_knob_names() {
    let reading = |position: &str, scope: &str| {
        let stage = turned("review_reading_scope", &json!(position));
        let token = stage.token_of("pro", "supply", scope);
        stage.server.get(stage.staging(), &format!("v4/businesses/{}/reviews", stage.fixture("business")), &token)
    };
    for (position, scope, status) in [
        ("either", "supply::businesses.list", 200),
        ("either", "supply::negotiations.read", 200),
        ("businesses_list", "supply::businesses.list", 200),
        ("businesses_list", "supply::negotiations.read", 401),
        ("negotiations_read", "supply::businesses.list", 401),
        ("negotiations_read", "supply::negotiations.read", 200),
    ] {
        assert_eq!(reading(position, scope).status, status, "{position} {scope}");
    }
    let refused = reading("negotiations_read", "supply::businesses.list");
    assert_eq!(refused.member("detail"), "required scope(s) [supply::negotiations.read] not found");
    for (position, scope, status) in [
        ("negotiations_write", "supply::negotiations.write", 200),
        ("negotiations_write", "supply::messages.write", 401),
        ("messages_write", "supply::negotiations.write", 401),
        ("messages_write", "supply::messages.write", 200),
    ] {
        let stage = turned("review_answering_scope", &json!(position));
        let token = stage.token_of("pro", "supply", scope);
        let line =
            format!("POST v4/businesses/{}/reviews/{}/response", stage.fixture("business"), stage.fixture("review"));
        let answer = stage.call_as(&line, &token, &json!({ "responseText": "TEST Thanks" }));
        assert_eq!(answer.status, status, "{position} {scope}");
    }
}

#[test]
fn reviews_are_named_and_answered_otherwise() {
    let stage = turned("review_answer_member", &json!("text"));
    let token = stage.token_of("pro", "supply", "supply::messages.write");
    let line = format!("POST v4/businesses/{}/reviews/{}/response", stage.fixture("business"), stage.fixture("review"));
    assert_eq!(wrong(&stage.call_as(&line, &token, &json!({ "responseText": "TEST Thanks" }))), ["text"]);
    let answered = stage.call_as(&line, &token, &json!({ "text": "TEST Thanks" }));
    assert_eq!(answered.member("responseText"), "TEST Thanks");

    let stage = turned("reviewed_businesses", &json!("business_id"));
    let token = stage.server.application_token(stage.staging(), "demand::businesses/reviews.read");
    let read = |query: &str| {
        let business = stage.fixture("business");
        stage.server.get(stage.staging(), &format!("v4/reviews/?limit=1&{query}={business}"), &token)
    };
    assert_eq!(wrong(&read("businessIDs")), ["businessID"]);
    let page = read("businessID").json();
    let next = page["pagination"]["next"].as_str().unwrap();
    assert!(next.contains(&format!("?businessID={}&", stage.fixture("business"))), "{next}");
}

#[test]
fn a_webhook_is_changed_as_a_whole() {
    let stage = turned("webhook_update", &json!("whole"));
    let order = json!({
        "webhookURL": URL, "eventTypes": [MESSAGE], "enabled": false, "auth": {"username": "a", "password": "b"},
    });
    let made = stage.call(&format!("POST {}", stage.of_business()), &order);
    let one = format!("PUT {}/{}", stage.of_business(), made.member("webhookID"));
    assert_eq!(wrong(&stage.call(&one, &json!({ "enabled": true }))), ["webhookURL"]);
    assert_eq!(wrong(&stage.call(&one, &json!({ "webhookURL": URL }))), ["eventTypes"]);
    let changed = stage.call(&one, &webhook("")).json();
    assert_eq!(changed["webhookID"], made.json()["webhookID"]);
    assert_eq!((&changed["enabled"], &changed["authType"]), (&json!(true), &json!("None")), "{changed}");
}

#[test]
fn there_are_as_many_webhooks_as_a_knob_says_and_pages_of_them() {
    let stage = Stage::with(&json!({ "most_webhooks": 12, "further_pages": "cursor" }));
    let list = stage.of_business();
    for number in 0..12 {
        assert_eq!(stage.call(&format!("POST {list}"), &webhook(&number.to_string())).status, 200);
    }
    let refused = stage.call(&format!("POST {list}"), &webhook("12"));
    assert_eq!(wrong(&refused), ["webhookURL"]);
    assert!(refused.body.contains("there are 12 webhooks already"), "{refused:?}");
    let page = |query: &str| stage.call(&format!("GET {list}{query}"), &json!({})).json();
    let first = page("");
    assert_eq!((first["data"].as_array().unwrap().len(), &first["pagination"]["limit"]), (10, &json!(10)));
    let cursor = first["pagination"]["cursor"].as_str().unwrap();
    let second = page(&format!("?cursor={cursor}"));
    assert_eq!(second["data"][0]["webhookURL"], format!("{URL}10"));
    assert_eq!((second["data"].as_array().unwrap().len(), &second["pagination"]), (2, &json!({ "limit": 10 })));
    assert_eq!(wrong(&stage.call(&format!("GET {list}?cursor=1"), &json!({}))), ["cursor"]);

    let stage = turned("most_webhooks", &json!(0));
    assert_eq!(stage.call(&format!("POST {}", stage.of_business()), &webhook("")).status, 400);
}

#[test]
fn messages_have_further_pages() {
    let messages = |stage: &Stage, query: &str| {
        let path = format!("v4/negotiations/{}/messages{query}", stage.fixture("negotiation"));
        stage.call(&format!("GET {path}"), &json!({}))
    };
    for (position, has_cursor) in [("absent", false), ("cursor", true)] {
        let stage = turned("further_pages", &json!(position));
        for number in 0..4 {
            let path = format!("v4/negotiations/{}/messages", stage.fixture("negotiation"));
            stage.call(&format!("POST {path}"), &json!({ "text": format!("TEST {number}") }));
        }
        let first = messages(&stage, "?limit=2").json();
        assert_eq!(first["pagination"].get("cursor").is_some(), has_cursor, "{first}");
        if !has_cursor {
            assert_eq!(messages(&stage, "?limit=2&cursor=7").json(), first, "it is passed over");
            continue;
        }
        let mut texts = vec![first];
        while let Some(cursor) = texts.last().unwrap()["pagination"]["cursor"].as_str() {
            let next = messages(&stage, &format!("?limit=2&cursor={cursor}")).json();
            texts.push(next);
        }
        let texts: Vec<&Value> = texts.iter().flat_map(|page| page["data"].as_array().unwrap()).collect();
        let texts: Vec<&str> = texts.into_iter().map(|message| message["text"].as_str().unwrap()).collect();
        assert_eq!(texts, ["TEST 3", "TEST 2", "TEST 1", "TEST 0", "TEST Are you available on my date?"]);
    }
}

#[test]
fn the_same_webhook_is_made_once() {
    for (position, count) in [("another", 2), ("existing", 1)] {
        let stage = turned("repeated_webhook", &json!(position));
        let make = |body: &Value| stage.call(&format!("POST {}", stage.of_business()), body).member("webhookID");
        let (first, second) = (make(&webhook("")), make(&webhook("")));
        assert_eq!(first == second, count == 1, "{position}");
        let listed = stage.call(&format!("GET {}", stage.of_business()), &json!({})).json();
        assert_eq!(listed["data"].as_array().unwrap().len(), count, "{position}");
        let other = json!({ "webhookURL": URL, "eventTypes": ["ReviewCreatedV4"] });
        assert!(![&first, &second].contains(&&make(&other)), "one for each event is another");
        let of_user = |path: &str| stage.call("POST v4/users/webhooks", &webhook(path)).member("webhookID");
        assert_ne!(of_user(""), of_user(""), "only of businesses it was reported");
    }
}

#[test]
fn a_webhook_that_failed_is_disabled() {
    for (position, enabled) in [("kept", true), ("disabled", false)] {
        let stage = Stage::with(&json!({ "failed_webhook": position, "redelivery_pauses_milliseconds": [1] }));
        let receiver = Receiver::with_statuses(|_| 500);
        let webhook = stage.register(&receiver.url(), &[MESSAGE]);
        stage.emit(&json!({ "event": MESSAGE }));
        receiver.wait_for(2);
        assert_eq!(stage.settled()[0].state, DeliveryState::Failed);
        let now = stage.call(&format!("GET {}/{webhook}", stage.of_business()), &json!({})).json();
        assert_eq!(now["enabled"], enabled, "{position}");
    }
}

#[test]
fn a_negotiation_has_the_form_that_a_knob_says() {
    let read =
        |stage: &Stage| stage.call(&format!("GET v4/negotiations/{}", stage.fixture("negotiation")), &json!({})).json();
    let stage = turned("negotiation_form", &json!("sample"));
    let id = stage.fixture("negotiation");
    let sample = json!({
        "negotiationID": id,
        "status": "active",
        "category": { "categoryID": "201565295100608806", "name": "Kitchen Remodel" },
        "customer": {
            "customerID": read(&stage)["customer"]["customerID"],
            "displayName": "Casey C.",
            "location": { "city": "San Francisco", "state": "CA", "zipCode": "94117" },
        },
        "business": { "businessID": stage.fixture("business"), "name": read(&stage)["business"]["name"] },
        "details": [{ "question": "Project scope", "answer": "Full kitchen renovation" }],
        "createTime": "2024-06-13T17:18:01Z",
    });
    assert_eq!(read(&stage), sample);
    let path = format!("GET v4/businesses/{}/negotiations", stage.fixture("business"));
    assert_eq!(stage.call(&path, &json!({})).json()["data"], json!([sample]));
    let receiver = Receiver::start();
    stage.register(&receiver.url(), &["NegotiationCreatedV4"]);
    stage.emit(&json!({ "event": "NegotiationCreatedV4" }));
    assert!(receiver.wait_for(1)[0].json()["data"]["createdAt"].is_string(), "webhooks tell it as ever");

    assert_eq!(read(&Stage::new())["customer"]["lastName"], "Customer");
    assert_eq!(read(&turned("customer_last_name", &json!("initial")))["customer"]["lastName"], "C.");
}

#[test]
fn a_business_is_called_a_pro() {
    let stage = turned("business_sender", &json!("pro"));
    let receiver = Receiver::start();
    stage.register(&receiver.url(), &[MESSAGE]);
    let path = format!("v4/negotiations/{}/messages", stage.fixture("negotiation"));
    assert_eq!(stage.call(&format!("POST {path}"), &json!({ "text": "TEST Hi" })).member("from"), "Pro");
    assert_eq!(receiver.wait_for(1)[0].json()["data"]["from"], "Pro");
    let listed = stage.call(&format!("GET {path}"), &json!({})).json();
    assert_eq!((&listed["data"][0]["from"], &listed["data"][1]["from"]), (&json!("Pro"), &json!("Customer")));
}

#[test]
fn problems_are_told_otherwise() {
    let path = "GET v4/negotiations/1";
    for (position, media_type) in [("problem_json", "application/problem+json"), ("json", "application/json")] {
        let stage = turned("problem_media_type", &json!(position));
        assert_eq!(stage.call(path, &json!({})).header("content-type"), media_type);
        assert_eq!(stage.call_as(path, "wrong", &json!({})).header("content-type"), media_type);
    }
    let made = |position: &str| {
        let stage = turned("validation_errors", &json!(position));
        wrong(&stage.call("POST v4/users/webhooks", &json!({ "webhookURL": URL })))
    };
    assert_eq!(made("named"), ["eventTypes"]);
    assert_eq!(made("texts"), ["eventTypes is required"]);
    assert_eq!(made("empty"), Vec::<String>::new());
    for (position, status) in [("forbidden", 403), ("not_found", 404)] {
        let stage = turned("others_resources", &json!(position));
        for path in [
            format!("GET v4/negotiations/{}", stage.fixture("other_negotiation")),
            format!("GET v4/businesses/{}/webhooks", stage.fixture("other_business")),
        ] {
            assert_eq!(stage.call(&path, &json!({})).status, status, "{position} {path}");
        }
        let detail = |id: &str| stage.call(&format!("GET v4/negotiations/{id}"), &json!({})).json()["detail"].clone();
        let alike = detail(stage.fixture("other_negotiation")) == detail("1");
        assert_eq!(alike, position == "not_found", "what is not there is told in the same words");
    }
}

/// A search, and a request to a business that is nowhere.
fn searched(settings: &Value) -> (Value, Value) {
    let server = Server::start();
    let world = server.world_with(&json!({ "settings": settings }));
    let token = server.application_token(&world.staging, "demand::businesses/search.read");
    let source = json!({ "utm_source": "cma-example" });
    let category = "201565295100608806";
    let search = json!({ "categoryID": category, "zipCode": "94117", "utmData": source });
    let found = server.post(&world.staging, "v4/businesses/search", &token, &search.to_string()).json();
    server.command(&world, &json!({ "next_login": { "user": "customer" } }));
    let demand = &world.staging.clients["demand"];
    let token = server.login(&world.staging, demand, "demand::requests.write").member("access_token");
    let request = json!({
        "searchID": found["searchID"], "categoryID": category, "serviceIDs": ["1"], "utmData": source,
    });
    let asked = server.post(&world.staging, "v4/requests", &token, &request.to_string()).json();
    (found, asked)
}

#[test]
fn searches_and_requests_tell_otherwise() {
    let reason = "there is no business of this id";
    let problem =
        json!({"type": "about:blank", "title": "Not Found", "status": 404, "detail": reason, "businessID": "1"});
    for (position, expected) in
        [("reasons", json!({"businessID": "1", "error": reason})), ("problems", problem), ("ids", json!("1"))]
    {
        let (_, asked) = searched(&json!({ "contact_errors": position }));
        assert_eq!(asked["contactErrors"], json!([expected]), "{position}");
    }
    let cost = |position: &str| {
        let (found, _) = searched(&json!({ "starting_cost": position }));
        found["data"][0]["quote"]["startingCost"].as_u64().unwrap()
    };
    assert_eq!(cost("cents"), 100 * cost("dollars"));
    for (position, medium) in [("partnership", "utm_medium=partnership&"), ("partnerships", "utm_medium=partnerships&")]
    {
        let (found, _) = searched(&json!({ "widget_medium": position }));
        for widget in ["requestFlowURL", "servicePageURL"] {
            let link = found["data"][0]["widgets"][widget].as_str().unwrap();
            assert!(link.contains(medium), "{link}");
        }
    }
}

fn world(settings: &Value) -> (Server, World) {
    let server = Server::start();
    let world = server.world_with(&json!({ "settings": settings }));
    (server, world)
}

#[test]
fn an_old_refresh_token_ends_nothing() {
    for (position, grace, status) in [("ends_login", 60, 400), ("refused", 60, 200), ("refused", 0, 200)] {
        let (server, world) = world(&json!({ "refresh_reuse": position, "refresh_grace_seconds": grace }));
        let supply = &world.staging.clients["supply"];
        let old = server.login(&world.staging, supply, "offline_access").member("refresh_token");
        let new = server.refresh(&world.staging, supply, &old).member("refresh_token");
        server.command(&world, &json!({ "advance": "61s" }));
        let refused = server.refresh(&world.staging, supply, &old);
        assert_eq!((refused.status, refused.member("error").as_str()), (400, "invalid_grant"));
        assert_eq!(server.refresh(&world.staging, supply, &new).status, status, "{position} {grace}");
    }
}

#[test]
fn audience_and_scope_are_required_of_users() {
    let (server, world) = world(&json!({ "token_parameters": "required_of_users" }));
    let supply = &world.staging.clients["supply"];
    let code = || {
        let asked = server.authorize(&world.staging, supply, &format!("scope=offline_access&{REDIRECT}"));
        format!("grant_type=authorization_code&code={}&{REDIRECT}", asked.redirected("code"))
    };
    let audience = "audience=urn%3Apartner-api";
    let sent = |form: &str| server.token(&world.staging, supply, form);
    for (more, missing) in [("", "audience"), (audience, "scope"), ("scope=offline_access", "audience")] {
        let refused = sent(&format!("{}&{more}", code()));
        assert_eq!((refused.status, refused.member("error").as_str()), (400, "invalid_request"));
        assert!(refused.member("error_description").contains(&format!("'{missing}' is missing")), "{refused:?}");
    }
    let tokens = sent(&format!("{}&{audience}&scope=offline_access", code()));
    assert_eq!(tokens.status, 200);
    let refresh = tokens.member("refresh_token");
    assert_eq!(server.refresh(&world.staging, supply, &refresh).status, 400);
    let form = format!("grant_type=refresh_token&refresh_token={refresh}&{audience}&scope=offline_access");
    assert_eq!(sent(&form).status, 200);
    let demand = &world.staging.clients["demand"];
    assert_eq!(server.token(&world.staging, demand, "grant_type=client_credentials").status, 200);
}

#[test]
fn scopes_are_granted_otherwise() {
    let (server, world) = world(&json!({ "omitted_scope": "all", "ungranted_scopes": "left_out" }));
    let demand = &world.staging.clients["demand"];
    let granted = |form: &str| {
        let answer = server.token(&world.staging, demand, &format!("grant_type=client_credentials{form}"));
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.member("scope")
    };
    assert!(granted("").contains("demand::keywords.read") && granted("&scope=").contains("demand::requests.write"));
    assert_eq!(granted("&scope=supply::users.read+demand::keywords.read"), "demand::keywords.read");
    assert_eq!(granted("&scope=supply::users.read"), "", "what is left out is not omitted");
    let supply = &world.staging.clients["supply"];
    let login = server.login(&world.staging, supply, "supply::users.read+demand::users.read+invented");
    assert_eq!(login.member("scope"), "supply::users.read");
}

#[test]
fn a_state_must_be_longer() {
    let (server, world) = world(&json!({ "state_characters": 10 }));
    let supply = &world.staging.clients["supply"];
    let refused = server.authorize(&world.staging, supply, REDIRECT);
    assert_eq!(refused.redirected("error"), "invalid_state");
    assert!(refused.redirected("error_description").contains("at least be 10 characters long"), "{refused:?}");
}

#[test]
fn a_webhook_outlives_the_connection() {
    let stage = Stage::new();
    let receiver = Receiver::start();
    stage.register(&receiver.url(), &[MESSAGE]);
    stage.server.command(&stage.world, &json!({ "revoke": stage.token }));
    let list = format!("GET {}", stage.of_business());
    assert_eq!(stage.call(&list, &json!({})).status, 401, "the connection is gone");
    stage.emit(&json!({ "event": MESSAGE }));
    assert_eq!(receiver.wait_for(1)[0].event(), MESSAGE);
}

#[test]
fn the_readme_names_a_knob_that_there_is_for_whatever_is_open() {
    let knobs = serde_json::to_value(Settings::default()).unwrap();
    let readme = include_str!("../README.md");
    let (_, section) = readme.split_once("### What the documents leave open\n").unwrap();
    let rows: Vec<&str> = section
        .lines()
        .take_while(|line| !line.starts_with('#'))
        .skip_while(|line| *line != "|---|---|")
        .skip(1)
        .collect();
    let mut named = Vec::new();
    for row in rows.into_iter().filter(|row| row.starts_with('|')) {
        let said = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        if said.starts_with("none: ") {
            continue;
        }
        for name in said.split(';').next().unwrap().split(", ") {
            let name = name.trim_matches('`');
            assert!(knobs.get(name).is_some(), "no knob {name}: {row}");
            named.push(name.to_owned());
        }
    }
    let number = named.len();
    named.sort_unstable();
    named.dedup();
    assert_eq!(number, named.len(), "each stands in one row");
    assert!(number > 40, "{named:?}");
}
