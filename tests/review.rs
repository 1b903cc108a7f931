//! Pending shapes are reviewed, accepted and rejected, by the program where no cargo is.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod project;

use std::fs;
use std::io::Cursor;

use project::{Project, TACKTEST, finish};
use tacktest::author;
use tacktest::snapshot::PendingFiles;
use tacktest::source::Style;

/// A pending or accepted file whose one step answered with this body.
fn file(body: &str) -> String {
    format!(
        "---\nsource: scenarios/a/one.yaml\ndescription: \"One: a title\"\n---\n- step: ask\n  status: 200\n  media_type: \
         application/json\n  body:\n    a: {body}\n"
    )
}

/// A project with these files in its folder of snapshots.
fn with(files: &[(&str, &str)]) -> Project {
    let project = Project::new();
    for (path, text) in files {
        project.write(&format!("snapshots/{path}"), text);
    }
    project
}

/// The files of the folder of snapshots, with their texts.
fn snapshots(project: &Project) -> Vec<(String, String)> {
    let root = project.path("snapshots");
    let mut files: Vec<(String, String)> = project
        .files()
        .into_iter()
        .filter_map(|(path, text)| Some((path.strip_prefix(&root).ok()?.to_str()?.replace('\\', "/"), text)))
        .collect();
    files.sort();
    files
}

fn names(project: &Project) -> Vec<String> {
    snapshots(project).into_iter().map(|(name, _)| name).collect()
}

const SEARCH: &str = "\
title: A keyword search answers with ids
client: demand
token: { grant: client_credentials, scope: demand::keywords.read }
steps:
  - get: /v4/keywords/search
    query: { searchQuery: car, limit: 2 }
    expect: { status: 200 }
";

#[test]
fn a_run_leaves_a_shape_pending_and_accepting_it_lets_the_next_run_pass() {
    let project = Project::new().scenario("a/search", SEARCH);
    project.tacktest(&["run"]).told(6, &["a/search.snap.new\nreview it: `tacktest review`"]);
    let pending = project.read("snapshots/a/search.snap.new");
    project.tacktest(&["review"]).told(6, &["snapshots/a/search.snap.new", "A keyword search", "+- step:"]);
    let accepted = project.tacktest(&["accept"]);
    assert_eq!((accepted.code, accepted.stdout.as_str()), (0, "accepted snapshots/a/search.snap\n"));
    assert_eq!(snapshots(&project), [("a/search.snap".to_owned(), pending.clone())]);
    project.tacktest(&["run"]).ended(0);

    let old = pending.replace("name: string", "name: integer");
    project.write("snapshots/a/search.snap", &old);
    project.tacktest(&["run"]).ended(6);
    let diff = project.tacktest(&["review"]);
    diff.told(6, &["-        name: integer\n+        name: string\n", "nothing was asked", "tacktest accept"]);
    assert_eq!(names(&project), ["a/search.snap", "a/search.snap.new"], "showing changes nothing");
    let rejected = project.tacktest(&["reject"]);
    assert_eq!((rejected.code, rejected.stdout.as_str()), (0, "rejected snapshots/a/search.snap.new\n"));
    assert_eq!(snapshots(&project), [("a/search.snap".to_owned(), old)]);
}

#[test]
fn filters_select_tests_by_their_names() {
    let new = file("integer");
    let files = [
        ("a/one.snap.new", new.as_str()),
        ("a/two.snap.new", &new),
        ("b/one.snap.new", &new),
        ("c/rows/one.snap.new", &new),
    ];
    for (arguments, accepted) in [
        (&["accept"][..], &["a/one", "a/two", "b/one", "c/rows/one"][..]),
        (&["accept", "a::"], &["a/one", "a/two"]),
        (&["accept", "two", "c::rows"], &["a/two", "c/rows/one"]),
        (&["accept", "a::one", "--exact"], &["a/one"]),
        (&["accept", "one", "--skip", "rows", "--skip", "b::"], &["a/one"]),
    ] {
        let project = with(&files);
        let ran = project.tacktest(arguments);
        let expected =
            accepted.iter().fold(String::new(), |lines, name| lines + "accepted snapshots/" + name + ".snap\n");
        assert_eq!((ran.code, &ran.stdout), (0, &expected), "{arguments:?}");
        let left = names(&project);
        for (path, _) in files {
            let accepted = accepted.contains(&path.trim_end_matches(".snap.new"));
            assert_eq!(left.contains(&path.to_owned()), !accepted, "{arguments:?} {path}");
            assert_eq!(left.contains(&path.trim_end_matches(".new").to_owned()), accepted, "{arguments:?} {path}");
        }
    }
    let project = with(&files);
    for command in ["review", "accept", "reject"] {
        project.tacktest(&[command, "a::on", "--exact"]).told(4, &["none of the 4 pending", "is selected"]);
    }
    project.tacktest(&["review", "b::"]).told(6, &["[1 of 1] snapshots/b/one.snap.new\ntest:   b::one\n"]);
    project.tacktest(&["reject", "a::"]).ended(0);
    assert_eq!(names(&project), ["b/one.snap.new", "c/rows/one.snap.new"]);
}

#[test]
fn nothing_pending_is_no_failure() {
    let accepted = file("integer");
    for project in [Project::new(), with(&[("a.snap", &accepted), (".b.snap.new", "x"), (".c/d.snap.new", "x")])] {
        for command in ["review", "accept", "reject"] {
            project.tacktest(&[command, "any"]).told(0, &["nothing is pending in snapshots"]);
        }
    }
    let project = with(&[("a.snap.new", &accepted)]);
    let folder = project.path("").display().to_string();
    let elsewhere = Project::new();
    elsewhere.tacktest(&["accept", "-C", &folder]).told(0, &["accepted "]);
    assert_eq!(names(&project), ["a.snap"]);
    project.write("snapshots/a.snap.new", &file("string"));
    finish(project.command(TACKTEST).arg("reject").current_dir(project.path("scenarios"))).told(0, &["../snapshots"]);
    assert_eq!(names(&project), ["a.snap"]);
}

#[test]
fn without_a_project_nothing_is_reviewed() {
    let folder = tempfile::tempdir().unwrap();
    let project = Project::new();
    for command in ["review", "accept", "reject"] {
        let told = &["there is no project here", "tacktest.yaml", "-C DIR"];
        finish(project.command(TACKTEST).arg(command).current_dir(folder.path())).told(2, told);
        project.tacktest(&[command, "-C", folder.path().to_str().unwrap()]).told(2, &["is no project"]);
    }
}

#[test]
fn drift_is_shown_and_removed_and_never_accepted() {
    let (old, new) = (file("string"), file("integer"));
    let project = with(&[
        ("a/one.snap", &old),
        ("a/one.staging.snap.new", &new),
        ("a/two.My-Own_1.snap.new", "broken"),
        ("b.snap.new", &new),
    ]);
    let before = snapshots(&project);
    project.tacktest(&["review", "a::one"]).told(
        6,
        &[
            "drift:  what the target `staging` answered",
            "-    a: string\n+    a: integer\n",
            "nothing changed: 1 pending",
        ],
    );
    assert_eq!(snapshots(&project), before);
    let accept = project.tacktest(&["accept"]);
    accept.told(6, &["accepted snapshots/b.snap\n", "one.staging.snap.new is drift", "target `My-Own_1`", "reject"]);
    assert_eq!(project.read("snapshots/a/one.snap"), old);
    assert_eq!(names(&project), ["a/one.snap", "a/one.staging.snap.new", "a/two.My-Own_1.snap.new", "b.snap"]);
    project.tacktest(&["reject"]).told(0, &["rejected snapshots/a/one.staging.snap.new\n"]);
    assert_eq!(names(&project), ["a/one.snap", "b.snap"]);
}

#[test]
fn wrong_files_are_told_and_do_not_stop_the_others() {
    let new = file("integer");
    let misspelt = file("intger");
    let not_text = String::from("---\nsource: s\nextension: bin\nsnapshot_kind: binary\n---\n");
    let project = with(&[
        ("a.snap.new", "<<<<<<< ours\n"),
        ("b.snap.new", &misspelt),
        ("c.snap.new", &not_text),
        ("d.snap.new", &new),
        ("e.snap", "<<<<<<< ours\n"),
        ("e.snap.new", &new),
        ("Foo-2.snap.new", &new),
        ("f.a.b.snap.new", &new),
        ("g.a b.snap.new", &new),
    ]);
    fs::create_dir(project.path("snapshots/h.snap")).unwrap();
    project.write("snapshots/h.snap.new", &new);
    let problems = [
        "a.snap.new:1: a snapshot begins with",
        "b.snap.new:9:8",
        "there is no type `intger`",
        "c.snap.new:2: a binary snapshot",
        "Foo-2.snap.new is no pending snapshot of tacktest",
        "f.a.b.snap.new is no pending",
        "g.a b.snap.new is no pending",
    ];
    let review = project.tacktest(&["review"]);
    review.told(2, &problems);
    review.told(2, &["the snapshot snapshots/e.snap is broken", "nothing changed: 3 pending"]);
    let accept = project.tacktest(&["accept"]);
    accept.told(2, &problems);
    accept.told(2, &["can't write the snapshot snapshots/h.snap"]);
    assert_eq!(accept.stdout, "accepted snapshots/d.snap\naccepted snapshots/e.snap\n");
    assert_eq!(project.read("snapshots/e.snap"), new);
    assert!(names(&project).iter().all(|name| !name.contains("tmp")), "nothing half-written stays");
    let reject = project.tacktest(&["reject"]);
    reject.told(2, &problems[4..]);
    assert_eq!(reject.stdout.lines().count(), 4, "{}", reject.stdout);
    assert_eq!(names(&project), ["Foo-2.snap.new", "d.snap", "e.snap", "f.a.b.snap.new", "g.a b.snap.new"]);
}

/// Reviews what is pending with these answers.
fn answered(project: &Project, answers: &str) -> (author::Decided, String) {
    let mut out = Vec::new();
    let pending = PendingFiles::find(&project.path("snapshots"));
    let decided = author::review(pending, &mut Cursor::new(answers), &mut out, Style::Plain).unwrap();
    (decided, String::from_utf8(out).unwrap())
}

#[test]
fn each_answer_is_followed_and_others_are_asked_again() {
    let new = file("integer");
    let files = ["a.snap.new", "b.snap.new", "c.snap.new", "d.snap.new"].map(|name| (name, new.as_str()));
    for (answers, left, counts) in [
        ("a\nr\ns\nq\n", &["a.snap", "c.snap.new", "d.snap.new"][..], (1, 1, 2)),
        ("ACCEPT\n\nyes\n Reject \r\nskip\nquit\n", &["a.snap", "c.snap.new", "d.snap.new"], (1, 1, 2)),
        ("q\na\n", &["a.snap.new", "b.snap.new", "c.snap.new", "d.snap.new"], (0, 0, 4)),
        ("a\n", &["a.snap", "b.snap.new", "c.snap.new", "d.snap.new"], (1, 0, 3)),
        ("", &["a.snap.new", "b.snap.new", "c.snap.new", "d.snap.new"], (0, 0, 4)),
        ("r\nr\nr\nr", &[], (0, 4, 0)),
    ] {
        let project = with(&files);
        let (decided, out) = answered(&project, answers);
        assert_eq!((decided.accepted.len(), decided.rejected.len(), decided.left), counts, "{answers:?}");
        assert!(decided.problems.is_empty(), "{:?}", decided.problems);
        assert_eq!(names(&project), left, "{answers:?}");
        assert!(out.contains("[1 of 4] ") && out.contains("title:  One: a title\nsource: scenarios/a/one.yaml\n"));
    }
}

#[test]
fn what_is_shown_gives_the_terminal_no_orders() {
    let whole = file("integer").replace("One: a title", "\\e[2J\\u202E");
    let project = with(&[("a.snap.new", &whole), ("\u{1b}[2J.snap.new", &whole)]);
    let (decided, out) = answered(&project, "s\n");
    assert!(out.contains("title:  \\u{1b}[2J\\u{202e}\n") && !out.contains('\u{1b}'), "{out:?}");
    let problem = decided.problems[0].to_string();
    assert!(problem.contains("\\u{1b}[2J.snap.new is no pending"), "{problem:?}");
}

#[test]
fn drift_cannot_be_accepted_in_a_review() {
    let project = with(&[("a.snap", &file("string")), ("a.staging.snap.new", &file("integer"))]);
    let (decided, out) = answered(&project, "a\n");
    assert!(out.contains("is drift: ") && !out.contains("a accept"), "{out}");
    assert_eq!((decided.left, names(&project).len()), (1, 2));
    let (decided, _) = answered(&project, "a\nr\n");
    assert_eq!((decided.rejected.len(), names(&project)), (1, vec!["a.snap".to_owned()]));
}

#[test]
fn what_changed_since_it_was_read_is_not_accepted() {
    let project = with(&[("a.snap.new", &file("integer"))]);
    let pending = PendingFiles::find(&project.path("snapshots"));
    let seen = pending.files[0].read().unwrap();
    project.write("snapshots/a.snap.new", &file("string"));
    let error = pending.files[0].accept(&seen).unwrap_err().to_string();
    assert!(error.contains("was changed meanwhile") && error.contains("review it again"), "{error}");
    assert_eq!(names(&project), ["a.snap.new"]);
    fs::remove_file(project.path("snapshots/a.snap.new")).unwrap();
    assert!(pending.files[0].accept(&seen).is_err());
    let error = pending.files[0].read().unwrap_err().to_string();
    assert!(error.contains("can't read the snapshot"), "{error}");
}

#[test]
fn a_terminal_is_asked_and_its_end_of_input_quits() {
    let project = Project::new();
    if !project.shell("script --version").stdout.contains("script") {
        println!("skipped: there is no program `script`, which makes a terminal");
        return;
    }
    let new = file("integer");
    for (answers, code, left) in [
        ("a\\nr\\n", 0, &["a.snap", "c.snap.new"][..]),
        ("x\\ns\\na\\na\\n", 0, &["a.snap.new", "b.snap", "c.snap"]),
        ("", 0, &["a.snap.new", "b.snap.new", "c.snap.new"]),
    ] {
        let project = with(&[("a.snap.new", &new), ("b.snap.new", &new), ("c.snap.new", &new)]);
        let line = format!("printf '{answers}' | NO_COLOR=1 TERM=xterm script -qec \"$T review\" /dev/null");
        let ran = project.shell(&line);
        ran.told(code, &["a accept, r reject, s skip, q quit: "]);
        assert!(!ran.stdout.contains('\u{1b}'), "{:?}", ran.stdout);
        assert_eq!(names(&project), left, "{answers}: {}", ran.stdout);
    }
    let project = with(&[("a.snap.new", &new)]);
    let coloured = project.shell("printf 'q\\n' | TERM=xterm script -qec \"$T review\" /dev/null");
    coloured.told(0, &["\u{1b}[32m+", "1 left pending"]);
    // Without somebody at both ends nothing is asked.
    for line in ["$T review </dev/null", "printf 'a\\n' | $T review", "script -qec \"$T review | cat\" /dev/null"] {
        assert!(project.shell(line).stdout.contains("+    a: integer"));
        assert_eq!(names(&project), ["a.snap.new"], "{line}");
    }
}

#[test]
fn help_tells_about_drift_and_the_exit_codes() {
    let project = Project::new();
    for command in ["review", "accept", "reject"] {
        let help = project.tacktest(&[command, "--help"]);
        help.told(0, &["Exit codes:", "nothing is pending", "[FILTER]...", "Drift, TEST.TARGET.snap.new", "Beware"]);
        assert!(help.stderr.is_empty());
        project.tacktest(&["completions", "fish"]).told(0, &[command]);
        project.tacktest(&[command, "--no-such-flag"]).ended(2);
    }
}
