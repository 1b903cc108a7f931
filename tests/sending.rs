//! What is sent to a target of one's own, and what is not sent to anyone.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod own;
mod project;
mod wire;

use std::thread;
use std::time::{Duration, Instant};

use own::{CARRIES, OWN, WITH_CLIENT, against, get_expecting, ok, run, steps, tokens};
use project::{Project, TACKTEST, finish};
use wire::Server;

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
fn the_base_of_the_api_ends_at_a_slash() {
    let server = Server::answering(tokens);
    let more = "  - get: http://OWN/api-internal/x\n    expect: none\n  - get: http://OWN/api?a=b\n    expect: none\n  - get: \
                /v4/x?u=https://example.com/y\n    expect: none\n";
    let text = format!("{CARRIES}{more}").replace("OWN", &server.address.to_string());
    let project = Project::with_targets(&WITH_CLIENT.replace("/api/", "/api")).scenario("one", &text);
    run(&project, &server, &[]).ended(0);
    let carries = |start: &str| {
        let requests = server.requests();
        let request = requests.iter().find(|request| request.starts_with(start)).unwrap_or_else(|| panic!("{start}"));
        request.contains("authorization: Bearer fictional-token")
    };
    assert!(!carries("GET /api-internal/x "));
    assert!(carries("GET /api?a=b "));
    assert!(carries("GET /api/x "));
    // What follows the `/` of a path can hold a URL.
    assert!(carries("GET /api/v4/x?u=https://example.com/y "));
}

#[test]
fn a_written_authorization_header_stands_in_place_of_the_carried_token() {
    let more = "  - get: /own\n    headers: { AUTHORIZATION: \"Own words\" }\n    expect: none\n";
    let (ran, requests) = against(&format!("{CARRIES}{more}"), tokens);
    ran.ended(0);
    let request = requests.iter().find(|request| request.starts_with("GET /api/own ")).unwrap();
    let lines = request.lines().filter(|line| line.to_ascii_lowercase().starts_with("authorization:"));
    let values: Vec<&str> = lines.map(|line| line.split_once(": ").unwrap().1).collect();
    assert_eq!(values, ["Own words"]);
}

#[test]
fn waiting_for_a_turn_does_not_spend_the_time_of_a_scenario() {
    let server = Server::answering(ok);
    let mut project = Project::with_targets(&format!("{OWN}    pace: {{ per_second: 4 }}\n"));
    // The last of these would wait for longer than it may take, were all of them under way at once.
    for number in 0..14 {
        let text = get_expecting("{ status: 200 }").replace("5s", "2500ms");
        project = project.scenario(&format!("test_{number}"), &text);
    }
    run(&project, &server, &[]).told(0, &["14 passed"]);
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
fn other_hosts_are_reached_by_https_only() {
    let server = Server::answering(ok);
    let port = server.address.port();
    for (api, token_url, other) in [
        ("http://api.example.com/".to_owned(), None, false),
        (format!("http://0.0.0.0:{port}/"), None, false),
        (format!("http://127.0.0.1:{port}/"), Some("http://auth.example.com/token"), false),
        ("http://api.example.com/".to_owned(), None, true),
    ] {
        let token_url = token_url.map_or_else(String::new, |url| format!("    token_url: \"{url}\"\n"));
        let file = format!(
            "targets:\n  wrong:\n    kind: staging\n    api: \"{api}\"\n{token_url}  own:\n    kind: staging\n    \
             api: \"http://127.0.0.1:{port}/\"\n    other: wrong\n"
        );
        let project = Project::with_targets(&file).scenario("one", &get_expecting("{ status: 200 }"));
        let ran = project.tacktest(&["run", "--target", if other { "own" } else { "wrong" }]);
        ran.told(2, &["target `wrong`", "not on this machine", "by https only"]);
    }
    // Nor does a scenario get there by an address of its own.
    for (url, why) in [
        ("https://api.example.com/x", "api.example.com is no host of the target"),
        ("http://api.example.com/x", "by https only"),
    ] {
        let far = get_expecting("{ status: 200 }").replace("/x", url);
        Project::new().scenario("far", &far).tacktest(&[]).told(1, &["nothing was sent", why]);
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_mock_is_on_this_machine() {
    let file = "targets:\n  own:\n    kind: mock\n    api: https://api.example.com/\n";
    let project = Project::with_targets(file).scenario("one", &get_expecting("{ status: 200 }"));
    project.tacktest(&["run", "--target", "own"]).told(2, &["the mock `own`", "is not on this machine"]);
}

#[test]
fn a_target_lacks_what_is_not_set() {
    let project = Project::with_targets(OWN).scenario("one", &get_expecting("{ status: 200 }"));
    let told = ["the environment variable `OWN_HOST` of target `own` is not set"];
    let list = project.tacktest(&["run", "--list", "--ignored", "--target", "own"]);
    assert_eq!((list.code, list.stdout.as_str()), (0, "one: test\n"));
    project.tacktest(&["run", "--target", "own"]).told(4, &told);
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
    // Nor in the path of the address itself.
    let text = steps(&format!("  - get: \"{elsewhere}/${{client.secret}}\"\n    expect: none\n"));
    against(&text, ok).0.told(1, &["nothing was sent", "carries a credential"]);
    assert_eq!(stranger.connections(), 0);
    // Without a credential it is an ordinary request.
    let text = steps(&format!("  - post: {elsewhere}\n    text: hello\n    expect: {{ status: 200 }}\n"));
    against(&text, ok).0.ended(0);
    assert_eq!(stranger.connections(), 1);
}

#[test]
fn who_is_to_be_asked_stands_in_every_request() {
    let server = Server::answering(tokens);
    let text = format!("contact: integrations@partner.example.com\n{WITH_CLIENT}");
    let project = Project::with_targets(&text).scenario("one", CARRIES);
    run(&project, &server, &[]).ended(0);
    let expected = format!("user-agent: tacktest/{} (integrations@partner.example.com)\r\n", env!("CARGO_PKG_VERSION"));
    let requests = server.requests();
    assert!(requests.len() == 2 && requests.iter().all(|request| request.contains(&expected)), "{requests:?}");
}
