//! A project in a folder of its own, and the program run in it with a time limit.

#![allow(dead_code, reason = "each test target uses its own part of this module")]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The program under test.
pub const TACKTEST: &str = env!("CARGO_BIN_EXE_tacktest");

/// No run of these tests takes this long, unless it hangs.
const LIMIT: Duration = Duration::from_mins(1);

/// A scenario that holds, without a request.
pub const HOLDS: &str = "title: One is one\nsteps:\n  - compare: 1\n    expect: { value: 1 }\n";

/// A scenario that does not hold, without a request.
pub const FAILS: &str = "title: One is two\nsteps:\n  - compare: 1\n    expect: { value: 2 }\n";

/// The beginning of a scenario without its title: a search with a token that is carried, and what is expected left out.
pub const SEARCH: &str = "\
client: demand
snapshot: none
token: { grant: client_credentials, scope: demand::keywords.read }
steps:
  - get: /v4/keywords/search
    query: { searchQuery: car }
";

/// A folder with a project file.
pub struct Project {
    folder: TempDir,
}

/// What came of a run.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Project {
    /// A project without targets of its own and without scenarios.
    pub fn new() -> Self {
        Self::with_targets("")
    }

    /// A project with this project file.
    pub fn with_targets(text: &str) -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        project.write("tacktest.yaml", text);
        fs::create_dir_all(project.path("scenarios")).unwrap();
        project
    }

    /// The same project with the scenario `name` in addition.
    #[must_use]
    pub fn scenario(self, name: &str, text: &str) -> Self {
        self.write(&format!("scenarios/{name}.yaml"), text);
        self
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Every file below the folder, with its text.
    pub fn files(&self) -> Vec<(PathBuf, String)> {
        let mut files = Vec::new();
        collect(self.folder.path(), &mut files);
        files
    }

    /// `program` in this folder, with nothing in its environment that could change what it does.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path());
        command.env("XDG_CACHE_HOME", self.path(".cache")).env("XDG_STATE_HOME", self.path(".state"));
        let settings = ["CI", "TF_BUILD", "NO_COLOR", "CLICOLOR_FORCE", "NEXTEST", "TERM"];
        for name in settings {
            command.env_remove(name);
        }
        for name in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"] {
            command.env_remove(name).env_remove(name.to_ascii_lowercase());
        }
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("INSTA_") || text.starts_with("TACKTEST_") {
                command.env_remove(&name);
            }
        }
        command
    }

    /// Runs the program with these arguments.
    pub fn tacktest(&self, arguments: &[&str]) -> Ran {
        finish(self.command(TACKTEST).args(arguments))
    }

    /// Runs a line of the shell in which `$T` is the program.
    pub fn shell(&self, line: &str) -> Ran {
        finish(self.command("sh").args(["-c", line]).env("T", TACKTEST))
    }
}

impl Ran {
    /// Holds that the program ended with `code`, and gives all that it wrote.
    #[track_caller]
    pub fn ended(&self, code: i32) -> String {
        let all = format!("{}\n{}", self.stdout, self.stderr);
        assert_eq!(self.code, code, "{all}");
        all
    }

    /// Holds that the program ended with `code` and wrote all of `parts`.
    #[track_caller]
    pub fn told(&self, code: i32, parts: &[&str]) {
        let all = self.ended(code);
        for part in parts {
            assert!(all.contains(part), "{part:?} is not in\n{all}");
        }
    }
}

/// Runs `command` to its end; one that hangs is ended and fails the test.
#[track_caller]
pub fn finish(command: &mut Command) -> Ran {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (stdout, stderr) = (gather(child.stdout.take()), gather(child.stderr.take()));
    let code = wait(&mut child);
    Ran { code, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
}

#[track_caller]
fn wait(child: &mut Child) -> i32 {
    let deadline = Instant::now() + LIMIT;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code().unwrap_or(-1);
        }
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("the program was not done within {LIMIT:?}");
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn gather(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.unwrap().read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            files.push((path, text));
        }
    }
}
