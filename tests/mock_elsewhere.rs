//! A mock on another machine, such as in another container: it is taken for one only with its control token.
//!
//! 0.0.0.0 stands for the other machine: by its name it is none that is known to be this one, and who connects to it
//! comes to this one all the same.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

mod project;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::mpsc::channel;

use project::{Project, Ran, SEARCH, TACKTEST, finish};
use tacktest::mock::{Mock, Options};
use tokio::runtime::Runtime;

const TOKEN: &str = "fictional-control-token";

/// What a search may answer, and that time moves.
const EXPECTED: &str = "    expect: { status: 200 }
  - mock: { advance: 2h }
  - get: /v4/keywords/search
    query: { searchQuery: car }
    expect: { status: 401 }
";

/// A mock that asks for the token, and the runtime that serves it.
fn mock(public_url: Option<String>) -> (Mock, Runtime) {
    let runtime = Runtime::new().unwrap();
    let options = Options { public_url, control_token: Some(TOKEN.to_owned().into()), ..Options::default() };
    (runtime.block_on(Mock::start(options)).unwrap(), runtime)
}

/// A mock that knows that it is reached at 0.0.0.0.
fn known_elsewhere() -> (Mock, Runtime, String) {
    loop {
        // A port that is free now, and with bad luck not in a moment.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let runtime = Runtime::new().unwrap();
        let url = format!("http://0.0.0.0:{port}");
        let options = Options {
            listen: ([127, 0, 0, 1], port).into(),
            public_url: Some(url.clone()),
            control_token: Some(TOKEN.to_owned().into()),
            ..Options::default()
        };
        if let Ok(mock) = runtime.block_on(Mock::start(options)) {
            return (mock, runtime, url);
        }
    }
}

/// A run at the mock at `root`, with `more` in its definition.
fn run(root: &str, more: &str, token: &str) -> Ran {
    let targets = format!("targets:\n  away: {{ kind: mock, api: \"{root}/api/\"{more} }}\n");
    let scenario = format!("title: A keyword search answers\n{SEARCH}{EXPECTED}");
    let project = Project::with_targets(&targets).scenario("search", &scenario);
    let mut command = project.command(TACKTEST);
    command.args(["run", "--target", "away"]).env("AWAY_TOKEN", token);
    // What the environment says of proxies is not meant for it.
    finish(command.env("http_proxy", "http://127.0.0.1:9"))
}

/// Holds that a run did not pass, and tells why; all that it told.
fn fails(ran: &Ran, why: &str) -> String {
    let told = format!("{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.code != 0 && told.contains(why), "{told}");
    told
}

const BY_TOKEN: &str = ", control_token: \"${env.AWAY_TOKEN}\"";

#[test]
fn scenarios_run_at_a_mock_elsewhere_that_is_controlled_with_a_token() {
    let (_mock, _runtime, url) = known_elsewhere();
    run(&url, BY_TOKEN, TOKEN).told(0, &["1 passed"]);
}

#[test]
fn a_mock_elsewhere_without_a_token_is_refused() {
    run("http://0.0.0.0:9", "", TOKEN).told(2, &["which is not on this machine", "`control_token`"]);
}

#[test]
fn a_wrong_token_is_told_and_not_shown() {
    let (mock, _runtime) = mock(None);
    let root = format!("http://0.0.0.0:{}", mock.address().port());
    let told =
        fails(&run(&root, BY_TOKEN, "another-fictional-token"), "the `control_token` of the target is not the mock's");
    assert!(!told.contains("another-fictional-token"), "{told}");
    run(&root, ", control_token: \"${env.NEVER_SET_AWAY}\"", TOKEN).told(2, &["`NEVER_SET_AWAY`"]);
}

#[test]
fn a_mock_that_does_not_know_its_name_is_told_it() {
    let (mock, _runtime) = mock(None);
    let root = format!("http://0.0.0.0:{}", mock.address().port());
    fails(&run(&root, BY_TOKEN, TOKEN), &format!("`--public-url {root}`"));
}

#[test]
fn what_is_no_mock_gets_one_request_and_no_more() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let root = format!("http://0.0.0.0:{}", listener.local_addr().unwrap().port());
    let (lines, told_lines) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = String::new();
            BufReader::new(&stream).read_line(&mut line).unwrap();
            lines.send(line).unwrap();
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"));
        }
    });
    fails(&run(&root, BY_TOKEN, TOKEN), "not understood");
    assert_eq!(told_lines.try_iter().collect::<Vec<_>>(), ["POST /control/worlds HTTP/1.1\r\n"]);
}

#[test]
fn a_real_target_is_no_mock_whatever_is_said_of_it() {
    run("https://staging-api.thumbtack.com", BY_TOKEN, TOKEN).told(2, &["which is no mock"]);
}
