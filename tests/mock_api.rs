//! The API's operations: state, scopes, ownership, expiry, audiences, documented bodies.
#![expect(clippy::unwrap_used, reason = "the helpers here may panic as tests do")]

mod mock_support;

use mock_support::{Answer, Server, path};
use serde_json::{Value, json};
use tacktest::mock::control::{Environment, World};

const INACTIVE: &str = r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"invalid token. failure reason(s): [token is not active]"}"#;
const ALL: &str =
    "supply::users.read+supply::businesses.list+supply::negotiations.read+supply::messages.read+supply::messages.write";

/// An access token of a user, with all the scopes that the operations need.
fn user_token(server: &Server, world: &World, user: &str) -> String {
    server.command(world, &json!({"next_login": {"user": user}}));
    server.login(&world.staging, &world.staging.clients["supply"], ALL).member("access_token")
}

fn post_message(server: &Server, staging: &Environment, token: &str, body: &str) -> Answer {
    let line = format!("POST {}v4/negotiations/{}/messages", path(&staging.api), staging.fixtures["negotiation"]);
    let headers = [("Authorization", format!("Bearer {token}")), ("Content-Type", "application/json".to_owned())];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    server.send(&line, &headers, body)
}

fn texts(answer: &Answer) -> Vec<String> {
    answer.json()["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["text"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn users_and_businesses_are_the_users_own() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    for (user, first, owned) in [("pro", "Robin", 2), ("other_pro", "Alex", 1), ("customer", "Casey", 0)] {
        let token = user_token(&server, &world, user);
        let myself = server.get(staging, "v4/users/self/", &token);
        assert_eq!(myself.json()["firstName"], first);
        let businesses = server.get(staging, "v4/businesses", &token).json();
        assert_eq!(businesses["data"].as_array().unwrap().len(), owned, "{user}");
        assert_eq!(businesses["pagination"], json!({"limit": 20}));
    }
}

#[test]
fn the_login_order_holds_once() {
    let server = Server::start();
    let world = server.world();
    assert_eq!(
        server.get(&world.staging, "v4/users/self", &user_token(&server, &world, "customer")).json()["firstName"],
        "Casey"
    );
    let next = server.login(&world.staging, &world.staging.clients["supply"], ALL).member("access_token");
    assert_eq!(server.get(&world.staging, "v4/users/self", &next).json()["firstName"], "Robin");
}

#[test]
fn keywords_are_searched_and_their_parameters_validated() {
    let server = Server::start();
    let staging = server.world().staging;
    let token = server.application_token(&staging, "demand::keywords.read");
    let found = server.get(&staging, "v4/keywords/search?searchQuery=CAR&limit=3", &token).json();
    assert_eq!(found["data"].as_array().unwrap().len(), 3);
    assert!(found["data"][0]["keywordID"].is_string() && found["data"][0]["name"].is_string());
    let many = server.get(&staging, "v4/keywords/search?searchQuery=car", &token).json();
    assert_eq!(many["data"].as_array().unwrap().len(), 10);
    for (query, names) in [
        ("", json!(["searchQuery"])),
        ("?searchQuery=a&limit=0", json!(["limit"])),
        ("?limit=many", json!(["limit", "searchQuery"])),
        ("?searchQuery=%zz", json!(["query"])),
    ] {
        let answer = server.get(&staging, &format!("v4/keywords/search{query}"), &token);
        assert_eq!((answer.status, answer.header("content-type")), (400, "application/problem+json"));
        let body = answer.json();
        assert_eq!(body["type"], "https://api.thumbtack.com/problems/validation-error");
        assert_eq!(body["traceID"].as_str().unwrap().len(), 16);
        let found: Value = body["errors"].as_array().unwrap().iter().map(|error| error["name"].clone()).collect();
        assert_eq!(found, names, "{query}");
    }
}

#[test]
fn sent_messages_are_listed_and_paged() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let list = format!("v4/negotiations/{}/messages", staging.fixtures["negotiation"]);
    let (pro, customer) = (user_token(&server, &world, "pro"), user_token(&server, &world, "customer"));
    let first = post_message(&server, staging, &pro, r#"{"text":"one"}"#);
    assert_eq!((first.status, first.member("from").as_str()), (200, "Business"));
    server.command(&world, &json!({"advance": "2s"}));
    let second = post_message(&server, staging, &customer, r#"{"text":"two"}"#);
    assert_eq!(second.member("from"), "Customer");
    assert_ne!(first.member("messageID"), second.member("messageID"));
    let all = server.get(staging, &list, &customer);
    assert_eq!(texts(&all), ["two", "one", "TEST Are you available on my date?"]);
    assert_eq!(all.json()["data"][1], first.json());
    assert_eq!(all.json()["data"][2]["messageID"], json!(staging.fixtures["message"]));
    let page = |query: &str| texts(&server.get(staging, &format!("{list}?{query}"), &pro));
    assert_eq!(page("limit=1"), ["two"]);
    assert_eq!(page(&format!("sentAfter={}", first.member("sentAt"))), ["two"]);
    assert_eq!(page(&format!("sentBefore={}&limit=1", second.member("sentAt"))), ["one"]);
    for wrong in ["limit=0", "limit=21", "limit=-1", "sentBefore=yesterday", "sentAfter=1"] {
        assert_eq!(server.get(staging, &format!("{list}?{wrong}"), &pro).status, 400, "{wrong}");
    }
    let production = server.login(&world.production, &world.production.clients["supply"], ALL).member("access_token");
    let other = format!("v4/negotiations/{}/messages", world.production.fixtures["negotiation"]);
    assert_eq!(texts(&server.get(&world.production, &other, &production)).len(), 1, "environments share no messages");
}

#[test]
fn message_bodies_are_validated() {
    let server = Server::start();
    let world = server.world();
    let token = user_token(&server, &world, "pro");
    let text = |length: usize| json!({"text": "é".repeat(length)}).to_string();
    assert_eq!(post_message(&server, &world.staging, &token, &text(16_384)).status, 200);
    let not_messages = ["", "[", "{}", r#"{"text":1}"#, r#"["array"]"#].map(str::to_owned);
    for wrong in [text(0), text(16_385)].into_iter().chain(not_messages) {
        let answer = post_message(&server, &world.staging, &token, &wrong);
        assert_eq!((answer.status, &answer.json()["errors"][0]["name"]), (400, &json!("text")), "{answer:?}");
    }
    let created = server.world_with(&json!({"settings": {"created_status": "created"}}));
    let token = user_token(&server, &created, "pro");
    assert_eq!(post_message(&server, &created.staging, &token, &text(1)).status, 201);
}

#[test]
fn negotiations_belong_to_their_parties() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let one = |name: &str| format!("v4/negotiations/{}", staging.fixtures[name]);
    for (user, own, other) in [("pro", 200, 403), ("customer", 200, 403), ("other_pro", 403, 200)] {
        let token = user_token(&server, &world, user);
        assert_eq!(server.get(staging, &one("negotiation"), &token).status, own, "{user}");
        assert_eq!(server.get(staging, &one("other_negotiation"), &token).status, other, "{user}");
        for unknown in ["v4/negotiations/1", "v4/negotiations/%ff", "v4/negotiations/1/messages"] {
            let answer = server.get(staging, unknown, &token);
            assert_eq!((answer.status, answer.header("content-type")), (404, "application/problem+json"));
        }
    }
    let token = user_token(&server, &world, "pro");
    let document = server.get(staging, &one("negotiation"), &token).json();
    assert_eq!(document["business"]["businessID"], json!(staging.fixtures["business"]));
    assert_eq!(document["customer"]["customerID"], json!(staging.fixtures["customer"]));
    assert_eq!(document["createdAt"], "2024-06-13T17:18:01Z");
}

#[test]
fn a_missing_scope_is_named() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let narrow = server.login(staging, &staging.clients["supply"], "supply::users.read").member("access_token");
    let answer = server.get(staging, "v4/businesses", &narrow);
    assert_eq!(answer.status, 401);
    assert_eq!(answer.member("detail"), "required scope(s) [supply::businesses.list] not found");
    assert_eq!(answer.member("traceID").len(), 16);
    let application = server.application_token(staging, "demand::users.read");
    let answer = server.get(staging, "v4/users/self", &application);
    assert_eq!(answer.status, 401, "no user stands behind the token");
    assert_eq!(answer.member("detail"), "required scope(s) [supply::users.read demand::users.read] not found");
    let demand = server.login(staging, &staging.clients["demand"], "demand::users.read").member("access_token");
    assert_eq!(server.get(staging, "v4/users/self", &demand).status, 200, "one of several is enough");
}

#[test]
fn unusable_tokens_get_the_documented_body() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let token = server.application_token(staging, "demand::keywords.read");
    let search = "v4/keywords/search?searchQuery=car";
    assert_eq!(server.get(&world.production, search, &token).body, INACTIVE, "tokens stay in their environment");
    assert_eq!(server.get(&server.world().staging, search, &token).body, INACTIVE, "and in their world");
    for wrong in ["", "x", &format!("{token}x")] {
        assert_eq!(server.get(staging, search, wrong).body, INACTIVE);
    }
    let line = format!("GET {}{search}", path(&staging.api));
    for headers in [&[][..], &[("Authorization", "Basic YTpi")][..], &[("Authorization", token.as_str())][..]] {
        let answer = server.send(&line, headers, "");
        assert_eq!((answer.status, answer.body.as_str()), (401, INACTIVE));
    }
    assert_eq!(server.get(staging, search, &token).status, 200);
    server.command(&world, &json!({"advance": "3590s"}));
    assert_eq!(server.get(staging, search, &token).status, 200);
    server.command(&world, &json!({"advance": "11s"}));
    let expired = server.get(staging, search, &token);
    assert_eq!((expired.status, expired.body.as_str()), (401, INACTIVE));

    let traced = server.world_with(&json!({"settings": {"inactive_token_trace": "present"}}));
    assert_eq!(server.get(&traced.staging, search, "x").member("traceID").len(), 16);
}

#[test]
fn audiences_are_refused_at_the_api() {
    let server = Server::start();
    let staging = server.world().staging;
    let token = |staging: &Environment, audience: &str| {
        let form = format!("grant_type=client_credentials&scope=demand::keywords.read{audience}");
        server.token(staging, &staging.clients["demand"], &form).member("access_token")
    };
    let search = "v4/keywords/search?searchQuery=car";
    for (parameter, named) in [
        ("&audience=https%3A%2F%2Fx", "https://x"),
        ("&audience=urn:partner-apii", "urn:partner-apii"),
        ("&audience=urn:partner-api&audience=a+b", "a b"),
        ("", ""),
    ] {
        let answer = server.get(&staging, search, &token(&staging, parameter));
        assert_eq!(answer.status, 502);
        assert_eq!(
            answer.body,
            format!(
                r#"{{"error":"proxy_oauth_failed","detail":"Error: oauth_400:invalid_request: The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Requested audience '{named}' has not been whitelisted by the Auth 2.0 Client."}}"#
            )
        );
    }
    let lenient = server.world_with(&json!({"settings": {"missing_audience": "accepted"}})).staging;
    assert_eq!(server.get(&lenient, search, &token(&lenient, "")).status, 200);
}

#[test]
fn wrong_methods_and_unknown_paths() {
    let server = Server::start();
    let staging = server.world().staging;
    let answer = server.send(&format!("POST {}v4/keywords/search", path(&staging.api)), &[], "");
    assert_eq!((answer.status, answer.header("content-type")), (405, "application/problem+json"));
    assert_eq!(answer.header("allow"), "GET,HEAD");
    let answer = server.send(&format!("PUT {}v4/negotiations/1/messages", path(&staging.api)), &[], "");
    assert_eq!((answer.status, answer.header("allow")), (405, "GET,HEAD,POST"));
    for unknown in ["v4/users/me", "api/v4/businesses", "v4/api/v4/businesses", "", "v4/negotiations"] {
        for accept in ["*/*", "application/json", "text/plain, application/json;q=0.9"] {
            let line = format!("GET {}{unknown}", path(&staging.api));
            let answer = server.send(&line, &[("Authorization", "Bearer x"), ("Accept", accept)], "");
            let told = (answer.status, answer.header("content-type"));
            assert_eq!(told, (404, "text/html; charset=utf-8"), "{unknown} {accept}");
        }
    }
}

#[test]
fn what_is_refused_before_an_operation_has_a_trace_below_the_api_alone() {
    let server = Server::start();
    let world = server.world();
    let long = "x".repeat(1024 * 1024 + 1);
    for environment in [&world.staging, &world.production] {
        let [api, token] = [&environment.api, &environment.token_url].map(|url| path(url));
        for (line, headers, body, status) in [
            (format!("POST {api}v4/requests"), &[][..], long.as_str(), 413),
            (format!("GET {api}v4/negotiations/%zz"), &[], "", 400),
            (format!("GET {api}v4/users/self"), &[("Host", "another")], "", 400),
        ] {
            let answer = server.send(&line, headers, body);
            assert_eq!(answer.status, status, "{line}");
            let trace = answer.member("traceID");
            assert!(trace.len() == 16 && trace.bytes().all(|byte| byte.is_ascii_hexdigit()), "{line}: {trace}");
        }
        for (line, headers, body, status) in [
            (format!("POST {token}"), &[][..], long.as_str(), 413),
            (format!("GET {token}"), &[("Host", "another")], "", 400),
        ] {
            let answer = server.send(&line, headers, body);
            assert_eq!((answer.status, answer.json().get("traceID")), (status, None), "{line}");
        }
    }
}

#[test]
fn a_users_token_at_an_operation_of_applications_is_a_knob() {
    let server = Server::start();
    let search = "v4/keywords/search?searchQuery=car";
    for (settings, status) in [
        (json!({}), 200),
        (json!({"user_token_at_application_operations": "taken"}), 200),
        (json!({"user_token_at_application_operations": "refused"}), 401),
    ] {
        let staging = server.world_with(&json!({ "settings": settings })).staging;
        let scope = "demand::keywords.read+demand::businesses/reviews.read";
        let user = server.login(&staging, &staging.clients["demand"], scope).member("access_token");
        let answer = server.get(&staging, search, &user);
        assert_eq!(answer.status, status, "{settings}");
        if status == 401 {
            assert_eq!(answer.member("detail"), "required scope(s) [demand::keywords.read] not found");
        }
        let application = server.application_token(&staging, scope);
        assert_eq!(server.get(&staging, search, &application).status, 200, "{settings}");
        // Of which flow the reviews are is unknown.
        let reviews = format!("v4/reviews/?businessIDs={}", staging.fixtures["business"]);
        assert_eq!(server.get(&staging, &reviews, &user).status, 200, "{settings}");
    }
}
