//! Connections to the mock: many that are idle, clients that are slow, TLS and plain HTTP mixed up, and the end.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

mod mock_support;

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
    time::{Duration, Instant},
};

use mock_support::{Server, parse};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use serde_json::json;
use tacktest::mock::{
    Certificate, Options, Patience,
    control::{JournalEntry, JournalEvent},
};

const PAGE: &[u8] = b"GET /oauth2/fallbacks/error HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n\r\n";

/// Milliseconds in which a slow client has lost the mock's patience.
const SHORT: Duration = Duration::from_millis(300);

fn impatient() -> Server {
    let patience = Patience { handshake: SHORT, head: SHORT, body: SHORT };
    Server::with_options(Options { patience, ..Options::default() })
}

fn secured(certificate: Certificate) -> Server {
    let patience = Patience { handshake: SHORT, ..Patience::default() };
    Server::with_options(Options { tls: Some(certificate), patience, ..Options::default() })
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.mock.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

/// Reads to the end; a connection that is reset has ended, too.
fn rest(mut stream: impl Read) -> Vec<u8> {
    let mut answer = Vec::new();
    if let Err(error) = stream.read_to_end(&mut answer) {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "it neither answers nor closes");
    }
    answer
}

fn lives(server: &Server) {
    let mut stream = connect(server);
    stream.write_all(PAGE).unwrap();
    assert_eq!(parse(&rest(stream)).status, 500);
}

/// What a client that trusts the mock's authority gets at `name`, or why it refuses.
fn over_tls(server: &Server, name: &str) -> Result<Vec<u8>, String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(server.mock.authority().unwrap().as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, connect(server));
    stream.write_all(PAGE).map_err(|error| error.to_string())?;
    assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
    let mut answer = Vec::new();
    // The mock closes without saying so in TLS, which is how HTTP with a length ends anyway.
    drop(stream.read_to_end(&mut answer));
    Ok(answer)
}

#[test]
fn two_thousand_idle_connections_keep_nobody_waiting() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let server = Server::start();
    let idle: Vec<TcpStream> = (0..2000).map(|_| connect(&server)).collect();
    let started = Instant::now();
    lives(&server);
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    // They are as good as on the first day.
    for mut stream in idle.into_iter().step_by(100) {
        stream.write_all(PAGE).unwrap();
        assert_eq!(parse(&rest(stream)).status, 500);
    }
}

#[test]
fn who_dribbles_a_head_is_left() {
    let server = impatient();
    let mut stream = connect(&server);
    let started = Instant::now();
    let mut writer = stream.try_clone().unwrap();
    let dribble = std::thread::spawn(move || {
        // Each byte comes in time, and the whole never does.
        for byte in b"GET /oauth2/auth HTTP/1.1\r\nX: ".iter().chain(std::iter::repeat_n(&b'x', 500)) {
            if writer.write_all(&[*byte]).is_err() {
                return;
            }
            std::thread::sleep(SHORT / 15);
        }
    });
    let mut answer = [0; 64];
    assert_eq!(stream.read(&mut answer).unwrap_or(0), 0);
    assert!((SHORT..SHORT * 10).contains(&started.elapsed()), "{:?}", started.elapsed());
    drop(stream);
    dribble.join().unwrap();
    lives(&server);
}

#[test]
fn who_dribbles_a_body_is_told_so() {
    let server = impatient();
    let mut stream = connect(&server);
    stream.write_all(b"POST /oauth2/token HTTP/1.1\r\nHost: mock\r\nContent-Length: 100\r\n\r\ngrant_type=").unwrap();
    let answer = parse(&rest(&mut stream));
    assert_eq!((answer.status, answer.header("connection")), (408, "close"), "{answer:?}");
    assert_eq!(answer.member("detail"), "the body did not come within 0.3 s");
    assert!(answer.json().get("traceID").is_none(), "{answer:?}");
    let mut stream = connect(&server);
    stream.write_all(b"POST /api/v4/requests HTTP/1.1\r\nHost: mock\r\nContent-Length: 100\r\n\r\n{").unwrap();
    let answer = parse(&rest(&mut stream));
    assert_eq!((answer.status, answer.member("traceID").len()), (408, 16), "{answer:?}");
    lives(&server);
}

#[test]
fn long_heads_and_bodies_are_refused() {
    let server = Server::start();
    let long = "x".repeat(70 * 1024);
    let many = "X: x\r\n".repeat(200);
    let status = |request: String| {
        let mut stream = connect(&server);
        // The mock need not read it all.
        drop(stream.write_all(request.as_bytes()));
        parse(&rest(stream)).status
    };
    assert_eq!(status(format!("GET /api/v4/users/self HTTP/1.1\r\nHost: mock\r\nX: {long}\r\n\r\n")), 431);
    assert_eq!(status(format!("GET /api/v4/users/self HTTP/1.1\r\nHost: mock\r\n{many}\r\n")), 431);
    let body = "x".repeat(1024 * 1024 + 1);
    let length = body.len();
    let head = format!("POST /oauth2/token HTTP/1.1\r\nHost: mock\r\nContent-Length: {length}\r\n\r\n");
    assert_eq!(status(head + &body), 413);
    lives(&server);
}

/// Status and reason of the last request in the journal of a world, how many it has, and the milliseconds that it took.
fn last_told(server: &Server, world: &str) -> (Option<u16>, String, usize, u64) {
    let journal = server.send(&format!("GET /control/worlds/{world}/journal"), &[], "").body;
    let last: JournalEntry = serde_json::from_str(journal.lines().last().unwrap()).unwrap();
    let JournalEvent::Request(request) = last.event else { panic!("{last:?}") };
    (request.status, request.why.unwrap(), journal.lines().count(), request.microseconds / 1000)
}

#[test]
fn the_journal_tells_of_what_is_refused_unread() {
    let server = impatient();
    let world = server.world().id;
    let long = "x".repeat(1024 * 1024 + 1);
    let slow = format!("Host: mock\r\nContent-Length: {}\r\n\r\nabc", long.len());
    let long = format!("Host: mock\r\nContent-Length: {}\r\n\r\n{long}", long.len());
    let broken = "Host: mock\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
    let hosts = "Host: mock\r\nHost: another\r\nContent-Length: 0\r\n\r\n";
    let cases = [
        (408, slow.as_str(), "the body did not come within 0.3 s"),
        (413, &long, "the body is longer than 1048576 bytes"),
        (400, broken, "the body could not be read: "),
        (400, hosts, "a request has one `Host` header, and this one has 2"),
        (400, "\r\n", "a request has one `Host` header, and this one has 0"),
    ];
    let ask = |path: &str, rest: &str| {
        let mut stream = connect(&server);
        // The mock need not read it all.
        drop(write!(stream, "POST {path} HTTP/1.1\r\nConnection: close\r\n{rest}"));
        parse(&self::rest(stream))
    };
    for (count, (status, rest, why)) in (1..).zip(cases) {
        for (path, world) in [
            ("/production/api/v4/negotiations".to_owned(), "default"),
            (format!("/worlds/{world}/oauth2/token"), world.as_str()),
        ] {
            assert_eq!(ask(&path, rest).status, status, "{why}");
            let (told, reason, entries, took) = last_told(&server, world);
            assert_eq!((told, entries, reason.starts_with(why)), (Some(status), count, true), "{reason}");
            assert_eq!(took >= 300, status == 408, "{took} ms");
        }
        // These are of no world, or of what the journal does not tell.
        for path in ["/control/worlds", "/_mock/", "/worlds/none/oauth2/token"] {
            assert_eq!(ask(path, rest).status, status, "{path}: {why}");
        }
        assert_eq!(last_told(&server, "default").2, count);
    }
}

#[test]
fn a_client_that_trusts_the_authority_speaks_https() {
    let server = secured(Certificate::Trusted);
    assert!(server.mock.url().starts_with("https://127.0.0.1:"));
    for name in ["localhost", "127.0.0.1", "::1"] {
        assert_eq!(parse(&over_tls(&server, name).unwrap()).status, 500, "{name}");
    }
    assert!(over_tls(&server, "mock.example").unwrap_err().contains("certificate not valid for name"));
}

#[test]
fn a_certificate_is_wrong_in_the_way_that_was_ordered() {
    for (certificate, told) in [
        (Certificate::Untrusted, "UnknownIssuer"),
        (Certificate::Expired, "certificate expired"),
        (Certificate::WrongName, "certificate not valid for name"),
    ] {
        let refused = over_tls(&secured(certificate), "localhost").unwrap_err();
        assert!(refused.contains(told), "{certificate:?}: {refused}");
    }
}

#[test]
fn tls_and_plain_http_are_told_apart() {
    let plain = Server::start();
    let mut stream = connect(&plain);
    // The beginning of a greeting of TLS 1.2.
    stream.write_all(b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03").unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let answer = rest(stream);
    assert!(answer.is_empty() || parse(&answer).status == 400, "{answer:?}");
    lives(&plain);

    let secured = secured(Certificate::Trusted);
    let mut stream = connect(&secured);
    stream.write_all(PAGE).unwrap();
    let answer = parse(&rest(stream));
    assert_eq!((answer.status, answer.header("connection")), (400, "close"));
    assert!(answer.member("detail").contains("speaks https"), "{answer:?}");
    for garbage in [&b"\x16garbage that is no TLS at all, and long enough for a record of it"[..], b"\x16\x03\x01", b""]
    {
        let mut stream = connect(&secured);
        stream.write_all(garbage).unwrap();
        let started = Instant::now();
        // An alert at most.
        assert!(rest(stream).len() < 16, "{garbage:?}");
        assert!(started.elapsed() < Duration::from_secs(5), "{garbage:?}");
    }
    assert_eq!(parse(&over_tls(&secured, "localhost").unwrap()).status, 500);
}

#[test]
fn an_answer_under_way_is_given_before_the_end() {
    let server = Server::start();
    let fault = json!({ "fault": { "at": "GET /oauth2/auth", "delay": "700ms" } });
    assert_eq!(server.control("POST /control/worlds/default", &fault).status, 204);
    let idle = connect(&server);
    let mut busy = connect(&server);
    busy.write_all(b"GET /oauth2/auth HTTP/1.1\r\nHost: mock\r\n\r\n").unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let address = server.mock.address();
    let finished = std::thread::spawn(move || server.finish(Duration::from_secs(5)));
    assert!(rest(idle).is_empty());
    // Soon nobody listens any more, while the one who was there is still to be answered.
    let mut tries = (0..20).map(|_| std::thread::sleep(Duration::from_millis(10)));
    assert!(tries.any(|()| TcpStream::connect(address).is_err()));
    assert_eq!(parse(&rest(busy)).status, 302);
    assert!(finished.join().unwrap());
}

#[test]
fn who_waits_for_what_happens_next_does_not_delay_the_end() {
    for line in [
        "/control/worlds/default/journal?follow",
        "/control/worlds/default/journal?wait=60000",
        "/_mock/rows?after=0&wait=25000",
    ] {
        let server = Server::start();
        let address = server.mock.address();
        let mut waiting = connect(&server);
        write!(waiting, "GET {line} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
        std::thread::sleep(Duration::from_millis(200));
        let started = Instant::now();
        assert!(server.finish(Duration::from_secs(5)), "{line}");
        assert!(started.elapsed() < Duration::from_secs(1), "{line}");
        assert_eq!(parse(&rest(waiting)).status, 200, "{line}");
    }
}

#[test]
fn the_end_waits_for_nobody_too_long() {
    let server = Server::start();
    let mut busy = connect(&server);
    busy.write_all(b"GET /oauth2/auth HTTP/1.1\r\nHost: ").unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let started = Instant::now();
    assert!(!server.finish(SHORT));
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(rest(busy).is_empty());
}

#[test]
fn control_asks_for_its_token() {
    let token = Some("fictional-control-token".to_owned().into());
    let server = Server::with_options(Options { control_token: token, ..Options::default() });
    let described = |headers: &[(&str, &str)]| server.send("GET /control/worlds/default", headers, "").status;
    assert_eq!(described(&[]), 401);
    assert_eq!(described(&[("Authorization", "Bearer fictional")]), 401);
    assert_eq!(described(&[("Authorization", "Bearer fictional-control-token")]), 200);
    let made = server.send("POST /control/worlds", &[], "{}");
    assert_eq!((made.status, made.header("www-authenticate")), (401, "Bearer"));
    // The API itself knows nothing of it.
    assert_eq!(server.send("GET /oauth2/auth", &[], "").status, 302);
}
