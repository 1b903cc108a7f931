//! The receiver over real sockets: what it keeps, what it refuses, and whom it answers.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use tacktest::receiver::{Delivery, Inbox, Receiver, Reply};
use tokio::task::spawn_blocking;

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);

/// For what is there already, or does not come.
const SHORT: Duration = Duration::from_millis(50);

async fn receiver() -> Receiver {
    Receiver::start("127.0.0.1:0".parse().unwrap()).await.unwrap()
}

/// What is answered to `sent`, which may break off.
async fn answered(address: SocketAddr, sent: impl Into<Vec<u8>>) -> String {
    let sent = sent.into();
    spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        let _ = stream.write_all(&sent);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    })
    .await
    .unwrap()
}

fn post(path: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\nX-Hook: one\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

fn event(name: &str) -> String {
    format!(r#"{{"event":{{"eventType":"{name}"}},"data":{{}}}}"#)
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

async fn deliver(receiver: &Receiver, inbox: &Inbox, body: &str) -> String {
    let answer = answered(receiver.address(), post(&format!("/{}", inbox.id()), body)).await;
    status(&answer).to_owned()
}

fn of(wanted: &str) -> impl Fn(&Delivery) -> bool + '_ {
    move |delivery| delivery.event.as_deref() == Some(wanted)
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_are_kept_in_order_until_they_are_taken() {
    let receiver = receiver().await;
    let inbox = receiver.open();
    for name in ["First", "Second", "First"] {
        assert_eq!(deliver(&receiver, &inbox, &event(name)).await, "200");
    }
    let second = inbox.take(of("Second"), LONG).await.unwrap();
    assert_eq!((second.target.as_str(), second.status), (format!("/{}", inbox.id()).as_str(), 200));
    assert!(second.headers.contains(&("x-hook".to_owned(), "one".to_owned())), "{second:?}");
    assert_eq!(inbox.waiting().len(), 2);
    let first = inbox.take(|_| true, LONG).await.unwrap();
    assert_eq!((first.event.as_deref(), &first.body[..]), (Some("First"), event("First").as_bytes()));
    assert!(inbox.take(of("Second"), SHORT).await.is_none());
    assert!(inbox.take(of("First"), SHORT).await.is_some());
    assert!(inbox.take(|_| true, SHORT).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_late_is_waited_for() {
    let receiver = receiver().await;
    let inbox = receiver.open();
    let (address, path) = (receiver.address(), format!("/{}", inbox.id()));
    let late = tokio::spawn(async move {
        answered(address, post(&path, &event("Other"))).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        answered(address, post(&path, &event("Late"))).await
    });
    let begun = Instant::now();
    assert!(inbox.take(of("Late"), LONG).await.is_some());
    assert!(begun.elapsed() >= Duration::from_millis(200) && begun.elapsed() < LONG);
    assert_eq!(status(&late.await.unwrap()), "200");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_inbox_has_its_own_and_is_gone_when_it_is_closed() {
    let receiver = receiver().await;
    let (one, other) = (receiver.open(), receiver.open());
    assert_ne!(one.id(), other.id());
    assert_eq!(deliver(&receiver, &one, &event("Made")).await, "200");
    assert!(other.take(|_| true, SHORT).await.is_none());
    // A proxy may put something before the path, and a scenario something behind it.
    let below = format!("/before/{}/behind?a=b", other.id());
    assert_eq!(status(&answered(receiver.address(), post(&below, "x")).await), "200");
    assert_eq!(other.take(|_| true, SHORT).await.unwrap().target, below);
    let path = format!("/{}", one.id());
    drop(one);
    assert_eq!(status(&answered(receiver.address(), post(&path, "x")).await), "404");
    assert_eq!(status(&answered(receiver.address(), post("/", "x")).await), "404");
}

#[tokio::test(flavor = "multi_thread")]
async fn later_deliveries_are_answered_as_ordered() {
    let receiver = receiver().await;
    let inbox = receiver.open();
    inbox.reply(Reply { status: 503, delay: Duration::from_millis(300) });
    let begun = Instant::now();
    assert_eq!(deliver(&receiver, &inbox, &event("Made")).await, "503");
    assert!(begun.elapsed() >= Duration::from_millis(300));
    assert_eq!(inbox.take(of("Made"), SHORT).await.unwrap().status, 503);
    inbox.reply(Reply { status: 204, delay: Duration::ZERO });
    assert_eq!(deliver(&receiver, &inbox, "").await, "204");
    // What is kept while its answer is held back can be taken at once.
    inbox.reply(Reply { status: 200, delay: LONG });
    let (address, path) = (receiver.address(), format!("/{}", inbox.id()));
    let slow = tokio::spawn(async move { answered(address, post(&path, &event("Slow"))).await });
    let begun = Instant::now();
    assert!(inbox.take(of("Slow"), LONG).await.is_some());
    assert!(begun.elapsed() < LONG / 2);
    drop(receiver);
    assert_eq!(status(&slow.await.unwrap()), "none");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_delivery_is_refused_and_told() {
    let receiver = receiver().await;
    let inbox = receiver.open();
    let path = format!("/{}", inbox.id());
    let get = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    let answer = answered(receiver.address(), get).await;
    assert!(answer.starts_with("HTTP/1.1 405") && answer.contains("allow: POST"), "{answer}");
    assert_eq!(deliver(&receiver, &inbox, &"x".repeat(1024 * 1024 + 1)).await, "413");
    let breaks_off = format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc");
    assert!(["400", "none"].contains(&status(&answered(receiver.address(), breaks_off).await)));
    for malformed in
        ["\r\n\r\n", "POST\r\n\r\n", "\x00\x01\x02", "POST / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\n a\r\n\r\n"]
    {
        let answer = answered(receiver.address(), malformed).await;
        assert!(["400", "none"].contains(&status(&answer)), "{malformed:?}: {answer}");
    }
    let heads = format!("POST {path} HTTP/1.1\r\nhost: a\r\n{}\r\n", "x: y\r\n".repeat(200));
    assert_eq!(status(&answered(receiver.address(), heads).await), "431");
    let told = inbox.refusals();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].contains("GET") && told[1].contains("more than") && told[2].contains("broke off"), "{told:?}");
    assert!(inbox.waiting().is_empty());
    assert_eq!(deliver(&receiver, &inbox, "no JSON").await, "200");
    assert_eq!(inbox.take(|_| true, SHORT).await.unwrap().event, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_so_much_is_kept() {
    let receiver = receiver().await;
    let inbox = receiver.open();
    let large = "x".repeat(1024 * 1024);
    for _ in 0..15 {
        assert_eq!(deliver(&receiver, &inbox, &large).await, "200");
    }
    // What is left is less than a megabyte: heads count too.
    assert_eq!(deliver(&receiver, &inbox, &large).await, "503");
    let long_head = |length: usize| {
        let head = format!("X-Long: {}\r\nhost:", "x".repeat(length));
        answered(receiver.address(), post(&format!("/{}", inbox.id()), "").replace("host:", &head))
    };
    assert_eq!(status(&long_head(65 * 1024).await), "431");
    for _ in 0..17 {
        assert_eq!(status(&long_head(60 * 1024).await), "200");
    }
    assert_eq!(status(&long_head(60 * 1024).await), "503");
    assert!(inbox.refusals()[0].contains("more deliveries than are kept"));
    assert!(inbox.take(|_| true, SHORT).await.is_some());
    assert_eq!(deliver(&receiver, &inbox, "x").await, "200");
    let many = receiver.open();
    let path = format!("/{}", many.id());
    // One connection for all.
    let one = format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n");
    let answers = answered(receiver.address(), format!("{}{}", one.repeat(1_000), post(&path, ""))).await;
    assert_eq!(answers.matches("HTTP/1.1 200").count(), 1_000);
    assert_eq!(answers.matches("HTTP/1.1 503").count(), 1);
    assert_eq!(many.waiting().len(), 1_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn senders_who_stall_hold_nobody_up() {
    let receiver = receiver().await;
    let inbox = receiver.open();
    let stalling: Vec<TcpStream> = (0..100)
        .map(|_| {
            let mut stream = TcpStream::connect(receiver.address()).unwrap();
            stream.write_all(b"POST / HTTP/1.1\r\nhost: a\r\n").unwrap();
            stream
        })
        .collect();
    let begun = Instant::now();
    assert_eq!(deliver(&receiver, &inbox, &event("Made")).await, "200");
    assert!(begun.elapsed() < Duration::from_secs(5));
    drop(stalling);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_is_answered_and_its_own_is_noticed() {
    let receiver = receiver().await;
    let (nonce, path) = receiver.nonce();
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    let other = answered(receiver.address(), get("/.well-known/tacktest/0123456789abcdef")).await;
    assert!(other.starts_with("HTTP/1.1 200") && other.ends_with("\r\n0123456789abcdef"), "{other}");
    assert!(!receiver.was_asked());
    let answer = answered(receiver.address(), get(&format!("/tunnel/{path}"))).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with(nonce), "{answer}");
    assert!(receiver.was_asked());
    let long = "a".repeat(129);
    for path in ["/.well-known/tacktest/", "/.well-known/tacktest/a%20b", "/.well-known/a", "/tacktest/a"] {
        assert_eq!(status(&answered(receiver.address(), get(path)).await), "404", "{path}");
    }
    assert_eq!(status(&answered(receiver.address(), get(&format!("/.well-known/tacktest/{long}"))).await), "404");
    let taken = Receiver::start(receiver.address()).await;
    assert!(taken.is_err());
}
