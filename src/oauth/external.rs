//! A store of logins that is another program's: one command gives them, another takes them.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::login::{Login, LoginKey};
use crate::config::LoginCommands;

/// How long such a command may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(30);

/// How long between two looks whether a command has ended.
const PAUSE: Duration = Duration::from_millis(10);

/// The most bytes that are read of what a command says.
const LARGEST_OUTPUT: u64 = 1024 * 1024;

impl LoginCommands {
    /// The login of `key`, if the store has one.
    pub(super) fn load(&self, key: &LoginKey) -> Result<Option<Login>, String> {
        let text = run("load", &self.load, key, None)?;
        if text.trim().is_empty() {
            return Ok(None);
        }
        let wrong = |problem: String| format!("what `logins.load` gave for {} can't be used: {problem}", key.name());
        let (owner, login) = Login::from_json(&text).map_err(wrong)?;
        if owner.is(key) { Ok(Some(login)) } else { Err(wrong("it is the login of another user or client".to_owned())) }
    }

    /// Has `login` kept, and makes sure that it was.
    pub(super) fn save(&self, key: &LoginKey, login: &Login) -> Result<(), String> {
        let text = login.to_json(key);
        run("save", &self.save, key, Some(text.clone()))?;
        match self.load(key)? {
            Some(kept) if kept.to_json(key) == text => Ok(()),
            _ => Err(format!(
                "`logins.save` ended well, and `logins.load` does not give what it was given for {}",
                key.name()
            )),
        }
    }
}

/// Runs `command` and gives what it wrote to stdout, which is shown nowhere.
fn run(word: &str, command: &str, key: &LoginKey, input: Option<String>) -> Result<String, String> {
    let failed = |what: String| format!("the command `logins.{word}` of tacktest.yaml {what} (for {})", key.name());
    let mut child = Command::new("sh")
        .args(["-c", command])
        .env("TACKTEST_LOGIN", key.name())
        .stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed(format!("can't be run: {error}")))?;
    if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
        // A command that does not read it all says so by its end.
        thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    }
    let (send, output) = channel();
    if let Some(stdout) = child.stdout.take() {
        thread::spawn(move || {
            let mut text = String::new();
            let read = stdout.take(LARGEST_OUTPUT).read_to_string(&mut text);
            let _ = send.send(read.map(|_| text));
        });
    }
    let started = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if started.elapsed() < COMMAND_TIMEOUT => thread::sleep(PAUSE),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(failed(format!("was not done within {COMMAND_TIMEOUT:?}")));
            }
            Err(error) => return Err(failed(format!("can't be waited for: {error}"))),
        }
    };
    if !status.success() {
        return Err(failed(format!("failed: {status}; run it by hand to see why")));
    }
    match output.recv_timeout(COMMAND_TIMEOUT.saturating_sub(started.elapsed())) {
        Ok(Ok(text)) => Ok(text),
        Ok(Err(error)) => Err(failed(format!("gave what is no text: {}", error.kind()))),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            Err(failed("ended, but something that it started holds its output open".to_owned()))
        }
    }
}
