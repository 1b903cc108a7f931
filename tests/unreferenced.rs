//! What `cargo insta test --unreferenced=delete` would delete after a run: nothing that a test owns, run or not.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod project;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use project::{HOLDS, Project, Ran, TACKTEST, finish};

const ROWS: &str = "title: Rows\nmatrix: { one: { number: 1 }, two: { number: 2 } }\nsteps:\n  - compare: \
                    \"${matrix.number}\"\n    expect: { value: { $type: integer } }\n";

/// A project with a test of each kind, each with a snapshot, and a snapshot that no test owns.
fn project() -> Project {
    let project = Project::new()
        .scenario("a/holds", HOLDS)
        .scenario("a/tagged", &format!("{HOLDS}tags: [smoke]\ncertifies: [http.404]\n"))
        .scenario("b/skipped", &format!("{HOLDS}targets: [staging]\n"))
        .scenario("b/skipped_rows", &format!("{ROWS}targets: [staging]\n"))
        .scenario("c/rows", ROWS);
    let names = [
        "a/holds",
        "a/tagged",
        "b/skipped",
        "b/skipped_rows/one",
        "b/skipped_rows/two",
        "c/rows/one",
        "c/rows/two",
        "gone",
    ];
    for name in names {
        snapshot(&project, name);
    }
    project
}

fn snapshot(project: &Project, name: &str) {
    project.write(&format!("snapshots/{name}.snap"), "---\nsource: s\n---\n[]\n");
}

/// Runs the program as `cargo insta test` has it run.
fn run(project: &Project, arguments: &[&str]) -> Ran {
    let mut command = project.command(TACKTEST);
    finish(command.arg("run").args(arguments).env("INSTA_SNAPSHOT_REFERENCES_FILE", project.path("references")))
}

/// The snapshots that `cargo insta` would delete now, found as it finds them.
fn unreferenced(project: &Project) -> Vec<String> {
    let references = fs::read_to_string(project.path("references")).unwrap_or_default();
    let kept: BTreeSet<PathBuf> = references.lines().filter_map(|line| fs::canonicalize(line).ok()).collect();
    let root = fs::canonicalize(project.path("snapshots")).unwrap();
    let paths = project.files().into_iter().map(|(path, _)| fs::canonicalize(path).unwrap());
    let mut left: Vec<String> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "snap") && !kept.contains(path))
        .map(|path| path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/"))
        .collect();
    left.sort();
    left
}

#[test]
fn filtered_and_skipped_tests_keep_their_snapshots() {
    for (arguments, code) in [
        (&[][..], 0),
        (&["a::holds"], 0),
        (&["a::holds", "--exact"], 0),
        (&["c::rows::one", "--exact"], 0),
        (&["--skip", "c::", "--skip", "holds"], 0),
        (&["--tag", "smoke"], 0),
        (&["--certifies", "http.404"], 0),
        (&["b::"], 4),
        (&["--ignored"], 4),
        (&["no_such_test"], 4),
        (&["--list"], 0),
        (&["--list", "--ignored", "no_such_test"], 0),
    ] {
        let project = project();
        let all = run(&project, arguments).ended(code);
        assert_eq!(unreferenced(&project), ["gone.snap"], "{arguments:?}: {all}");
    }
    assert_eq!(unreferenced(&project()).len(), 8, "without a run all would go");
}

#[test]
fn nextest_lists_and_runs_a_single_test_and_all_snapshots_stay() {
    let project = project();
    let mut command = project.command(TACKTEST);
    command.args(["run", "c::rows::two", "--exact", "--nocapture"]).env("NEXTEST", "1");
    finish(command.env("INSTA_SNAPSHOT_REFERENCES_FILE", project.path("references"))).ended(0);
    assert_eq!(unreferenced(&project), ["gone.snap"]);
}

#[test]
fn a_wrong_file_keeps_all_that_it_may_own_and_the_others_keep_theirs() {
    let project = project()
        .scenario("a/first_wrong", "title: Rows\nmatrix: 7\nsteps: []\n")
        .scenario("Bad-Name", HOLDS)
        .scenario("b/twins", ROWS)
        .scenario("b/twins/one", HOLDS);
    // The last one is what `cargo insta accept` makes of drift.
    let owned = ["a/first_wrong", "a/first_wrong/any", "a/first_wrong/any.staging", "b/twins/one", "b/twins/two"];
    for name in owned {
        snapshot(&project, name);
    }
    let all = run(&project, &["a::holds"]).ended(0);
    assert_eq!(unreferenced(&project), ["gone.snap"], "{all}");
}

#[test]
fn a_run_that_cannot_tell_what_is_in_use_fails() {
    let project = project();
    fs::create_dir(project.path("references")).unwrap();
    for arguments in [&["no_such_test"][..], &["a::holds"], &["--list"]] {
        run(&project, arguments).told(2, &["can't append to", "INSTA_SNAPSHOT_REFERENCES_FILE"]);
    }
}
