//! A run that is under way, to which signals are sent.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::own::SECRET;
use crate::project::{Project, TACKTEST};
use crate::wire::Server;

/// Nothing here takes this long, unless it hangs.
pub const LIMIT: Duration = Duration::from_secs(40);

/// A run under way.
pub struct Running {
    program: Child,
    stderr: BufReader<ChildStderr>,
    told: String,
}

/// What came of it.
pub struct Ended {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

pub fn start(project: &Project, address: &str, arguments: &[&str]) -> Running {
    let mut command = project.command(TACKTEST);
    command.args(["run"]).args(arguments).env("OWN_HOST", address).env("OWN_SECRET", SECRET);
    running(command)
}

pub fn running(mut command: Command) -> Running {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut program = command.spawn().unwrap();
    let stderr = BufReader::new(program.stderr.take().unwrap());
    Running { program, stderr, told: String::new() }
}

impl Running {
    pub fn signal(&self, name: &str) {
        let id = self.program.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Reads stderr up to a line with `part`.
    pub fn tells(&mut self, part: &str) {
        let before = self.told.len();
        while !self.told[before..].contains(part) {
            let read = self.stderr.read_line(&mut self.told).unwrap();
            assert!(read > 0, "{part:?} is not in\n{}", self.told);
        }
    }

    /// Sends the signal and reads the hint that comes at once.
    pub fn interrupt(&mut self, name: &str) {
        self.signal(name);
        self.tells("interrupted: cleaning up; press Ctrl-C again to end at once");
    }

    pub fn end(mut self) -> Ended {
        let mut stdout = self.program.stdout.take().unwrap();
        let reader = thread::spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).unwrap();
            text
        });
        let deadline = Instant::now() + LIMIT;
        let status = loop {
            if let Some(status) = self.program.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > deadline {
                self.program.kill().unwrap();
                panic!("the program did not end\n{}", self.told);
            }
            thread::sleep(Duration::from_millis(5));
        };
        self.stderr.read_to_string(&mut self.told).unwrap();
        Ended { status, stdout: reader.join().unwrap(), stderr: self.told }
    }
}

impl Ended {
    #[track_caller]
    pub fn told(&self, code: i32, parts: &[&str]) {
        let all = format!("{}\n{}", self.stdout, self.stderr);
        assert_eq!(self.status.code(), Some(code), "{all}");
        for part in parts {
            assert!(all.contains(part), "{part:?} is not in\n{all}");
        }
    }
}

/// Waits until `server` has a request that begins with `start`.
#[track_caller]
pub fn until_asked(server: &Server, start: &str) {
    let deadline = Instant::now() + LIMIT;
    while !server.requests().iter().any(|request| request.starts_with(start)) {
        assert!(Instant::now() < deadline, "no {start:?} in {:?}", server.requests());
        thread::sleep(Duration::from_millis(5));
    }
}

pub fn asked(server: &Server, start: &str) -> usize {
    server.requests().iter().filter(|request| request.starts_with(start)).count()
}
