//! A project whose target is a mock that counts as a real server, and a browser that is a script.

#![allow(dead_code, reason = "each test target uses its own part of this module")]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread::{self, JoinHandle};

use tacktest::mock::control::{Environment, World};
use url::Url;

use crate::mock_support::{Answer, Server, parse, path, raw};
use crate::project::{Project, Ran, TACKTEST};

/// A project and the mock that its target `real` is.
pub struct Desk {
    pub server: Server,
    pub world: World,
    pub project: Project,
    /// Where the client's redirect URI leads.
    pub port: u16,
}

/// The program under way, and what it has told on stderr so far.
pub struct Going {
    child: Child,
    stderr: JoinHandle<String>,
    lines: std::sync::mpsc::Receiver<String>,
}

impl Desk {
    /// A desk whose target also has these `lines`, each indented by four; `users` are part of them.
    pub fn new(lines: &str) -> Self {
        Self::at(Server::start(), lines)
    }

    pub fn at(server: Server, lines: &str) -> Self {
        let world = server.world();
        let port = free_port();
        let project = Project::with_targets(&targets(&world.staging, port, lines));
        Self { server, world, project, port }
    }

    pub fn staging(&self) -> &Environment {
        &self.world.staging
    }

    /// Writes other `lines` for the target.
    pub fn retarget(&self, lines: &str) {
        self.project.write("tacktest.yaml", &targets(&self.world.staging, self.port, lines));
    }

    pub fn state(&self) -> PathBuf {
        self.project.path("state")
    }

    /// The stored logins' texts.
    pub fn kept(&self) -> Vec<String> {
        let files = fs::read_dir(self.state().join("logins")).into_iter().flatten().flatten();
        let json = files.filter(|file| file.path().extension().is_some_and(|ending| ending == "json"));
        json.map(|file| fs::read_to_string(file.path()).unwrap()).collect()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.project.command(TACKTEST);
        command.args(arguments).env("TACKTEST_STATE_DIR", self.state());
        command
    }

    /// Runs the program to its end.
    pub fn tacktest(&self, arguments: &[&str]) -> Ran {
        crate::project::finish(&mut self.command(arguments))
    }

    /// Starts the program.
    pub fn start(&self, arguments: &[&str]) -> Going {
        Going::of(self.command(arguments).stdin(Stdio::piped()))
    }

    /// `login` for the supply client, without a browser, with these arguments in addition.
    pub fn start_login(&self, more: &[&str]) -> Going {
        let arguments = ["login", "--target", "real", "--client", "supply", "--no-browser"];
        self.start(&[&arguments, more].concat())
    }

    /// Logs in for these scopes.
    #[track_caller]
    pub fn log_in(&self, scope: &str) {
        let going = self.start_login(&["--scope", scope]);
        let url = going.url();
        self.come_back(&self.visit(&url));
        going.ended().ended(0);
    }

    /// Visits `url` at the mock, which approves, and gives where it leads.
    pub fn visit(&self, url: &Url) -> Url {
        let line = format!("GET {}?{}", path(url.as_str()), url.query().unwrap_or_default());
        let answer = self.server.send(&line, &[], "");
        Url::parse(answer.header("location")).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
    }

    /// Comes back to the redirect URI as a browser does.
    pub fn come_back(&self, url: &Url) -> Answer {
        let head =
            format!("GET {}?{} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", url.path(), url.query().unwrap(), self.port);
        parse(&raw(SocketAddr::from(([127, 0, 0, 1], self.port)), head.as_bytes()))
    }
}

/// A port that nobody listens on. It is none of those that the system gives to connections, which would take it before
/// the program does.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 9_000).unwrap();
    let candidates = std::iter::repeat_with(|| 20_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000);
    candidates.take(10_000).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap()
}

fn targets(staging: &Environment, port: u16, lines: &str) -> String {
    let clients = staging.clients.iter().fold(String::new(), |clients, (name, client)| {
        let scopes = "scopes: [\"supply::users.read\", \"supply::businesses.list\"]";
        let uri = format!("http://127.0.0.1:{port}/callback");
        clients
            + &format!(
                "      {name}: {{ id: \"{}\", secret: {{ command: \"printf %s '{}'\" }}, redirect_uri: \"{uri}\", {scopes} }}\n",
                client.id,
                client.secret
            )
    });
    let Environment { api, authorize_url, token_url, site, audience, .. } = staging;
    let kind = if lines.contains("kind:") { "" } else { "    kind: staging\n" };
    format!(
        "targets:\n  real:\n{kind}    real: true\n    api: {api}\n    authorize_url: {authorize_url}\n    \
         token_url: {token_url}\n    site: {site}\n    audience: {audience}\n    fixtures: {{ business: \"{}\" }}\n\
         {lines}    clients:\n{clients}",
        staging.fixtures["business"]
    )
}

impl Going {
    pub fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let (send, lines) = std::sync::mpsc::channel();
        let stderr = thread::spawn(move || {
            let mut all = String::new();
            let mut line = String::new();
            while stderr.read_line(&mut line).unwrap() > 0 {
                all.push_str(&line);
                let _ = send.send(std::mem::take(&mut line));
            }
            all
        });
        Self { child, stderr, lines }
    }

    /// The next line of stderr in which `part` stands.
    pub fn line(&self, part: &str) -> String {
        let mut told = String::new();
        loop {
            let line = self.lines.recv_timeout(std::time::Duration::from_secs(30));
            let line = line.unwrap_or_else(|_| panic!("no line with `{part}` was told, after: {told}"));
            told.push_str(&line);
            if line.contains(part) {
                return line;
            }
        }
    }

    /// The next URL that a person is asked to visit.
    pub fn url(&self) -> Url {
        self.line("at this URL:");
        Url::parse(self.line("http").trim()).unwrap()
    }

    /// Writes to the program's stdin.
    pub fn paste(&mut self, text: &str) {
        use std::io::Write;
        self.child.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// What came of it.
    pub fn ended(mut self) -> Ran {
        drop(self.child.stdin.take());
        let mut stdout = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        let code = self.child.wait().unwrap().code().unwrap();
        Ran { code, stdout, stderr: self.stderr.join().unwrap() }
    }
}
