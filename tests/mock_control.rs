//! The control API, faults, worlds side by side, and input that nobody should send.

mod mock_support;

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use mock_support::{FORM, Server, basic, parse, path, raw};
use serde_json::{Value, json};
use tacktest::mock::{Mock, Options, control::World};

const SEARCH: &str = "v4/keywords/search?searchQuery=car";

#[test]
fn worlds_are_made_described_and_deleted() {
    let server = Server::start();
    let world = server.world();
    let place = format!("/control/worlds/{}", world.id);
    let described: World = serde_json::from_value(server.send(&format!("GET {place}"), &[], "").json()).unwrap();
    assert_eq!(described, world);
    assert_eq!(world.staging.api, format!("{}/worlds/{}/api/", server.mock.url(), world.id));
    assert_eq!(world.production.auth_server, format!("{}/worlds/{}/production/", server.mock.url(), world.id));
    assert_ne!(world.staging.clients["demand"].id, world.production.clients["demand"].id);
    assert_ne!(world.staging.fixtures["negotiation"], world.production.fixtures["negotiation"]);
    assert_eq!(world.staging.users, ["pro", "other_pro", "customer"]);
    assert_eq!(server.send(&format!("DELETE {place}"), &[], "").status, 204);
    assert_eq!(server.send(&format!("DELETE {place}"), &[], "").status, 404);
    assert_eq!(server.send(&format!("POST {}", path(&world.staging.token_url)), &[FORM], "a=b").status, 404);
    let default: World = serde_json::from_value(server.send("GET /control/worlds/default", &[], "").json()).unwrap();
    assert_eq!(default.staging.token_url, format!("{}/oauth2/token", server.mock.url()));
    assert_eq!(default.production.api, format!("{}/production/api/", server.mock.url()));
    let token = server.application_token(&default.production, "demand::keywords.read");
    assert_eq!(server.get(&default.production, SEARCH, &token).status, 200);
}

#[test]
fn a_public_url_stands_in_every_url() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let options = Options { public_url: Some("https://mock.example.com".to_owned()), ..Options::default() };
    let mock = runtime.block_on(Mock::start(options)).unwrap();
    let request = b"GET /control/worlds/default HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let world: World = serde_json::from_value(parse(&raw(mock.address(), request)).json()).unwrap();
    assert_eq!(world.production.token_url, "https://mock.example.com/production/oauth2/token");
    assert_eq!(mock.url(), "https://mock.example.com");
}

#[test]
fn environments_know_only_their_own_clients() {
    let server = Server::start();
    let world = server.world();
    let form = "grant_type=client_credentials";
    for (environment, other) in [(&world.staging, &world.production), (&world.production, &world.staging)] {
        assert_eq!(server.token(environment, &environment.clients["demand"], form).status, 200);
        let crossed = server.token(environment, &other.clients["demand"], form);
        assert_eq!((crossed.status, crossed.member("error").as_str()), (401, "invalid_client"));
    }
}

#[test]
fn refusals_name_what_is_wrong() {
    let server = Server::start();
    let world = format!("POST /control/worlds/{}", server.world().id);
    let fault = |extra: Value| {
        let mut fault = json!({"at": "GET /v4/businesses"});
        fault.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({ "fault": fault })
    };
    for (line, body, status, word) in [
        ("POST /control/worlds", json!({"sed": 1}), 422, "sed"),
        ("POST /control/worlds", json!({"settings": {"wrong_audienc": "api"}}), 422, "wrong_audienc"),
        ("POST /control/worlds", json!({"settings": {"wrong_audience": "nowhere"}}), 422, "nowhere"),
        ("GET /control/worlds", json!({}), 405, "allowed are: POST; GET /control/worlds/default describes"),
        ("GET /control", json!({}), 404, "/control/worlds/default/journal and /deliveries"),
        ("PUT /control/worlds/default", json!({}), 405, "DELETE"),
        ("DELETE /control/worlds/default", json!({}), 409, "default"),
        ("GET /control/worlds/none", json!({}), 404, "none"),
        ("POST /control/worlds/none", json!({"advance": "1ms"}), 404, "none"),
        ("GET /control/other", json!({}), 404, "/control/worlds"),
        (&world, json!({"advanse": "1s"}), 422, "advanse"),
        (&world, json!({}), 422, "one order is an object with one of: advance, fault"),
        (&world, json!({"advance": "1s", "rotate_keys": true}), 422, "one order is an object"),
        (&world, json!({"advnace": "1s"}), 422, "did you mean `advance`?"),
        (&world, json!({"advance": 3601}), 422, "write `\"3601s\"`"),
        (
            "POST /control/worlds",
            json!({"settings": {"refresh_grace_second": 1}}),
            422,
            "did you mean `refresh_grace_seconds`?",
        ),
        (&world, json!({"advance": "-1s"}), 422, "`-1s` is no duration"),
        (&world, json!({"advance": "3651d"}), 422, "ten years"),
        (&world, json!({"advance": {"milliseconds": 1}}), 422, "string"),
        (&world, json!("rotate_keys"), 422, "an object is expected"),
        (&world, json!({"expire": "unknown"}), 404, "token"),
        (&world, json!({"revoke": "unknown"}), 404, "token"),
        (&world, json!({"next_login": {"user": "nobody"}}), 422, "pro, other_pro, customer"),
        (&world, json!({"next_login": {"user": "pro", "answer": "maybe"}}), 422, "approve"),
        (&world, fault(json!({})), 422, "respond"),
        (&world, fault(json!({"respond": {"status": 1}})), 422, "status 1"),
        (&world, fault(json!({"respond": {"status": 500, "body": "x"}})), 422, "body"),
    ] {
        let answer = server.control(line, &body);
        assert_eq!((answer.status, answer.header("content-type")), (status, "application/problem+json"), "{answer:?}");
        assert!(answer.member("detail").contains(word), "{word}: {answer:?}");
    }
    assert_eq!(server.send("POST /control/worlds", &[], "{").status, 422);
}

#[test]
fn a_token_expires_or_its_grant_is_revoked_by_command() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let supply = &staging.clients["supply"];
    let login = server.login(staging, supply, "offline_access+supply::users.read");
    let (access, refresh) = (login.member("access_token"), login.member("refresh_token"));
    server.command(&world, &json!({"expire": access}));
    assert_eq!(server.get(staging, "v4/users/self", &access).status, 401);
    let next = server.refresh(staging, supply, &refresh);
    let (access, refresh) = (next.member("access_token"), next.member("refresh_token"));
    server.command(&world, &json!({"expire": refresh}));
    let expired = server.refresh(staging, supply, &refresh);
    assert!(expired.member("error_description").ends_with("The refresh token expired."), "{expired:?}");
    assert_eq!(server.get(staging, "v4/users/self", &access).status, 200);
    server.command(&world, &json!({"revoke": refresh}));
    assert_eq!(server.get(staging, "v4/users/self", &access).status, 401);
}

#[test]
fn faults_answer_first_in_order_and_then_end() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let fault = |body: Value| server.command(&world, &json!({ "fault": body }));
    let at = "GET /v4/keywords/search";
    fault(json!({"at": at, "times": 1, "respond": {"status": 503, "headers": {"Retry-After": "2"}, "text": "later"}}));
    fault(json!({"at": at, "times": 2, "respond": {"status": 429, "json": {"slow": true}}}));
    fault(json!({"at": "POST /oauth2/token", "times": 1, "respond": {"status": 202}}));
    let first = server.get(staging, SEARCH, "no token");
    assert_eq!((first.status, first.header("retry-after"), first.body.as_str()), (503, "2", "later"));
    assert_eq!(first.header("content-type"), "text/plain; charset=utf-8");
    for _ in 0..2 {
        let next = server.get(staging, SEARCH, "");
        assert_eq!((next.status, next.header("content-type")), (429, "application/json"));
        assert_eq!(next.json(), json!({"slow": true}));
    }
    assert_eq!(server.get(staging, SEARCH, "").status, 401);
    let demand = &staging.clients["demand"];
    let empty = server.token(staging, demand, "grant_type=client_credentials");
    assert_eq!((empty.status, empty.body.as_str()), (202, ""));
    let token = server.application_token(staging, "demand::keywords.read");
    fault(json!({"at": at, "times": 1, "delay": "150ms"}));
    let begun = Instant::now();
    assert_eq!(server.get(staging, SEARCH, &token).status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(150));
    fault(json!({"at": at, "respond": {"status": 500}}));
    for _ in 0..3 {
        assert_eq!(server.get(staging, SEARCH, &token).status, 500);
    }
    let other = server.world().staging;
    let token = server.application_token(&other, "demand::keywords.read");
    assert_eq!(server.get(&other, SEARCH, &token).status, 200, "another world has no fault");
}

#[test]
fn clocks_are_a_worlds_own() {
    let server = Server::start();
    let (one, two) = (server.world(), server.world());
    let tokens = [&one, &two].map(|world| server.application_token(&world.staging, "demand::keywords.read"));
    // Either way of writing it.
    server.command(&one, &json!({"advance": "1s"}));
    server.command(&one, &json!({"advance": "3600s"}));
    assert_eq!(server.get(&one.staging, SEARCH, &tokens[0]).status, 401);
    assert_eq!(server.get(&two.staging, SEARCH, &tokens[1]).status, 200);
}

#[test]
fn a_seed_repeats_codes_and_tokens() {
    let server = Server::start();
    let codes = |seed: u64| {
        let staging = server.world_with(&json!({ "seed": seed })).staging;
        let client = &staging.clients["supply"];
        let code = server.authorize(&staging, client, "scope=offline_access").redirected("code");
        (server.exchange(&staging, client, &code).member("refresh_token"), code)
    };
    assert_eq!(codes(7), codes(7));
    assert_ne!(codes(7), codes(8));
}

#[test]
fn a_port_in_use_is_an_error_and_a_stopped_mock_is_gone() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let options = |listen| Options { listen, ..Options::default() };
    let error = runtime.block_on(Mock::start(options(taken.local_addr().unwrap()))).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    let mock = runtime.block_on(Mock::start(options("127.0.0.1:0".parse().unwrap()))).unwrap();
    let address = mock.address();
    assert!(std::net::TcpStream::connect(address).is_ok());
    runtime.block_on(mock.stop());
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn bad_bytes_never_stop_the_server() {
    let server = Server::start();
    let address = server.mock.address();
    let huge = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "a".repeat(2_000_000));
    let many = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: y\r\n".repeat(1_000));
    assert_eq!(parse(&raw(address, huge.as_bytes())).status, 431);
    assert_eq!(parse(&raw(address, many.as_bytes())).status, 431);
    assert_eq!(parse(&raw(address, b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\xff\r\n\r\n")).status, 400);
    raw(
        address,
        b"POST /oauth2/token HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    );
    for line in [
        "GET /%zz%",
        "GET /worlds/",
        "GET /worlds",
        "GET /worlds//",
        "GET //",
        "GET /production/",
        "GET /api/v4/negotiations/%zz",
        "GET /control",
        "GET /control/worlds/%zz",
        "OPTIONS *",
        "GET http://a/oauth2/auth?%zz",
        "GET /oauth2/auth?client_id=%",
        "GET /oauth2/fallbacks/error?error=%zz",
        "HEAD /oauth2/auth",
        "CONNECT a:1",
        "FOO /oauth2/token",
    ] {
        let answer =
            parse(&raw(address, format!("{line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").as_bytes()));
        assert!((300..=500).contains(&answer.status), "{line} {answer:?}");
    }
    for authorization in ["Basic", "Basic Og==", "Bearer", "Bearer  ", "Basic /////w==", "\u{e9}"] {
        let answer =
            server.send("POST /oauth2/token", &[FORM, ("Authorization", authorization)], "grant_type=refresh_token");
        assert!([400, 401].contains(&answer.status), "{authorization} {answer:?}");
    }
    let long = "a".repeat(1024 * 1024 + 1);
    assert_eq!(server.send("POST /oauth2/token", &[FORM], &long).status, 413);
    let world = server.world();
    let client = &world.staging.clients["demand"];
    let authorization = basic(&client.id, &client.secret);
    let line = format!("POST {}", path(&world.staging.token_url));
    let good = server.send(&line, &[FORM, ("Authorization", &authorization)], "grant_type=client_credentials");
    assert_eq!(good.status, 200, "it still answers");
}
