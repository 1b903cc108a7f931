//! What is no HTTP, or is HTTP at its edges: it is answered or the connection is closed, and the mock lives on.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    time::Duration,
};

use proptest::prelude::*;

use crate::{
    mock_support::{Answer, Server, basic},
    requests::staging,
};

/// Sends bytes, says that no more will come, and reads to the end.
fn exchange(server: &Server, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(server.mock.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    // A server may answer and close before all was sent.
    drop(stream.write_all(bytes));
    drop(stream.shutdown(Shutdown::Write));
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "it neither answers nor closes"),
    }
    answer
}

/// All answers in `bytes`, none of which is to a HEAD request.
fn answers(bytes: &[u8]) -> Vec<Answer> {
    let mut rest = bytes;
    let mut answers = Vec::new();
    while !rest.is_empty() {
        let (answer, more) =
            first_answer(rest, false).unwrap_or_else(|| panic!("{:?}", String::from_utf8_lossy(bytes)));
        answers.push(answer);
        rest = more;
    }
    answers
}

/// The answer at the beginning of `bytes`, if it is whole, and what follows it. An answer to HEAD is its head only.
pub fn first_answer(bytes: &[u8], head_only: bool) -> Option<(Answer, &[u8])> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).unwrap().to_owned();
    assert!(head.starts_with("HTTP/1."), "{head}");
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let rest = &bytes[end + 4..];
    let (body, more) = rest.split_at_checked(length.filter(|_| !head_only).unwrap_or(0))?;
    Some((Answer { status, head, body: String::from_utf8(body.to_vec()).unwrap() }, more))
}

fn lives(server: &Server) {
    let answer = exchange(server, b"GET /oauth2/fallbacks/error HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n\r\n");
    assert_eq!(answers(&answer)[0].status, 500);
}

#[test]
fn broken_http_is_refused_or_the_connection_closed() {
    const POST: &str = "POST /oauth2/token HTTP/1.1\r\nHost: mock\r\n";
    let server = Server::start();
    for (name, bytes) in [
        ("nothing", String::new()),
        ("blank lines", "\r\n\r\n\r\n".to_owned()),
        ("no version", "GET /oauth2/auth\r\n\r\n".to_owned()),
        ("no target", "GET HTTP/1.1\r\nHost: mock\r\n\r\n".to_owned()),
        ("only a word", "GET\r\n\r\n".to_owned()),
        ("spaces in the target", "GET /oauth2/auth?a b c HTTP/1.1\r\nHost: mock\r\n\r\n".to_owned()),
        ("a space before the method", " GET /oauth2/auth HTTP/1.1\r\nHost: mock\r\n\r\n".to_owned()),
        ("a method of signs", "G@T /oauth2/auth HTTP/1.1\r\nHost: mock\r\n\r\n".to_owned()),
        ("a target without slash", "GET oauth2/auth?a HTTP/1.1\r\nHost: mock\r\n\r\n".to_owned()),
        ("NUL in the target", "GET /oauth2/\0auth HTTP/1.1\r\nHost: mock\r\n\r\n".to_owned()),
        ("a version in small letters", "GET /oauth2/auth http/1.1\r\nHost: mock\r\n\r\n".to_owned()),
        ("HTTP/1.2", "GET /oauth2/auth HTTP/1.2\r\nHost: mock\r\n\r\n".to_owned()),
        ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
        ("HTTP/3", "GET /oauth2/auth HTTP/3\r\nHost: mock\r\n\r\n".to_owned()),
        ("no Host", "GET /oauth2/auth HTTP/1.1\r\n\r\n".to_owned()),
        ("two Hosts", "GET /oauth2/auth HTTP/1.1\r\nHost: mock\r\nHost: mock\r\n\r\n".to_owned()),
        ("two Hosts of HTTP/1.0", "GET /oauth2/auth HTTP/1.0\r\nHost: mock\r\nHost: other\r\n\r\n".to_owned()),
        ("no Host beside an absolute target", "GET http://mock/oauth2/auth HTTP/1.1\r\n\r\n".to_owned()),
        ("a header without colon", "GET /oauth2/auth HTTP/1.1\r\nHost: mock\r\nnothing\r\n\r\n".to_owned()),
        ("a header without name", "GET /oauth2/auth HTTP/1.1\r\nHost: mock\r\n: x\r\n\r\n".to_owned()),
        ("a space in a header's name", "GET /oauth2/auth HTTP/1.1\r\nHost: mock\r\na b: c\r\n\r\n".to_owned()),
        ("a space before the colon", "GET /oauth2/auth HTTP/1.1\r\nHost: mock\r\nA : c\r\n\r\n".to_owned()),
        ("NUL in a header", "GET /oauth2/auth HTTP/1.1\r\nHost: mock\r\nA: \0\r\n\r\n".to_owned()),
        ("a folded header", "GET /oauth2/auth HTTP/1.1\r\nHost: mock\r\nA: b\r\n c\r\n\r\n".to_owned()),
        ("broken off in the headers", "GET /oauth2/auth HTTP/1.1\r\nHost: mo".to_owned()),
        ("a length of letters", format!("{POST}Content-Length: x\r\n\r\nabc")),
        ("a negative length", format!("{POST}Content-Length: -1\r\n\r\nabc")),
        ("a length with a sign", format!("{POST}Content-Length: +3\r\n\r\nabc")),
        ("a length beyond all", format!("{POST}Content-Length: 99999999999999999999\r\n\r\nabc")),
        ("two lengths", format!("{POST}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd")),
        ("two lengths in one", format!("{POST}Content-Length: 3, 4\r\n\r\nabcd")),
        ("a length that never comes", format!("{POST}Content-Length: 100\r\n\r\nabc")),
        ("the longest length", format!("{POST}Content-Length: 18446744073709551614\r\n\r\nabc")),
        ("chunks of garbage", format!("{POST}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n")),
        ("a chunk shorter than it says", format!("{POST}Transfer-Encoding: chunked\r\n\r\n9\r\nabc\r\n0\r\n\r\n")),
        ("a chunk longer than it says", format!("{POST}Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n")),
        ("a chunk beyond all", format!("{POST}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n")),
        ("a negative chunk", format!("{POST}Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n")),
        ("no last chunk", format!("{POST}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")),
        ("an unknown coding", format!("{POST}Transfer-Encoding: unknown\r\n\r\nabc")),
        ("a coding behind chunked", format!("{POST}Transfer-Encoding: chunked, gzip\r\n\r\nabc")),
    ] {
        let answer = exchange(&server, bytes.as_bytes());
        for answer in answers(&answer) {
            let refused = answer.status == 400 || name == "the longest length" && answer.status == 431;
            assert!(refused, "{name}: {answer:?}");
        }
        lives(&server);
    }
}

#[test]
fn unusual_http_is_understood() {
    let server = Server::start();
    let demand = &staging(&server).clients["demand"];
    let authorization = basic(&demand.id, &demand.secret);
    let headers = format!("Authorization: {authorization}\r\nContent-Type: application/x-www-form-urlencoded\r\n");
    let body = "grant_type=client_credentials";
    let length = format!("Content-Length: {}\r\n", body.len());
    let (start, end) = body.split_at(5);
    let chunks = format!("5;a=b\r\n{start}\r\n{:x}\r\n{end}\r\n0\r\nTrailer: x\r\n\r\n", end.len());
    for (name, bytes) in [
        ("plain", format!("POST /oauth2/token HTTP/1.1\r\nHost: mock\r\n{headers}{length}\r\n{body}")),
        (
            "blank lines first",
            format!("\r\n\r\nPOST /oauth2/token HTTP/1.1\r\nHost: mock\r\n{headers}{length}\r\n{body}"),
        ),
        (
            "an absolute target",
            format!("POST http://mock/oauth2/token HTTP/1.1\r\nHost: mock\r\n{headers}{length}\r\n{body}"),
        ),
        ("another host", format!("POST /oauth2/token HTTP/1.1\r\nHost: example.com:1\r\n{headers}{length}\r\n{body}")),
        ("HTTP/1.0 without Host", format!("POST /oauth2/token HTTP/1.0\r\n{headers}{length}\r\n{body}")),
        ("HTTP/1.0 with Host", format!("POST /oauth2/token HTTP/1.0\r\nHost: mock\r\n{headers}{length}\r\n{body}")),
        (
            "chunks",
            format!("POST /oauth2/token HTTP/1.1\r\nHost: mock\r\n{headers}Transfer-Encoding: chunked\r\n\r\n{chunks}"),
        ),
        (
            "names in capitals",
            format!(
                "POST /oauth2/token HTTP/1.1\r\nHOST: mock\r\n{}{length}\r\n{body}",
                headers.replace("Authorization", "AUTHORIZATION")
            ),
        ),
        (
            "the same length twice",
            format!("POST /oauth2/token HTTP/1.1\r\nHost: mock\r\n{headers}{length}{length}\r\n{body}"),
        ),
    ] {
        let answer = exchange(&server, bytes.as_bytes());
        let answers = answers(&answer);
        assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<u16>>(), [200], "{name}: {answers:?}");
        assert_eq!(answers[0].json()["token_type"], "bearer", "{name}");
    }
}

#[test]
fn pipelined_requests_are_answered_in_their_order() {
    let server = Server::start();
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let bytes = format!(
        "GET /oauth2/fallbacks/error?error=one HTTP/1.1\r\nHost: a\r\n\r\n\
         POST /oauth2/token HTTP/1.1\r\nHost: a\r\n{form}Content-Length: 12\r\n\r\ngrant_type=x\
         PUT /oauth2/token HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\
         GET /oauth2/fallbacks/error?error=four HTTP/1.1\r\nHost: a\r\n\r\n\
         GET /oauth2/nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n\
         GET /oauth2/fallbacks/error?error=never HTTP/1.1\r\nHost: a\r\n\r\n"
    );
    let answers = answers(&exchange(&server, bytes.as_bytes()));
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<u16>>(), [500, 400, 405, 500, 404]);
    assert!(answers[0].body.contains("error: one") && answers[3].body.contains("error: four"));
}

/// A length that is too small leaves bytes that are no request: what came whole is answered, the rest is refused.
#[test]
fn a_length_that_is_too_small_ends_the_connection() {
    let server = Server::start();
    let bytes =
        "POST /oauth2/token HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\ngrant_type=client_credentials\r\n\r\n";
    let answers = answers(&exchange(&server, bytes.as_bytes()));
    assert!(!answers.is_empty() && answers.iter().all(|answer| answer.status == 400), "{answers:?}");
    lives(&server);
}

#[test]
fn any_bytes_are_answered_or_refused() {
    let server = Server::start();
    let words: Vec<&[u8]> = vec![
        b"GET ",
        b"POST ",
        b"/oauth2/token",
        b"/oauth2/auth",
        b"?",
        b" ",
        b" HTTP/1.1",
        b" HTTP/1.0",
        b"\r\n",
        b"\n",
        b"Host: a",
        b"Content-Length: 3",
        b"Transfer-Encoding: chunked",
        b"0\r\n\r\n",
        b"Connection: close",
        b":",
        b"a=b",
        b"%zz",
        b"GET /oauth2/fallbacks/error HTTP/1.1\r\nHost: a\r\n\r\n",
    ];
    let piece = prop_oneof![
        3 => proptest::sample::select(words).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 0..8),
    ];
    let strategy = proptest::collection::vec(piece, 0..16);
    proptest!(ProptestConfig::with_cases(512), |(pieces in strategy)| {
        for answer in answers(&exchange(&server, &pieces.concat())) {
            prop_assert!((300..500).contains(&answer.status) || answer.body.contains("An error occurred"), "{:?}", answer);
        }
    });
    lives(&server);
}
