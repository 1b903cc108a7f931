//! The bundled scenarios against a server that is not ours: a certified `OpenID` provider and a small API behind it.
//!
//! `tests/interop/README.md` tells what that server is. Which scenarios end otherwise there than at the mock, and why, is
//! `tests/interop/differs.yaml`, which is held here from both sides. Without Node.js, or without what `npm ci` installs,
//! this is skipped and says so; `TACKTEST_INTEROP=required` makes that a failure.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where its surroundings fail")]
#![expect(clippy::print_stderr, reason = "whoever runs it reads what was held")]

mod project;
mod tls;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use project::{Project, TACKTEST, finish};
use serde::Deserialize;
use tls::{ALWAYS, Authority, CountingProxy, Manner};

/// How long the server may take to make its keys and listen.
const START: Duration = Duration::from_secs(30);

/// What every target of one's own lacks, as reasons for skips say it.
const LACKS: &[&str] = &[
    "it is for mocks only",
    "does not offer `clock`",
    "does not offer `faults`",
    "does not offer `given`",
    "it is for mock only",
    "it is for mock, staging, production only",
    "so that no user can be told to deny",
    "is no real one, of which access tokens are kept until they are over",
];

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ends {
    /// It held.
    Pass,
    /// Something did not hold.
    Finding,
    /// All held, but an answer has lost its shape.
    Drift,
    /// The surroundings failed.
    Inconclusive,
}

/// What came of one test.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Ended(Ends),
    Skipped(String),
}

/// One entry of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Differs {
    because: String,
    ends: Ends,
    tests: Vec<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop")
}

/// The server, which ends with its input.
struct Server {
    child: Child,
    input: Option<ChildStdin>,
    /// The variables of `project/tacktest.yaml`.
    variables: BTreeMap<String, String>,
}

impl Server {
    fn start(more: &[&str]) -> Self {
        let mut child = Command::new("node")
            .args(["server.mjs", "--until-stdin-ends"])
            .args(more)
            .current_dir(folder())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take(), child.stdout.take().unwrap());
        let (told, ready) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            if BufReader::new(output).read_line(&mut line).is_ok() {
                let _ = told.send(line);
            }
        });
        let line = ready.recv_timeout(START);
        let mut server = Self { child, input, variables: BTreeMap::new() };
        let line = line.expect("the server is ready in time");
        server.variables = serde_json::from_str(&line).expect("the server tells its addresses and credentials");
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.input.take());
        if !ended_within(&mut self.child, Duration::from_secs(5)) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

fn ended_within(child: &mut Child, limit: Duration) -> bool {
    let step = Duration::from_millis(10);
    let mut waited = Duration::ZERO;
    while waited < limit {
        if child.try_wait().is_ok_and(|status| status.is_some()) {
            return true;
        }
        thread::sleep(step);
        waited += step;
    }
    false
}

/// Why the server can't be started here, if it can't.
fn missing() -> Option<&'static str> {
    let node = Command::new("node").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !node.is_ok_and(|status| status.success()) {
        return Some("Node.js is not installed");
    }
    (!folder().join("node_modules/oidc-provider").is_dir()).then_some("`npm ci --prefix tests/interop` was not run")
}

/// Whether the server can be started here; says why not.
fn is_here() -> bool {
    let Some(reason) = missing() else { return true };
    let required = std::env::var_os("TACKTEST_INTEROP").is_some_and(|value| value == "required");
    assert!(!required, "{reason}");
    eprintln!("skipped: {reason}");
    false
}

#[test]
fn the_bundled_scenarios_hold_at_a_server_that_is_not_ours() {
    if !is_here() {
        return;
    }
    let server = Server::start(&[]);
    let own = folder().join("project");
    // The login of the one has pages, that of the other redirects only.
    hold_at("interop", &[], &server, &own);
    hold_at("interop_production", &["does not offer `gate`", "has no user `customer`"], &server, &own);
}

#[test]
fn they_hold_over_tls_with_a_private_authority_and_through_a_proxy() {
    if !is_here() {
        return;
    }
    let authority = Authority::new("interop");
    let issued = authority.issue(&["127.0.0.1"], ALWAYS);
    let own = Project::new();
    for (name, pem) in [("ca.pem", &authority.pem), ("cert.pem", &issued.certificate), ("key.pem", &issued.key)] {
        own.write(name, pem);
    }
    let (certificate, key) = (own.path("cert.pem").display().to_string(), own.path("key.pem").display().to_string());
    let mut server = Server::start(&["--certificate", &certificate, "--key", &key]);
    let proxy = CountingProxy::start(([127, 0, 0, 1], 9).into(), Manner::Onward);
    server.variables.insert("INTEROP_PROXY".to_owned(), format!("http://{}", proxy.address));
    let plain = fs::read_to_string(folder().join("project/tacktest.yaml")).unwrap();
    let network = "    network: { ca: ca.pem, proxy: \"${env.INTEROP_PROXY}\" }\n    audience:";
    own.write("tacktest.yaml", &plain.replace("    audience:", network));
    hold_at("interop", &[], &server, &own.path(""));
    let heads = proxy.heads();
    assert!(!heads.is_empty() && heads.iter().all(|head| head.starts_with("CONNECT 127.0.0.1:")), "{heads:?}");
}

/// What is not served by the small API beside the server: tests whose names hold one of these are left out. Without the
/// operations each would fail, or pass for no reason.
const NOT_SERVED: [&str; 11] = [
    "categories",
    "filtered",
    "job_status::",
    "leads::",
    "per_route_of_",
    "phone_numbers::",
    "public_reviews::",
    "request_forms::",
    "requests::",
    "reviews::",
    "webhooks::",
];

/// Runs the bundled scenarios at `target` of the project in `own`, which lacks `more` too, and holds that they end as
/// they are listed to.
#[track_caller]
fn hold_at(target: &str, more: &[&str], server: &Server, own: &Path) {
    let elsewhere = Project::new();
    let mut command = elsewhere.command(TACKTEST);
    command.args(["run", "--suite", "thumbtack", "--target", target, "--format", "pretty"]);
    command.args(NOT_SERVED.iter().flat_map(|name| ["--skip", name])).arg("-C").arg(own);
    let ran = finish(command.envs(&server.variables));
    let all = format!("{}\n{}", ran.stdout, ran.stderr);
    let is_secret = |name: &str| name.ends_with("_SECRET") || name.ends_with("_PASSWORD");
    for (name, value) in server.variables.iter().filter(|(name, _)| is_secret(name)) {
        assert!(!all.contains(value.as_str()), "{name} is shown");
    }
    let outcomes = outcomes(&ran.stdout);
    let listed = fs::read_to_string(folder().join("differs.yaml")).unwrap();
    let differs: Vec<Differs> = serde_yaml::from_str(&listed).unwrap();
    let count = |wanted: fn(&Outcome) -> bool| outcomes.values().filter(|outcome| wanted(outcome)).count();
    let passed = count(|outcome| *outcome == Outcome::Ended(Ends::Pass));
    let skipped = count(|outcome| matches!(outcome, Outcome::Skipped(_)));
    eprintln!("{target}: {passed} passed, {} differ, {skipped} skipped", outcomes.len() - passed - skipped);
    let complaints = complaints(&outcomes, &differs, &[LACKS, more].concat());
    assert!(complaints.is_empty(), "{target}:\n{}\n\n{all}", complaints.join("\n"));
    assert!(passed > 100, "{target}: only {passed} passed:\n{all}");
    assert_eq!(ran.code, 1, "findings are expected\n{all}");
}

/// The outcome of every test, read from what libtest's format says.
fn outcomes(stdout: &str) -> BTreeMap<String, Outcome> {
    let told: BTreeMap<&str, &str> =
        stdout.split("\n---- ").skip(1).filter_map(|section| section.split_once(" ----\n")).collect();
    let lines = stdout.lines().filter_map(|line| line.strip_prefix("test ")?.split_once(" ... "));
    lines
        .map(|(name, result)| {
            let name = name.trim_end();
            let outcome = match result.strip_prefix("ignored") {
                Some(reason) => Outcome::Skipped(reason.trim().to_owned()),
                None if result == "ok" => Outcome::Ended(Ends::Pass),
                None => Outcome::Ended(how_it_failed(told.get(name).unwrap_or(&""))),
            };
            (name.to_owned(), outcome)
        })
        .collect()
}

fn how_it_failed(told: &str) -> Ends {
    if told.contains("inconclusive: the surroundings failed") {
        Ends::Inconclusive
    } else if told.contains("the target no longer keeps the accepted shapes") {
        Ends::Drift
    } else {
        Ends::Finding
    }
}

/// What is otherwise than listed; what the target `lacks` may be the reason of a skip.
fn complaints(outcomes: &BTreeMap<String, Outcome>, differs: &[Differs], lacks: &[&str]) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut listed = BTreeSet::new();
    for entry in differs {
        if entry.because.trim().is_empty() || entry.ends == Ends::Pass {
            complaints.push(format!("{:?}: an entry says how its tests fail, and why", entry.tests));
        }
        for test in &entry.tests {
            if !listed.insert(test.as_str()) {
                complaints.push(format!("{test}: it is listed twice"));
            }
            match outcomes.get(test) {
                None => complaints.push(format!("{test}: it is listed, and there is no such test")),
                Some(Outcome::Ended(ends)) if *ends == entry.ends => {}
                Some(other) => {
                    complaints.push(format!("{test}: it is listed to end as {:?}, and was {other:?}", entry.ends));
                }
            }
        }
    }
    let order: Vec<&String> = differs.iter().flat_map(|entry| &entry.tests).collect();
    if !order.is_sorted() {
        complaints.push("the list is not sorted by the names of its tests".to_owned());
    }
    for (test, outcome) in outcomes.iter().filter(|(test, _)| !listed.contains(test.as_str())) {
        match outcome {
            Outcome::Ended(Ends::Pass) => {}
            Outcome::Ended(ends) => complaints.push(format!("{test}: it ended as {ends:?}, and is not listed")),
            Outcome::Skipped(reason) if lacks.iter().any(|lack| reason.contains(lack)) => {}
            Outcome::Skipped(reason) => complaints.push(format!("{test}: it is skipped for another reason: {reason}")),
        }
    }
    complaints
}

#[test]
fn what_is_otherwise_than_listed_is_told() {
    let stdout = "\
test a::good     ... ok\ntest a::listed   ... FAILED\ntest a::drifts   ... FAILED\ntest a::blames   ... FAILED
test a::skipped  ... ignored (target `interop` does not offer `clock`)\ntest a::unset    ... ignored (it is not set)

failures:\n\n---- a::listed ----\nexpected 400\n\n---- a::drifts ----\nthe target no longer keeps the accepted shapes

---- a::blames ----\ninconclusive: the surroundings failed\n";
    let outcomes = outcomes(stdout);
    assert_eq!(outcomes.len(), 6);
    let entry = |ends, tests: &[&str]| Differs {
        because: "it does".to_owned(),
        ends,
        tests: tests.iter().map(|&test| test.to_owned()).collect(),
    };
    let right = || {
        vec![
            entry(Ends::Inconclusive, &["a::blames"]),
            entry(Ends::Drift, &["a::drifts"]),
            entry(Ends::Finding, &["a::listed"]),
        ]
    };
    let unset = "a::unset: it is skipped for another reason: (it is not set)".to_owned();
    assert_eq!(complaints(&outcomes, &right(), LACKS), std::slice::from_ref(&unset));
    let with = |change: &dyn Fn(&mut Vec<Differs>)| {
        let mut differs = right();
        change(&mut differs);
        complaints(&outcomes, &differs, LACKS).into_iter().filter(|complaint| *complaint != unset).collect::<Vec<_>>()
    };
    assert_eq!(with(&|list| list.truncate(2)), ["a::listed: it ended as Finding, and is not listed"]);
    assert_eq!(
        with(&|list| list[1].ends = Ends::Finding),
        ["a::drifts: it is listed to end as Finding, and was Ended(Drift)"]
    );
    assert_eq!(
        with(&|list| list[2].tests.insert(0, "a::good".to_owned())),
        ["a::good: it is listed to end as Finding, and was Ended(Pass)"]
    );
    assert_eq!(
        with(&|list| list[2].tests.push("a::zero".to_owned())),
        ["a::zero: it is listed, and there is no such test"]
    );
    assert_eq!(with(&|list| list.swap(0, 1)), ["the list is not sorted by the names of its tests"]);
    assert_eq!(with(&|list| list[0].because.clear()).len(), 1);
    assert_eq!(with(&|list| list[2].tests.push("a::listed".to_owned())), ["a::listed: it is listed twice"]);
}
