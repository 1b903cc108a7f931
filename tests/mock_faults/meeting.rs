//! Which requests meet a fault, and how often.

use serde_json::json;
use tacktest::mock::Options;

use crate::mock_support::{Server, path};
use crate::{SEARCH, fault, refused};

#[test]
fn it_meets_what_it_is_ordered_for() {
    let server = Server::start();
    let world = server.world();
    let (staging, production) = (&world.staging, &world.production);
    let status = |line: &str| server.send(line, &[], "").status;
    let below = |url: &str| path(url);
    let api = below(&staging.api);
    for (at, line, met) in [
        (json!("GET /v4/negotiations/{id}"), format!("GET {api}v4/negotiations/1"), true),
        (json!("GET /v4/negotiations/*/messages"), format!("GET {api}v4/negotiations/1/messages"), true),
        (json!("GET /v4/negotiations/{id}"), format!("GET {api}v4/negotiations/1/messages"), false),
        (json!("* /v4/keywords/search"), format!("POST {api}v4/keywords/search/"), true),
        (json!(["GET /v4/*", "GET /v4/users/self"]), format!("GET {api}v4/users/self"), true),
        (json!("any"), format!("GET {}", below(&staging.jwks_url)), true),
        (json!("any"), format!("GET {}v4/nowhere?x=y", below(&production.api)), true),
    ] {
        fault(&server, &world, &json!({"at": at, "respond": {"status": 599}}));
        assert_eq!(status(&line) == 599, met, "{at} {line}");
        server.command(&world, &json!({"clear_faults": true}));
        assert_ne!(status(&line), 599, "it is cleared");
    }
    fault(&server, &world, &json!({"at": "any", "environment": "production", "respond": {"status": 599}}));
    assert_eq!(server.get(production, SEARCH, "").status, 599);
    assert_eq!(server.get(staging, SEARCH, "").status, 401);
}

#[test]
fn it_meets_a_client_a_user_or_a_grant() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let (supply, demand) = (&staging.clients["supply"], &staging.clients["demand"]);
    let scope = "offline_access+supply::users.read";
    let mine = server.login(staging, supply, scope);
    server.command(&world, &json!({"next_login": {"user": "other_pro"}}));
    let theirs = server.login(staging, supply, scope);
    let own = server.application_token(staging, "demand::keywords.read");

    fault(&server, &world, &json!({"at": "any", "client": "supply", "respond": {"status": 599}}));
    assert_eq!(server.get(staging, "v4/users/self", &mine.member("access_token")).status, 599);
    assert_eq!(server.get(staging, SEARCH, &own).status, 200);
    assert_eq!(server.authorize(staging, supply, "scope=openid").status, 599);
    assert_eq!(server.authorize(staging, demand, "").status, 303);
    assert_eq!(server.refresh(staging, supply, &mine.member("refresh_token")).status, 599);
    assert_eq!(server.get(staging, SEARCH, "").status, 401, "who names no client is none");
    server.command(&world, &json!({"clear_faults": true}));

    fault(&server, &world, &json!({"at": "any", "user": "other_pro", "respond": {"status": 599}}));
    assert_eq!(server.get(staging, "v4/users/self", &mine.member("access_token")).status, 200);
    assert_eq!(server.get(staging, "v4/users/self", &theirs.member("access_token")).status, 599);
    assert_eq!(server.refresh(staging, supply, &theirs.member("refresh_token")).status, 599);
    assert_eq!(server.authorize(staging, supply, "").status, 303, "the first user logs in");
    server.command(&world, &json!({"next_login": {"user": "other_pro"}}));
    assert_eq!(server.authorize(staging, supply, "").status, 599);
    server.command(&world, &json!({"clear_faults": true}));

    fault(&server, &world, &json!({"at": "any", "grant": "refresh_token", "respond": {"status": 599}}));
    assert_eq!(server.get(staging, "v4/users/self", &mine.member("access_token")).status, 200);
    assert_eq!(server.token(staging, demand, "grant_type=client_credentials").status, 200);
    assert_eq!(server.refresh(staging, supply, &mine.member("refresh_token")).status, 599);
}

#[test]
fn a_sequence_meets_each_request_in_its_turn() {
    let server = Server::start();
    let world = server.world();
    let turns = json!(["pass", {"respond": {"status": 503}}, {"respond": "waf_block"}, "pass"]);
    fault(&server, &world, &json!({"at": "GET /v4/keywords/search", "sequence": turns}));
    let statuses: Vec<u16> = (0..6).map(|_| server.get(&world.staging, SEARCH, "").status).collect();
    assert_eq!(statuses, [401, 503, 403, 401, 401, 401]);
}

#[test]
fn a_percentage_is_drawn_by_the_seed() {
    let server = Server::start();
    let drawn = |seed: u64, percentage: u8| -> Vec<bool> {
        let world = server.world_with(&json!({ "seed": seed }));
        fault(&server, &world, &json!({"at": "any", "percentage": percentage, "respond": {"status": 599}}));
        (0..100).map(|_| server.get(&world.staging, SEARCH, "").status == 599).collect()
    };
    let thirty = drawn(7, 30);
    assert_eq!(thirty, drawn(7, 30));
    assert_ne!(thirty, drawn(8, 30));
    let met = thirty.iter().filter(|met| **met).count();
    assert!((15..=45).contains(&met), "{met}");
    assert!(drawn(7, 100).iter().all(|met| *met));
}

#[test]
fn a_mock_that_stands_alone_draws_by_its_seed() {
    let drawn = |seed: Option<u64>| -> Vec<bool> {
        let server = Server::with_options(Options { seed, ..Options::default() });
        let ordered = json!({"at": "any", "percentage": 50, "respond": {"status": 599}});
        server.mock.order(serde_json::from_value(ordered).unwrap()).unwrap();
        let staging = server.mock.described().unwrap().staging;
        (0..100).map(|_| server.get(&staging, SEARCH, "").status == 599).collect()
    };
    assert_eq!(drawn(Some(7)), drawn(Some(7)));
    assert_ne!(drawn(Some(7)), drawn(Some(8)));
    assert_ne!(drawn(None), drawn(None), "without a seed it is another one at every start");
}

#[test]
fn a_percentage_leaves_the_other_values_of_the_seed_alone() {
    let server = Server::start();
    let code = |is_disturbed: bool| {
        let world = server.world_with(&json!({"seed": 7}));
        if is_disturbed {
            fault(&server, &world, &json!({"at": "any", "percentage": 1, "delay": "1ms"}));
        }
        server.authorize(&world.staging, &world.staging.clients["supply"], "").redirected("code")
    };
    assert_eq!(code(false), code(true));
}

#[test]
fn each_use_leaves_a_mark_that_is_told_only_on_demand() {
    let server = Server::start();
    for (header, marks) in [
        ("absent", ["", ""]),
        ("present", ["fault: delay 1ms, respond waf_block (1 of 2)", "fault: delay 1ms, respond waf_block (2 of 2)"]),
    ] {
        let world = server.world_with(&json!({"settings": {"fault_header": header}}));
        fault(&server, &world, &json!({"at": "any", "times": 2, "respond": "waf_block", "delay": "1ms"}));
        for mark in marks {
            assert_eq!(server.get(&world.staging, SEARCH, "").header("x-mock-fault"), mark);
        }
        assert_eq!(server.get(&world.staging, SEARCH, "").header("x-mock-fault"), "");
    }
}

#[test]
fn a_request_is_redirected_with_its_method() {
    let server = Server::start();
    let world = server.world();
    let to = json!({"url": "http://127.0.0.1:9/elsewhere?x=y", "status": 307});
    fault(&server, &world, &json!({"at": "POST /oauth2/token", "redirect_to": to}));
    let answer = server.token(&world.staging, &world.staging.clients["demand"], "grant_type=client_credentials");
    assert_eq!((answer.status, answer.header("location")), (307, "http://127.0.0.1:9/elsewhere?x=y"));
    assert_eq!(answer.body, "");
}

#[test]
fn a_header_is_repeated_or_left_out() {
    let server = Server::start();
    let world = server.world();
    let headers = json!({"X-Two": ["a", 2], "X-None": null, "Content-Type": null, "Retry-After": 3});
    fault(&server, &world, &json!({"at": "any", "respond": {"status": 429, "headers": headers, "text": 5}}));
    let answer = server.get(&world.staging, SEARCH, "");
    assert!(answer.head.contains("x-two: a\r\nx-two: 2"), "{answer:?}");
    assert_eq!((answer.header("content-type"), answer.header("x-none")), ("", ""));
    assert_eq!((answer.header("retry-after"), answer.body.as_str()), ("3", "5"));
}

#[test]
fn what_cannot_be_is_refused() {
    let server = Server::start();
    let world = server.world();
    let respond = json!({"status": 500});
    for (wrong, word) in [
        (json!({"at": "GET", "respond": respond}), "METHOD PATH"),
        (json!({"at": [], "respond": respond}), "no place"),
        (json!({"at": "any"}), "does nothing"),
        (json!({"at": "any", "respnd": respond}), "respnd"),
        (json!({"at": "any", "respond": {"status": 500, "boddy": 1}}), "boddy"),
        (json!({"at": "any", "respond": respond, "client": "suply"}), "suply"),
        (json!({"at": "any", "respond": respond, "user": "nobody"}), "nobody"),
        (json!({"at": "any", "respond": respond, "grant": "password"}), "password"),
        (json!({"at": "any", "respond": respond, "environment": "moon"}), "moon"),
        (json!({"at": "any", "respond": respond, "times": 0}), "never"),
        (json!({"at": "any", "respond": respond, "percentage": 0}), "1 to 100"),
        (json!({"at": "any", "respond": respond, "percentage": 101}), "1 to 100"),
        (json!({"at": "any", "sequence": []}), "1 to 1000"),
        (json!({"at": "any", "sequence": ["pas"]}), "`pass`, or a mapping such as { respond: server_error }"),
        (json!({"at": "GET /v4/user/self", "respond": respond}), "did you mean `/v4/users/self`?"),
        (json!({"at": "DELETE /v4/users/self", "respond": respond}), "it has GET"),
        (json!({"at": "any", "sequence": ["pass"], "times": 2}), "says itself"),
        (json!({"at": "any", "sequence": ["pass"], "respond": respond}), "not beside it"),
        (json!({"at": "any", "sequence": [{}]}), "does nothing"),
        (json!({"at": "any", "sequence": [{"at": "any", "delay": "1s"}]}), "at"),
        (json!({"at": "any", "respond": respond, "reset": "before"}), "one answer"),
        (json!({"at": "any", "respond": respond, "body": {"omit": ["a"]}}), "nobody sees"),
        (json!({"at": "any", "hang": "before", "dribble": {"every": "1ms"}}), "there is none"),
        (json!({"at": "any", "reset": "never"}), "never"),
        (json!({"at": "any", "delay": "11m"}), "ten minutes"),
        (json!({"at": "any", "delay": 5}), "no unit"),
        (json!({"at": "any", "delay": "5"}), "unit"),
        (json!({"at": "any", "dribble": {"every": "0s"}}), "more than nothing"),
        (json!({"at": "any", "dribble": {"every": "1s", "bytes": 0}}), "nothing would ever come"),
        (json!({"at": "any", "redirect_to": {"url": "elsewhere"}}), "no http"),
        (json!({"at": "any", "redirect_to": {"url": "ftp://example.com/"}}), "no http"),
        (json!({"at": "any", "redirect_to": {"url": "http://example.com/\r\nx: y"}}), "no http"),
        (json!({"at": "any", "redirect_to": {"url": "http://example.com/", "status": 200}}), "none of"),
        (json!({"at": "any", "body": {}}), "changes nothing"),
        (json!({"at": "any", "token": {"omit": ["a"], "set": {"a": 1}}}), "both omits and sets"),
        (json!({"at": "any", "id_token": {}}), "changes nothing"),
        (json!({"at": "any", "id_token": {"wrong": ["issuer"]}}), "issuer"),
        (json!({"at": "any", "callback": {}}), "changes nothing"),
        (json!({"at": "any", "callback": {"error": "access_denied", "code": "long"}}), "in place of"),
    ] {
        let told = refused(&server, &world, &wrong);
        assert!(told.contains(word), "{wrong}: {told}");
    }
    assert_eq!(server.get(&world.staging, SEARCH, "").status, 401, "none of them is kept");
}

#[test]
fn a_world_keeps_a_thousand_faults() {
    let server = Server::start();
    let world = server.world();
    for _ in 0..1000 {
        fault(&server, &world, &json!({"at": "GET /v4/businesses", "times": 1, "respond": {"status": 500}}));
    }
    let told = refused(&server, &world, &json!({"at": "GET /v4/businesses", "respond": {"status": 500}}));
    assert!(told.contains("clear_faults"), "{told}");
}
