//! Real targets: how fast they are asked, when nobody asks on, and what that does to verdicts.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod own;
mod project;
mod real;
mod wire;

use std::time::{Duration, Instant};

use own::ok;
use project::{HOLDS, Project};
use real::{Log, QUICK, answer, run, scenario, sends, target};
use wire::{Server, json, redirect};

const EXPECTS: &str = "  - get: /v4/a\n    expect: { status: 200 }\n";

/// A server that answers the first `count` requests with `first` and all others with an empty object.
fn first(count: usize, first: &'static str, headers: &'static str) -> (Server, Log) {
    let log = Log::default();
    let noted = log.clone();
    let server = Server::answering(move |request| {
        let before = noted.note(request);
        if before < count { answer(first, headers) } else { json("200 OK", "{}") }
    });
    (server, log)
}

#[test]
fn by_default_a_real_target_is_asked_once_a_second() {
    let (server, log) = first(0, "", "");
    // The time that it waits is no time of the scenario.
    let text = scenario(&EXPECTS.repeat(3)).replace("steps:", "timeout: 1500ms\nsteps:");
    let project = Project::with_targets(&target("staging", "{}", "")).scenario("one", &text);
    run(&project, &server, &[]).ended(0);
    let gaps = log.gaps();
    assert_eq!(gaps.len(), 2);
    assert!(gaps.iter().all(|gap| *gap >= Duration::from_millis(500)), "{gaps:?}");
}

#[test]
fn every_request_of_a_walk_takes_its_turn() {
    let log = Log::default();
    let noted = log.clone();
    let server = Server::answering(move |request| match noted.note(request) {
        0 => redirect("/login/next", ""),
        _ => redirect("http://127.0.0.1:9/callback?code=fictional-code", ""),
    });
    let text = scenario("  - authorize: { scope: a }\n    expect: { redirect: { code: { $present: true } } }\n");
    // At a real target a person logs in, so that nothing is walked there.
    let own = target("staging", "{ per_second: 1 }", "").replace("    real: true\n", "");
    let project = Project::with_targets(&own).scenario("one", &text);
    run(&project, &server, &[]).ended(0);
    assert!(log.gaps().len() == 1 && log.gaps()[0] >= Duration::from_millis(500), "{:?}", log.gaps());
}

#[test]
fn a_target_that_asks_to_wait_is_left_alone_by_all_scenarios() {
    let (server, log) = first(1, "429 Too Many Requests", "retry-after: 3\r\n");
    let text = scenario(EXPECTS).replace("steps:", "timeout: 2500ms\nsteps:");
    let later = text.replace("steps:", "steps:\n  - wait: 800ms");
    let project = Project::with_targets(&target("staging", "{ concurrency: 4, per_second: 5 }", ""))
        .scenario("first", &text)
        .scenario("second", &later);
    run(&project, &server, &[]).ended(0);
    assert_eq!(log.lines().len(), 3, "the refused one is sent once more: {:?}", log.lines());
    assert!(log.gaps()[0] >= Duration::from_millis(2500), "{:?}", log.gaps());
}

#[test]
fn who_is_asked_to_wait_too_long_or_too_often_says_so() {
    let project = Project::with_targets(&target("staging", QUICK, "")).scenario("one", &scenario(EXPECTS));
    for (headers, requests) in [("retry-after: 0\r\n", 3), ("retry-after: 121\r\n", 1)] {
        let (server, log) = first(9, "429 Too Many Requests", headers);
        let clock = Instant::now();
        run(&project, &server, &[]).told(5, &["inconclusive", "(429)"]);
        assert_eq!(log.lines().len(), requests, "{headers}");
        assert!(clock.elapsed() < Duration::from_secs(30));
    }
    let (server, log) = first(1, "503 Service Unavailable", "retry-after: 0\r\n");
    run(&project, &server, &[]).ended(0);
    assert_eq!(log.lines().len(), 2);
}

#[test]
fn a_status_that_is_expected_is_judged_at_once() {
    let text = scenario("  - get: /v4/a\n    expect: { status: 429 }\n");
    let project = Project::with_targets(&target("staging", QUICK, "")).scenario("one", &text);
    let (server, log) = first(9, "429 Too Many Requests", "retry-after: 1\r\n");
    run(&project, &server, &[]).ended(0);
    assert_eq!(log.lines().len(), 1);
}

#[test]
fn blocks_that_a_scenario_expects_stop_the_run_too() {
    for (status, statuses, code) in [
        ("403 Forbidden", "4xx", 5),
        ("403 Forbidden", "403", 5),
        ("403 Forbidden", "[200, 403]", 5),
        ("451 Unavailable", "4xx", 5),
        ("429 Too Many Requests", "[200, 429]", 5),
    ] {
        let text = scenario(&format!("  - get: /v4/a\n    expect: {{ status: {statuses} }}\n"));
        let pace = "{ concurrency: 1, per_second: 5 }";
        let mut project = Project::with_targets(&target("staging", pace, ""));
        for name in ["a", "b", "c", "d", "e"] {
            project = project.scenario(name, &text);
        }
        let (server, log) = first(99, status, "retry-after: 0\r\n");
        run(&project, &server, &[]).told(code, &["the run was stopped: 3 answers in a row were blocks"]);
        assert_eq!(log.lines().len(), 3, "{status} for {statuses}: {:?}", log.lines());
    }
}

#[test]
fn a_block_is_not_what_a_class_of_statuses_expects() {
    let text = scenario("  - get: /v4/a\n    expect: { status: 4xx }\n");
    let project = Project::with_targets(&target("staging", QUICK, "")).scenario("one", &text);
    for (status, headers, told, requests) in [
        ("403 Forbidden", "", "blocked before it came to the API", 1),
        ("451 Unavailable", "", "refused by country (451)", 1),
        ("429 Too Many Requests", "retry-after: 0\r\n", "(429)", 3),
    ] {
        let (server, log) = first(9, status, headers);
        run(&project, &server, &[]).told(5, &["inconclusive", told]);
        assert_eq!(log.lines().len(), requests, "{status}");
    }
    let (server, _) = first(9, "404 Not Found", "");
    run(&project, &server, &[]).ended(0);
}

#[test]
fn what_an_expected_status_asks_of_all_is_done() {
    let text = scenario(&format!("  - get: /v4/a\n    expect: {{ status: 429 }}\n{EXPECTS}"));
    let project = Project::with_targets(&target("staging", QUICK, "")).scenario("one", &text);
    let (server, log) = first(1, "429 Too Many Requests", "retry-after: 2\r\n");
    run(&project, &server, &[]).ended(0);
    assert_eq!(log.lines().len(), 2);
    assert!(log.gaps()[0] >= Duration::from_millis(1800), "{:?}", log.gaps());
}

#[test]
fn what_may_do_or_spend_something_is_sent_once() {
    let message = "  - post: \"/v4/negotiations/${fixture.negotiation}/messages\"\n    json: {}\n";
    let refresh = "  - token: { grant: refresh_token, refresh_token: a-fictional-one }\n";
    let asks = "  - token: { grant: client_credentials }\n";
    for (step, status, requests, told) in [
        (message, "429 Too Many Requests", 1, "a POST that may do or spend something is not sent again"),
        (message, "503 Service Unavailable", 1, "trouble of its own (503)"),
        (refresh, "429 Too Many Requests", 1, "a POST that may do or spend something is not sent again"),
        (refresh, "503 Service Unavailable", 1, "trouble of its own (503)"),
        (asks, "429 Too Many Requests", 3, "too many requests (429); run again later"),
    ] {
        let text = scenario(&format!("{step}    expect: {{ status: 200 }}\n"));
        let project = Project::with_targets(&target("staging", QUICK, "")).scenario("one", &text);
        let (server, log) = first(9, status, "retry-after: 0\r\n");
        run(&project, &server, &["--allow", "contacts"]).told(5, &["inconclusive", told]);
        assert_eq!(log.lines().len(), requests, "{step}: {:?}", log.lines());
    }
}

#[test]
fn on_this_machine_nobody_waits_and_nothing_stops() {
    let targets =
        target("staging", "{}", "").replace("    real: true\n    pace: {}\n", "").replace("    real: true\n", "");
    let mut project = Project::with_targets(&targets);
    for name in ["a", "b", "c", "d", "e"] {
        project = project.scenario(name, &scenario(EXPECTS));
    }
    let (server, log) = first(99, "429 Too Many Requests", "retry-after: 60\r\n");
    let ran = run(&project, &server, &[]);
    assert!(!ran.ended(5).contains("the run was stopped"));
    assert_eq!(log.lines().len(), 5);
}

#[test]
fn a_run_has_no_more_requests_than_its_cap() {
    let (server, log) = first(0, "", "");
    let text = scenario(&EXPECTS.repeat(3));
    let pace = "{ per_run: 2, concurrency: 1, per_second: 5 }";
    let project = Project::with_targets(&target("staging", pace, "")).scenario("one", &text);
    let told = ["inconclusive", "step 3 of 3", "the run's 2 requests are used up"];
    run(&project, &server, &[]).told(5, &told);
    assert_eq!(log.lines().len(), 2);
}

#[test]
fn three_blocks_in_a_row_stop_the_run() {
    let (server, log) = first(99, "403 Forbidden", "");
    let cleans = scenario(EXPECTS) + "finally:\n  - delete: /v4/users/webhooks/1\n    expect: none\n";
    let mut project = Project::with_targets(&target("staging", "{ concurrency: 1, per_second: 5 }", ""));
    for name in ["a", "b", "d", "e"] {
        project = project.scenario(name, &scenario(EXPECTS));
    }
    let project = project.scenario("c", &cleans).scenario("f", HOLDS);
    let ran = run(&project, &server, &[]);
    let all = ran.ended(5);
    let lines = log.lines();
    let (gets, deletes): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.starts_with("GET "));
    assert_eq!((gets.len(), deletes.len()), (3, 1), "{lines:?}");
    assert!(ran.stdout.contains("the run was stopped: 3 answers in a row were blocks, the last one 403"), "{all}");
    assert_eq!(ran.stderr.matches("the run was stopped").count(), 1, "{all}");
    assert_eq!(all.matches("inconclusive: the surroundings failed").count(), 6, "{all}");
}

#[test]
fn the_surroundings_are_named_with_what_to_do() {
    let project = Project::with_targets(&target("staging", QUICK, "")).scenario("one", &scenario(EXPECTS));
    let carries = scenario(EXPECTS).replace("steps:", "token: { grant: client_credentials }\nsteps:");
    let carrying = Project::with_targets(&target("staging", QUICK, "")).scenario("one", &carries);
    let refused = r#"{"error":"invalid_client"}"#;
    let proxied = r#"{"error":"proxy_oauth_failed"}"#;
    for (project, code, answer, told) in [
        (&project, 5, answer("202 Accepted", "x-amzn-waf-action: challenge\r\n"), "wants a browser challenge (202)"),
        (&project, 5, answer("403 Forbidden", ""), "blocked before it came to the API"),
        (&project, 5, answer("451 Unavailable", ""), "refused by country (451)"),
        (&project, 5, answer("429 Too Many", "retry-after: 600\r\n"), "asks to wait for 600 s, which is longer"),
        (&project, 5, answer("500 Error", ""), "trouble of its own (500)"),
        (&project, 1, json("502 Bad Gateway", proxied), "expected 200, got 502"),
        (&project, 1, json("401 Unauthorized", refused), "expected 200, got 401"),
        (&carrying, 5, json("401 Unauthorized", refused), "refuses the client's credentials"),
        (&carrying, 5, json("400 Bad Request", refused), "refuses the client's credentials"),
    ] {
        let sent = answer.clone();
        let server = Server::answering(move |_| sent.clone());
        let ran = run(project, &server, &[]);
        ran.told(code, &[told]);
        assert_eq!(ran.stdout.contains("inconclusive: the surroundings failed"), code == 5, "{answer}");
        assert_eq!(server.requests().len(), 1, "{answer}");
    }
}

#[test]
fn a_pace_that_nobody_agreed_to_is_no_configuration() {
    for (kind, pace) in [("staging", "{ per_second: 6 }"), ("production", "{ concurrency: 2 }")] {
        let project = Project::with_targets(&target(kind, pace, "")).scenario("one", &sends("get: /v4/a"));
        let server = Server::answering(ok);
        run(&project, &server, &["--allow", "production"]).told(2, &["pace-not-agreed", "nobody agreed to it"]);
        assert_eq!(server.connections(), 0);
    }
    // Where a variable has the address, it is known when the target is to be used.
    let unsaid = target("staging", "{ per_second: 6 }", "").replace("    real: true\n", "");
    let project = Project::with_targets(&unsaid).scenario("one", &sends("get: /v4/a"));
    let mut command = project.command(project::TACKTEST);
    command.args(["run", "--target", "own"]).env("OWN_HOST", "[::ffff:127.0.0.1]:9").env("OWN_SECRET", own::SECRET);
    project::finish(&mut command)
        .told(2, &["the pace of target `own` is too fast: `per_second: 6` is more than the 5"]);
}
