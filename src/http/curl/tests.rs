use std::process::Command;

use ::http::Method;
use url::Url;

use super::curl;
use crate::http::{Request, Scrubber};

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// The arguments that a shell gives to `curl`, with these variables set.
fn arguments(line: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let script = format!("curl() {{ printf '%s\\0' \"$@\"; }}\n{line}\n");
    let output = Command::new("sh").args(["-eu", "-c", &script]).envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.strip_suffix('\0').unwrap().split('\0').map(str::to_owned).collect()
}

#[test]
fn a_bearer_becomes_a_variable_in_double_quotes() {
    let scrubber = Scrubber::new();
    scrubber.learn("access", "fictional-token");
    let request = Request::new(Method::GET, url("http://127.0.0.1:1/v4?q=a"))
        .with_header("Authorization", "Bearer fictional-token");
    let line = curl(&request, &scrubber);
    assert_eq!(line, "curl --include 'http://127.0.0.1:1/v4?q=a' \\\n  --header \"Authorization: Bearer $ACCESS\"");
    let seen = arguments(&line, &[("ACCESS", "fictional-token")]);
    assert_eq!(seen, ["--include", "http://127.0.0.1:1/v4?q=a", "--header", "Authorization: Bearer fictional-token"]);
}

#[test]
fn whatever_the_body_the_shell_hands_it_on() {
    let bodies = [
        "it's",
        "$HOME `id` $(id) \"quoted\" \\ back\\n",
        "line one\nline two\r\n\ttabbed\n",
        "@file",
        "!history * ? ~ # ; & | < > ( ) { } [ ]",
        "'''",
        "-n",
        "ünïcödé 😀",
    ];
    for body in bodies {
        for secret in [None, Some("zzzz"), Some("one"), Some("quoted"), Some("$HOME")] {
            let scrubber = Scrubber::new();
            if let Some(secret) = secret {
                scrubber.learn("2nd.secret", secret);
            }
            let request = Request::new(Method::POST, url("http://127.0.0.1:1/")).with_body("text/plain", body);
            let line = curl(&request, &scrubber);
            let seen = arguments(&line, &[("_2ND_SECRET", secret.unwrap_or_default())]);
            let expected =
                ["--include", "--request", "POST", "http://127.0.0.1:1/", "--header", "content-type: text/plain"];
            assert_eq!(seen[..6], expected, "{line}");
            assert_eq!(seen[6..], ["--data-raw", body], "{line}");
        }
    }
}

#[test]
fn headers_are_quoted_and_an_empty_one_is_sent() {
    let request = Request::new(Method::HEAD, url("http://127.0.0.1:1/a?b[]={c}"))
        .with_header("x-quote", "it's \"$HOME\" `id`")
        .with_header("x-empty", "");
    let seen = arguments(&curl(&request, &Scrubber::new()), &[]);
    let expected = ["--include", "--globoff", "--head", request.url.as_str()];
    assert_eq!(seen[..4], expected);
    assert_eq!(seen[4..], ["--header", "x-quote: it's \"$HOME\" `id`", "--header", "x-empty;"]);
}

#[test]
fn encoded_secrets_have_variables_of_their_own() {
    let scrubber = Scrubber::new();
    scrubber.learn_pair("client.secret", "me", "s e/cret");
    let request = Request::post_form(url("http://127.0.0.1:1/"), &[("client_secret", "s e/cret")])
        .with_header("authorization", "Basic bWU6cytlJTJGY3JldA==");
    let line = curl(&request, &scrubber);
    assert!(line.contains(r#""authorization: Basic $CLIENT_SECRET_BASIC""#), "{line}");
    assert!(line.contains(r#""client_secret=$CLIENT_SECRET_URLENCODED""#), "{line}");
}

#[test]
fn a_variable_does_not_run_into_what_follows() {
    let scrubber = Scrubber::new();
    scrubber.learn("id", "12345678");
    let line = curl(&Request::new(Method::GET, url("http://127.0.0.1:1/12345678abc")), &scrubber);
    assert_eq!(arguments(&line, &[("ID", "12345678")])[1], "http://127.0.0.1:1/12345678abc");
}

#[test]
fn a_body_that_is_no_text_comes_from_a_file() {
    for body in [&b"\xff\xfe"[..], b"a\0b"] {
        let request = Request { body: body.to_vec().into(), ..Request::new(Method::PUT, url("http://127.0.0.1:1/")) };
        let seen = arguments(&curl(&request, &Scrubber::new()), &[]);
        assert_eq!(seen[4..], ["--header", "content-type:", "--data-binary", "@body.bin"]);
    }
}

#[test]
fn credentials_and_cookies_are_hidden_by_their_place() {
    let request = Request::new(Method::GET, "http://127.0.0.1:1/".parse().unwrap())
        .with_header("Authorization", "Bearer unknown-token")
        .with_header("cookie", "session=unknown-cookie; other=more")
        .with_header("Proxy-Authorization", "bare-word");
    let line = curl(&request, &Scrubber::new());
    for hidden in ["unknown-token", "unknown-cookie", "more", "bare-word"] {
        assert!(!line.contains(hidden), "{line}");
    }
    for told in [
        "\"Authorization: Bearer $CREDENTIALS\"",
        "\"cookie: session=$COOKIE\"",
        "\"Proxy-Authorization: $CREDENTIALS\"",
    ] {
        assert!(line.contains(told), "{told}: {line}");
    }
}
