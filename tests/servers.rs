//! Targets of one's own whose servers misbehave: what is said, how the program ends, and what is sent.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod project;
mod wire;

use std::thread;
use std::time::{Duration, Instant};

use project::{HOLDS, Project, Ran, TACKTEST, finish};
use wire::{Connection, Server, json, redirect};

/// A target at `server`, by a variable of the environment, and nothing but its API.
const OWN: &str = "\
targets:
  own:
    kind: staging
    api: \"http://${env.OWN_HOST}/api/\"
";

/// The same with a token URL and a client, as another target's words.
const WITH_CLIENT: &str = "\
targets:
  own:
    kind: staging
    api: \"http://${env.OWN_HOST}/api/\"
    token_url: \"http://${env.OWN_HOST}/token\"
    authorize_url: \"http://${env.OWN_HOST}/auth\"
    audience: urn:own
    clients:
      demand: { id: \"id:1\", secret: \"${env.OWN_SECRET}\", redirect_uri: \"http://127.0.0.1:9/callback\" }
";

/// A secret with characters that encodings change.
const SECRET: &str = "fictional/secret+1%";

/// A scenario of these steps; no shapes are pinned.
fn steps(text: &str) -> String {
    format!("title: A statement\nclient: demand\nsnapshot: none\nsteps:\n{text}")
}

/// A scenario that gets `/x` and expects this.
fn get_expecting(expect: &str) -> String {
    format!("title: A statement\nsnapshot: none\ntimeout: 5s\nsteps:\n  - get: /x\n    expect: {expect}\n")
}

/// Runs the scenarios of `project` against `server`.
fn run(project: &Project, server: &Server, arguments: &[&str]) -> Ran {
    let mut command = project.command(TACKTEST);
    command.args(["run", "--target", "own"]).args(arguments);
    finish(command.env("OWN_HOST", server.address.to_string()).env("OWN_SECRET", SECRET))
}

/// Runs one scenario with a client against a server that answers as `answer` says.
fn against(text: &str, answer: impl Fn(&str) -> String + Send + Sync + 'static) -> (Ran, Vec<String>) {
    let server = Server::answering(answer);
    let project = Project::with_targets(WITH_CLIENT).scenario("one", text);
    (run(&project, &server, &[]), server.requests())
}

fn ok(_: &str) -> String {
    json("200 OK", "{}")
}

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
            raw(c, b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf")
        }),
        ("is not HTTP/1.1", "{ status: 200 }", |c| raw(c, b"SSH-2.0-OpenSSH_9.9\r\n")),
        ("the body is not JSON but 5 bytes of type application/json", "{ status: 200, body: { a: 1 } }", |c| {
            raw(c, json("200 OK", "{\"a\":").as_bytes());
        }),
        ("larger than 8388608 bytes", "{ status: 200 }", |c| {
            raw(c, b"HTTP/1.1 200 OK\r\n\r\n");
            while c.send([b'a'; 8192]) {}
        }),
        ("is not HTTP/1.1", "{ status: 200 }", |c| {
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

#[test]
fn parameters_are_written_left_out_and_repeated() {
    let text = steps(
        "  - post: /a%20b
    query: { one: \"a b&c\", left: null, many: [x, \"y/z\"], number: 7 }
    headers: { X-One: plain, X-Many: [a, b], X-None: null }
    form: { f: \"ü+ \", many: [1, 2], left: null }
    expect: none
  - token: { grant: client_credentials, scope: [a, b], audience: null }
    expect: none
  - token: { grant: client_credentials, scope: a b }
    expect: none
  - put: /json
    json: { list: [1, 2.5, null], text: \"${client.id}\" }
    expect: none
",
    );
    let (ran, requests) = against(&text, ok);
    ran.ended(0);
    let first = &requests[0];
    assert!(first.starts_with("POST /api/a%20b?one=a+b%26c&many=x&many=y%2Fz&number=7 HTTP/1.1\r\n"), "{first}");
    assert!(first.ends_with("\r\n\r\nf=%C3%BC%2B+&many=1&many=2"), "{first}");
    let lower = first.to_ascii_lowercase();
    assert!(lower.contains("\r\nx-one: plain\r\nx-many: a\r\nx-many: b\r\n") && !lower.contains("x-none"), "{first}");
    assert!(requests[1].ends_with("\r\n\r\ngrant_type=client_credentials&scope=a&scope=b"), "{}", requests[1]);
    assert!(requests[2].ends_with("grant_type=client_credentials&scope=a+b&audience=urn%3Aown"), "{}", requests[2]);
    assert!(requests[3].ends_with("\r\n\r\n{\"list\":[1,2.5,null],\"text\":\"id:1\"}"), "{}", requests[3]);
}

#[test]
fn basic_is_form_encoded_at_the_oauth_urls_only() {
    let basic = "    basic: { user: \"${client.id}\", password: \"${client.secret}\" }\n    expect: none\n";
    let text = steps(&format!(
        "  - post: \"${{target.token_url}}\"\n    form: {{ grant_type: client_credentials }}\n{basic}  - get: /x\n{basic}"
    ));
    let (ran, requests) = against(&text, ok);
    ran.ended(0);
    // "id%3A1:fictional%2Fsecret%2B1%25" and "id:1:fictional/secret+1%".
    let encoded = "authorization: Basic aWQlM0ExOmZpY3Rpb25hbCUyRnNlY3JldCUyQjElMjU=\r\n";
    let plain = "authorization: Basic aWQ6MTpmaWN0aW9uYWwvc2VjcmV0KzEl\r\n";
    assert!(requests[0].contains(encoded), "{}", requests[0]);
    assert!(requests[1].contains(plain), "{}", requests[1]);
}

/// Answers the token URL with a token, all else with an empty object.
fn tokens(request: &str) -> String {
    if request.starts_with("POST /token ") {
        thread::sleep(Duration::from_millis(50));
        return json("200 OK", r#"{"access_token":"fictional-token","token_type":"bearer","expires_in":3600}"#);
    }
    ok(request)
}

const CARRIES: &str = "\
title: A statement
client: demand
snapshot: none
token: { grant: client_credentials, scope: a }
steps:
  - get: /x
    expect: { status: 200 }
";

#[test]
fn a_token_is_carried_below_the_api_only() {
    let more = "  - get: /y\n    bearer: none\n    expect: none\n  - get: /z\n    bearer: other\n    expect: none\n  - get: /b\n    \
                basic: { user: u, password: p }\n    expect: none\n  - get: http://OWN/outside\n    expect: none\n  - get: \
                http://OWN/apis\n    expect: none\n";
    let server = Server::answering(tokens);
    let more = more.replace("OWN", &server.address.to_string());
    let project = Project::with_targets(WITH_CLIENT).scenario("one", &format!("{CARRIES}{more}"));
    run(&project, &server, &[]).ended(0);
    let requests = server.requests();
    let authorization = |path: &str| {
        let request = requests.iter().find(|request| request.starts_with(&format!("GET {path} "))).unwrap();
        request.lines().find_map(|line| line.strip_prefix("authorization: ")).map(str::to_owned)
    };
    assert_eq!(authorization("/api/x").as_deref(), Some("Bearer fictional-token"));
    assert_eq!(authorization("/api/y"), None);
    assert_eq!(authorization("/api/z").as_deref(), Some("Bearer other"));
    assert_eq!(authorization("/api/b").as_deref(), Some("Basic dTpw"));
    assert_eq!(authorization("/outside"), None);
    assert_eq!(authorization("/apis"), None);
}

#[test]
fn a_run_fetches_one_token_for_all() {
    let server = Server::answering(tokens);
    let mut project = Project::with_targets(WITH_CLIENT);
    for number in 0..20 {
        project = project.scenario(&format!("test_{number}"), CARRIES);
    }
    project.write("scenarios/other.yaml", &CARRIES.replace("scope: a", "scope: b"));
    run(&project, &server, &[]).told(0, &["21 passed"]);
    let asked: Vec<String> =
        server.requests().into_iter().filter(|request| request.starts_with("POST /token ")).collect();
    assert_eq!(asked.len(), 2, "one for each scope: {asked:?}");
}

#[test]
fn the_pace_of_a_target_is_kept() {
    let under_way = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let most = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let (now, top) = (under_way.clone(), most.clone());
    let server = Server::answering(move |request| {
        let count = now.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
        top.fetch_max(count, std::sync::atomic::Ordering::SeqCst);
        thread::sleep(Duration::from_millis(20));
        now.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
        ok(request)
    });
    let timed = |pace: &str| {
        let mut project = Project::with_targets(&format!("{OWN}{pace}"));
        for number in 0..6 {
            project = project.scenario(&format!("test_{number}"), &get_expecting("{ status: 200 }"));
        }
        let clock = Instant::now();
        run(&project, &server, &[]).ended(0);
        (clock.elapsed(), most.swap(0, std::sync::atomic::Ordering::SeqCst))
    };
    let (_, together) = timed("");
    assert!(together > 1, "without a pace requests overlap: {together}");
    let (_, together) = timed("    pace: { concurrency: 1 }\n");
    assert_eq!(together, 1);
    let (elapsed, _) = timed("    pace: { per_second: 10 }\n");
    assert!(elapsed >= Duration::from_millis(500), "{elapsed:?}");
}

#[test]
fn real_hosts_are_refused_before_anything_is_sent() {
    let server = Server::answering(ok);
    let port = server.address.port();
    for (api, token_url) in [
        ("https://api.example.com/".to_owned(), None),
        ("http://api.example.com/".to_owned(), None),
        (format!("https://127.0.0.1:{port}/"), None),
        (format!("http://0.0.0.0:{port}/"), None),
        (format!("http://127.0.0.1:{port}/"), Some("https://auth.example.com/token")),
    ] {
        let token_url = token_url.map_or_else(String::new, |url| format!("    token_url: \"{url}\"\n"));
        let file = format!("targets:\n  own:\n    kind: staging\n    api: \"{api}\"\n{token_url}");
        let project = Project::with_targets(&file).scenario("one", &get_expecting("{ status: 200 }"));
        let ran = project.tacktest(&["run", "--target", "own"]);
        ran.told(2, &["target `own`", "not on this machine"]);
    }
    let project = Project::new().scenario("one", &get_expecting("{ status: 200 }"));
    for target in ["staging", "production"] {
        project.tacktest(&["run", "--target", target]).told(2, &["thumbtack.com", "not on this machine"]);
    }
    // Nor does a scenario get there by an address of its own.
    let far = get_expecting("{ status: 200 }").replace("/x", "https://api.example.com/x");
    Project::new().scenario("far", &far).tacktest(&[]).told(1, &["nothing was sent", "https is not supported yet"]);
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_target_lacks_what_is_not_set() {
    let project = Project::with_targets(OWN).scenario("one", &get_expecting("{ status: 200 }"));
    let told = ["the environment variable `OWN_HOST` of target `own` is not set"];
    let list = project.tacktest(&["run", "--list", "--ignored", "--target", "own"]);
    assert_eq!((list.code, list.stdout.as_str()), (0, "one: test\n"));
    project.tacktest(&["run", "--target", "own"]).told(2, &told);
    let server = Server::answering(ok);
    let project = Project::with_targets(WITH_CLIENT).scenario("one", CARRIES);
    let mut command = project.command(TACKTEST);
    command.args(["run", "--target", "own"]).env("OWN_HOST", server.address.to_string());
    finish(&mut command).told(4, &["the environment variable `OWN_SECRET` of client `demand` is not set"]);
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_credential_goes_to_no_other_address() {
    let stranger = Server::answering(ok);
    let elsewhere = stranger.url("/x");
    let sends = [
        "    bearer: anything\n",
        "    basic: { user: u, password: p }\n",
        "    headers: { x-key: \"key ${client.secret}\" }\n",
        "    query: { key: \"${client.secret}\" }\n",
        "    form: { key: \"${client.secret}\" }\n",
        "    json: { deep: [{ key: \"${client.secret}\" }] }\n",
        "    text: \"${access}\"\n",
        "    headers: { authorization: Bearer anything }\n",
    ];
    for sent in sends {
        let first = "  - token: { grant: client_credentials }\n    expect: { status: 200 }\n    save: { access: $.access_token }\n";
        let text = steps(&format!("{first}  - post: {elsewhere}\n{sent}    expect: none\n"));
        let (ran, requests) = against(&text, tokens);
        ran.told(1, &["nothing was sent", "carries a credential", &stranger.address.to_string()]);
        assert_eq!(requests.len(), 1, "{sent}");
        // The same on the mock.
        let project = Project::new().scenario("one", &text);
        project.tacktest(&[]).told(1, &["nothing was sent", "carries a credential"]);
    }
    assert_eq!(stranger.connections(), 0);
    // Without a credential it is an ordinary request.
    let text = steps(&format!("  - post: {elsewhere}\n    text: hello\n    expect: {{ status: 200 }}\n"));
    against(&text, ok).0.ended(0);
    assert_eq!(stranger.connections(), 1);
}
