use std::time::Duration;

use ::http::Method;
use jiff::Timestamp;
use url::Url;

use super::describe;
use crate::http::{Exchange, Failure, Request, Response, Scrubber};

fn exchange(request: Request, outcome: Result<Response, Failure>) -> Exchange {
    Exchange { request, outcome, started: Timestamp::UNIX_EPOCH, elapsed: Duration::ZERO }
}

fn get(path: &str) -> Request {
    Request::new(Method::GET, Url::parse("http://127.0.0.1:4600").unwrap().join(path).unwrap())
}

fn answer(headers: &[(&str, &str)], body: &str) -> Response {
    Response::new(401, headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(), body.to_owned())
}

#[test]
fn an_exchange_reads_like_http() {
    let url = Url::parse("http://127.0.0.1:4600/oauth2/token").unwrap();
    let form = [("grant_type", "authorization_code"), ("code", "fictional-code"), ("client_secret", "fictional")];
    let request = Request::post_form(url, &form).with_header("Authorization", "Basic bm90IGxlYXJudA==");
    let body = r#"{"error":"invalid_client","nested":[{"refresh_token":"fictional"}]}"#;
    let text =
        describe(&exchange(request, Ok(answer(&[("content-type", "application/json")], body))), &Scrubber::new());
    let expected = "\
> POST /oauth2/token HTTP/1.1
> host: 127.0.0.1:4600
> content-type: application/x-www-form-urlencoded
> Authorization: Basic [credentials]
>
> grant_type=authorization_code&code=[code]&client_secret=[client_secret]
< 401 Unauthorized
< content-type: application/json
<
< {
<   \"error\": \"invalid_client\",
<   \"nested\": [
<     {
<       \"refresh_token\": \"[refresh_token]\"
<     }
<   ]
< }
";
    assert_eq!(text, expected);
}

#[test]
fn a_failure_takes_the_place_of_the_answer() {
    let scrubber = Scrubber::new();
    scrubber.learn("secret", "hidden-in-path");
    let failure = Failure::Refused { address: "127.0.0.1:4600".to_owned() };
    let text = describe(&exchange(get("/hidden-in-path"), Err(failure)), &scrubber);
    assert!(text.starts_with("> GET /[secret] HTTP/1.1\n"), "{text}");
    assert!(text.ends_with(
        "< connection refused: nothing listens at 127.0.0.1:4600; start the server or correct the address\n"
    ));
}

#[test]
fn what_is_secret_by_its_place_is_hidden_unlearnt() {
    let headers = [
        ("set-cookie", "session=fictional; Path=/; HttpOnly"),
        ("location", "http://127.0.0.1:1/cb?state=s&co%64e=fictional#access_token=fictional"),
    ];
    let request = get("/cb?code=fictional&state=s")
        .with_header("authorization", "fictional")
        .with_header("Cookie", "a=fictional; fictional; b=");
    let body = r#"{"access_token":"fictional","id_token":"fictional","password":"fictional","a":{"refresh_token":"fictional"}}"#;
    let text = describe(&exchange(request, Ok(answer(&headers, body))), &Scrubber::new());
    assert!(!text.contains("fictional"), "{text}");
    assert!(text.contains("< set-cookie: session=[cookie]; Path=/; HttpOnly\n"), "{text}");
    assert!(text.contains("?state=s&co%64e=[code]#access_token=[access_token]\n"), "{text}");
}

#[test]
fn a_learnt_secret_is_shown_by_its_name() {
    let scrubber = Scrubber::new();
    scrubber.learn("access", "fictional-token");
    let request = get("/").with_header("authorization", "Bearer fictional-token");
    let text = describe(&exchange(request, Ok(answer(&[], r#"{"access_token":"fictional-token"}"#))), &scrubber);
    assert!(text.contains("> authorization: Bearer [access]\n"), "{text}");
    assert!(text.contains(r#""access_token": "[access]""#), "{text}");
    let longer = get("/").with_header("authorization", "Bearer fictional-token-and-more");
    let text = describe(&exchange(longer, Ok(answer(&[], ""))), &scrubber);
    assert!(text.contains("> authorization: Bearer [credentials]\n"), "{text}");
}

#[test]
fn a_long_body_is_cut_after_its_secrets_are_gone() {
    let scrubber = Scrubber::new();
    scrubber.learn("secret", "0123456789");
    // The secret lies across the place of the cut.
    let body = format!("{}0123456789{}", "ü".repeat(1021), "x".repeat(5000));
    let text = describe(&exchange(get("/"), Ok(answer(&[], &body))), &scrubber);
    assert!(!text.contains("0123"), "{text}");
    assert!(text.contains("< ... (2048 of 7050 bytes shown)\n"), "{text}");
    assert!(text.len() < 2400);
}

#[test]
fn a_body_that_is_no_text_is_counted() {
    let response = Response::new(599, Vec::new(), vec![0xff, 0, 1]);
    let text = describe(&exchange(get("/"), Ok(response)), &Scrubber::new());
    assert!(text.ends_with("< 599\n<\n< (3 bytes that are not text)\n"), "{text}");
    let forged = get("/").with_header("x", "a\r\n< 200 OK\u{1b}[31m");
    let text = describe(&exchange(forged, Ok(answer(&[], "\u{1b}[31mred"))), &Scrubber::new());
    assert!(text.contains("> x: a\u{fffd}\u{fffd}< 200 OK\u{fffd}[31m\n"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
}
