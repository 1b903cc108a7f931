//! Every scenario is seen to fail: with one changed expectation, each of its tests is red, and red in that step.
//!
//! The changes are in `must_fail.txt`. A scenario without one fails here, so that none is added that cannot fail.
#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What is changed in one scenario.
struct Change<'a> {
    scenario: &'a str,
    old: &'a str,
    new: &'a str,
}

#[test]
fn every_scenario_fails_when_an_expectation_is_changed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = fs::read_to_string(root.join("tests/must_fail.txt")).unwrap();
    let project = tempfile::tempdir().unwrap();
    fs::write(project.path().join("tacktest.yaml"), "").unwrap();
    let scenarios = project.path().join("scenarios");
    copy(&root.join("scenarios"), &scenarios);
    let changed = change_all(&read(&table), &scenarios).unwrap_or_else(|complaints| panic!("{complaints}"));

    let tests = listed(project.path());
    let told = run(project.path());
    assert!(!tests.is_empty());
    let complaints: Vec<String> = tests.iter().filter_map(|test| not_red(test, &changed, told.get(test))).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn a_scenario_without_a_change_is_refused_and_a_change_without_a_scenario() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("http")).unwrap();
    fs::write(folder.path().join("_fragment.yaml"), "").unwrap();
    fs::write(folder.path().join("http/x.yaml"), "title: x\nsteps:\n  - get: /\n    expect: 200\n  - b").unwrap();
    let change = |table: &str| change_all(&read(table), folder.path());
    assert_eq!(change("").unwrap_err(), "http/x: 0 changes in must_fail.txt, not one");
    let unknown = change("http/x\n- 200\n+ 404\nhttp/y\n- 1\n+ 2").unwrap_err();
    assert_eq!(unknown, "http/y: there is no such scenario");
    let lines = change("http/x\n- 404\n+ 500").unwrap();
    assert_eq!(lines, ["scenarios/http/x.yaml:3:", "scenarios/http/x.yaml:4:"]);
}

#[test]
fn a_change_whose_text_is_not_there_once_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.yaml");
    for (text, complains) in [("status: 200", false), ("status: 2000 status: 200", true), ("nothing", true)] {
        fs::write(&file, text).unwrap();
        let change = Change { scenario: "x", old: "status: 200", new: "status: 404" };
        assert_eq!(apply(&change, &file).is_err(), complains, "{text}");
    }
}

#[test]
fn a_test_that_is_not_red_is_told() {
    let told = |event: &str, output: &str| serde_json::json!({ "event": event, "stdout": output });
    let not_red = |told: Option<Value>| not_red("x", &["scenarios/x.yaml:7:".to_owned()], told.as_ref());
    assert_eq!(not_red(Some(told("failed", "error[finding]: …\n  --> /p/scenarios/x.yaml:7:3"))), None);
    assert!(not_red(Some(told("failed", "error[finding]: …\n  --> /p/scenarios/x.yaml:8:3"))).is_some());
    assert!(not_red(Some(told("failed", "error[unknown-key]: …\n  --> /p/scenarios/x.yaml:7:3"))).is_some());
    assert!(not_red(Some(told("ok", ""))).is_some());
    assert!(not_red(None).is_some());
}

/// Reads the table: a line with the scenario, one with `- ` and the old text, one with `+ ` and the new one.
fn read(table: &str) -> Vec<Change<'_>> {
    let lines: Vec<&str> = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    lines
        .chunks(3)
        .map(|lines| match lines {
            [scenario, old, new] => Change {
                scenario,
                old: old.strip_prefix("- ").unwrap_or_else(|| panic!("`{old}` does not begin with `- `")),
                new: new.strip_prefix("+ ").unwrap_or_else(|| panic!("`{new}` does not begin with `+ `")),
            },
            _ => panic!("the table ends within a change: {lines:?}"),
        })
        .collect()
}

/// Copies the folder.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copied = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &copied);
        } else {
            fs::copy(&path, &copied).unwrap();
        }
    }
}

/// Finds the scenarios below `folder`, each with its name: `http/not_found` for `http/not_found.yaml`.
fn scenarios(folder: &Path, prefix: &str) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(scenarios(&path, &format!("{prefix}{name}/")));
        } else if let (Some(stem), false) = (name.strip_suffix(".yaml"), name.starts_with('_')) {
            found.insert(format!("{prefix}{stem}"), path);
        }
    }
    found
}

/// Makes all changes below `folder`, one in every scenario, and gives the lines of the changed steps as places are
/// written in findings; or says what is wrong with the table.
fn change_all(changes: &[Change<'_>], folder: &Path) -> Result<Vec<String>, String> {
    let scenarios = scenarios(folder, "");
    let (mut places, mut complaints) = (Vec::new(), Vec::new());
    for (name, file) in &scenarios {
        let made = match changes.iter().filter(|change| change.scenario == name).collect::<Vec<_>>().as_slice() {
            [change] => apply(change, file),
            several => Err(format!("{name}: {} changes in must_fail.txt, not one", several.len())),
        };
        match made {
            Ok(lines) => places.extend(lines.map(|line| format!("scenarios/{name}.yaml:{line}:"))),
            Err(complaint) => complaints.push(complaint),
        }
    }
    let orphans = changes.iter().filter(|change| !scenarios.contains_key(change.scenario));
    complaints.extend(orphans.map(|change| format!("{}: there is no such scenario", change.scenario)));
    if complaints.is_empty() { Ok(places) } else { Err(complaints.join("\n")) }
}

/// Makes the change and gives the lines of its step, or says what is wrong with it.
fn apply(change: &Change<'_>, file: &Path) -> Result<Range<usize>, String> {
    let text = fs::read_to_string(file).unwrap();
    match text.split(change.old).collect::<Vec<_>>().as_slice() {
        [before, _] => {
            fs::write(file, text.replace(change.old, change.new)).unwrap();
            let begins_step = |line: &str| line.starts_with("  - ");
            let changed = before.matches('\n').count();
            let lines: Vec<&str> = text.lines().collect();
            let start = (0..=changed).rev().find(|line| begins_step(lines[*line])).unwrap_or(changed);
            let end = (changed + 1..lines.len()).find(|line| begins_step(lines[*line])).unwrap_or(lines.len());
            Ok(start + 1..end + 1)
        }
        parts => Err(format!("{}: `{}` stands there {} times, not once", change.scenario, change.old, parts.len() - 1)),
    }
}

/// The names of all tests of the project.
fn listed(project: &Path) -> Vec<String> {
    let output = tacktest(project, &["list"]);
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// Runs the project once: what is told of each test.
fn run(project: &Path) -> BTreeMap<String, Value> {
    let output = tacktest(project, &["run", "--format", "json"]);
    let told = String::from_utf8(output.stdout).unwrap();
    // 1 says that there are findings, and that no file is wrong.
    assert_eq!(output.status.code(), Some(1), "{}\n{told}", String::from_utf8_lossy(&output.stderr));
    let events = told.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    events
        .filter(|event| event["type"] == "test" && event["event"] != "started")
        .map(|event| (event["name"].as_str().unwrap().to_owned(), event))
        .collect()
}

fn tacktest(project: &Path, arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_tacktest"))
        .arg("-C")
        .arg(project)
        .args(arguments)
        // Shapes are not the point here: without accepted ones, a scenario that holds must still be seen to pass.
        .env("INSTA_FORCE_PASS", "1")
        .env_remove("INSTA_UPDATE")
        .env_remove("TACKTEST_TARGET")
        .env("CI", "1")
        .output()
        .unwrap()
}

/// Why the test does not count as failed by a finding in one of the `changed` lines, if it does not.
fn not_red(test: &str, changed: &[String], told: Option<&Value>) -> Option<String> {
    let Some(told) = told else { return Some(format!("{test}: not run")) };
    let output = told["stdout"].as_str().unwrap_or_default();
    let at_change = changed.iter().any(|place| output.contains(place.as_str()));
    let is_red = told["event"] == "failed" && output.contains("error[finding]") && at_change;
    (!is_red).then(|| format!("{test}: {} {output}", told["event"]))
}
