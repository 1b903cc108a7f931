//! The API under bytes that no one meant: an answer of the API's own, which names what is wrong, and nothing is kept.

use proptest::prelude::*;

use crate::{
    mock_support::{Answer, Server},
    requests::{ask, staging},
};

const JSON: &[u8] = b"application/json";

/// A mock, and a token of its user for everything here.
struct Desk {
    server: Server,
    bearer: String,
    /// The path of the messages of a negotiation.
    messages: String,
}

impl Desk {
    fn start() -> Self {
        let server = Server::start();
        let environment = staging(&server);
        let scope = "supply::messages.read+supply::messages.write+supply::users.read";
        let login = server.login(&environment, &environment.clients["supply"], scope);
        let bearer = format!("Bearer {}", login.member("access_token"));
        let messages = format!("/api/v4/negotiations/{}/messages", environment.fixtures["negotiation"]);
        Self { server, bearer, messages }
    }

    fn get(&self, target: &[u8]) -> Answer {
        ask(&self.server, &[b"GET ", target].concat(), &[("Authorization", self.bearer.as_bytes())], b"")
    }

    fn post(&self, media_type: &[u8], body: &[u8]) -> Answer {
        let headers = [("Authorization", self.bearer.as_bytes()), ("Content-Type", media_type)];
        ask(&self.server, format!("POST {}", self.messages).as_bytes(), &headers, body)
    }

    /// How many messages there are.
    fn count(&self) -> usize {
        let answer = self.get(format!("{}?limit=20", self.messages).as_bytes());
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["data"].as_array().unwrap().len()
    }
}

/// A validation problem that names these.
fn names(answer: &Answer) -> Vec<String> {
    assert_eq!((answer.status, answer.header("content-type")), (400, "application/problem+json"), "{answer:?}");
    let problem = answer.json();
    problem["errors"].as_array().unwrap().iter().map(|error| error["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn bodies_that_are_no_message_are_refused_and_not_kept() {
    let desk = Desk::start();
    let before = desk.count();
    let deep = [r#"{"text":"a","more":"#, &"[".repeat(100_000)].concat();
    for (name, media_type, body, wrong) in [
        ("no media type that is text", &b"application/\xff"[..], &b"{\"text\":\"TEST\"}"[..], "Content-Type"),
        ("another media type", b"application/xml", b"{\"text\":\"TEST\"}", "Content-Type"),
        ("a form", b"application/x-www-form-urlencoded", b"text=TEST", "Content-Type"),
        ("no UTF-8 in a value", JSON, b"{\"text\":\"TEST \xff\"}", "text"),
        ("no UTF-8 in a name", JSON, b"{\"te\xffxt\":\"TEST\"}", "text"),
        ("half a surrogate", JSON, b"{\"text\":\"TEST \\ud800\"}", "text"),
        ("a byte order mark of UTF-16", JSON, b"\xff\xfe{\x00}\x00", "text"),
        ("NUL", JSON, b"{\"text\":\"TEST\"}\0", "text"),
        ("more than one", JSON, b"{\"text\":\"TEST\"}{\"text\":\"TEST\"}", "text"),
        ("too deep", JSON, deep.as_bytes(), "text"),
    ] {
        assert_eq!(names(&desk.post(media_type, body)), [wrong], "{name}");
    }
    let long = desk.post(JSON, &vec![b' '; 1024 * 1024 + 1]);
    assert_eq!((long.status, long.header("content-type")), (413, "application/problem+json"));
    assert_eq!(desk.count(), before);
    let charset = desk.post(b"Application/JSON; charset=utf-8", b"{\"text\":\"TEST\"}");
    assert_eq!((charset.status, desk.count()), (200, before + 1));
}

#[test]
fn queries_and_paths_may_hold_anything() {
    let desk = Desk::start();
    let messages = |query: &[u8]| desk.get(&[desk.messages.as_bytes(), b"?", query].concat());
    // Of a parameter that is repeated, the first counts.
    assert_eq!(messages(b"limit=1&limit=0").status, 200);
    assert_eq!(names(&messages(b"limit=0&limit=1")), ["limit"]);
    for wrong in [&b"limit=%FF"[..], b"limit=1%00", b"limit=%EF%BC%91", b"limit=99999999999999999999"] {
        assert_eq!(names(&messages(wrong)), ["limit"], "{:?}", String::from_utf8_lossy(wrong));
    }
    assert_eq!(names(&messages(b"limit=%f")), ["query"]);
    // What is no URL at all is refused below the API.
    assert_eq!(messages(b"limit=\xff").status, 400);
    for unknown in [&b"%FF"[..], b"%00", b"%2E%2E%2Fself", b"1%2F2", "é".as_bytes()] {
        let answer = desk.get(&[b"/api/v4/negotiations/", unknown, b"/messages"].concat());
        assert_eq!(answer.header("content-type"), "application/problem+json", "{answer:?}");
        assert!([400, 404].contains(&answer.status), "{answer:?}");
    }
}

#[test]
fn a_header_that_is_repeated_or_is_no_text_is_no_token() {
    let desk = Desk::start();
    let get = |headers: &[&[u8]]| {
        let headers: Vec<(&str, &[u8])> = headers.iter().map(|value| ("Authorization", *value)).collect();
        ask(&desk.server, b"GET /api/v4/users/self", &headers, b"").status
    };
    let good = desk.bearer.as_bytes();
    assert_eq!(get(&[good]), 200);
    for wrong in [&[b"Bearer \xff".as_slice()][..], &[b"Bearer".as_slice()], &[b"".as_slice()], &[b"Bearer x", good]] {
        assert_eq!(get(wrong), 401, "{wrong:?}");
    }
}

#[test]
fn whatever_is_sent_the_api_answers_for_itself() {
    let desk = Desk::start();
    let bytes = || proptest::collection::vec(any::<u8>(), 0..64);
    let text = "(\\{\"text\":|\"|\\[|\\}|:|,|a|\\\\u|1e){0,8}".prop_map(String::into_bytes);
    let escaped = bytes()
        .prop_map(|bytes| percent_encoding::percent_encode(&bytes, percent_encoding::NON_ALPHANUMERIC).to_string());
    proptest!(ProptestConfig::with_cases(512), |(body in prop_oneof![bytes(), text], query in escaped)| {
        let read = desk.get(format!("{}?{query}&limit={query}", desk.messages).as_bytes());
        for answer in [desk.post(JSON, &body), read] {
            prop_assert!([200, 400].contains(&answer.status), "{:?}", answer);
            let kind = if answer.status == 200 { "application/json" } else { "application/problem+json" };
            prop_assert_eq!(answer.header("content-type"), kind);
            prop_assert!(answer.json().is_object());
        }
    });
}
