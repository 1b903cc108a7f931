//! The journal: what it tells of requests and orders, why they were refused, and that it tells no secret.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

mod hooks;
mod mock_support;

use std::{
    io::Write,
    net::TcpStream,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use hooks::{Receiver, Stage};
use mock_support::{FORM, REDIRECT, Server, basic, path};
use serde_json::{Value, json};
use tacktest::mock::control::{
    DeliveryState, EnvironmentName, JournalEntry, JournalEvent, JournalRequest, Outcome, World,
};

const KEYWORDS: &str = "v4/keywords/search?searchQuery=car";

fn journal(server: &Server, world: &World, query: &str) -> Vec<JournalEntry> {
    let answer = server.send(&format!("GET /control/worlds/{}/journal{query}", world.id), &[], "");
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/x-ndjson"), "{answer:?}");
    answer.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The last request of the journal.
fn last(server: &Server, world: &World) -> JournalRequest {
    match journal(server, world, "").pop().unwrap().event {
        JournalEvent::Request(request) => *request,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_grant_can_be_followed_from_the_login_to_the_last_token() {
    let server = Server::start();
    let world = server.world();
    let (staging, supply) = (&world.staging, &world.staging.clients["supply"]);
    let login = server.login(staging, supply, "offline_access+supply::users.read");
    let next = server.refresh(staging, supply, &login.member("refresh_token"));
    assert_eq!(server.get(staging, "v4/users/self", &next.member("access_token")).status, 200);
    let told: Vec<String> = journal(&server, &world, "")
        .into_iter()
        .map(|entry| {
            let JournalEvent::Request(request) = entry.event else { panic!("{entry:?}") };
            assert_eq!((request.environment, request.grant), (EnvironmentName::Staging, Some(1)));
            assert_eq!((request.client.as_deref(), request.user.as_deref()), (Some("supply"), Some("pro")));
            assert_eq!((request.outcome, &request.why), (Outcome::Answered, &None));
            let or_not = |name: Option<String>| name.unwrap_or_else(|| "-".to_owned());
            let operation = or_not(request.operation);
            format!(
                "{operation}: {} of {} gives {}",
                or_not(request.used),
                or_not(request.from),
                request.issued.join(", ")
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "authorize: - of - gives code 1",
            "token: code 1 of - gives access 1, refresh 1",
            "token: refresh 1 of - gives access 2, refresh 2",
            "getUserV4: access 2 of refresh 1 gives ",
        ]
    );
}

#[test]
fn a_refusal_at_the_token_url_says_why() {
    let server = Server::start();
    let world = server.world();
    let (staging, production) = (&world.staging, &world.production);
    let (supply, demand) = (&staging.clients["supply"], &staging.clients["demand"]);
    let application = "grant_type=client_credentials&audience=urn%3Apartner-api";
    let wrong = tacktest::mock::control::Client { secret: "wrong".to_owned(), ..demand.clone() };
    let crossed = tacktest::mock::control::Client { secret: demand.secret.clone(), ..supply.clone() };
    let code = server.authorize(staging, supply, "scope=offline_access").redirected("code");
    assert_eq!(server.exchange(staging, supply, &code).status, 200);
    let elsewhere = server.login(production, &production.clients["supply"], "offline_access").member("refresh_token");
    let access = server.application_token(staging, "demand::keywords.read");
    let code_form = format!("grant_type=authorization_code&code={code}");
    let refresh = |token: &str| format!("grant_type=refresh_token&refresh_token={token}");
    for (client, form, why) in [
        (&production.clients["demand"], application.to_owned(), "this client id is of production (demand)"),
        (&wrong, application.to_owned(), "the client is demand, and its secret is wrong"),
        (&crossed, application.to_owned(), "the secret is that of demand of staging"),
        (supply, application.to_owned(), "not allowed to use authorization grant 'client_credentials'"),
        (demand, format!("{application}&scope=supply::users.read"), "the scope is the client supply's"),
        (demand, format!("{application}&scope=demand::keyword.read"), "the nearest is demand::keywords.read"),
        (supply, code_form.clone(), "code 1 was already used 0 s ago, so all tokens of grant 1 end"),
        (supply, refresh(&elsewhere), "the value is refresh 1 of production, and the request went to staging"),
        (supply, refresh(&access), "the value is an access token, not a refresh token: access 2"),
        (supply, refresh("ory_rt_x.y"), "looks like a refresh token and was not issued in this world"),
        (supply, refresh(""), "there is no `refresh_token`"),
        (supply, "grant_type=password".to_owned(), "`grant_type` is none of"),
    ] {
        assert_ne!(server.token(staging, client, &form).status, 200, "{why}");
        let told = last(&server, &world);
        assert_eq!(told.outcome, Outcome::Refused);
        assert!(told.why.as_deref().unwrap().contains(why), "{why}: {told:?}");
    }
    let line = format!("POST {}", path(&staging.token_url));
    let unencoded = base64(&format!("{}:{}", demand.id, demand.secret));
    for (headers, form, why) in [
        (vec![FORM], application.to_owned(), "no client credentials"),
        (vec![FORM, ("Authorization", "Basic x")], application.to_owned(), "not usable as HTTP Basic"),
        (vec![FORM, ("Authorization", &unencoded)], application.to_owned(), "must be form-encoded before base64"),
        (vec![("Content-Type", "application/json")], "{}".to_owned(), "the body is no form"),
        (
            vec![FORM],
            format!("{application}&client_id={}&client_secret=x", demand.id),
            "must send its secret by HTTP Basic",
        ),
    ] {
        server.send(&line, &headers, &form);
        let told = last(&server, &world);
        assert!(told.why.as_deref().unwrap().contains(why), "{why}: {told:?}");
    }
}

#[test]
fn a_refusal_of_the_api_says_why() {
    let server = Server::start();
    let world = server.world();
    let (staging, supply) = (&world.staging, &world.staging.clients["supply"]);
    let login = server.login(staging, supply, "offline_access+supply::users.read");
    let (access, refresh) = (login.member("access_token"), login.member("refresh_token"));
    let refused = |token: &str, why: &str| {
        assert_ne!(server.get(staging, KEYWORDS, token).status, 200);
        let told = last(&server, &world);
        assert!(told.why.as_deref().unwrap().contains(why), "{why}: {told:?}");
        told
    };
    let told =
        refused(&access, "required scope not granted: one of demand::keywords.read; access 1 has offline_access");
    let named = (told.client.as_deref(), told.user.as_deref(), told.grant, told.used.as_deref());
    assert_eq!(named, (Some("supply"), Some("pro"), Some(1), Some("access 1")));
    refused(&refresh, "the value is a refresh token, no access token: refresh 1");
    refused("x", "the value was never issued in this world");
    let other = server.application_token(&world.production, "demand::keywords.read");
    refused(&other, "the value is access 1 of production, and the request went to staging");
    let form = "grant_type=client_credentials&scope=demand::keywords.read";
    let without = server.token(staging, &staging.clients["demand"], form).member("access_token");
    refused(&without, "audience missing: access 2 was asked for without `audience=urn:partner-api`");
    let wrong = server.token(staging, &staging.clients["demand"], &format!("{form}&audience=x")).member("access_token");
    refused(&wrong, "access 3 is for the audience `x`, and the API is urn:partner-api");
    let application = server.application_token(staging, "demand::users.read");
    assert_eq!(server.get(staging, "v4/users/self", &application).status, 401);
    assert!(last(&server, &world).why.unwrap().contains("the operation acts for a user, and access 4 is the"));
    server.refresh(staging, supply, &refresh);
    refused(&access, "access 1 ended when the refresh token that came with it, refresh 1, was used");
    server.command(&world, &json!({"advance": "3h"}));
    refused(&other.replace("ey", "EY"), "never issued");
    refused(&application, "access 4 expired 2 h ago");
    server.refresh(staging, supply, &refresh);
    refused(&access, "access 1 is of grant 1, which was revoked 0 s ago: a refresh token was used again");
    let line = format!("GET {}{KEYWORDS}", path(&staging.api));
    server.send(&line, &[], "");
    assert!(last(&server, &world).why.unwrap().contains("there is no Authorization header"));
    server.send(&line, &[("Authorization", "Basic eA==")], "");
    assert!(last(&server, &world).why.unwrap().contains("does not say `Bearer TOKEN`"));
    server.send(&format!("GET {}v4/nothing", path(&staging.api)), &[], "");
    let told = last(&server, &world);
    assert_eq!((told.outcome, told.why.as_deref()), (Outcome::Refused, Some("nothing is served at this path")));
}

#[test]
fn a_refusal_at_the_authorization_url_says_why() {
    let server = Server::start();
    let world = server.world();
    let (staging, supply) = (&world.staging, &world.staging.clients["supply"]);
    for (more, why) in [
        ("redirect_uri=http%3A%2F%2F127.0.0.1%3A8421%2Fcallback%2F", "/callback/` is not registered"),
        (
            "redirect_uri=https%3A%2F%2Fu%3Acanary%40a.example%2Fb%3Fk%3Dcanary",
            "`https://a.example/b?…` is not registered",
        ),
        ("scope=supply::users.read,openid", "scopes are separated by spaces"),
        ("code_challenge=x", "plain is not allowed"),
    ] {
        server.authorize(staging, supply, more);
        let told = last(&server, &world);
        assert_eq!(told.outcome, Outcome::Refused);
        assert!(told.why.as_deref().unwrap().contains(why), "{why}: {told:?}");
        assert!(!format!("{told:?}").contains("canary"), "{told:?}");
    }
    server.authorize(staging, supply, &format!("scope={}", "x".repeat(4_000)));
    assert_eq!(last(&server, &world).why.unwrap().chars().count(), 513);
    server.authorize(staging, &world.production.clients["supply"], "");
    assert!(last(&server, &world).why.unwrap().contains("this client id is of production (supply)"));
    server.command(&world, &json!({"next_login": {"user": "customer", "answer": "deny"}}));
    server.authorize(staging, supply, "scope=supply::users.read");
    assert_eq!(last(&server, &world).why.as_deref(), Some("access_denied: the user customer denied, as was ordered"));
}

#[test]
fn orders_and_bodies_are_told_with_names_in_place_of_tokens() {
    let server = Server::start();
    let world = server.world();
    let (staging, supply) = (&world.staging, &world.staging.clients["supply"]);
    let token = server.login(staging, supply, "supply::messages.write").member("access_token");
    let place = format!("v4/negotiations/{}/messages", staging.fixtures["negotiation"]);
    assert_eq!(server.post(staging, &place, &token, r#"{"text":"TEST hello","password":"canary"}"#).status, 200);
    let sent = last(&server, &world);
    assert_eq!(sent.body.unwrap(), json!({"text": "TEST hello", "password": "[hidden, 6 characters]"}));
    assert!(sent.answer.is_some_and(|answer| answer.is_object()));
    server.command(&world, &json!({"expire": token}));
    server.command(&world, &json!({"rotate_keys": true}));
    assert_eq!(server.control(&format!("POST /control/worlds/{}", world.id), &json!({"advanse": 1})).status, 422);
    let long = json!({"advanse".repeat(500): 1});
    assert_eq!(server.control(&format!("POST /control/worlds/{}", world.id), &long).status, 422);
    let orders: Vec<(Value, Option<String>)> = journal(&server, &world, "?after=3")
        .into_iter()
        .map(|entry| match entry.event {
            JournalEvent::Order(order) => (order.order, order.why),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(orders[0], (json!({"expire": "access 1 of staging"}), None));
    assert_eq!(orders[1], (json!({"rotate_keys": true}), None));
    assert!(orders[2].1.as_deref().unwrap().contains("advanse"), "{orders:?}");
    assert_eq!(orders[3].1.as_deref().unwrap().chars().count(), 513);
}

#[test]
fn deliveries_are_told_attempt_by_attempt() {
    let stage = Stage::new();
    let receiver = Receiver::with_statuses(|number| if number == 0 { 503 } else { 200 });
    stage.register(&format!("{}?key=canary", receiver.url()), &["MessageCreatedV4"]);
    stage.emit(&json!({"event": "MessageCreatedV4"}));
    stage.settled();
    let entries = journal(&stage.server, &stage.world, "");
    let told: Vec<_> = entries
        .iter()
        .filter_map(|entry| match &entry.event {
            JournalEvent::Delivery { delivery } => {
                Some((delivery.state, delivery.attempts.iter().map(|attempt| attempt.status).collect::<Vec<_>>()))
            }
            _ => None,
        })
        .collect();
    let expected = [(DeliveryState::Waiting, vec![Some(503)]), (DeliveryState::Received, vec![Some(503), Some(200)])];
    assert_eq!(told, expected);
    let live = stage.server.send(&format!("GET /worlds/{}/_mock/", stage.world.id), &[], "").body;
    assert!(live.contains("503 not received") && live.contains("200 received") && live.contains("MessageCreatedV4"));
    assert!(!live.contains("canary") && !format!("{entries:?}").contains("canary"));
}

#[test]
fn no_secret_is_told_wherever_a_client_puts_it() {
    const CANARY: &str = "cAnAry0123456789cAnAry0123456789cAnAry0123456789";
    let server = Server::start();
    let world = server.world();
    let (staging, supply) = (&world.staging, &world.staging.clients["supply"]);
    let code = server.authorize(staging, supply, &format!("{REDIRECT}&scope=offline_access")).redirected("code");
    let login = server.exchange(staging, supply, &format!("{code}&{REDIRECT}"));
    let (access, refresh) = (login.member("access_token"), login.member("refresh_token"));
    let pair = basic(&supply.id, &supply.secret);
    let encoded: String = url::form_urlencoded::byte_serialize(supply.secret.as_bytes()).collect();
    let canaries = [CANARY, &code, &access, &refresh, &pair[6..], &encoded];
    let (token_path, api) = (path(&staging.token_url), path(&staging.api));
    for canary in canaries {
        for name in
            ["code", "state", "scope", "redirect_uri", "login_hint", "code_challenge", "prompt", "unknown", "audience"]
        {
            server.authorize(staging, supply, &format!("{name}={canary}"));
            server.send(
                &format!("POST {token_path}"),
                &[FORM, ("Authorization", &pair)],
                &format!("grant_type=refresh_token&{name}={canary}&client_secret={canary}"),
            );
        }
        let bearer = format!("Bearer {canary}");
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Cookie", canary),
            ("User-Agent", canary),
            ("X-Api-Key", canary),
            ("Content-Type", "application/json"),
        ];
        let body = json!({"text": canary, "deep": [{canary: [canary]}], "auth": {"value": canary}}).to_string();
        for line in [
            format!("GET {api}v4/{canary}/x"),
            format!("GET {api}v4/keywords/search?searchQuery={canary}&access_token={canary}&{canary}=1"),
            format!("POST {api}v4/negotiations/{canary}/messages"),
            format!("PUT {api}v4/businesses/search"),
            format!("{} {api}v4/users/self", canary.replace(|c: char| !c.is_ascii_alphanumeric(), "")),
        ] {
            server.send(&line, &headers, &body);
        }
        let revoke = path(&staging.revoke_url);
        server.send(
            &format!("POST {revoke}"),
            &[FORM, ("Authorization", &pair)],
            &format!("token=x{canary}&token_type_hint={canary}"),
        );
        server.send(&format!("POST {}", path(&staging.userinfo_url)), &[FORM], &format!("access_token={canary}"));
        server.control(&format!("POST /control/worlds/{}", world.id), &json!({"expire": format!("x{canary}")}));
        server.control(&format!("POST /control/worlds/{}", world.id), &json!({canary: canary}));
    }
    let told = server.send(&format!("GET /control/worlds/{}/journal", world.id), &[], "").body;
    assert!(told.lines().count() > 100);
    for canary in canaries.into_iter().chain([supply.secret.as_str()]) {
        assert!(!told.contains(canary), "{canary}: {}", told.lines().find(|line| line.contains(canary)).unwrap());
    }
}

#[test]
fn the_ring_is_bounded_and_read_from_where_one_stopped() {
    let server = Server::start();
    let world = server.world();
    let line = format!("GET {}v4/nothing", path(&world.staging.api));
    for _ in 0..1_005 {
        server.send(&line, &[], "");
    }
    let entries = journal(&server, &world, "");
    assert_eq!((entries.len(), entries[0].number, entries[999].number), (1_000, 6, 1_005));
    let later: Vec<u64> = journal(&server, &world, "?after=1003").iter().map(|entry| entry.number).collect();
    assert_eq!(later, [1_004, 1_005]);
    assert!(entries.iter().all(|entry| entry.at == entry.real && entry.at.ends_with('Z')));
}

#[test]
fn a_reader_waits_for_the_next_entry_or_follows_all() {
    let server = Server::start();
    let world = server.world();
    let line = format!("GET {}v4/nothing", path(&world.staging.api));
    let began = Instant::now();
    assert!(journal(&server, &world, "?wait=50").is_empty());
    assert!(began.elapsed() >= Duration::from_millis(50));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| journal(&server, &world, "?wait=10000"));
        std::thread::sleep(Duration::from_millis(50));
        server.send(&line, &[], "");
        assert_eq!(waiting.join().unwrap().len(), 1);
    });
    assert!(began.elapsed() < Duration::from_secs(8));
    let mut stream = TcpStream::connect(server.mock.address()).unwrap();
    write!(stream, "GET /control/worlds/{}/journal?follow HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", world.id).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let mut read = String::new();
    for number in 1..=3 {
        while !read.contains(&format!(r#""number":{number},"#)) {
            let mut some = [0; 4096];
            let length = std::io::Read::read(&mut stream, &mut some).unwrap();
            assert_ne!(length, 0, "{read}");
            read.push_str(&String::from_utf8_lossy(&some[..length]));
        }
        server.send(&line, &[], "");
    }
    let wrong = server.send(&format!("GET /control/worlds/{}/journal?since=1", world.id), &[], "");
    assert_eq!((wrong.status, wrong.header("content-type")), (400, "application/problem+json"));
    assert_eq!(server.send("GET /control/worlds/none/journal", &[], "").status, 404);
    assert_eq!(server.send("POST /control/worlds/default/journal", &[], "").status, 405);
}

fn base64(text: &str) -> String {
    format!("Basic {}", STANDARD.encode(text))
}

#[test]
fn a_token_in_the_wrong_place_of_an_order_is_not_kept() {
    let server = Server::start();
    let world = server.world();
    for order in ["expire", "revoke", "expird"] {
        for (value, status) in [(json!({"token": "plain-canary"}), 422), (json!("plain-canary"), 404)] {
            let status = if order == "expird" { 422 } else { status };
            let answer = server.control(&format!("POST /control/worlds/{}", world.id), &json!({ order: value }));
            assert_eq!(answer.status, status, "{order} {value}");
        }
    }
    let journal = server.send(&format!("GET /control/worlds/{}/journal", world.id), &[], "").body;
    assert_eq!(journal.lines().count(), 6);
    assert!(journal.contains("an unknown token") && !journal.contains("plain-canary"), "{journal}");
}
