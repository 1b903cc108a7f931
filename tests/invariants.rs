//! What holds for every exchange: links stay in their environment; and what is only noted.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod own;
mod project;
mod wire;

use own::SECRET;
use project::{Project, Ran, TACKTEST, finish};
use wire::{Server, json};

const TARGETS: &str = "\
targets:
  own:
    kind: staging
    api: \"http://${env.OWN_HOST}/api/\"
    token_url: \"http://${env.OWN_HOST}/token\"
    site: \"http://${env.OWN_HOST}/site\"
    other: real
    clients: { demand: { id: an-id, secret: \"${env.OWN_SECRET}\" } }
  real:
    kind: production
    api: \"http://${env.OWN_HOST}/real/api/\"
    site: \"http://${env.OWN_HOST}/site/real\"
";

const GET: &str = "title: T\nclient: demand\nsnapshot: none\nsteps:\n  - get: /x\n    expect: none\n";

fn run(targets: &str, text: &str, server: &Server) -> Ran {
    let project = Project::with_targets(targets).scenario("one", text);
    let mut command = project.command(TACKTEST);
    command.env("OWN_HOST", server.address.to_string()).env("OWN_SECRET", SECRET);
    finish(command.args(["run", "--target", "own"]))
}

/// A server whose JSON answers have its own address for `HOST`.
fn answering(status: &'static str, body: &'static str) -> Server {
    Server::answering(move |request| {
        let host = request.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
        json(status, &body.replace("HOST", host))
    })
}

const LINKS: &str = r#"{"data":[{"url":"http://HOST/site/a"},{"odd name":["http://HOST/site/real/b?c"]}],
    "next":"http://HOST/site/real/next","text":"see http://HOST/site/real/b","image":"https://images.example.com/a.png","more":"http://HOST/api/y"}"#;

#[test]
fn a_link_to_the_other_environment_is_a_finding() {
    let server = answering("200 OK", LINKS);
    let ran = run(TARGETS, GET, &server);
    ran.told(1, &["the link at $.data[1]['odd name'][0] leads to the other environment", "scenarios/one.yaml:5:5"]);
    assert_eq!(ran.stdout.matches("leads to the other environment").count(), 1, "{}", ran.stdout);
    run(TARGETS, &format!("invariants: none\n{GET}"), &server).ended(0);
    // Seen from the other side the other link is astray.
    let production = GET.replace("client: demand", "environment: production");
    run(TARGETS, &production, &server).told(1, &["the link at $.data[0].url leads to the other environment"]);
}

#[test]
fn an_answer_is_judged_by_the_environment_that_gave_it() {
    let server = answering("200 OK", r#"{"url":"http://HOST/site/real/b"}"#);
    let text = GET.replace("/x", "\"${other.target.api}x\"");
    run(TARGETS, &text, &server).ended(0);
    run(TARGETS, GET, &server).told(1, &["the link at $.url leads to the other environment"]);
}

#[test]
fn every_answer_is_looked_at() {
    let until = GET.replace("expect: none", "until: { every: 10ms, for: 20s, expect: { body: { done: true } } }");
    let count = std::sync::atomic::AtomicUsize::new(0);
    let polled = Server::answering(move |_| match count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 => json("200 OK", r#"{"url":"https://www.thumbtack.com/a"}"#),
        _ => json("200 OK", r#"{"done":true}"#),
    });
    run(TARGETS, &until, &polled).told(1, &["the link at $.url leads to the other environment"]);
    let token = GET.replace("client: demand", "client: demand\ntoken: { grant: client_credentials }");
    let server = answering("200 OK", r#"{"access_token":"fictional","url":"http://HOST/site/real/b"}"#);
    run(TARGETS, &token, &server).told(1, &["the link at $.url leads to the other environment", "token:"]);
}

#[test]
fn without_another_target_the_documents_sites_are_known() {
    let alone = TARGETS.split("  real:").next().unwrap_or_default().replace("    other: real\n", "");
    let server = answering("200 OK", r#"{"url":"https://www.thumbtack.com/a"}"#);
    run(&alone, GET, &server).told(1, &["the link at $.url leads to the other environment, at www.thumbtack.com"]);
    let server = answering("200 OK", r#"{"url":"https://staging-partner.thumbtack.com/a"}"#);
    run(&alone, GET, &server).ended(0);
    run(&alone.replace("kind: staging", "kind: production"), GET, &server)
        .told(1, &["the link at $.url leads to the other environment, at staging-partner.thumbtack.com"]);
}

#[test]
fn hosts_that_are_not_judged_are_noted_once() {
    let body = r#"{"a":["https://images.example.com/1","https://images.example.com/2","http://HOST/site/a","http://HOST/api/own"],"type":"https://problems.example.com/t","next":"http://pages.example.com:8080/2"}"#;
    let server = answering("200 OK", body);
    let text = format!("{GET}  - get: /x\n    expect: none\n");
    let ran = run(TARGETS, &text, &server);
    ran.told(0, &["of neither environment's site: images.example.com, pages.example.com:8080"]);
    assert_eq!(ran.stderr.matches("images.example.com").count(), 1, "{}", ran.stderr);
    let ran = run(TARGETS, &format!("invariants: none\n{text}"), &server);
    assert!(!ran.ended(0).contains("images.example.com"));
}

#[test]
fn links_to_a_site_that_both_environments_have_are_noted_and_not_judged() {
    let targets = TARGETS.replace("/site/real", "/site/");
    let server = answering("200 OK", r#"{"url":"http://HOST/site/a","next":"http://HOST/site/b"}"#);
    for text in [GET.to_owned(), GET.replace("/x", "\"${other.target.api}x\"")] {
        let ran = run(&targets, &text, &server);
        ran.told(0, &["a site that both environments have, so that they can't be judged: 127.0.0.1:"]);
        assert_eq!(ran.stderr.matches("links lead to").count(), 1, "{}", ran.stderr);
    }
}

#[test]
fn texts_and_what_only_looks_like_a_link_are_not_judged() {
    for body in [
        r#"{"a":"see https://www.thumbtack.com/a","b":"https:///","c":"http","d":"httpx://www.thumbtack.com/","e":" https://www.thumbtack.com/"}"#,
        "\"https://example.com\"",
    ] {
        run(TARGETS, GET, &answering("200 OK", body)).ended(0);
    }
    let text = Server::answering(|_| {
        let body = "<a href=\"https://www.thumbtack.com/\">";
        format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    });
    run(TARGETS, GET, &text).ended(0);
}

#[test]
fn a_401_that_does_not_say_how_to_authenticate_is_noted() {
    let note = "a 401 came without `WWW-Authenticate`, which it must have (RFC 9110 §15.5.2)";
    let text = format!("{GET}  - get: /x\n    expect: {{ status: 401 }}\n");
    let ran = run(TARGETS, &text, &answering("401 Unauthorized", "{}"));
    ran.told(0, &[note]);
    assert_eq!(ran.stderr.matches(note).count(), 1, "{}", ran.stderr);
    let said = Server::answering(|_| {
        json("401 Unauthorized", "{}").replace("\r\n\r\n", "\r\nwww-authenticate: Bearer\r\n\r\n")
    });
    assert!(!run(TARGETS, &text, &said).ended(0).contains("WWW-Authenticate"));
    let on_the_mock = "title: T\nsnapshot: none\nsteps:\n  - get: /v4/users/self\n    expect: { status: 401 }\n";
    assert!(!Project::new().scenario("one", on_the_mock).tacktest(&[]).ended(0).contains("WWW-Authenticate"));
}
