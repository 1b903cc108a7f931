//! Runs that are ended early: what was created is removed, what came of it is told, and the program ends in time.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod own;
mod project;
mod running;
mod wire;

use std::thread;
use std::time::{Duration, Instant};

use own::{OWN, WITH_CLIENT};
use project::{HOLDS, Project, TACKTEST, finish};
use running::{LIMIT, asked, running, start, until_asked};
use wire::{Server, json};

/// Makes a thing, waits for an answer that never comes, and removes the thing.
const HANGS: &str = "\
title: A thing is looked at
snapshot: none
steps:
  - name: make
    post: /things
    json: {}
    expect: { status: 200 }
    save: { thing: $.id }
  - name: look
    get: /hang
    expect: { status: 200 }
finally:
  - name: remove
    delete: /things/${thing}
    expect: { status: 200 }
";

/// Answers all but what is asked of `/hang…`.
fn hanging() -> Server {
    Server::start(|connection| {
        while let Some(request) = connection.request() {
            let path = request.split(' ').nth(1).unwrap_or_default();
            if path.contains("/hang") {
                thread::sleep(LIMIT);
                return;
            }
            connection.send(json("200 OK", r#"{"id":"7"}"#));
        }
    })
}

#[test]
fn what_was_created_is_removed_and_the_report_comes() {
    for signal in ["INT", "TERM", "HUP"] {
        let server = hanging();
        let project = Project::with_targets(OWN).scenario("a_hangs", HANGS).scenario("b_waits", HANGS);
        let arguments = ["--target", "own", "--test-threads", "1"];
        let mut run = start(&project, &server.address.to_string(), &arguments);
        until_asked(&server, "GET /api/hang ");
        let begun = Instant::now();
        run.interrupt(signal);
        let ended = run.end();
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        ended.told(
            5,
            &[
                "test a_hangs ... FAILED",
                "the run was interrupted, and this was under way",
                "step 2 of 2: look",
                "inconclusive",
                "test b_waits ... ignored (not run, as the run was interrupted before)",
                "test result: FAILED. 0 passed; 1 failed; 1 ignored",
                "tacktest: interrupted: what was under way ran its `finally`",
            ],
        );
        assert_eq!(asked(&server, "DELETE /api/things/7 "), 1, "{:?}", server.requests());
        assert_eq!(asked(&server, "POST /api/things "), 1, "no scenario begins after the signal");
    }
}

/// Makes a thing in a second, unless it hangs, and removes it.
const MAKES: &str = "\
title: A thing is made
snapshot: none
steps:
  - name: make
    post: /slow
    json: {}
    expect: { status: 200 }
    save: { thing: $.id }
  - name: look
    get: /things/${thing}
    expect: { status: 200 }
finally:
  - name: remove
    delete: /things/${thing}
    expect: { status: 200 }
";

/// Answers what is asked of `/slow` after a second, and nothing that is asked of `/hang`.
fn slow() -> Server {
    Server::start(|connection| {
        while let Some(request) = connection.request() {
            if request.contains("/hang") {
                thread::sleep(LIMIT);
                return;
            }
            if request.contains("/slow") {
                thread::sleep(Duration::from_secs(1));
            }
            connection.send(json("200 OK", r#"{"id":"7"}"#));
        }
    })
}

#[test]
fn what_is_being_created_is_removed_too() {
    let server = slow();
    for pace in ["", "    pace: { concurrency: 1 }\n"] {
        let before = asked(&server, "DELETE /api/things/7 ");
        let project = Project::with_targets(&format!("{OWN}{pace}")).scenario("one", MAKES);
        let posts = asked(&server, "POST /api/slow ");
        let mut run = start(&project, &server.address.to_string(), &["--target", "own"]);
        while asked(&server, "POST /api/slow ") == posts {
            thread::sleep(Duration::from_millis(5));
        }
        thread::sleep(Duration::from_millis(300));
        run.interrupt("INT");
        let ended = run.end();
        ended.told(5, &["the run was interrupted", "step 1 of 2: make"]);
        assert!(!ended.stdout.contains("was skipped"), "{}", ended.stdout);
        assert_eq!(asked(&server, "DELETE /api/things/7 "), before + 1, "{:?}", server.requests());
    }
    let timed = MAKES.replace("snapshot:", "timeout: 500ms\nsnapshot:");
    let project = Project::with_targets(OWN).scenario("one", &timed);
    let ended = start(&project, &server.address.to_string(), &["--target", "own"]).end();
    ended.told(1, &["was not done within its 500ms", "step 1 of 2: make"]);
    assert_eq!(asked(&server, "DELETE /api/things/7 "), 3, "{:?}", server.requests());
    assert_eq!(asked(&server, "GET "), 0, "no further step starts: {:?}", server.requests());
}

#[test]
fn what_may_be_left_over_is_told() {
    let server = slow();
    let project = Project::with_targets(OWN).scenario("one", &MAKES.replace("/slow", "/hang"));
    let mut run = start(&project, &server.address.to_string(), &["--target", "own"]);
    until_asked(&server, "POST /api/hang ");
    let begun = Instant::now();
    run.interrupt("INT");
    let skipped =
        "`finally`: step `remove` was skipped, as `thing` was never saved; what it would delete may be left over";
    run.end().told(5, &["the run was interrupted", skipped]);
    assert!((4..20).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    assert_eq!(asked(&server, "DELETE "), 0);
}

#[test]
fn a_second_signal_ends_at_once() {
    let server = hanging();
    let hangs = HANGS.replace("delete: /things/${thing}", "delete: /hang/${thing}");
    let project = Project::with_targets(OWN).scenario("one", &hangs);
    let mut run = start(&project, &server.address.to_string(), &["--target", "own"]);
    until_asked(&server, "GET /api/hang ");
    run.interrupt("INT");
    until_asked(&server, "DELETE /api/hang/7 ");
    let begun = Instant::now();
    run.signal("INT");
    run.end().told(130, &[]);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn finally_that_hangs_ends_by_its_own_bound() {
    let server = hanging();
    let hangs = HANGS.replace("delete: /things/${thing}", "delete: /hang/${thing}");
    let project = Project::with_targets(OWN).scenario("one", &hangs);
    let mut run = start(&project, &server.address.to_string(), &["--target", "own"]);
    until_asked(&server, "GET /api/hang ");
    let begun = Instant::now();
    run.interrupt("INT");
    run.end().told(5, &["step 2 of 2: look", "`finally` failed too, at step `remove`", "was not done within its 30s"]);
    assert!(begun.elapsed() >= Duration::from_secs(29), "{:?}", begun.elapsed());
}

#[test]
fn what_waits_for_the_clock_or_for_its_turn_is_ended_too() {
    let finally = "finally:\n  - delete: /things/7\n    expect: none\n";
    let waits = format!(
        "title: Waits\nsnapshot: none\ntimeout: 5m\nsteps:\n  - get: /x\n    expect: none\n  - wait: 4m\n{finally}"
    );
    let until = "{ every: 60s, for: 4m, expect: { body: { id: \"8\" } } }";
    let polls = format!(
        "title: Polls\nsnapshot: none\ntimeout: 5m\nsteps:\n  - get: /x\n    until: {until}\n    expect: none\n{finally}"
    );
    for text in [waits, polls] {
        let server = hanging();
        let project = Project::with_targets(OWN).scenario("one", &text);
        let mut run = start(&project, &server.address.to_string(), &["--target", "own"]);
        until_asked(&server, "GET /api/x ");
        run.interrupt("INT");
        run.end().told(5, &["the run was interrupted"]);
        assert_eq!(asked(&server, "DELETE /api/things/7 "), 1, "{:?}", server.requests());
    }
    let server = hanging();
    let get = "  - get: /x\n    expect: none\n".repeat(5);
    let paced = format!("title: Waits for its turn\nsnapshot: none\nsteps:\n{get}{finally}");
    let project = Project::with_targets(&format!("{OWN}    pace: {{ per_second: 1 }}\n")).scenario("one", &paced);
    let mut run = start(&project, &server.address.to_string(), &["--target", "own"]);
    until_asked(&server, "GET /api/x ");
    run.interrupt("INT");
    run.end().told(5, &["the run was interrupted"]);
    assert_eq!(asked(&server, "DELETE /api/things/7 "), 1, "{:?}", server.requests());
}

#[test]
fn before_anything_began_nothing_is_sent() {
    // The token that all scenarios need does not come, so that none gets to its first step.
    let scenario = "title: A\nclient: demand\nsnapshot: none\ntoken: { grant: client_credentials, scope: a }\nsteps:\n  \
                    - post: /things\n    json: {}\n    expect: none\nfinally:\n  - delete: /things/7\n    expect: none\n";
    let server = hanging();
    let mut project = Project::with_targets(&WITH_CLIENT.replace("/token\"", "/hang\""));
    for number in 0..20 {
        project = project.scenario(&format!("a_{number}"), scenario);
    }
    let mut run = start(&project, &server.address.to_string(), &["--target", "own", "--test-threads", "3"]);
    until_asked(&server, "POST /hang ");
    run.interrupt("INT");
    run.end().told(5, &["0 passed; 3 failed; 17 ignored"]);
    assert_eq!(asked(&server, "POST /api/things ") + asked(&server, "DELETE "), 0, "{:?}", server.requests());
}

#[test]
fn ten_thousand_scenarios_that_wait_are_told_soon() {
    let rows = (0..100).fold(String::new(), |rows, number| rows + &format!("  r{number}: {{ number: {number} }}\n"));
    let text = format!("title: Many\nsnapshot: none\nmatrix:\n{rows}steps:\n  - get: /hang\n    expect: none\n");
    let server = hanging();
    let mut project = Project::with_targets(OWN);
    for number in 0..100 {
        project = project.scenario(&format!("many_{number}"), &text);
    }
    let mut run = start(&project, &server.address.to_string(), &["--target", "own", "--test-threads", "2"]);
    until_asked(&server, "GET /api/hang ");
    let begun = Instant::now();
    run.interrupt("INT");
    run.end().told(5, &["0 passed; 2 failed; 9998 ignored"]);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn the_built_in_mock_ends_too_and_findings_stay_findings() {
    // The built-in mock tells nobody when it is asked, so that the scenario tells it by a request to another.
    let told = hanging();
    let waits = format!(
        "title: Waits\nsnapshot: none\ntimeout: 5m\nsteps:\n  - get: /v4/users/self\n    expect: none\n  \
         - get: http://{}/api/begun\n    expect: none\n  - wait: 4m\n",
        told.address
    );
    let project = Project::new().scenario("a_waits", &waits);
    let mut run = start(&project, "", &[]);
    until_asked(&told, "GET /api/begun ");
    run.interrupt("INT");
    run.end().told(5, &["test a_waits ... FAILED", "the run was interrupted"]);
    let server = hanging();
    let fails = "title: A\nsnapshot: none\nsteps:\n  - get: /fails\n    expect: { status: 201 }\n";
    let project = Project::with_targets(OWN).scenario("a_fails", fails).scenario("b_hangs", HANGS);
    let arguments = ["--target", "own", "--test-threads", "1"];
    let mut run = start(&project, &server.address.to_string(), &arguments);
    until_asked(&server, "GET /api/hang ");
    run.interrupt("INT");
    run.end().told(1, &["expected 201, got 200", "the run was interrupted"]);
}

#[test]
fn what_nohup_starts_outlives_its_terminal() {
    if !std::path::Path::new("/proc/self/status").exists() {
        return;
    }
    let server = Server::answering(|_| {
        thread::sleep(Duration::from_millis(500));
        json("200 OK", "{}")
    });
    let get = "title: A\nsnapshot: none\nsteps:\n  - get: /x\n    expect: { status: 200 }\n";
    let project = Project::with_targets(OWN).scenario("one", get);
    let mut command = project.command("nohup");
    command.args([TACKTEST, "run", "--target", "own"]).env("OWN_HOST", server.address.to_string());
    let run = running(command);
    until_asked(&server, "GET /api/x ");
    run.signal("HUP");
    run.end().told(0, &["1 passed"]);
}

#[test]
fn a_request_under_way_is_dropped_when_the_time_is_up() {
    let (gone, dropped) = std::sync::mpsc::channel();
    let gone = std::sync::Mutex::new(gone);
    let server = Server::start(move |connection| {
        while let Some(request) = connection.request() {
            if request.starts_with("GET /api/hang ") {
                // The end of the connection is what comes next.
                let ended = connection.request().is_none();
                gone.lock().unwrap().send(ended).unwrap();
                return;
            }
            connection.send(json("200 OK", r#"{"id":"7"}"#));
        }
    });
    let project = Project::with_targets(OWN).scenario("one", &HANGS.replace("snapshot:", "timeout: 500ms\nsnapshot:"));
    let ended = start(&project, &server.address.to_string(), &["--target", "own"]).end();
    ended.told(1, &["was not done within its 500ms", "step 2 of 2: look"]);
    assert!(dropped.recv_timeout(LIMIT).unwrap());
    assert_eq!(asked(&server, "DELETE /api/things/7 "), 1, "{:?}", server.requests());
}

#[test]
fn an_output_that_can_not_be_written_is_told() {
    if !std::path::Path::new("/dev/full").exists() {
        return;
    }
    let project = Project::new().scenario("one", HOLDS);
    for (line, told) in [("run", "can't write the results"), ("run --list", "can't write the list")] {
        let ran = finish(project.command("sh").args(["-c", &format!("\"$T\" {line} > /dev/full")]).env("T", TACKTEST));
        ran.told(2, &[told]);
        assert!(!ran.stderr.contains("a bug of"), "{}", ran.stderr);
    }
    project.shell("\"$T\" list > /dev/full").told(2, &["can't write to stdout"]);
}
