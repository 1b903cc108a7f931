//! The transport over real sockets, against servers that misbehave.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod wire;

use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use http::Method;
use tacktest::http::{Exchange, Failure, LARGEST_BODY, Request, Transport};
use tokio::sync::Barrier;
use url::Url;
use wire::{Server, json, redirect};

const LONG: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_millis(300);

async fn get(url: Url, timeout: Duration) -> Exchange {
    Transport::new().unwrap().send(Request::new(Method::GET, url), timeout).await
}

/// What comes of one request when the server sends `bytes` and closes the connection.
async fn answered(bytes: &'static [u8]) -> (Exchange, usize) {
    let server = Server::start(move |connection| {
        connection.request();
        connection.send(bytes);
    });
    let exchange = get(server.url("/"), LONG).await;
    (exchange, server.requests().len())
}

#[tokio::test]
async fn an_answer_is_kept_as_it_came() {
    let body = "HTTP/1.1 299 Odd\r\nX-One: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\ncontent-type: Text/Plain; q=1\r\n\
                content-encoding: gzip\r\nContent-Length: 5\r\n\r\n";
    let server = Server::start(move |connection| {
        connection.request();
        connection.send(body);
        connection.send("hello");
    });
    let exchange = get(server.url("/"), LONG).await;
    let response = exchange.outcome.unwrap();
    assert_eq!(response.status, 299);
    assert_eq!(response.header_values("set-cookie").collect::<Vec<_>>(), ["a=1", "b=2"]);
    assert_eq!(response.headers[0], ("x-one".to_owned(), "1".to_owned()));
    assert_eq!(response.media_type().as_deref(), Some("text/plain"));
    assert_eq!(response.text(), "hello");
    assert!(exchange.elapsed < LONG);
}

#[tokio::test]
async fn a_header_that_is_not_utf_8_is_kept_lossily() {
    let (exchange, _) = answered(b"HTTP/1.1 200 OK\r\nx-bad: a\xffb\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(exchange.outcome.unwrap().header("x-bad"), Some("a\u{fffd}b"));
}

#[tokio::test]
async fn the_request_is_recorded_as_it_is_sent() {
    let server = Server::answering(|_| json("200 OK", "{}"));
    let request = Request::new(Method::POST, server.url("/a%20b?c=d#e"))
        .with_header("X-Two", "ü")
        .with_header("x-two", "second")
        .with_body("application/json", "{}");
    let exchange = Transport::new().unwrap().send(request, LONG).await;
    let sent = server.requests().remove(0);
    let version = env!("CARGO_PKG_VERSION");
    assert!(sent.starts_with("POST /a%20b?c=d HTTP/1.1\r\n"), "{sent}");
    assert!(sent.ends_with("\r\n\r\n{}"), "{sent}");
    for (name, value) in [
        ("x-two", "ü"),
        ("x-two", "second"),
        ("content-type", "application/json"),
        ("user-agent", &format!("tacktest/{version}")),
        ("accept", "*/*"),
    ] {
        assert!(sent.contains(&format!("\r\n{name}: {value}\r\n")), "{name} in {sent}");
    }
    // Besides the request line, the empty line and the body: what is recorded, `host` and `content-length`.
    assert_eq!(exchange.request.headers.len(), sent.lines().count() - 3 - 2, "{sent}");
    assert_eq!(exchange.request.header("User-Agent"), Some(format!("tacktest/{version}").as_str()));
}

#[tokio::test]
async fn refused() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let exchange = get(Url::parse(&format!("http://{address}/")).unwrap(), LONG).await;
    assert_eq!(exchange.outcome.unwrap_err(), Failure::Refused { address: address.to_string() });
}

#[tokio::test]
async fn unreachable() {
    // An address of the loopback network from which no connection to the broadcast address can come about.
    let failure = get(Url::parse("http://127.255.255.255:9/").unwrap(), LONG).await.outcome.unwrap_err();
    assert!(matches!(failure, Failure::Unreachable { .. }), "{failure:?}");
}

#[tokio::test]
async fn closed_before_the_answer_and_not_sent_again() {
    let (exchange, requests) = answered(b"").await;
    assert_eq!((exchange.outcome.unwrap_err(), requests), (Failure::Closed { status: None }, 1));
    let (exchange, requests) = answered(b"HTTP/1.1 200 OK\r\ncontent-le").await;
    assert_eq!((exchange.outcome.unwrap_err(), requests), (Failure::Closed { status: None }, 1));
}

#[tokio::test]
async fn closed_in_the_middle_of_the_body() {
    for answer in [
        &b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"[..],
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nha",
    ] {
        let (exchange, requests) = answered(answer).await;
        assert_eq!((exchange.outcome.unwrap_err(), requests), (Failure::Closed { status: Some(200) }, 1));
    }
}

#[tokio::test]
async fn what_is_not_http() {
    for answer in [
        &b"\x15\x03\x01\x00\x02\x02\x28"[..],
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"<html></html>\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
    ] {
        let (exchange, requests) = answered(answer).await;
        let failure = exchange.outcome.unwrap_err();
        assert!(matches!(failure, Failure::BadHttp { .. }), "{failure:?} for {answer:?}");
        assert_eq!(requests, 1);
    }
    let (exchange, _) = answered(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n").await;
    assert!(matches!(exchange.outcome, Err(Failure::BadHttp { .. })), "{:?}", exchange.outcome);
}

#[tokio::test]
async fn a_huge_header_is_refused() {
    let server = Server::start(|connection| {
        connection.request();
        connection.send("HTTP/1.1 200 OK\r\nx: ");
        while connection.send([b'a'; 4096]) {}
    });
    let failure = get(server.url("/"), LONG).await.outcome.unwrap_err();
    assert!(matches!(failure, Failure::BadHttp { .. }), "{failure:?}");
}

#[tokio::test]
async fn a_stalled_answer_ends() {
    let server = Server::start(|connection| {
        connection.request();
        connection.request();
    });
    let failure = get(server.url("/"), SHORT).await.outcome.unwrap_err();
    assert_eq!(failure, Failure::TimedOut { after: SHORT, status: None });
}

#[tokio::test]
async fn a_stalled_or_dribbling_body_ends() {
    for pause in [Duration::from_secs(5), Duration::from_millis(20)] {
        let server = Server::start(move |connection| {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
            while connection.send("a") {
                thread::sleep(pause);
            }
        });
        let clock = Instant::now();
        let exchange = get(server.url("/"), SHORT).await;
        assert_eq!(exchange.outcome.unwrap_err(), Failure::TimedOut { after: SHORT, status: Some(200) });
        assert!(clock.elapsed() < Duration::from_secs(3));
    }
}

#[tokio::test]
async fn an_endless_body_ends() {
    for head in ["\r\n", "content-length: 99999999999\r\n\r\n"] {
        let server = Server::start(move |connection| {
            connection.request();
            connection.send(format!("HTTP/1.1 200 OK\r\n{head}"));
            while connection.send([b'a'; 8192]) {}
        });
        let failure = get(server.url("/"), LONG).await.outcome.unwrap_err();
        assert_eq!(failure, Failure::BodyTooLarge { limit: LARGEST_BODY, status: 200 });
    }
}

#[tokio::test]
async fn the_largest_body_is_read() {
    let server = Server::start(|connection| {
        connection.request();
        connection.send(format!("HTTP/1.1 200 OK\r\ncontent-length: {LARGEST_BODY}\r\n\r\n"));
        connection.send(vec![b'a'; LARGEST_BODY]);
    });
    assert_eq!(get(server.url("/"), LONG).await.outcome.unwrap().body.len(), LARGEST_BODY);
}

#[tokio::test]
async fn answers_without_a_body() {
    for (method, answer) in [
        (Method::GET, "HTTP/1.1 204 No Content\r\n\r\n"),
        (Method::GET, "HTTP/1.1 304 Not Modified\r\n\r\n"),
        (Method::HEAD, "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n"),
    ] {
        let server = Server::answering(move |_| answer.to_owned());
        let exchange = Transport::new().unwrap().send(Request::new(method, server.url("/")), LONG).await;
        let response = exchange.outcome.unwrap();
        assert!(response.body.is_empty());
        assert!(answer.contains(&response.status.to_string()));
    }
}

#[tokio::test]
async fn redirects_are_not_followed_and_cookies_not_kept() {
    let server = Server::answering(|_| redirect("/elsewhere", "set-cookie: a=1\r\n"));
    let transport = Transport::new().unwrap();
    for _ in 0..2 {
        let exchange = transport.send(Request::new(Method::GET, server.url("/here?x=y")), LONG).await;
        assert_eq!(exchange.status(), Some(302));
    }
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert!(request.starts_with("GET /here?x=y "), "{request}");
        assert!(!request.contains("cookie:") && !request.contains("referer:"), "{request}");
        assert!(!request.contains("accept-encoding:"), "{request}");
    }
}

#[tokio::test]
async fn clones_share_one_pool() {
    let server = Server::answering(|_| json("200 OK", "{}"));
    let transport = Transport::new().unwrap();
    for _ in 0..5 {
        let exchange = transport.clone().send(Request::new(Method::GET, server.url("/")), LONG).await;
        assert_eq!(exchange.status(), Some(200));
    }
    assert_eq!((server.connections(), server.requests().len()), (1, 5));
}

#[tokio::test]
async fn localhost_is_this_machine() {
    let server = Server::answering(|_| json("200 OK", "{}"));
    let url = Url::parse(&format!("http://localhost:{}/", server.address.port())).unwrap();
    assert_eq!(get(url, LONG).await.status(), Some(200));
}

#[tokio::test]
async fn other_hosts_are_refused_without_a_connection() {
    let server = Server::answering(|_| json("200 OK", "{}"));
    let port = server.address.port();
    for url in [
        format!("https://0.0.0.0:{port}/"),
        format!("http://0.0.0.0:{port}/"),
        format!("http://[::ffff:7f00:1]:{port}/"),
    ] {
        let failure = get(Url::parse(&url).unwrap(), LONG).await.outcome.unwrap_err();
        assert!(
            matches!(&failure, Failure::NotAllowed { reason } if reason.contains("is no host of the target")
                || reason.contains("are reached by https only")),
            "{failure:?}"
        );
    }
    // An address of a documentation network (RFC 5737): to try it would take longer than this test waits.
    let clock = Instant::now();
    let failure = get(Url::parse("http://192.0.2.1/").unwrap(), LONG).await.outcome.unwrap_err();
    assert!(matches!(failure, Failure::NotAllowed { .. }) && clock.elapsed() < Duration::from_secs(1), "{failure:?}");
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_a_failure() {
    let server = Server::answering(|_| json("200 OK", "{}"));
    for (name, value) in [("a b", "x"), ("", "x"), ("x", "a\r\nb: c"), ("x", "a\0")] {
        let request = Request::new(Method::GET, server.url("/")).with_header(name, value);
        let failure = Transport::new().unwrap().send(request, LONG).await.outcome.unwrap_err();
        assert!(matches!(failure, Failure::Unsendable { .. }), "{failure:?}");
    }
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn headers_that_lie_about_the_body_do_no_harm() {
    for (name, value) in [
        ("content-length", "1"),
        ("content-length", "100"),
        ("content-length", "many"),
        ("transfer-encoding", "gzip"),
        ("connection", "close"),
        ("expect", "100-continue"),
    ] {
        let server = Server::start(|connection| {
            let _ = connection.stream.set_read_timeout(Some(Duration::from_millis(50)));
            let mut head = [0; 1024];
            let _ = std::io::Read::read(&mut connection.stream, &mut head);
            connection.send(json("200 OK", "{}"));
        });
        let request =
            Request::new(Method::POST, server.url("/")).with_header(name, value).with_body("text/plain", "hello");
        let exchange = Transport::new().unwrap().send(request, Duration::from_secs(2)).await;
        assert!(exchange.elapsed < Duration::from_secs(3), "{name}: {value}");
    }
}

/// How many connections this process can have to itself, up to a thousand.
fn possible_connections() -> usize {
    let output = std::process::Command::new("sh").args(["-c", "ulimit -n"]).output().unwrap();
    let limit = String::from_utf8(output.stdout).unwrap().trim().parse().unwrap_or(usize::MAX);
    ((limit - 100) / 2).min(1000)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_requests_at_once() {
    let count = possible_connections();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    // No request is answered before all are there.
    let all_there = Arc::new(Barrier::new(count));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let all_there = all_there.clone();
            tokio::spawn(async move {
                let mut head = [0; 2048];
                stream.readable().await.unwrap();
                // The first news may be of the connection itself.
                while stream.try_read(&mut head).is_err() {
                    stream.readable().await.unwrap();
                }
                all_there.wait().await;
                assert!(stream.try_write(json("200 OK", "{}").as_bytes()).unwrap() > 0);
            });
        }
    });
    let transport = Transport::new().unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..count {
        let (transport, url) = (transport.clone(), url.clone());
        tasks.spawn(
            async move { transport.send(Request::new(Method::GET, url), Duration::from_secs(30)).await.outcome },
        );
    }
    let mut answers = 0;
    while let Some(outcome) = tasks.join_next().await {
        assert_eq!(outcome.unwrap().unwrap().status, 200);
        answers += 1;
    }
    assert_eq!(answers, count);
}
