//! Runs a line of the shell for what it prints, with bounds to its time and size.
//!
//! Whatever a project lets be run comes through here, so that all of it runs in the same shell and folder, and fails in
//! the same words. What a command prints, on stdout or stderr, may be the secret itself and is told to nobody.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long a line may take: it may ask somebody for a passphrase.
pub const LONGEST: Duration = Duration::from_secs(30);

/// How long between two looks whether a line has ended.
const PAUSE: Duration = Duration::from_millis(2);

/// A line of the shell, and what it is given.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// The line itself, for `sh -c`, on Windows for `cmd /D /C`.
    pub text: &'a str,
    /// Where it runs; the working directory, if that is empty.
    pub folder: &'a Path,
    /// A variable of its environment beside those of this process.
    pub variable: Option<(&'a str, &'a str)>,
    /// Its stdin; nothing, if that is `None`.
    pub input: Option<&'a str>,
    /// Which process group it belongs to.
    pub group: Group,
    /// How long it may take.
    pub longest: Duration,
    /// The most bytes that it may print.
    pub largest: u64,
}

/// Which process group a line belongs to: at Ctrl-C a terminal signals all of the group that is before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// That of this program, so that it can ask somebody at the terminal.
    Ours,
    /// One of its own, where the system has such groups, so that it goes on when this program is asked to end.
    Own,
}

impl Line<'_> {
    /// What it prints on stdout. This blocks.
    ///
    /// The error goes on after what the line is called: that it failed, and how it is run by hand.
    pub fn printed(&self) -> Result<Vec<u8>, String> {
        self.run().map_err(|why| self.by_hand(&why))
    }

    /// `why` it is no use, with what to do.
    pub fn by_hand(&self, why: &str) -> String {
        let folder = self.folder();
        let shown = std::path::absolute(&folder).unwrap_or(folder);
        let variable = self.variable.map_or_else(String::new, |(name, value)| format!(" with {name}={value}"));
        format!("{why}; run it by hand in `{}`{variable} to see why", shown.display())
    }

    fn folder(&self) -> PathBuf {
        if self.folder.as_os_str().is_empty() { PathBuf::from(".") } else { self.folder.to_path_buf() }
    }

    fn run(&self) -> Result<Vec<u8>, String> {
        let deadline = Instant::now() + self.longest;
        let mut command = shell(self.text);
        #[cfg(unix)]
        if self.group == Group::Own {
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
        }
        let mut child = command
            .current_dir(self.folder())
            .envs(self.variable)
            .stdin(if self.input.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("can't be started: {error}"))?;
        let ended = self.talk(&mut child, deadline);
        if ended.is_err() {
            // One that has ended already can't be ended again, which is as well.
            let _ = child.kill();
            let _ = child.wait();
        }
        let (bytes, status) = ended?;
        match status.code() {
            Some(0) => Ok(bytes),
            Some(code) => Err(format!("ended with exit code {code}")),
            None => Err("was ended by a signal".to_owned()),
        }
    }

    /// Gives `child` its input, and waits for its output and its end, no longer than to `deadline`.
    fn talk(&self, child: &mut Child, deadline: Instant) -> Result<(Vec<u8>, ExitStatus), String> {
        if let (Some(stdin), Some(input)) = (child.stdin.take(), self.input) {
            write(stdin, input)?;
        }
        let output = read(child.stdout.take(), self.largest)?;
        // A command that never ends is not waited for, nor is whatever it started and left behind.
        let bytes = match output.recv_timeout(self.longest) {
            Ok(bytes) => bytes.map_err(|error| format!("can't be read from: {error}"))?,
            Err(RecvTimeoutError::Timeout) if matches!(child.try_wait(), Ok(Some(_))) => {
                return Err(format!(
                    "ended, but something that it started held its output open for more than {:?}",
                    self.longest
                ));
            }
            Err(_) => return Err(self.too_slow()),
        };
        if bytes.len() as u64 > self.largest {
            return Err(format!("printed more than {} KiB", self.largest / 1024));
        }
        Ok((bytes, end(child, deadline).ok_or_else(|| self.too_slow())?))
    }

    fn too_slow(&self) -> String {
        format!("was not done within {:?}", self.longest)
    }
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

/// Does `work` on a thread of its own, which nobody waits for longer than the line may take.
fn aside(work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    std::thread::Builder::new().name("command".to_owned()).spawn(work).map(drop)
}

fn write(mut stdin: ChildStdin, input: &str) -> Result<(), String> {
    let input = input.to_owned();
    // A command that does not read it all says so by its end.
    let started = aside(move || drop(stdin.write_all(input.as_bytes())));
    started.map_err(|error| format!("can't be written to: {error}"))
}

type Output = std::io::Result<Vec<u8>>;

/// Reads `stdout` to its end, or to more than `largest` bytes of it.
fn read(stdout: Option<ChildStdout>, largest: u64) -> Result<Receiver<Output>, String> {
    let (sender, receiver) = channel();
    let stdout = stdout.ok_or("has no output")?;
    let started = aside(move || {
        let mut bytes = Vec::new();
        let read = stdout.take(largest.saturating_add(1)).read_to_end(&mut bytes);
        let _ = sender.send(read.map(|_| bytes));
    });
    started.map(|()| receiver).map_err(|error| format!("can't be read from: {error}"))
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
        std::thread::sleep(PAUSE);
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    const KIB: u64 = 1024;

    fn line(text: &str) -> Line<'_> {
        let longest = Duration::from_secs(20);
        Line { text, folder: Path::new("/"), variable: None, input: None, group: Group::Ours, longest, largest: KIB }
    }

    fn text(line: &Line<'_>) -> Result<String, String> {
        line.printed().map(|bytes| String::from_utf8(bytes).unwrap())
    }

    fn refused(line: &Line<'_>) -> String {
        let told = text(line).unwrap_err();
        let by_hand = "; run it by hand in `/` to see why";
        told.strip_suffix(by_hand).unwrap_or_else(|| panic!("{told}")).to_owned()
    }

    #[test]
    fn it_is_what_the_shell_prints_and_nothing_else() {
        assert_eq!(text(&line("pwd; echo hidden >&2; cat")).as_deref(), Ok("/\n"));
        assert_eq!(refused(&line("echo hidden; exit 3")), "ended with exit code 3");
        assert_eq!(refused(&line("kill -9 $$")), "was ended by a signal");
        assert_eq!(refused(&line("no-such-command-here")), "ended with exit code 127");
        let nowhere = Line { folder: Path::new("/no/such/folder"), ..line("true") };
        assert!(text(&nowhere).unwrap_err().starts_with("can't be started: "));
    }

    #[test]
    fn it_is_given_its_input_and_its_variable() {
        let given = Line { variable: Some(("WHOSE", "a/b")), input: Some("in"), ..line("echo $WHOSE; cat") };
        assert_eq!(text(&given).as_deref(), Ok("a/b\nin"));
        let told = text(&Line { text: "exit 1", ..given }).unwrap_err();
        assert_eq!(told, "ended with exit code 1; run it by hand in `/` with WHOSE=a/b to see why");
        // More than a pipe holds is no reason to wait for one that does not read it.
        let long = "a".repeat(1024 * 1024);
        assert_eq!(text(&Line { input: Some(&long), ..line("echo b") }).as_deref(), Ok("b\n"));
    }

    #[test]
    fn it_is_bounded_in_time_and_size() {
        let started = Instant::now();
        let longest = Duration::from_millis(200);
        for text in ["sleep 60", "exec >&-; sleep 60", "printf a; sleep 60"] {
            assert_eq!(refused(&Line { longest, ..line(text) }), "was not done within 200ms", "{text}");
        }
        let left = refused(&Line { longest, ..line("sleep 3 & exit 0") });
        assert_eq!(left, "ended, but something that it started held its output open for more than 200ms");
        let endless = line("while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done");
        assert_eq!(refused(&endless), "printed more than 1 KiB");
        let most = "head -c 1024 /dev/zero";
        assert_eq!(text(&line(most)).map(|text| text.len() as u64), Ok(KIB));
        assert!(started.elapsed() < Duration::from_secs(20));
    }
}
