//! Servers that misbehave, and steps that go on or clean up: what is said, and how the program ends.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod own;
mod project;
mod wire;

use std::thread;
use std::time::{Duration, Instant};

use own::{OWN, WITH_CLIENT, against, get_expecting, ok, run, steps};
use project::{HOLDS, Project};
use wire::{Connection, Server, json, redirect};

fn raw(connection: &mut Connection, bytes: &[u8]) {
    connection.request();
    connection.send(bytes);
}

#[test]
fn a_server_that_misbehaves_is_told_and_the_others_still_run() {
    type Talk = fn(&mut Connection);
    let cases: [(&str, &str, Talk); 10] = [
        ("closed the connection before it answered", "{ status: 200 }", |c| raw(c, b"")),
        ("middle of the 200 answer", "{ status: 200 }", |c| {
            raw(c, b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf");
        }),
        ("is not HTTP", "{ status: 200 }", |c| raw(c, b"SSH-2.0-OpenSSH_9.9\r\n")),
        ("the body is not JSON but 5 bytes of type application/json", "{ status: 200, body: { a: 1 } }", |c| {
            raw(c, json("200 OK", "{\"a\":").as_bytes());
        }),
        ("larger than 8388608 bytes", "{ status: 200 }", |c| {
            raw(c, b"HTTP/1.1 200 OK\r\n\r\n");
            while c.send([b'a'; 8192]) {}
        }),
        ("is not HTTP", "{ status: 200 }", |c| {
            raw(c, b"HTTP/1.1 200 OK\r\nx: ");
            while c.send([b'a'; 4096]) {}
        }),
        ("the 204 answer has no body", "{ status: 204, body: { a: 1 } }", |c| {
            raw(c, b"HTTP/1.1 204 No Content\r\n\r\n");
        }),
        ("expected 200, got 302", "{ status: 200 }", |c| raw(c, redirect("/api/elsewhere", "").as_bytes())),
        ("header x-twice: expected \"a\", got \"a, b\"", "{ status: 200, headers: { x-twice: a } }", |c| {
            raw(c, b"HTTP/1.1 200 OK\r\nx-twice: a\r\nx-twice: b\r\ncontent-length: 0\r\n\r\n");
        }),
        ("bytes that are not text", "{ status: 200, body: { a: 1 } }", |c| {
            raw(c, b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n\xff\xfe\x00");
        }),
    ];
    for (message, expect, talk) in cases {
        let server = Server::start(talk);
        let project = Project::with_targets(OWN).scenario("bad", &get_expecting(expect)).scenario("good", HOLDS);
        let clock = Instant::now();
        let ran = run(&project, &server, &[]);
        ran.told(1, &[message, "test good ... ok", "scenarios/bad.yaml:", "> GET /api/x HTTP/1.1", "curl "]);
        assert!(clock.elapsed() < Duration::from_secs(20), "{message}");
        assert_eq!(server.requests().len(), 1, "{message}: nothing is sent twice");
    }
}

#[test]
fn a_server_that_stalls_is_left_in_time() {
    let server = Server::start(|connection| while connection.request().is_some() {});
    let text = get_expecting("{ status: 200 }").replace("5s", "300ms");
    let project = Project::with_targets(OWN).scenario("stalls", &text).scenario("good", HOLDS);
    let told = ["was not done within its 300ms", "step 1 of 1: get /x", "test good   ... ok"];
    run(&project, &server, &[]).told(1, &told);
    // The token is fetched before the first step, so the step is not to blame.
    let text = text.replace("steps:", "client: demand\ntoken: { grant: client_credentials }\nsteps:");
    let project = Project::with_targets(WITH_CLIENT).scenario("stalls", &text);
    let ran = run(&project, &server, &[]);
    ran.told(1, &["was not done within its 300ms", "token: { grant: client_credentials }"]);
    assert!(!ran.stdout.contains("step 1"), "{}", ran.stdout);
}

#[test]
fn the_surroundings_are_blamed_by_fixed_rules() {
    let problem = "HTTP/1.1 403 Forbidden\r\ncontent-type: application/problem+json\r\ncontent-length: 2\r\n\r\n{}";
    let html = "HTTP/1.1 403 Forbidden\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nno";
    for (code, expect, answer) in [
        (5, "{ status: 200 }", json("202 Accepted", "{}")),
        (5, "{ status: 200 }", html.to_owned()),
        (1, "{ status: 200 }", problem.to_owned()),
        (5, "{ status: 200 }", json("429 Too Many Requests", "{}")),
        (5, "{ status: 200 }", json("451 Unavailable", "{}")),
        (5, "{ status: 200 }", json("500 Internal Server Error", "{}")),
        (5, "{ body: { a: 1 } }", json("503 Service Unavailable", "{}")),
        (1, "{ status: 200 }", json("502 Bad Gateway", r#"{"error":"proxy_oauth_failed"}"#)),
        (5, "{ status: 200 }", json("502 Bad Gateway", r#"{"error":"other"}"#)),
        (1, "{ status: 200 }", json("401 Unauthorized", r#"{"error":"invalid_client"}"#)),
        (1, "{ status: 200 }", json("404 Not Found", "{}")),
        (0, "{ status: 429 }", json("429 Too Many Requests", "{}")),
        (0, "{ status: 5xx }", json("503 Service Unavailable", "{}")),
        (1, "{ status: 503, body: { a: 1 } }", json("503 Service Unavailable", "{}")),
    ] {
        let sent = answer.clone();
        let (ran, _) = against(&get_expecting(expect), move |_| sent.clone());
        assert_eq!(ran.code, code, "{expect} for {answer}: {ran:?}");
        assert_eq!(ran.stdout.contains("inconclusive: the surroundings failed"), code == 5, "{ran:?}");
    }
}

#[test]
fn blame_holds_for_tokens_polling_and_saved_values_too() {
    let refuse = |_: &str| json("401 Unauthorized", r#"{"error":"invalid_client"}"#);
    let token = "  - token: { grant: client_credentials }\n    expect: { status: 200 }\n";
    let told = ["refuses the client's credentials", "tacktest.yaml"];
    against(&steps(token), refuse).0.told(5, &told);
    let carried = "client: demand\ntoken: { grant: client_credentials }\nsteps:";
    against(&get_expecting("{ status: 200 }").replace("steps:", carried), refuse).0.told(5, &told);
    let trouble = |_: &str| json("503 Service Unavailable", "{}");
    let until = "  - get: /x\n    until: { every: 10ms, for: 50ms, expect: { status: 200 } }\n    expect: none\n";
    against(&steps(until), trouble).0.told(5, &["`until` did not hold within 50ms", "trouble of its own (503)"]);
    let save = "  - get: /x\n    expect: none\n    save: { a: $.a }\n";
    against(&steps(save), trouble).0.told(5, &["nothing to save as `a`"]);
    against(&steps(save), ok).0.told(1, &["`$.a` selects 0 values, not one"]);
}

#[test]
fn a_request_is_repeated_until_it_holds() {
    let text = "  - post: /jobs\n    json: { \"n\": 1 }\n    until: { every: 20ms, for: FOR, expect: { body: { done: true } } }\n    \
                expect: { status: 200, body: { number: 3 } }\n    save: { number: $.number }\n  - compare: \"${number}\"\n    \
                expect: { value: 3 }\n";
    let counted = || {
        let count = std::sync::atomic::AtomicUsize::new(0);
        move |_: &str| {
            let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
            json("200 OK", &format!(r#"{{"done":{},"number":{number}}}"#, number == 3))
        }
    };
    let (ran, requests) = against(&steps(&text.replace("FOR", "5s")), counted());
    ran.ended(0);
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| request == &requests[0]), "{requests:?}");
    let (ran, requests) = against(&steps(&text.replace("FOR", "30ms")), counted());
    ran.told(1, &["`until` did not hold within 30ms", "$.done: expected true, got false"]);
    assert!((1..3).contains(&requests.len()), "{requests:?}");
}

#[test]
fn waiting_and_the_time_of_an_answer() {
    let clock = Instant::now();
    let wait = "  - wait: 300ms\n  - get: /x\n    expect: { status: 200, within: 5s }\n";
    against(&steps(wait), ok).0.ended(0);
    assert!(clock.elapsed() >= Duration::from_millis(300));
    let slow = |request: &str| {
        thread::sleep(Duration::from_millis(150));
        ok(request)
    };
    against(&get_expecting("{ status: 200, within: 100ms }"), slow).0.told(1, &["expected an answer within 100ms"]);
}

#[test]
fn finally_runs_with_what_there_is() {
    let text = "\
title: A statement
client: demand
snapshot: none
steps:
  - name: make
    post: /things
    json: {}
    expect: { status: 200 }
    save: { thing: $.id }
  - name: look
    get: /look
    expect: { status: 201 }
    save: { looked: $.id }
finally:
  - name: needs a look
    delete: /looks/${looked}
    expect: none
  - name: remove
    delete: /things/${thing}
    expect: { status: 204 }
  - name: last
    get: /last
    expect: none
";
    let answer = |_: &str| json("200 OK", r#"{"id":"7"}"#);
    let (ran, requests) = against(text, answer);
    let lines: Vec<&str> = requests.iter().map(|request| request.split(" HTTP").next().unwrap()).collect();
    assert_eq!(lines, ["POST /api/things", "GET /api/look", "DELETE /api/things/7", "GET /api/last"]);
    ran.told(1, &["step 2 of 2: look", "expected 201, got 200", "`finally` failed too, at step `remove`"]);
    let (ran, _) = against(&text.replace("201", "200").replace("204", "205"), answer);
    ran.told(1, &["step 2 of 3 of `finally`: remove", "expected 205, got 200"]);
    let (ran, requests) = against(&text.replace("status: 201", "status: 200").replace("204", "200"), answer);
    ran.ended(0);
    assert_eq!(requests.len(), 5);
    // Also when the time was up.
    let slow = |request: &str| {
        if request.starts_with("GET /api/look") {
            thread::sleep(Duration::from_secs(2));
        }
        json("200 OK", r#"{"id":"7"}"#)
    };
    let (ran, requests) = against(&text.replace("title:", "timeout: 400ms\ntitle:"), slow);
    ran.told(1, &["was not done within its 400ms", "step 2 of 2: look"]);
    assert!(requests.iter().any(|request| request.starts_with("DELETE /api/things/7 ")), "{requests:?}");
}

#[test]
fn what_is_repeated_is_drawn_once() {
    let repeated = "    until: { every: 10ms, for: 20s, expect: { body: { done: true } } }\n    expect: none\n";
    let text = steps(&format!(
        "  - post: /jobs\n    json: {{ id: \"${{gen.uuid}}\" }}\n{repeated}  - token: {{ grant: client_credentials, scope: \"${{gen.uuid}}\" \
         }}\n{repeated}  - authorize: {{ scope: a, pkce: S256 }}\n{repeated}"
    ));
    let count = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::answering(move |_| {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
        json("200 OK", &format!(r#"{{"done":{}}}"#, number.is_multiple_of(3)))
    });
    let project = Project::with_targets(&format!("{WITH_CLIENT}    offers: [consent]\n")).scenario("one", &text);
    run(&project, &server, &[]).ended(0);
    let requests = server.requests();
    assert_eq!(requests.len(), 9, "{requests:?}");
    for (first, start) in [(0, "POST /api/jobs "), (3, "POST /token "), (6, "GET /auth?")] {
        assert!(requests[first].starts_with(start), "{}", requests[first]);
        assert!(requests[first..first + 3].iter().all(|request| request == &requests[first]), "{requests:?}");
    }
    assert!(requests[6].contains("code_challenge=") && requests[6].contains("state="), "{}", requests[6]);
}

#[test]
fn a_step_of_finally_is_not_sent_without_the_token_that_it_would_carry() {
    let text = "\
title: A statement
client: demand
snapshot: none
token: { grant: client_credentials, scope: a }
steps:
  - get: /x
    expect: { status: 200 }
finally:
  - delete: /carried
    expect: none
  - delete: /bare
    bearer: none
    expect: none
";
    let no_token = |request: &str| {
        if request.starts_with("POST /token ") { json("400 Bad Request", "{}") } else { ok(request) }
    };
    let (ran, requests) = against(text, no_token);
    ran.told(5, &["the token that requests carry can't be obtained"]);
    let deleted: Vec<_> = requests.iter().filter_map(|request| request.strip_prefix("DELETE ")).collect();
    assert!(deleted.len() == 1 && deleted[0].starts_with("/api/bare "), "{requests:?}");
    let (_, requests) = against(text, own::tokens);
    assert_eq!(requests.iter().filter(|request| request.starts_with("DELETE ")).count(), 2, "{requests:?}");
}

#[test]
fn exactly_one_value_is_saved() {
    let save = |path: &str| steps(&format!("  - get: /x\n    expect: none\n    save: {{ a: \"{path}\" }}\n"));
    let answer = |_: &str| json("200 OK", r#"{"list":[{"id":1},{"id":2}]}"#);
    against(&save("$.list[*].id"), answer).0.told(1, &["`$.list[*].id` selects 2 values, not one", "save"]);
    against(&save("$.none"), answer).0.told(1, &["selects 0 values"]);
    against(&save("$.list[1].id"), answer).0.ended(0);
    let header = steps("  - get: /x\n    expect: none\n    save: { a: { header: x-twice } }\n");
    let twice = |_: &str| "HTTP/1.1 200 OK\r\nx-twice: 1\r\nx-twice: 2\r\ncontent-length: 0\r\n\r\n".to_owned();
    against(&header, twice).0.told(1, &["the answer has 2 headers `x-twice`"]);
    against(&header, ok).0.told(1, &["the answer has no header `x-twice`"]);
}
