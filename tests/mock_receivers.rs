//! To where webhooks go: over TLS to whom is trusted, and beyond this machine only where a nonce is answered.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

mod hooks;
mod mock_support;
mod tls;

use std::{io::Write as _, net::Ipv4Addr};

use hooks::{Stage, ended};
use mock_support::Server;
use serde_json::json;
use tacktest::mock::{
    Options,
    control::{Delivery, DeliveryState},
};
use tls::{ALWAYS, Authority, TlsServer, Years, listen};

const MESSAGE: &str = "MessageCreatedV4";

/// An address that leads to this machine without being one of its own, so that it stands for others here.
const ELSEWHERE: &str = "0.0.0.0";

/// A world of a mock that trusts `authority`, which sends only once.
fn stage(authority: &Authority) -> Stage {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(authority.pem.as_bytes()).unwrap();
    let options = Options { webhook_ca: Some(file.path().to_owned()), ..Options::default() };
    let settings = json!({ "redelivery_pauses_milliseconds": [], "delivery_timeout_milliseconds": 2000 });
    Stage::on(Server::with_options(options), &settings)
}

fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// The nonce for which a request asks.
fn nonce(request: &str) -> Option<&str> {
    request.strip_prefix("GET /.well-known/tacktest/")?.split(' ').next()
}

/// Sends one event to `url`, and tells what became of it.
fn delivered(stage: &Stage, url: &str) -> Delivery {
    stage.register(url, &[MESSAGE]);
    stage.emit(&json!({ "event": MESSAGE }));
    stage.settled().pop().unwrap()
}

#[test]
fn a_receiver_over_tls_is_one_that_is_trusted() {
    let (known, unknown) = (Authority::new("known"), Authority::new("unknown"));
    let past: Years = (2000, 2001);
    for (authority, names, years, error) in [
        (&known, ["localhost", "127.0.0.1"], ALWAYS, None),
        (&unknown, ["localhost", "127.0.0.1"], ALWAYS, Some("UnknownIssuer")),
        (&known, ["another.example", "127.0.0.2"], ALWAYS, Some("not valid for name")),
        (&known, ["localhost", "127.0.0.1"], past, Some("expired")),
    ] {
        let receiver = TlsServer::start(authority.issue(&names, years).server(None), |_| answer("200 OK", ""));
        for host in ["127.0.0.1", "localhost"] {
            let delivery = delivered(&stage(&known), &format!("https://{host}:{}/hook", receiver.address.port()));
            ended(delivery, error);
        }
        assert_eq!(receiver.requests().len(), if error.is_none() { 2 } else { 0 });
    }
}

#[test]
fn a_receiver_that_speaks_no_tls_is_told() {
    let address = listen(Ipv4Addr::LOCALHOST.into(), |mut stream| {
        drop(stream.write_all(answer("400 Bad Request", "").as_bytes()));
    });
    let delivery = delivered(&stage(&Authority::new("known")), &format!("https://{address}/"));
    assert!(delivery.attempts[0].error.as_deref().unwrap().contains("TLS failed"), "{delivery:?}");
}

#[test]
fn an_origin_elsewhere_is_asked_once_and_then_sent_to() {
    let authority = Authority::new("known");
    let receiver = TlsServer::start(authority.issue(&[ELSEWHERE], ALWAYS).server(None), |request| {
        answer("200 OK", nonce(request).unwrap_or_default())
    });
    let stage = stage(&authority);
    let url = format!("https://{ELSEWHERE}:{}/hook?a=b", receiver.address.port());
    assert_eq!(delivered(&stage, &url).state, DeliveryState::Received);
    assert_eq!(delivered(&stage, &url).state, DeliveryState::Received);
    // Another world of the same mock needs not ask again.
    let other = Stage::on(stage.server, &json!({}));
    assert_eq!(delivered(&other, &url).state, DeliveryState::Received);
    let requests = receiver.requests();
    let asked: Vec<&str> = requests.iter().filter_map(|request| nonce(request)).collect();
    assert!(asked.len() == 1 && asked[0].len() == 32, "{asked:?}");
    assert!(nonce(&requests[0]).is_some() && !requests[0].contains("a=b"), "{requests:?}");
    assert_eq!(requests.iter().filter(|request| request.starts_with("POST /hook?a=b ")).count(), 4);
}

#[test]
fn an_origin_elsewhere_that_does_not_answer_the_nonce_is_sent_nothing() {
    let authority = Authority::new("known");
    let cases: [fn(&str) -> String; 6] = [
        |_| answer("200 OK", "0123456789abcdef0123456789abcdef"),
        |_| answer("200 OK", ""),
        |request| answer("404 Not Found", nonce(request).unwrap_or_default()),
        |request| answer("200 OK", &format!("<p>{}</p>", nonce(request).unwrap_or_default())),
        |_| "HTTP/1.1 302 Found\r\nlocation: /.well-known/tacktest/x\r\ncontent-length: 0\r\n\r\n".to_owned(),
        |_| "none\r\n\r\n".to_owned(),
    ];
    for case in cases {
        let receiver = TlsServer::start(authority.issue(&[ELSEWHERE], ALWAYS).server(None), case);
        let stage = stage(&authority);
        let url = format!("https://{ELSEWHERE}:{}/hook", receiver.address.port());
        for _ in 0..2 {
            let delivery = delivered(&stage, &url);
            assert_eq!((delivery.state, delivery.attempts.len()), (DeliveryState::NotSent, 0));
            let why = delivery.why.unwrap();
            assert!(why.contains("not on this machine") && why.contains("/.well-known/tacktest/NONCE"), "{why}");
        }
        let requests = receiver.requests();
        assert!(requests.len() == 1 && nonce(&requests[0]).is_some(), "{requests:?}");
    }
}

#[test]
fn a_host_without_an_address_is_told() {
    let delivery = delivered(&stage(&Authority::new("known")), "https://nobody.invalid/hook");
    assert_eq!(delivery.state, DeliveryState::NotSent);
    let why = delivery.why.unwrap();
    assert!(why.contains("no address") || why.contains("resolved in time"), "{why}");
}

#[test]
fn a_mock_does_not_start_with_authorities_that_cannot_be_read() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let options = Options { webhook_ca: Some("no-such-authorities.pem".into()), ..Options::default() };
    let error = runtime.block_on(tacktest::mock::Mock::start(options)).unwrap_err();
    assert!(error.to_string().contains("no-such-authorities.pem"), "{error}");
}
