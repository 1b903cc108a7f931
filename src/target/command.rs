//! Runs a line of the shell for what it prints, with bounds to its time and size.

use std::io::Read;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::credentials::LARGEST_VALUE;

/// What `line` prints in `folder` within `limit`, cut where it is too long for a value.
///
/// It has no input, and what it tells on stderr is not shown, as that may be the secret itself. The error goes on after
/// "its command".
pub(super) fn printed(line: &str, folder: &Path, limit: Duration) -> Result<Vec<u8>, String> {
    let deadline = Instant::now() + limit;
    let mut child = shell(line)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("can't be started: {error}"))?;
    let ended = read(child.stdout.take()).and_then(|output| {
        // A command that never ends is not waited for, nor is whatever it started and left behind.
        let bytes = output.recv_timeout(limit).map_err(|_| too_slow(limit))?;
        let bytes = bytes.map_err(|error| format!("can't be read from: {error}"))?;
        if bytes.len() as u64 > LARGEST_VALUE {
            Ok((bytes, None))
        } else {
            Ok((bytes, Some(end(&mut child, deadline))))
        }
    });
    let (bytes, status) = match ended {
        Ok((bytes, Some(Some(status)))) => (bytes, Some(status)),
        Ok((bytes, status)) => {
            stop(&mut child);
            if status.is_some() {
                return Err(too_slow(limit));
            }
            (bytes, None)
        }
        Err(error) => {
            stop(&mut child);
            return Err(error);
        }
    };
    match status {
        Some(status) if !status.success() => Err(match status.code() {
            Some(code) => format!("ended with exit code {code}"),
            None => "was ended by a signal".to_owned(),
        }),
        _ => Ok(bytes),
    }
}

fn too_slow(limit: Duration) -> String {
    format!("was not done within {limit:?}")
}

#[cfg(not(windows))]
fn shell(line: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", line]);
    command
}

#[cfg(windows)]
fn shell(line: &str) -> Command {
    use std::os::windows::process::CommandExt;
    let mut command = Command::new("cmd");
    command.args(["/D", "/C"]).raw_arg(line);
    command
}

type Output = std::io::Result<Vec<u8>>;

/// Reads `stdout` on a thread of its own, so that it can be waited for no longer than the limit.
fn read(stdout: Option<ChildStdout>) -> Result<Receiver<Output>, String> {
    let (sender, receiver) = channel();
    let stdout = stdout.ok_or("has no output")?;
    let work = move || {
        let mut bytes = Vec::new();
        let read = stdout.take(LARGEST_VALUE + 1).read_to_end(&mut bytes);
        let _ = sender.send(read.map(|_| bytes));
    };
    let started = std::thread::Builder::new().name("command".to_owned()).spawn(work);
    started.map(|_| receiver).map_err(|error| format!("can't be read from: {error}"))
}

/// How `child` ends, if it does before `deadline`.
fn end(child: &mut Child, deadline: Instant) -> Option<ExitStatus> {
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if Instant::now() >= deadline {
            return None;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn stop(child: &mut Child) {
    // One that has ended already can't be ended again, which is as well.
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn of(line: &str, limit: Duration) -> Result<String, String> {
        printed(line, Path::new("/"), limit).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn it_is_what_the_shell_prints_and_nothing_else() {
        assert_eq!(of("pwd; echo hidden >&2; cat", LONG).as_deref(), Ok("/\n"));
        assert_eq!(of("exit 3", LONG).unwrap_err(), "ended with exit code 3");
        assert_eq!(of("kill -9 $$", LONG).unwrap_err(), "was ended by a signal");
        assert!(of("no-such-command-here", LONG).unwrap_err().contains("exit code 127"));
        assert!(printed("true", Path::new("/no/such/folder"), LONG).unwrap_err().contains("can't be started"));
    }

    #[test]
    fn it_is_bounded_in_time_and_size() {
        let started = Instant::now();
        for line in ["sleep 60", "exec >&-; sleep 60", "printf a; sleep 60"] {
            assert_eq!(of(line, Duration::from_millis(200)).unwrap_err(), "was not done within 200ms", "{line}");
        }
        let endless = of("while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done", LONG).unwrap();
        assert_eq!(endless.len() as u64, LARGEST_VALUE + 1);
        assert!(started.elapsed() < LONG);
    }
}
