//! The answers of the response table that only an order brings about, in their bytes.

mod mock_support;

use mock_support::{Answer, Server, path};
use serde_json::{Value, json};
use tacktest::mock::control::Environment;

/// What a preset answers at an API path of `environment`, in a world of a seed.
fn preset(server: &Server, name: &str, production: bool, headers: &[(&str, &str)]) -> (Answer, Environment) {
    let world = server.world_with(&json!({"seed": 7}));
    server.command(&world, &json!({"fault": {"at": "GET /v4/keywords/search", "times": 1, "respond": name}}));
    let environment = if production { world.production } else { world.staging };
    let line = format!("GET {}v4/keywords/search?searchQuery=car", path(&environment.api));
    let answer = server.send(&line, headers, "");
    assert_ne!(server.send(&line, headers, "").status, answer.status, "one request meets it");
    (answer, environment)
}

/// The head without its first line, the date and what belongs to the connection, in alphabetical order.
fn headers(answer: &Answer) -> Vec<&str> {
    let of_the_connection = |line: &&str| !line.starts_with("date: ") && !line.starts_with("connection: ");
    let mut lines: Vec<&str> = answer.head.lines().skip(1).filter(of_the_connection).collect();
    lines.sort_unstable();
    lines
}

#[test]
fn presets_answer_in_these_bytes() {
    let server = Server::start();
    let problem = |status: u16, title: &str, detail: &str| {
        format!(
            r#"{{"type":"about:blank","title":"{title}","status":{status},"detail":"{detail}","traceID":"63cbe1e459320dd7"}}"#
        )
    };
    let problem_type = "content-type: application/problem+json";
    for (name, status, expected, body) in [
        ("waf_challenge", 202, vec!["cache-control: no-store, max-age=0", "x-amzn-waf-action: challenge"], String::new()),
        ("waf_captcha", 405, vec!["cache-control: no-store, max-age=0", "x-amzn-waf-action: captcha"], String::new()),
        ("waf_block", 403, vec![], String::new()),
        (
            "rate_limit",
            429,
            vec![problem_type],
            problem(429, "Too Many Requests", "too many requests came too quickly"),
        ),
        (
            "proxy_oauth_failed",
            502,
            vec!["content-type: application/json"],
            r#"{"error":"proxy_oauth_failed","detail":"Error: oauth_400:invalid_request: The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Requested audience 'urn:example:other-api' has not been whitelisted by the Auth 2.0 Client."}"#.to_owned(),
        ),
        (
            "server_error",
            500,
            vec![problem_type],
            problem(500, "Internal Server Error", "something went wrong on the server's end"),
        ),
    ] {
        for production in [false, true] {
            let (answer, _) = preset(&server, name, production, &[]);
            assert_eq!((answer.status, answer.body.as_str()), (status, body.as_str()), "{name}");
            let length = format!("content-length: {}", body.len());
            let mut expected = expected.clone();
            expected.push(&length);
            expected.sort_unstable();
            assert_eq!(headers(&answer), expected, "{name}");
        }
    }
    for production in [false, true] {
        let (answer, environment) = preset(&server, "geo_block", production, &[]);
        let detail = "the request was made from a sanctioned country";
        assert_eq!(answer.status, 451);
        assert_eq!(answer.body, problem(451, "Unavailable For Legal Reasons", detail));
        let link = format!(r#"link: <{}>; rel="blocked-by""#, environment.site);
        let length = format!("content-length: {}", answer.body.len());
        assert_eq!(headers(&answer), [length.as_str(), problem_type, link.as_str()]);
    }
}

#[test]
fn a_challenge_has_a_page_for_who_accepts_html_by_name() {
    let server = Server::start();
    for (accept, page) in [
        ("text/html", true),
        ("application/json, TEXT/HTML;q=0.9", true),
        ("*/*", false),
        ("application/json", false),
        ("application/xhtml+xml", false),
        ("", false),
    ] {
        let (answer, _) = preset(&server, "waf_challenge", false, &[("Accept", accept)]);
        assert_eq!((answer.status, answer.header("x-amzn-waf-action")), (202, "challenge"), "{accept}");
        assert_eq!(answer.body.starts_with("<!DOCTYPE html>"), page, "{accept}");
        assert_eq!(answer.body.is_empty(), !page, "{accept}");
        assert_eq!(answer.header("content-type"), if page { "text/html; charset=utf-8" } else { "" }, "{accept}");
    }
}

#[test]
fn a_preset_does_not_depend_on_the_clock() {
    let server = Server::start();
    for name in ["waf_challenge", "waf_block", "rate_limit", "geo_block", "proxy_oauth_failed", "server_error"] {
        let answers = [0, 400 * 24 * 3_600_000_u64].map(|milliseconds| {
            let world = server.world_with(&json!({"seed": 7}));
            server.command(&world, &json!({"advance": format!("{milliseconds}ms")}));
            server.command(&world, &json!({"fault": {"at": "POST /oauth2/token", "respond": name}}));
            let answer = server.token(&world.staging, &world.staging.clients["demand"], "");
            let site = world.staging.site;
            (answer.status, headers(&answer).join("\n").replace(&site, "SITE"), answer.body)
        });
        assert_eq!(answers[0], answers[1], "{name}");
    }
}

#[test]
fn a_fault_names_one_answer_of_those_there_are() {
    let server = Server::start();
    let world = format!("POST /control/worlds/{}", server.world().id);
    let fault = |body: Value| server.control(&world, &json!({ "fault": body }));
    let both = fault(json!({"at": "GET /v4/businesses", "respond": "geo_block", "reset": "before"}));
    assert!(both.status == 422 && both.member("detail").contains("one answer"), "{both:?}");
    let unknown = fault(json!({"at": "GET /v4/businesses", "respond": "geo_blok"}));
    assert!(unknown.status == 422 && unknown.member("detail").contains("geo_block"), "{unknown:?}");
}
