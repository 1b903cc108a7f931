//! The program from outside: selection, output, exit codes.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod project;

use project::{FAILS, HOLDS, Project, TACKTEST, finish};
use serde_json::Value;

const SKIPPED: &str = "title: Elsewhere\ntargets: [staging]\nsteps:\n  - compare: 1\n    expect: { value: 1 }\n";
const BROKEN: &str = "title: No steps\n";

const SEARCH: &str = "\
title: A keyword search answers with ids
certifies: [http.200, auth.client_credentials.use]
tags: [smoke, keywords]
client: demand
token: { grant: client_credentials, scope: demand::keywords.read }
steps:
  - get: /v4/keywords/search
    query: { searchQuery: car, limit: 2 }
    expect: { status: 200 }
";

/// A test of each kind, in folders.
fn mixed() -> Project {
    Project::new()
        .scenario("a/holds", HOLDS)
        .scenario("a/also_holds", &format!("{HOLDS}tags: [smoke]\ncertifies: [http.404]\n"))
        .scenario("b/fails", FAILS)
        .scenario("b/skipped", SKIPPED)
        .scenario("c/broken", BROKEN)
        .scenario("c/rows", "title: Rows\nmatrix: { one: { number: 1 }, two: { number: 2 } }\nsteps:\n  - compare: \"${matrix.number}\"\n    expect: { value: { $type: integer } }\n")
}

/// The names of the tests that ran, as libtest's lines tell them.
fn ran(project: &Project, arguments: &[&str]) -> Vec<String> {
    let output = project.tacktest(&[&["run"], arguments].concat()).stdout;
    let name = |line: &str| line.strip_prefix("test ")?.split(" ... ").next().map(|name| name.trim().to_owned());
    output.lines().filter(|line| line.contains(" ... ")).filter_map(name).collect()
}

#[test]
fn without_a_command_the_scenarios_of_the_project_run() {
    let project = Project::new().scenario("one", HOLDS).scenario("two", HOLDS);
    project.tacktest(&[]).told(0, &["running 2 tests", "test one ... ok", "2 passed; 0 failed"]);
    let elsewhere = Project::new();
    let folder = project.path("").display().to_string();
    elsewhere.tacktest(&["-C", &folder, "run"]).told(0, &["test two ... ok"]);
    elsewhere.tacktest(&["run", "-C", &folder]).told(0, &["2 passed"]);
    let below = project.path("scenarios");
    finish(project.command(TACKTEST).current_dir(below)).told(0, &["2 passed"]);
    elsewhere.tacktest(&["-C", "/nowhere/at/all"]).told(2, &["is no project", "tacktest.yaml"]);
}

#[test]
fn tests_are_selected_by_name_tag_and_requirement() {
    let project = mixed();
    for (arguments, names) in [
        (&["holds"][..], &["a::also_holds", "a::holds"][..]),
        (&["also", "fails"], &["a::also_holds", "b::fails"]),
        (&["a::holds", "--exact"], &["a::holds"]),
        (&["c::rows::two", "a::holds", "--exact"], &["a::holds", "c::rows::two"]),
        (&["rows"], &["c::rows::one", "c::rows::two"]),
        (&["::two"], &["c::rows::two"]),
        (&["a::", "--skip", "also"], &["a::holds"]),
        (&["a::", "--skip", "also", "--skip", "::holds"], &[]),
        (&["--tag", "smoke", "a::"], &["a::also_holds"]),
        (&["--certifies", "http.404", "a::"], &["a::also_holds"]),
        (&["--ignored"], &["b::skipped"]),
        (&["--include-ignored", "b::"], &["b::fails", "b::skipped"]),
    ] {
        assert_eq!(ran(&project, arguments), names, "{arguments:?}");
    }
}

#[test]
fn nothing_selected_and_all_skipped_are_no_success() {
    let project = mixed();
    project.tacktest(&["run", "zzz"]).told(4, &["no test has a name with `zzz`", "tacktest list"]);
    project.tacktest(&["run", "a", "--exact"]).told(4, &["no test is called `a`"]);
    project.tacktest(&["run", "a::", "--tag", "none"]).told(4, &["has a name with `a::` and is tagged `none`"]);
    project.tacktest(&["run", "a::", "--ignored"]).told(4, &["would be skipped"]);
    let told = &["test b::skipped ... ignored (it is for staging only)", "every selected test was skipped"];
    project.tacktest(&["run", "skipped"]).told(4, told);
    project.tacktest(&["run", "--ignored"]).told(4, told);
    Project::new().tacktest(&["run"]).told(4, &["there is no scenario in"]);
}

#[test]
fn a_list_has_a_line_for_each_test_and_nothing_else() {
    let project = mixed();
    let all = "a::also_holds: test\na::holds: test\nb::fails: test\nb::skipped: test\nc::broken: test\n\
               c::rows::one: test\nc::rows::two: test\n";
    let list = project.tacktest(&["run", "--list"]);
    assert_eq!((list.code, list.stdout.as_str()), (0, all), "{}", list.stderr);
    let terse = project.tacktest(&["run", "--list", "--format", "terse"]);
    assert_eq!((terse.code, terse.stdout.as_str()), (0, all));
    let ignored = project.tacktest(&["run", "--list", "--format", "terse", "--ignored"]);
    assert_eq!((ignored.code, ignored.stdout.as_str()), (0, "b::skipped: test\n"));
    let none = project.tacktest(&["run", "--list", "zzz"]);
    assert_eq!((none.code, none.stdout.as_str()), (0, ""));
}

#[test]
fn a_listed_test_runs_alone_by_its_exact_name() {
    let project = mixed();
    let run = project.tacktest(&["run", "c::rows::one", "--exact", "--nocapture"]);
    run.told(0, &["running 1 test\n", "test c::rows::one ... ok", "1 passed"]);
    let mut nextest = project.command(TACKTEST);
    nextest.args(["run", "--list", "--format", "terse", "--ignored"]).env("NEXTEST", "1");
    assert_eq!(finish(&mut nextest).stdout, "b::skipped: test\n");
    // Asked for all the same, it may not count as passed, as a skip at run time would.
    let mut nextest = project.command(TACKTEST);
    nextest.args(["run", "b::skipped", "--exact", "--nocapture", "--ignored"]).env("NEXTEST", "1");
    finish(&mut nextest).told(4, &["b::skipped ... FAILED", "skipped: it is for staging only"]);
}

#[test]
fn list_tells_names_or_everything() {
    let project = mixed();
    let names = project.tacktest(&["list", "a::"]);
    assert_eq!((names.code, names.stdout.as_str()), (0, "a::also_holds\na::holds\n"));
    let all = project.tacktest(&["list", "--format", "json"]);
    // A file that is wrong is told, and the others are listed all the same.
    assert_eq!(all.code, 3, "{}", all.stderr);
    assert!(all.stderr.contains("tacktest check"), "{}", all.stderr);
    let members = ["certifies", "effects", "file", "kind", "name", "needs", "skip", "tags", "title"];
    let lines: Vec<Value> = all.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 7);
    for line in &lines {
        let mut found: Vec<&String> = line.as_object().unwrap().keys().collect();
        found.sort();
        assert_eq!(found, members, "{line}");
    }
    assert_eq!(lines[3]["skip"], "it is for staging only");
    assert_eq!(lines[0]["certifies"][0], "http.404");
    project.tacktest(&["list", "zzz"]).told(4, &["no test"]);
}

#[test]
fn every_exit_code_is_reached() {
    let project = mixed();
    project.tacktest(&["run", "a::"]).ended(0);
    project.tacktest(&["run", "a::", "fails"]).ended(1);
    project.tacktest(&["run", "--frobnicate"]).told(2, &["unexpected argument", "--frobnicate"]);
    project.tacktest(&["frobnicate"]).ended(2);
    project.tacktest(&["run", "--target", "stagin"]).told(2, &["did you mean `staging`?", "mock, staging, production"]);
    project.tacktest(&["run", "a::", "broken"]).told(3, &["missing-key", "scenarios/c/broken.yaml:1:1"]);
    project.tacktest(&["run"]).ended(3);
    project.tacktest(&["run", "zzz"]).ended(4);
    Project::new().scenario("new", SEARCH).tacktest(&["run"]).told(6, &["not accepted yet", "tacktest review"]);
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = format!("targets: {{ nobody: {{ kind: staging, api: \"http://127.0.0.1:{port}/\" }} }}\n");
    let get = "title: Anyone\nsteps:\n  - get: /x\n    expect: { status: 200 }\n";
    let inconclusive = Project::with_targets(&nobody).scenario("anyone", get);
    inconclusive.tacktest(&["run", "--target", "nobody"]).told(5, &["inconclusive", "connection refused"]);
    Project::with_targets("targets: 7\n").scenario("x", HOLDS).tacktest(&[]).told(2, &["`targets` is a mapping"]);
}

#[test]
fn a_shape_is_accepted_once_and_then_held() {
    let project = Project::new().scenario("search", SEARCH);
    let mut first = project.command(TACKTEST);
    finish(first.env("CI", "1")).told(6, &["nothing was written"]);
    assert!(!project.path("snapshots").exists());
    project.tacktest(&[]).ended(6);
    assert!(project.path("snapshots/search.snap.new").is_file());
    finish(project.command(TACKTEST).env("INSTA_UPDATE", "always")).told(0, &["wrote"]);
    project.tacktest(&[]).ended(0);
    let snapshot = project.read("snapshots/search.snap");
    project.write("snapshots/search.snap", &snapshot.replace("name: string", "name: integer"));
    project.tacktest(&[]).told(6, &["not the accepted ones", "-        name: integer", "+        name: string"]);
    finish(project.command(TACKTEST).env("INSTA_FORCE_PASS", "1")).ended(0);
    project.tacktest(&["run", "--suite", "thumbtack", "keywords"]).ended(0);
}

#[test]
fn snapshots_of_tests_that_do_not_run_now_stay_referenced() {
    let project = mixed().scenario("d/wrong_rows", "title: Rows\nmatrix: 7\nsteps: []\n");
    project.write("snapshots/d/wrong_rows/one.snap", "whatever");
    let mut run = project.command(TACKTEST);
    finish(run.args(["run", "a::holds"]).env("INSTA_SNAPSHOT_REFERENCES_FILE", project.path("references"))).ended(0);
    let references = project.read("references");
    for name in ["a/holds", "a/also_holds", "b/skipped", "c/broken", "c/rows/two", "d/wrong_rows", "d/wrong_rows/one"] {
        assert!(
            references.lines().any(|line| line.ends_with(&format!("snapshots/{name}.snap"))),
            "{name}: {references}"
        );
    }
    assert!(!references.contains("c/rows.snap"), "{references}");
}

#[test]
fn a_failure_tells_everything_at_once() {
    let text = SEARCH.replace(
        "expect: { status: 200 }",
        "expect:\n      status: 201\n      body:\n        data:\n          $each:\n            name: { $type: integer }\n        total: 2\n",
    );
    let run = Project::new().scenario("search", &text).tacktest(&["run", "--seed", "7"]);
    run.told(
        1,
        &[
            "A keyword search answers with ids",
            "step 1 of 1: get /v4/keywords/search",
            "certifies http.200: 200 means that the request succeeded (HTTP response codes, general rules and table of \
             response codes, 200, 2025-12-09)\ncertifies auth.client_credentials.use: an access token",
            "status: expected 201, got 200",
            "scenarios/search.yaml:10:15",
            "10 |       status: 201",
            "$.data[0].name: expected an integer, got the text",
            "$.data[1].name: expected an integer, got the text",
            "name: { $type: integer }",
            "$.total: the member \"total\" is missing",
            "expected 2",
            "> GET /worlds/",
            "> authorization: Bearer [access_token]",
            "< 200 OK",
            "curl --include 'http://127.0.0.1:",
            "--header \"authorization: Bearer $ACCESS_TOKEN\"",
        ],
    );
    assert!(!run.stdout.contains("eyJ"), "{}", run.stdout);
    // The seed was given, so it need not be told.
    assert!(!run.stderr.contains("--seed"), "{}", run.stderr);
}

#[test]
fn a_seed_gives_the_same_values_again() {
    let text = "title: Values\nvars: { id: \"${gen.uuid}\", state: \"${gen.state}\" }\nsteps:\n  - compare: \"${id} ${state}\"\n    expect: { value: none }\n";
    let project = Project::new().scenario("values", text);
    let values = |arguments: &[&str]| {
        let run = project.tacktest(&[&["run"], arguments].concat());
        let seed = run.stderr.split("--seed ").nth(1).map(|rest| rest.trim().to_owned());
        (run.stdout.split("got ").nth(1).unwrap().lines().next().unwrap().to_owned(), seed)
    };
    let (first, seed) = values(&[]);
    let seed = seed.unwrap();
    assert_eq!(values(&["--seed", &seed]), (first.clone(), None));
    assert_ne!(values(&[]).0, first);
    assert_ne!(values(&["--seed", "1"]).0, values(&["--seed", "2"]).0);
}

#[test]
fn formats_of_results() {
    let project = mixed();
    let json = project.tacktest(&["run", "--format", "json", "a::holds", "fails", "--color", "always"]);
    assert_eq!(json.code, 1);
    let lines: Vec<Value> = json.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["test_count"], 2);
    let failed = lines.iter().find(|line| line["event"] == "failed").unwrap();
    assert!(failed["stdout"].as_str().unwrap().contains("expected 2"), "{failed}");
    assert!(!json.stdout.contains("\\u001b") && !json.stdout.contains('\u{1b}'), "{}", json.stdout);
    for arguments in [["run", "a::", "-q"].as_slice(), &["run", "a::", "--format", "terse"]] {
        let terse = project.tacktest(arguments);
        assert!(terse.code == 0 && terse.stdout.contains("\n..\n"), "{terse:?}");
    }
    project.tacktest(&["run", "a::", "--format", "pretty"]).told(0, &["test a::holds      ... ok"]);
    project.tacktest(&["run", "-q", "--format", "json"]).ended(2);
}

#[test]
fn colours_are_drawn_when_asked_for() {
    let project = mixed();
    let coloured = |arguments: &[&str]| project.tacktest(arguments).stdout.contains('\u{1b}');
    assert!(!coloured(&["run", "fails"]));
    assert!(coloured(&["run", "fails", "--color", "always"]));
    assert!(!coloured(&["run", "fails", "--color", "never"]));
    let mut check = project.command(TACKTEST);
    assert!(!finish(check.args(["check"]).env("NO_COLOR", "1")).stderr.contains('\u{1b}'));
}

#[test]
fn a_logfile_takes_the_results() {
    let project = mixed();
    let run = project.tacktest(&["run", "fails", "--logfile", "results.txt"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(!run.stdout.contains("fails"), "{}", run.stdout);
    let results = project.read("results.txt");
    assert!(results.contains("b::fails") && results.contains("expected 2") && !results.contains('\u{1b}'), "{results}");
    project.tacktest(&["run", "a::", "--logfile", "no/such/folder/x"]).told(2, &["can't write", "no/such/folder/x"]);
}

#[test]
fn help_tells_the_exit_codes() {
    let project = Project::new();
    for command in [&[][..], &["run"], &["check"], &["list"], &["mock"], &["schema"], &["completions"]] {
        let help = project.tacktest(&[command, &["--help"]].concat());
        help.told(0, &["Exit codes:", "inconclusive"]);
        assert!(help.stderr.is_empty());
    }
    project.tacktest(&["--version"]).told(0, &[concat!("tacktest ", env!("CARGO_PKG_VERSION"))]);
    for shell in ["bash", "zsh", "fish"] {
        let completions = project.tacktest(&["completions", shell]);
        completions.told(0, &["certifies"]);
        assert!(completions.stderr.is_empty());
    }
    let schema = project.tacktest(&["schema"]);
    assert!(serde_json::from_str::<Value>(&schema.stdout).unwrap().is_object());
}

#[test]
fn data_goes_to_stdout_and_the_rest_to_stderr() {
    let project = mixed();
    assert!(project.tacktest(&["list", "zzz"]).stdout.is_empty());
    let check = project.tacktest(&["check"]);
    assert!(check.code == 3 && check.stdout.is_empty() && check.stderr.contains("missing-key"), "{check:?}");
    let run = project.tacktest(&["run", "fails"]);
    assert!(run.stdout.contains("expected 2") && run.stderr.lines().count() == 1, "{run:?}");
}

#[test]
fn a_reader_that_goes_away_is_no_reason_to_complain() {
    let mut project = Project::new();
    for number in 0..200 {
        project = project.scenario(&format!("holds_{number}"), HOLDS);
    }
    for line in ["list", "list --format json", "schema", "completions bash", "run --help"] {
        let end = project.shell(&format!("( $T {line}; echo code $? >&2 ) | head -1"));
        assert_eq!(end.stderr, "code 0\n", "{line}: {end:?}");
    }
    let run = "( $T run; echo code $? >&2 ) | head -2 >/dev/null";
    assert_eq!(project.shell(run).stderr, "code 0\n");
    // What the reader did not wait for still decides.
    project.write("scenarios/z_fails.yaml", FAILS);
    assert!(project.shell(&run.replace("run", "run --seed 1")).stderr.ends_with("code 1\n"));
}

#[test]
fn a_terminal_sees_progress_and_no_escape_codes_without_colour() {
    let project =
        mixed().scenario("waits", "title: Waits\nsteps:\n  - wait: 400ms\n  - compare: 1\n    expect: { value: 1 }\n");
    let line =
        |environment: &str| format!("{environment} script -qec \"$T run waits a::holds fails skipped\" /dev/null");
    if !project.shell("script --version").stdout.contains("script") {
        println!("skipped: there is no program `script`, which makes a terminal");
        return;
    }
    let plain = project.shell(&line("NO_COLOR=1 TERM=xterm"));
    plain.told(
        1,
        &[
            "of 4  ",
            "test a::holds ... ok",
            "test b::skipped ... ignored, it is for staging only",
            "2 passed; 1 failed; 1 ignored",
        ],
    );
    assert!(!plain.stdout.contains('\u{1b}'), "{:?}", plain.stdout);
    let coloured = project.shell(&line("TERM=xterm"));
    assert!(coloured.stdout.contains("\u{1b}[32mok\u{1b}[0m"), "{:?}", coloured.stdout);
    project.shell("TERM=xterm script -qec \"$T run zzz\" /dev/null").told(4, &["no test has a name with"]);
}

#[test]
fn checked_paths_may_be_fragments_and_are_searched_for_twins() {
    let rows = "title: Rows\nmatrix: { b: { v: 1 }, c: { v: 1 } }\nsteps:\n  - compare: \"${matrix.v}\"\n    expect: { value: 1 }\n";
    let project = Project::new().scenario("one", HOLDS);
    project.write("scenarios/_login.yaml", "steps:\n  - wait: 1ms\n");
    let note = "`scenarios/_login.yaml` is a fragment or data";
    project
        .tacktest(&["check", "scenarios/_login.yaml", "scenarios/one.yaml"])
        .told(0, &[note, "1 file: 1 test, nothing wrong"]);
    project.tacktest(&["check", "scenarios/_login.yaml"]).told(4, &[note]);
    project.tacktest(&["check", "scenarios/_gone.yaml"]).told(2, &["can't read `scenarios/_gone.yaml`"]);
    let project = project.scenario("a", rows).scenario("a/b", HOLDS);
    project.tacktest(&["check", "scenarios"]).told(3, &["two tests are called `a::b`"]);
}

#[test]
fn the_bundled_suite_runs_at_the_targets_of_the_project() {
    let local = "targets: { local: { kind: staging, api: \"http://127.0.0.1:9/\" } }\n";
    let project = Project::with_targets(local).scenario("one", HOLDS);
    let list = project.tacktest(&["list", "--suite", "thumbtack", "--target", "local"]);
    assert!(
        list.code == 0 && list.stdout.lines().count() > 50 && !list.stdout.lines().any(|name| name == "one"),
        "{list:?}"
    );
    project
        .tacktest(&["run", "--suite", "thumbtack", "--target", "local", "keywords"])
        .told(4, &["target `local` has no"]);
    project
        .tacktest(&["run", "--suite", "thumbtack", "--target", "gone"])
        .told(2, &["mock, staging, production, local"]);
}

#[test]
fn a_snapshot_names_its_scenario_from_the_project_wherever_it_is_run() {
    let project = Project::new().scenario("search", SEARCH);
    let elsewhere = Project::new();
    let folder = project.path("").display().to_string();
    finish(elsewhere.command(TACKTEST).args(["-C", &folder, "run"]).env("INSTA_UPDATE", "always"));
    assert!(project.read("snapshots/search.snap").contains("\nsource: scenarios/search.yaml\n"));
}
