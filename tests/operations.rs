//! Every operation of the API, with the scenarios that show it in each of five ways: the happy path, a missing scope, what
//! is not found, invalid input, and another user's resource.
//!
//! The table is `scenarios/operations.md`, and is made of what scenarios do: the operation that a step calls, by method
//! and path; the status that it expects, and the token that it carries. `TACKTEST_WRITE_DOCS=1 cargo test --test
//! operations` writes it anew; otherwise it is held to be as it would be written, and to have no hole.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod mock_support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use mock_support::Server;
use serde_json::Value;
use tacktest::config::Project;
use tacktest::plan::{
    Action, Bearer, Body, Expectation, MockAction, Plan, Request, Scenario, Selection, Status, Step, Terms, Test, load,
};
use tacktest::source::Piece;

/// A way in which an operation is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Happy,
    MissingScope,
    NotFound,
    Invalid,
    OtherUsers,
}

const WAYS: [(Way, &str); 5] = [
    (Way::Happy, "happy path"),
    (Way::MissingScope, "missing scope"),
    (Way::NotFound, "not found"),
    (Way::Invalid, "invalid input"),
    (Way::OtherUsers, "another user's"),
];

/// Operations that can't be shown in a way.
struct Rule {
    way: Way,
    /// Which operations.
    holds: fn(&Operation) -> bool,
    reason: &'static str,
}

const CANNOT_BE: [Rule; 4] = [
    Rule {
        way: Way::NotFound,
        holds: names_nothing,
        reason: "the request names nothing that could be missing by an id of its own",
    },
    Rule {
        way: Way::NotFound,
        holds: |operation| operation.id == "createRequestV4",
        reason: "a search that is not there is invalid input, and businesses that are not there are told beside those \
                 that are",
    },
    Rule {
        way: Way::Invalid,
        holds: |operation| !operation.takes_input,
        reason: "the request has neither a body nor parameters that are read",
    },
    Rule {
        way: Way::OtherUsers,
        holds: belongs_to_nobody,
        reason: "the request names nothing that is one user's alone",
    },
];

fn names_nothing(operation: &Operation) -> bool {
    // Reviews and requests name businesses in the query and in the body.
    !operation.path.contains('{') && !["listReviewsV4", "createRequestV4"].contains(&operation.id.as_str())
}

fn belongs_to_nobody(operation: &Operation) -> bool {
    !["{businessID}", "{negotiationID}", "{webhookID}"].iter().any(|id| operation.path.contains(id))
}

/// An operation, as the mock describes what it serves.
#[derive(Debug, Clone)]
struct Operation {
    id: String,
    method: String,
    path: String,
    /// Those of which one opens it.
    scopes: BTreeSet<String>,
    /// Whether it has a body, or a parameter in its query.
    takes_input: bool,
}

/// The scenario files that show an operation in a way, by the operation's place and the way.
type Shown = BTreeMap<(usize, Way), BTreeSet<String>>;

/// The operations that the mock serves, in the order of their paths.
fn operations() -> Vec<Operation> {
    let document = Server::start().send("GET /_mock/openapi.json", &[], "").json();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let Some(below) = path.strip_prefix("/api").filter(|below| below.starts_with("/v4/")) else { continue };
        for (method, operation) in item.as_object().unwrap().iter().filter(|(name, _)| *name != "parameters") {
            let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
            let texts =
                |value: &Value| list(value).iter().map(|text| text.as_str().unwrap().to_owned()).collect::<Vec<_>>();
            let security = list(&operation["security"]);
            let scopes = security.iter().flat_map(|one| one.as_object().unwrap().values().flat_map(texts)).collect();
            let has_query = list(&operation["parameters"]).iter().any(|parameter| parameter["in"] == "query");
            operations.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase(),
                path: below.to_owned(),
                scopes,
                takes_input: has_query || operation.get("requestBody").is_some(),
            });
        }
    }
    operations
}

/// The bundled tests.
fn tests() -> Vec<Test> {
    let project = Project::read(Path::new(env!("CARGO_MANIFEST_DIR"))).map_err(|(problems, _)| problems).unwrap();
    load(&project, project.target("mock").unwrap(), &Terms::default(), &Selection::default()).unwrap()
}

/// What `tests` show of `operations`.
fn shown(operations: &[Operation], tests: &[Test]) -> Shown {
    let mut shown = Shown::new();
    for test in tests {
        let mut keep = |plan: &Plan| {
            for found in shown_by(operations, &plan.scenario) {
                shown.entry(found).or_default().insert(test.source.strip_prefix("scenarios/").unwrap().to_owned());
            }
        };
        match &test.body {
            Body::Ready(plan) => keep(plan),
            Body::Later(later) => keep(&later.plan(test).unwrap_or_else(|broken| panic!("{:?}", broken.problems))),
            other => panic!("{}: {other:?}", test.name),
        }
    }
    shown
}

/// What `scenario` shows. Where faults are ordered, it is they that answer.
fn shown_by(operations: &[Operation], scenario: &Scenario) -> Vec<(usize, Way)> {
    let steps = || scenario.steps.iter().chain(&scenario.finally);
    let orders_faults = steps().any(|step| match &step.action {
        Action::Mock(order) => matches!(**order, MockAction::Fault(_) | MockAction::RateLimit(_)),
        _ => false,
    });
    if orders_faults {
        return Vec::new();
    }
    let of_step = |step: &Step| {
        let Action::Request(request) = &step.action else { return None };
        let place = operations.iter().position(|operation| calls(request, operation))?;
        Some((place, way_of(step, request, scenario, &operations[place])?))
    };
    steps().filter_map(of_step).collect()
}

/// Whether `request` goes to `operation`.
fn calls(request: &Request, operation: &Operation) -> bool {
    let text: String = request
        .url
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.to_string(),
            Piece::Placeholder { .. } => "\u{1}".to_owned(),
        })
        .collect();
    let segments = |path: &str| -> Vec<String> { path.trim_end_matches('/').split('/').map(str::to_owned).collect() };
    let (found, expected) = (segments(text.split('?').next().unwrap_or_default()), segments(&operation.path));
    let mut pairs = found.iter().zip(&expected);
    request.method.http() == operation.method.as_str()
        && found.len() == expected.len()
        && pairs.all(|(found, expected)| expected.starts_with('{') || found == expected)
}

/// The way in which `step` shows `operation`, if in one of the five.
fn way_of(step: &Step, request: &Request, scenario: &Scenario, operation: &Operation) -> Option<Way> {
    let Expectation::Given(expect) = &step.expect else { return None };
    let statuses = &expect.status.as_ref()?.value;
    let only = |wanted: &[u16]| {
        statuses.iter().all(|status| matches!(status, Status::Exactly(status) if wanted.contains(status)))
    };
    let succeeds = |status: &Status| matches!(status, Status::Exactly(200..=299) | Status::Class(2));
    // The scopes of the token that is carried; those of a token of the scenario's own are not told by its steps.
    let carried = scenario.token.as_ref().filter(|_| matches!(request.bearer, Bearer::Carried));
    let scopes = carried.map(|token| token.scope.as_ref().and_then(|scope| scope.as_literal()).unwrap_or_default());
    let opens = scopes.map(|scopes| scopes.split(' ').any(|scope| operation.scopes.contains(scope)));
    match opens {
        _ if statuses.iter().all(succeeds) => Some(Way::Happy),
        Some(false) if only(&[401, 403]) && statuses.iter().any(|status| status.admits(401)) => Some(Way::MissingScope),
        Some(false) => None,
        _ if only(&[404]) => Some(Way::NotFound),
        _ if only(&[400]) => Some(Way::Invalid),
        _ if only(&[403]) => Some(Way::OtherUsers),
        _ => None,
    }
}

/// Why `operation` can't be shown in this way, if it can't.
fn cannot_be(operation: &Operation, way: Way) -> Option<&'static str> {
    let rule = CANNOT_BE.iter().find(|rule| rule.way == way && (rule.holds)(operation));
    rule.map(|rule| rule.reason)
}

/// What is missing, and what is shown that can't be.
fn complaints(operations: &[Operation], shown: &Shown) -> Vec<String> {
    let mut complaints = Vec::new();
    for (place, operation) in operations.iter().enumerate() {
        for (way, name) in WAYS {
            let Operation { method, path, .. } = operation;
            match (cannot_be(operation, way), shown.get(&(place, way))) {
                (None, None) => complaints.push(format!("{method} {path}: {name}: no scenario shows it")),
                (Some(reason), Some(files)) => {
                    complaints.push(format!("{method} {path}: {name}: {files:?}, and yet {reason}"));
                }
                _ => {}
            }
        }
    }
    complaints
}

#[test]
fn every_operation_is_shown_in_every_way_that_there_is() {
    let operations = operations();
    assert_eq!(operations.len(), 34);
    assert!(operations.iter().all(|operation| !operation.scopes.is_empty()), "{operations:?}");
    let shown = shown(&operations, &tests());
    let complaints = complaints(&operations, &shown);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/operations.md");
    let written = table(&operations, &shown);
    if std::env::var_os("TACKTEST_WRITE_DOCS").is_some() {
        fs::write(&file, &written).unwrap();
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    let differs = found.lines().zip(written.lines()).find(|(found, written)| found != written);
    assert!(
        found == written,
        "scenarios/operations.md is not as `TACKTEST_WRITE_DOCS=1 cargo test --test operations` writes it; first: {differs:?}"
    );
}

#[test]
fn a_hole_is_told() {
    let operations = operations();
    let told_without = |files: &[&str]| {
        let mut tests = tests();
        tests.retain(|test| !files.contains(&test.file_name.as_str()));
        complaints(&operations, &shown(&operations, &tests))
    };
    let job_status = "POST /v4/negotiations/{negotiationID}/job-status";
    for (files, way) in [
        (&["job_status::told"][..], "happy path"),
        (&["job_status::without_scope"], "missing scope"),
        (&["job_status::unknown_lead"], "not found"),
        (&["job_status::unusable"], "invalid input"),
        (&["job_status::of_another_pro", "job_status::by_the_customer"], "another user's"),
    ] {
        assert_eq!(told_without(files), [format!("{job_status}: {way}: no scenario shows it")]);
    }
}

#[test]
fn what_cannot_be_is_told_when_it_is_shown() {
    let operations = operations();
    let mut shown = shown(&operations, &tests());
    let place = operations.iter().position(|operation| operation.id == "getUserV4").unwrap();
    shown.insert((place, Way::OtherUsers), BTreeSet::from(["a.yaml".to_owned()]));
    let told = complaints(&operations, &shown).join("\n");
    assert!(told.contains("GET /v4/users/self: another user's: {\"a.yaml\"}, and yet"), "{told}");
}

const HEAD: &str = "# The operations

Every operation of the API whose path is known, and the scenarios that show it: on the happy path, with a token without
its scope, with an id that is nobody's, with input that can't be right, and with what belongs to another user. Of many
scenarios, two that call the fewest operations are named. `–`: it can't be, for a reason below the table.

This file is written and verified by `cargo test --test operations`.

";

/// The table, and the reasons of what is not in it.
fn table(operations: &[Operation], shown: &Shown) -> String {
    let mut text = HEAD.to_owned();
    let _ = writeln!(text, "| operation | {} |\n|---|---|---|---|---|---|", WAYS.map(|(_, name)| name).join(" | "));
    let mut called: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for ((place, _), files) in shown {
        for file in files {
            called.entry(file).or_default().insert(*place);
        }
    }
    for (place, operation) in operations.iter().enumerate() {
        let _ = write!(text, "| `{} {}` |", operation.method, operation.path);
        for (way, _) in WAYS {
            let mut files: Vec<&str> = shown.get(&(place, way)).into_iter().flatten().map(String::as_str).collect();
            files.sort_by_key(|file| (called[file].len(), *file));
            let links: Vec<String> = files.iter().take(2).map(|file| link(file)).collect();
            let more = match files.len() {
                0..=2 => String::new(),
                all => format!(", {} more", all - 2),
            };
            let cell = if links.is_empty() { "–".to_owned() } else { links.join(", ") + &more };
            let _ = write!(text, " {cell} |");
        }
        text.push('\n');
    }
    text.push_str("\nWhat can't be:\n\n");
    for Rule { way, holds, reason } in CANNOT_BE {
        let name = WAYS.iter().find(|(known, _)| *known == way).map_or("", |(_, name)| name);
        let ids: Vec<String> = operations
            .iter()
            .filter(|operation| holds(operation))
            .map(|operation| format!("`{} {}`", operation.method, operation.path))
            .collect();
        let _ = writeln!(text, "- **{name}**, as {reason}: {}.", ids.join(", "));
    }
    text
}

fn link(file: &str) -> String {
    format!("[{}]({file})", file.trim_end_matches(".yaml"))
}
