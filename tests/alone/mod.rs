//! `tacktest mock` as a program of its own.

#![allow(dead_code, reason = "every test target uses its own part of this")]
#![expect(clippy::unwrap_used, reason = "a helper of tests may panic as they do")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// `tacktest mock` under way; ended when dropped.
pub struct Alone {
    program: Child,
    /// Its default world.
    pub world: Value,
    /// Its working folder.
    pub folder: tempfile::TempDir,
}

impl Drop for Alone {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

pub fn tacktest(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tacktest"));
    command.args(arguments).env_remove("TACKTEST_CONTROL_TOKEN").stdin(Stdio::null());
    command
}

pub fn alone(arguments: &[&str]) -> Alone {
    let folder = tempfile::tempdir().unwrap();
    let mut command = tacktest(&["mock", "--port", "0", "--format", "json"]);
    command.args(arguments).current_dir(folder.path());
    let mut program = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = String::new();
    for line in BufReader::new(program.stdout.take().unwrap()).lines() {
        told.push_str(&line.unwrap());
        // The description is one indented object, so its end is the first brace in the first column.
        if told.ends_with('}') && serde_json::from_str::<Value>(&told).is_ok() {
            break;
        }
    }
    Alone { world: serde_json::from_str(&told).unwrap(), program, folder }
}

impl Alone {
    /// Sends it a signal of this name.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let id = self.program.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// Ends it by a signal of this name; its exit code, and what it told on stderr.
    #[cfg(unix)]
    pub fn ended_by(mut self, signal: &str) -> (Option<i32>, String) {
        self.signal(signal);
        let mut told = String::new();
        self.program.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        (self.program.wait().unwrap().code(), told)
    }
}
