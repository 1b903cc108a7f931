//! Real targets: what is refused before a byte is sent. Each listens on this machine and says that it is real.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod own;
mod project;
mod real;
mod wire;

use std::time::Duration;

use own::ok;
use project::Project;
use real::{Log, QUICK, run, scenario, sends, target};
use wire::{Server, json, redirect};

const MESSAGE: &str = "post: \"/v4/negotiations/${fixture.negotiation}/messages\"";

/// Holds that a run of `text` as the one scenario sends nothing at all, and tells this.
#[track_caller]
fn sends_nothing(targets: &str, text: &str, arguments: &[&str], code: i32, told: &str) {
    let server = Server::answering(ok);
    let project = Project::with_targets(targets).scenario("one", text);
    run(&project, &server, arguments).told(code, &[told]);
    assert_eq!(server.connections(), 0, "{text}");
}

/// What is refused at once asks no person, who would be waited for otherwise.
const REFUSED: &str = "http://127.0.0.1:9/callback?error=invalid_scope";

/// Lets steps run that log in.
const ATTENDED: [&str; 2] = ["--attended", "--no-browser"];

#[test]
fn what_is_not_allowed_is_skipped_and_opens_no_connection() {
    let staging = target("staging", QUICK, "");
    let revoke = "  - authorize: { scope: a }\n    expect: none\n  - post: \"${target.revoke_url}\"\n    form: { token: a }\n    expect: none\n";
    let wrong = "post: \"${target.token_url}\"\n    basic: { user: a, password: b }";
    let other = "post: /v4/negotiations/7/messages";
    for (text, arguments, told) in [
        (sends(MESSAGE), &[][..], "its effect is `contacts`"),
        (sends(MESSAGE), &["--allow", "spends_login,production"], "allow it by `--allow contacts`"),
        (sends(other), &["--allow", "contacts"], "`fixture.…` ids only, and `7` in the path"),
        (scenario(revoke), &["--allow", "contacts"], "allow it by `--allow spends_login`"),
        (
            scenario(revoke).replace("steps:", "token: { grant: authorization_code }\nsteps:"),
            &["--allow", "spends_login"],
            "the stored login, which it would end",
        ),
        (sends(wrong), &["--allow", "contacts,spends_login,production"], "`wrong_credentials`, which nothing allows"),
        (sends("get: /v4/a").replace("steps:", "effects: load\nsteps:"), &[], "`load`, which nothing allows"),
    ] {
        sends_nothing(&staging, &text, arguments, 4, told);
        sends_nothing(&staging, &text, &[&["--include-ignored"], arguments].concat(), 4, told);
    }
}

#[test]
fn production_is_only_read_and_only_when_asked_for() {
    let production = target("production", QUICK, "");
    sends_nothing(
        &production,
        &sends("get: /v4/a"),
        &[],
        4,
        "allow what changes nothing there by `--allow production`",
    );
    let all = &["--allow", "production", "--allow", "contacts", "--allow", "spends_login"];
    for step in [MESSAGE, "post: /v4/users/webhooks"] {
        sends_nothing(&production, &sends(step), all, 4, "production is only read, whatever is allowed");
    }
    let server = Server::answering(ok);
    let project = Project::with_targets(&production).scenario("one", &sends("get: /v4/a"));
    run(&project, &server, &["--allow", "production"]).ended(0);
    assert_eq!(server.requests().len(), 1);
    // A scenario of staging that needs production is held by that, too.
    let both = target(
        "staging",
        QUICK,
        "    other: live\n  live: { kind: production, real: true, api: \"http://${env.OWN_HOST}/live/\" }\n",
    );
    sends_nothing(&both, &sends("get: \"${other.target.api}v4/a\""), &[], 4, "--allow production");
}

#[test]
fn what_is_allowed_is_sent_and_a_wrong_word_is_told() {
    let project = Project::with_targets(&target("staging", QUICK, "")).scenario("one", &sends(MESSAGE));
    let server = Server::answering(ok);
    run(&project, &server, &["--allow", "contacts"]).told(0, &["9 at a time, 1000 a second", "agreed on 2026-01-31"]);
    assert_eq!(server.requests().len(), 1);
    let listed = project.tacktest(&["list", "--target", "own", "--format", "json"]);
    assert!(!listed.ended(0).contains("\"skip\":null"));
    let mut command = project.command(project::TACKTEST);
    command.args(["list", "--target", "own", "--format", "json"]).env("TACKTEST_ALLOW", "production,contacts");
    command.env("OWN_HOST", "127.0.0.1:1").env("OWN_SECRET", own::SECRET);
    project::finish(&mut command).told(0, &["\"effects\":\"contacts\"", "\"skip\":null"]);
    project.tacktest(&["run", "--allow", "everything"]).told(2, &["contacts", "spends_login", "production"]);
}

#[test]
fn a_scenario_that_tricks_the_planner_is_refused_before_a_byte_is_sent() {
    // Its API lies above its OAuth URLs, so that what reads as an operation can be one of those.
    let staging = target("staging", QUICK, "");
    for (step, told) in [
        ("get: /login/revoke", "allow it by `--allow spends_login`"),
        ("post: /login/revoke", "allow it by `--allow spends_login`"),
        ("delete: \"/v4/users/webhooks/${fixture.trick}\"", "allow it by `--allow spends_login`"),
        ("post: /login/token\n    basic: { user: a, password: b }", "`wrong_credentials`, which nothing allows"),
        ("post: /login/token/x", "nobody can tell what it does"),
    ] {
        sends_nothing(&staging, &sends(step), &["--allow", "contacts"], 1, told);
    }
}

#[test]
fn who_is_no_fixture_is_reached_by_no_part_of_a_request() {
    let staging = target("staging", QUICK, "");
    for (more, told) in [
        ("    json: { negotiationID: \"7\" }", "`7` as its `negotiationID` is none of the target's `fixtures`"),
        ("    json: { to: [{ user_id: 7 }] }", "`7` as its `user_id` is none"),
        ("    json: { customer: { phone: \"+15550100\" } }", "`+15550100` as its `phone` is none"),
        ("    form: { businessID: \"7\" }", "`7` as its `businessID` is none"),
        ("    query: { requestPK: \"7\" }", "`7` as its `requestPK` is none"),
    ] {
        sends_nothing(&staging, &sends(&format!("{MESSAGE}\n{more}")), &["--allow", "contacts"], 1, told);
    }
    let request =
        |ids: &str| sends(&format!("post: /v4/requests\n    json: {{ searchID: \"7\", serviceIDs: [{ids}] }}"));
    let told = "`7` in `serviceIDs` of a step is none";
    sends_nothing(&staging, &request("\"${fixture.negotiation}\", \"7\""), &["--allow", "contacts"], 4, told);
    let server = Server::answering(ok);
    let own = request("\"${fixture.negotiation}\"");
    run(&Project::with_targets(&staging).scenario("one", &own), &server, &["--allow", "contacts"]).ended(0);
    assert_eq!(server.requests().len(), 1);
    let own = sends(&format!("{MESSAGE}\n    json: {{ negotiationID: \"${{fixture.negotiation}}\", text: \"7\" }}"));
    let server = Server::answering(ok);
    run(&Project::with_targets(&staging).scenario("one", &own), &server, &["--allow", "contacts"]).ended(0);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_method_under_another_is_refused_before_a_byte_is_sent() {
    let staging = target("staging", QUICK, "");
    for step in [
        "get: /v4/a\n    headers: { X-HTTP-Method-Override: DELETE }",
        "get: /v4/a\n    headers: { x-method-override: DELETE }",
        "get: \"/v4/a?_method=DELETE\"",
    ] {
        sends_nothing(&staging, &sends(step), &["--allow", "contacts"], 1, "for another method");
    }
}

#[test]
fn credentials_of_another_real_target_are_refused_before_a_byte_is_sent() {
    let other = "    other: second\n  second:\n    kind: staging\n    real: true\n    api: \"http://${env.OWN_HOST}/second/\"\n    \
                 clients: { demand: { id: b, secret: { command: echo a-second-fictional } } }\n";
    let text = sends("get: /v4/a\n    headers: { x-secret: \"${other.client.secret}\" }");
    sends_nothing(&target("staging", QUICK, other), &text, &[], 1, "real environments never share credentials");
    let own = sends("get: /v4/a\n    headers: { x-secret: \"${client.secret}\" }");
    let server = Server::answering(ok);
    run(&Project::with_targets(&target("staging", QUICK, other)).scenario("one", &own), &server, &[]).ended(0);
}

#[test]
fn what_a_proxy_elsewhere_reaches_is_not_this_machine() {
    // Nobody has this address (RFC 5737).
    let proxy = "    network: { proxy: \"http://192.0.2.1:3128\", timeouts: { connect: 300ms } }\n";
    let here = target("staging", "{ per_second: 1 }", proxy).replace("    real: true\n", "");
    let told = "its requests go through the proxy at 192.0.2.1:3128, which is not on this machine";
    sends_nothing(&here, &sends("get: /v4/a"), &[], 2, told);
    // By https it is a real target, whose effects are bound.
    let secure = here.replace("\"http://${env.OWN_HOST}/", "\"https://${env.OWN_HOST}/");
    sends_nothing(&secure, &sends(MESSAGE), &[], 4, "its effect is `contacts`");
    let near = here.replace("192.0.2.1:3128", "127.0.0.1:9");
    sends_nothing(&near, &sends(MESSAGE), &[], 5, "127.0.0.1:9");
}

#[test]
fn a_code_is_not_presented_twice_under_two_names() {
    let server = Server::answering(|request| match request {
        _ if request.starts_with("GET /login/auth") => redirect(REFUSED, ""),
        _ => json("200 OK", "{}"),
    });
    let text = scenario(
        "  - authorize: { scope: a }\n    expect: none\n  \
         - compare: { code: fictional-code }\n    expect: none\n    save: { first: $.code, second: $.code }\n  \
         - token: { grant: authorization_code, code: \"${first}\" }\n    expect: none\n  \
         - token: { grant: authorization_code, code: \"${second}\" }\n    expect: none\n",
    );
    let project = Project::with_targets(&target("staging", QUICK, "")).scenario("one", &text);
    run(&project, &server, &ATTENDED).told(1, &["step 4 of 4", "nothing was sent", "`spends_login`"]);
    assert_eq!(server.requests().iter().filter(|request| request.starts_with("POST /login/token")).count(), 1);
    run(&project, &server, &[&ATTENDED[..], &["--allow", "spends_login"]].concat()).ended(0);
    assert_eq!(server.requests().iter().filter(|request| request.starts_with("POST /login/token")).count(), 3);
}

#[test]
fn what_ends_a_login_is_begun_when_all_others_are_done() {
    let log = Log::default();
    let noted = log.clone();
    let server = Server::answering(move |request| {
        noted.note(request);
        std::thread::sleep(Duration::from_millis(50));
        if request.starts_with("GET /login/auth") {
            return redirect(REFUSED, "");
        }
        json("200 OK", "{}")
    });
    let revoke = "  - authorize: { scope: a }\n    expect: none\n  - post: \"${target.revoke_url}\"\n    form: { token: a }\n    expect: none\n";
    let project = Project::with_targets(&target("staging", QUICK, ""))
        .scenario("a_ends", &scenario(revoke))
        .scenario("b_ends", &scenario(revoke))
        .scenario("c_reads", &sends("get: /v4/c"))
        .scenario("d_reads", &sends("get: /v4/d"));
    run(&project, &server, &[&ATTENDED[..], &["--allow", "spends_login"]].concat()).ended(0);
    let lines = log.lines();
    assert!(lines[..2].iter().all(|line| line.starts_with("GET /v4/")), "{lines:?}");
    let order = ["GET /login/auth", "POST /login/revoke", "GET /login/auth", "POST /login/revoke"];
    assert!(lines[2..].iter().zip(order).all(|(line, start)| line.starts_with(start)) && lines.len() == 6, "{lines:?}");
}

#[test]
fn nothing_told_of_a_real_target_names_a_person() {
    let person = r#"{"negotiationID":"1337","status":"open","name":"Jane Fictional","notes":["call 555-0100 first"]}"#;
    let server = Server::answering(move |_| json("200 OK", person));
    let text = scenario(
        "  - get: /v4/a\n    expect:\n      status: 200\n      body: { name: { $one_of: [Joan, { $starts_with: Ja, $length: 3 }] }, \
         notes: { $each: { $type: number } }, status: closed }\n      example: { name: Somebody, notes: [] }\n",
    );
    let targets = target("staging", QUICK, "");
    let ran = run(&Project::with_targets(&targets).scenario("one", &text), &server, &[]);
    let all = ran.ended(1);
    for hidden in ["Jane", "Fictional", "555-0100"] {
        assert!(!all.contains(hidden), "{hidden} in\n{all}");
    }
    let told = ["[string, 14 characters]", "[string, 19 characters]", "\"negotiationID\": \"1337\"", "got \"open\""];
    ran.told(1, &told);
    // On this machine nobody is hidden.
    let here = targets.replace("    real: true\n", "");
    run(&Project::with_targets(&here).scenario("one", &text), &server, &[]).told(1, &["Jane Fictional", "555-0100"]);
}

#[test]
fn an_error_of_a_real_target_is_told_whole() {
    let error =
        r#"{"title":"Not Found","status":404,"detail":"negotiation 1337 of Somebody is not there","traceID":"t-1"}"#;
    let server = Server::answering(move |_| json("404 Not Found", error));
    let text = scenario("  - get: /v4/a\n    expect: { status: 404, body: { detail: gone } }\n");
    let project = Project::with_targets(&target("staging", QUICK, "")).scenario("one", &text);
    run(&project, &server, &[]).told(1, &["negotiation 1337 of Somebody is not there", "t-1"]);
}
