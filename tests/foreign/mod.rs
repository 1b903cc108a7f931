//! What the tests with programs that are not ours share: the mock as a process, and whether the program is there.
#![allow(dead_code, reason = "every test target uses its own part of this")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a helper of tests may do as they do"
)]

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How long the mock may take to start.
const START: Duration = Duration::from_secs(30);

/// How long a program may run; each takes a few seconds.
const LIMIT: Duration = Duration::from_mins(3);

/// The folder of the programs that are not ours.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop")
}

/// The Python that has what `clients/requirements.txt` names; `.ci/run` makes it.
pub fn python() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/interop-python/bin/python")
}

/// Why a program of Node.js that needs this package can't run here, if it can't.
pub fn without_node(package: &str) -> Option<String> {
    let node = Command::new("node").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !node.is_ok_and(|status| status.success()) {
        return Some("Node.js is not installed".to_owned());
    }
    let is_there = folder().join("node_modules").join(package).is_dir();
    (!is_there).then(|| "`npm ci --prefix tests/interop` was not run".to_owned())
}

/// Whether a test can be run; says why not. `TACKTEST_INTEROP=required` makes that a failure.
pub fn is_here(missing: Option<String>) -> bool {
    let Some(reason) = missing else { return true };
    let required = std::env::var_os("TACKTEST_INTEROP").is_some_and(|value| value == "required");
    assert!(!required, "{reason}");
    eprintln!("skipped: {reason}");
    false
}

/// `tacktest mock` under way; ended when dropped.
pub struct Alone {
    program: Child,
    /// Its root URL, without trailing slash.
    pub url: String,
}

impl Alone {
    /// Starts a mock on a free port.
    pub fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tacktest"));
        command.args(["mock", "--port", "0"]).args(arguments);
        let mut program = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(program.stderr.take().unwrap()).lines();
        let (told, ready) = mpsc::channel();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if told.send(line).is_err() {
                    break;
                }
            }
        });
        let mut mock = Self { program, url: String::new() };
        while mock.url.is_empty() {
            let line = ready.recv_timeout(START).expect("the mock listens in time");
            let listens = line.split_once("the mock listens at ").and_then(|(_, rest)| rest.split_once(';'));
            mock.url = listens.map_or_else(String::new, |(url, _)| url.to_owned());
        }
        mock
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// Runs a program to its end, which must be a good one; what it told on stdout.
#[track_caller]
pub fn succeeds(command: &mut Command) -> String {
    let mut program = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (stdout, stderr) = (reading(program.stdout.take().unwrap()), reading(program.stderr.take().unwrap()));
    let began = Instant::now();
    let status = loop {
        match program.try_wait().unwrap() {
            Some(status) => break Some(status),
            None if began.elapsed() > LIMIT => {
                let _ = program.kill();
                let _ = program.wait();
                break None;
            }
            None => thread::sleep(Duration::from_millis(20)),
        }
    };
    let (stdout, stderr) = (stdout.join().unwrap(), stderr.join().unwrap());
    assert!(status.is_some_and(|status| status.success()), "{status:?}\n{stdout}\n{stderr}");
    eprintln!("{stdout}");
    stdout
}

fn reading(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut all = Vec::new();
        let _ = pipe.read_to_end(&mut all);
        String::from_utf8_lossy(&all).into_owned()
    })
}
