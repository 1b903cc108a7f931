//! Connections that end or dribble as ordered, seen in the bytes of a socket.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tacktest::mock::control::World;

use crate::fault;
use crate::mock_support::{Server, parse, path};

const BODY: &str = "0123456789";

/// Sends a request for a path that no one knows, and gives the socket back.
fn ask(server: &Server, world: &World) -> TcpStream {
    let mut stream = TcpStream::connect(server.mock.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let path = path(&world.staging.api);
    write!(stream, "GET {path}v4/fault HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n\r\n").unwrap();
    stream
}

/// Orders an effect beside an answer of [`BODY`], asks, and reads to the end.
fn answered(effect: &Value) -> (Vec<u8>, std::io::Result<usize>, Duration) {
    let server = Server::start();
    let world = server.world();
    let mut ordered = json!({"at": "GET /v4/*", "respond": {"status": 200, "text": BODY}});
    ordered.as_object_mut().unwrap().extend(effect.as_object().unwrap().clone());
    fault(&server, &world, &ordered);
    let began = Instant::now();
    let mut bytes = Vec::new();
    let end = ask(&server, &world).read_to_end(&mut bytes);
    (bytes, end, began.elapsed())
}

#[test]
fn a_body_comes_in_pieces() {
    let (bytes, end, took) = answered(&json!({"dribble": {"every": "30ms", "bytes": 3}}));
    let answer = parse(&bytes);
    assert!(end.is_ok());
    assert_eq!((answer.status, answer.header("content-length"), answer.body.as_str()), (200, "10", BODY));
    assert!(took >= Duration::from_millis(4 * 30), "{took:?}");
}

#[test]
fn the_first_piece_is_there_before_the_last() {
    let server = Server::start();
    let world = server.world();
    let respond = json!({"status": 200, "text": BODY});
    fault(&server, &world, &json!({"at": "any", "respond": respond, "dribble": {"every": "100ms", "bytes": 5}}));
    let mut stream = ask(&server, &world);
    let mut seen = String::new();
    let mut piece = [0; 1024];
    while !seen.contains("01234") {
        let count = stream.read(&mut piece).unwrap();
        assert!(count > 0, "{seen}");
        seen.push_str(std::str::from_utf8(&piece[..count]).unwrap());
    }
    assert!(seen.ends_with("01234"), "{seen}");
    stream.read_to_string(&mut seen).unwrap();
    assert!(seen.ends_with(BODY), "{seen}");
}

#[test]
fn a_body_is_cut_though_its_length_says_more() {
    for (sent, body) in [(0, ""), (4, "0123"), (9, "012345678"), (99, "012345678")] {
        let (bytes, _, _) = answered(&json!({ "truncate": sent }));
        let answer = parse(&bytes);
        assert_eq!((answer.status, answer.header("content-length"), answer.body.as_str()), (200, "10", body), "{sent}");
    }
    let (bytes, _, _) = answered(&json!({"truncate": 0, "respond": {"status": 200}}));
    let answer = parse(&bytes);
    assert_eq!((answer.header("content-length"), answer.body.as_str()), ("1", ""), "an empty body is cut, too");
    let (bytes, _, took) = answered(&json!({"truncate": 2, "dribble": {"every": "30ms"}}));
    assert_eq!(parse(&bytes).body, "01");
    assert!(took >= Duration::from_millis(60), "{took:?}");
}

#[test]
fn a_reset_is_one_on_the_wire() {
    let server = Server::start();
    let world = server.world();
    for moment in ["before", "after"] {
        fault(&server, &world, &json!({"at": "GET /v4/*", "times": 1, "reset": moment}));
        let mut bytes = Vec::new();
        let end = ask(&server, &world).read_to_end(&mut bytes);
        assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset, "{moment}");
        assert!(bytes.is_empty(), "{moment}");
        assert_eq!(parse(&read(ask(&server, &world))).status, 404, "the next one is answered");
    }
}

fn read(mut stream: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn what_is_lost_after_processing_has_happened() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let supply = &staging.clients["supply"];
    // A lost exchange: the code is spent, or it is not.
    for (moment, status) in [("before", 200), ("after", 400)] {
        let code = server.authorize(staging, supply, "scope=supply::users.read").redirected("code");
        fault(&server, &world, &json!({"at": "POST /oauth2/token", "times": 1, "reset": moment}));
        let lost = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| server.exchange(staging, supply, &code)));
        assert!(lost.is_err(), "there is no answer");
        assert_eq!(server.exchange(staging, supply, &code).status, status, "{moment}");
    }
}

#[test]
fn nothing_comes_until_the_client_gives_up() {
    let server = Server::start();
    let world = server.world();
    for moment in ["before", "after"] {
        fault(&server, &world, &json!({"at": "GET /v4/*", "times": 1, "hang": moment}));
        let mut stream = ask(&server, &world);
        stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        let silence = stream.read(&mut [0; 1]).unwrap_err().kind();
        assert!([ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&silence), "{silence:?}");
        // Who says no more has given up, and the mock lets go at once.
        stream.shutdown(Shutdown::Write).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let began = Instant::now();
        assert!(!matches!(stream.read(&mut [0; 1]), Ok(1)));
        assert!(began.elapsed() < Duration::from_secs(5));
    }
}

#[test]
fn an_answer_is_held_back() {
    let (bytes, _, took) = answered(&json!({"delay": "200ms"}));
    assert_eq!(parse(&bytes).body, BODY);
    assert!(took >= Duration::from_millis(200), "{took:?}");
}

#[test]
fn a_connection_goes_on_after_a_fault() {
    let server = Server::start();
    let world = server.world();
    fault(&server, &world, &json!({"at": "any", "times": 1, "respond": {"status": 503}, "dribble": {"every": "1ms"}}));
    let mut stream = TcpStream::connect(server.mock.address()).unwrap();
    let path = path(&world.staging.api);
    let request = format!("GET {path}v4/fault HTTP/1.1\r\nHost: mock\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = [0; 1024];
    let count = stream.read(&mut bytes).unwrap();
    assert!(bytes[..count].starts_with(b"HTTP/1.1 503"));
    stream.write_all(request.replace("Host", "Connection: close\r\nHost").as_bytes()).unwrap();
    assert!(String::from_utf8(read(stream)).unwrap().starts_with("HTTP/1.1 404"));
}

#[test]
fn the_journal_tells_what_was_done() {
    let server = Server::start();
    let world = server.world();
    let (staging, demand) = (&world.staging, &world.staging.clients["demand"]);
    fault(&server, &world, &json!({"at": "any", "sequence": [{"reset": "before"}, "pass", {"reset": "after"}]}));
    let mut bytes = Vec::new();
    ask(&server, &world).read_to_end(&mut bytes).unwrap_err();
    assert_eq!(server.token(staging, demand, "grant_type=client_credentials").status, 200);
    let lost = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        server.token(staging, demand, "grant_type=client_credentials")
    }));
    assert!(lost.is_err(), "there is no answer");
    let journal = server.send(&format!("GET /control/worlds/{}/journal", world.id), &[], "").body;
    let told: Vec<String> = journal
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|entry| entry["faults"].is_array())
        .map(|entry| {
            let [outcome, faults] = ["outcome", "faults"].map(|name| &entry[name]);
            format!("{outcome} {} {} {}", entry["status"], entry["issued"], faults)
        })
        .collect();
    assert_eq!(
        told,
        [
            r#""lost" null null ["fault: reset before processing (1 of 3)"]"#,
            r#""answered" 200 ["access 1"] ["fault: pass (2 of 3)"]"#,
            r#""lost" null ["access 2"] ["fault: reset after processing (3 of 3)"]"#,
        ],
        "{journal}"
    );
}
