//! Whatever lies where scenarios should be, the program says what is wrong, runs the rest and ends with the right code.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A scenario that passes everywhere.
const FINE: &str = "title: One is one\nsteps:\n  - compare: 1\n    expect: { value: 1 }\n";

/// A scenario in which something does not hold.
const FAILING: &str = "title: One is two\nsteps:\n  - compare: 1\n    expect: { value: 2 }\n";

/// A scenario whose answer has a shape.
const WITH_SHAPE: &str = "title: A token is issued\nclient: demand\nsteps:\n  - name: token\n    \
     token: { grant: client_credentials }\n    expect: { status: 200 }\n";

/// The longest that any command of these tests may take.
const LIMIT: Duration = Duration::from_mins(1);

struct Ran {
    code: i32,
    told: String,
}

impl Ran {
    /// Checks the exit code, and that every one of `words` was told.
    fn ends(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{}", self.told);
        for word in words {
            assert!(self.told.contains(word), "{word:?} is not in\n{}", self.told);
        }
    }
}

/// A project with these files, and one scenario that is fine.
fn project(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "tacktest.yaml", b"");
    write(folder.path(), "scenarios/fine.yaml", FINE.as_bytes());
    for (path, bytes) in files {
        write(folder.path(), path, bytes);
    }
    folder
}

fn write(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn tacktest(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tacktest"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).env_clear().env("HOME", folder);
    finished(command.stdout(Stdio::piped()).stderr(Stdio::piped()))
}

/// Waits for the command, but not for ever.
fn finished(command: &mut Command) -> Ran {
    let started = Instant::now();
    let child = command.spawn().unwrap();
    let id = child.id();
    let (done, watched) = std::sync::mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        if watched.recv_timeout(LIMIT) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            let _ = Command::new("kill").args(["-9", &id.to_string()]).status();
        }
    });
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    drop(done);
    watch.join().unwrap();
    let told = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    assert!(started.elapsed() < LIMIT, "it did not come to an end:\n{told}");
    for never in ["panicked", "bug of tacktest", "RUST_BACKTRACE", "stack overflow"] {
        assert!(!told.contains(never), "{never:?} was told:\n{told}");
    }
    Ran { code: status.code().unwrap_or(-1), told }
}

/// Runs and checks a project with one wrong file: the wrong one is told, the fine one runs.
fn one_wrong_file(path: &str, bytes: &[u8], words: &[&str]) {
    let folder = project(&[(path, bytes)]);
    let ran = tacktest(folder.path(), &["run"]);
    ran.ends(3, &["test fine", "1 passed; 1 failed"]);
    ran.ends(3, words);
    tacktest(folder.path(), &["check"]).ends(3, words);
    tacktest(folder.path(), &["run", "--exact", "fine"]).ends(0, &["1 passed; 0 failed"]);
    let listed = tacktest(folder.path(), &["list"]);
    listed.ends(3, &["fine\n", "1 of the files"]);
}

#[test]
fn files_that_are_no_text_are_told_and_the_rest_runs() {
    let utf_16: Vec<u8> = [0xff, 0xfe].into_iter().chain(FINE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    one_wrong_file("scenarios/wrong.yaml", &utf_16, &["wrong.yaml", "UTF-16: save it as UTF-8"]);
    let unmarked: Vec<u8> = FINE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    one_wrong_file("scenarios/wrong.yaml", &unmarked, &["is NUL", "UTF-16"]);
    one_wrong_file("scenarios/wrong.yaml", b"title: caf\xe9\n", &["not UTF-8 text: byte 10, on line 1"]);
    one_wrong_file("scenarios/wrong.yaml", b"title: a\0b\n", &["byte 8, on line 1, is NUL"]);
    one_wrong_file("scenarios/wrong.yaml", &[0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0xfe], &["not UTF-8 text"]);
}

#[test]
fn files_that_are_no_yaml_are_told_and_the_rest_runs() {
    one_wrong_file("scenarios/wrong.yaml", b"<html>\n<body class=\"a\">: b: c\n", &["wrong.yaml:", "yaml-syntax"]);
    one_wrong_file("scenarios/wrong.yaml", b"{ \"title\": ", &["wrong.yaml:", "yaml-syntax"]);
    one_wrong_file("scenarios/wrong.yaml", b"", &["the file is empty", "`title` and `steps`"]);
    one_wrong_file("scenarios/wrong.yaml", b"# nothing yet\n", &["the file is empty"]);
    one_wrong_file("scenarios/wrong.yaml", b"just a text", &["a scenario is a mapping, not a text"]);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_fine() {
    let windows = format!("\u{feff}{}", FINE.replace('\n', "\r\n"));
    let folder = project(&[("scenarios/windows.yaml", windows.as_bytes())]);
    tacktest(folder.path(), &["run"]).ends(0, &["2 passed; 0 failed"]);
    let wrong = format!("\u{feff}{}", FINE.replace("compare", "comprae").replace('\n', "\r\n"));
    one_wrong_file("scenarios/wrong.yaml", wrong.as_bytes(), &["wrong.yaml:3:5", "| ", "^^^^^^^ unknown key"]);
}

#[test]
fn huge_deep_and_multiplying_files_are_refused_quickly() {
    let huge = vec![b'#'; 50 * 1024 * 1024];
    one_wrong_file("scenarios/wrong.yaml", &huge, &["52428800 bytes; the limit is 1048576"]);
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    one_wrong_file("scenarios/wrong.yaml", deep.as_bytes(), &["nested too deep"]);
    one_wrong_file("scenarios/wrong.yaml", "{a: ".repeat(10_000).as_bytes(), &["nested too deep"]);
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..20 {
        let ten = vec![format!("*a{}", level - 1); 10].join(", ");
        writeln!(bomb, "a{level}: &a{level} [{ten}]").unwrap();
    }
    one_wrong_file("scenarios/wrong.yaml", bomb.as_bytes(), &["multiplied by its anchors"]);
    let steps = "  - nothing: 1\n".repeat(20_000);
    let many = format!("title: A great many problems\nsteps:\n{steps}");
    one_wrong_file("scenarios/wrong.yaml", many.as_bytes(), &["more problems are not shown"]);
}

#[test]
fn wide_files_of_the_largest_size_come_to_an_end() {
    let row = |index: usize| format!("  r{index}: {{ a: 1 }}\n");
    let rows: String = (0..20_000).map(row).collect();
    let matrix =
        format!("title: Rows\nmatrix:\n{rows}steps:\n  - compare: \"${{matrix.a}}\"\n    expect: {{ value: 1 }}\n");
    one_wrong_file("scenarios/wrong.yaml", matrix.as_bytes(), &["the matrix has 20000 rows; the limit is 1000"]);
    let steps = "  - compare: \"${matrix.a}\"\n    expect: { value: 1 }\n".repeat(10_000);
    let rows: String = (0..1_000).map(row).collect();
    let product = format!("title: Rows and steps\nmatrix:\n{rows}steps:\n{steps}");
    one_wrong_file("scenarios/wrong.yaml", product.as_bytes(), &["1000 rows of a scenario this long"]);
    let one_line = format!("title: One line\ntags: [{}]\nsteps: []\n", vec!["no"; 10_000].join(", "));
    one_wrong_file("scenarios/wrong.yaml", one_line.as_bytes(), &["`no` is a boolean"]);
}

#[test]
fn what_only_looks_like_a_scenario_file_is_told_by_name() {
    for (path, words) in [
        ("scenarios/Upper.yaml", ["Upper.yaml", "lower-case letters"]),
        ("scenarios/with-dash.yaml", ["with-dash.yaml", "lower-case letters"]),
        ("scenarios/short.yml", ["short.yml", "ends in `.yaml`"]),
        ("scenarios/LOUD.YAML", ["LOUD.YAML", "ends in `.yaml`"]),
        ("scenarios/folder.yaml/inner.yaml", ["folder.yaml", "a folder is named as if it were a scenario"]),
        ("scenarios/Folder/inner.yaml", ["Folder", "lower-case letters"]),
    ] {
        one_wrong_file(path, FINE.as_bytes(), &words);
    }
    // A name that is mended could be that of another test, which must run all the same.
    one_wrong_file("scenarios/fine.yml", FINE.as_bytes(), &["fine.yml", "ends in `.yaml`"]);
}

#[cfg(unix)]
#[test]
fn links_that_lead_nowhere_or_to_folders_are_told() {
    let folder = project(&[]);
    std::os::unix::fs::symlink("not_there.yaml", folder.path().join("scenarios/dangling.yaml")).unwrap();
    std::os::unix::fs::symlink(".", folder.path().join("scenarios/around")).unwrap();
    std::os::unix::fs::symlink("loop.yaml", folder.path().join("scenarios/loop.yaml")).unwrap();
    tacktest(folder.path(), &["run"]).ends(
        3,
        &["1 passed; 3 failed", "dangling.yaml", "No such file", "a link to a folder is not followed", "loop.yaml"],
    );
}

#[test]
fn scenarios_that_are_no_folder_are_a_wrong_configuration() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "tacktest.yaml", b"");
    for command in [&["run"][..], &["check"], &["list"]] {
        tacktest(folder.path(), command).ends(2, &["there is no folder `", "scenarios`"]);
    }
    write(folder.path(), "scenarios", b"");
    for command in [&["run"][..], &["check"], &["list"]] {
        tacktest(folder.path(), command).ends(2, &["can't read the scenarios in `", "ot a directory"]);
    }
}

#[test]
fn a_folder_without_scenarios_and_a_filter_without_match_select_nothing() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "tacktest.yaml", b"");
    write(folder.path(), "scenarios/_only_a_fragment.yaml", b"steps: []\n");
    for command in [&["run"][..], &["check"], &["list"], &["check", "scenarios"]] {
        tacktest(folder.path(), command).ends(4, &["there is no scenario in `", "end in .yaml"]);
    }
    let folder = project(&[]);
    tacktest(folder.path(), &["run", "nothing_like_this"]).ends(4, &["no test", "nothing_like_this"]);
    tacktest(folder.path(), &["check", "scenarios/not_there.yaml"]).ends(2, &["can't read `scenarios/not_there.yaml`"]);
}

#[test]
fn fragments_that_can_not_be_used_are_told_where_they_are_used_or_wrong() {
    let uses = |name: &str| format!("title: Uses\nsteps:\n  - use: {name}\n");
    one_wrong_file(
        "scenarios/wrong.yaml",
        uses("_gone.yaml").as_bytes(),
        &["_gone.yaml`: can't read", "wrong.yaml:3:10"],
    );
    for (fragment, words) in [
        ("steps:\n  - use: _part.yaml\n", &["`_part.yaml` uses itself", "_part.yaml:2:10"][..]),
        ("steps:\n  - wait: 5\n", &["_part.yaml:2:11", "a duration with a unit"]),
        ("steps: [\n", &["_part.yaml:", "yaml-syntax"]),
        ("", &["the fragment is empty", "_part.yaml"]),
    ] {
        let folder = project(&[
            ("scenarios/wrong.yaml", uses("_part.yaml").as_bytes()),
            ("scenarios/_part.yaml", fragment.as_bytes()),
        ]);
        let ran = tacktest(folder.path(), &["run"]);
        ran.ends(3, &["1 passed; 1 failed"]);
        ran.ends(3, words);
    }
    // Each of these files doubles what the one below it holds.
    let folder = project(&[("scenarios/wrong.yaml", uses("_0.yaml").as_bytes())]);
    for level in 0..30 {
        let both = format!("steps:\n  - use: _{0}.yaml\n  - use: _{0}.yaml\n", level + 1);
        write(folder.path(), &format!("scenarios/_{level}.yaml"), both.as_bytes());
    }
    tacktest(folder.path(), &["run"]).ends(3, &["1 passed; 1 failed", "fragments use each other more than 8 deep"]);
}

#[test]
fn two_tests_of_one_name_are_refused_and_their_siblings_run() {
    let rows = "title: Rows\nmatrix:\n  b: { v: 1 }\n  c: { v: 1 }\nsteps:\n  - compare: \"${matrix.v}\"\n    expect: { value: 1 }\n";
    let folder = project(&[("scenarios/a.yaml", rows.as_bytes()), ("scenarios/a/b.yaml", FINE.as_bytes())]);
    let ran = tacktest(folder.path(), &["run"]);
    ran.ends(3, &["2 passed; 2 failed", "two tests are called `a::b`", "the other is in ", "rename the matrix row"]);
    ran.ends(3, &["test a::c", "test fine"]);
    tacktest(folder.path(), &["run", "--exact", "a::c"]).ends(0, &["1 passed"]);
}

#[test]
fn a_wrong_project_file_is_a_wrong_configuration() {
    for (text, word) in [
        ("targets: [", "yaml-syntax"),
        ("tragets: {}", "did you mean `targets`?"),
        ("targets: { local: { kind: staging } }", "has no `api`"),
        ("targets: { local: { kind: staging, api: nowhere } }", "`api` can't be `nowhere`"),
    ] {
        let folder = project(&[("tacktest.yaml", text.as_bytes())]);
        for command in [&["run"][..], &["check"], &["list"]] {
            tacktest(folder.path(), command).ends(2, &["tacktest.yaml", word]);
        }
    }
    let folder = project(&[("tacktest.yaml", b"\xff\xfe\0")]);
    tacktest(folder.path(), &["run"]).ends(2, &["tacktest.yaml", "UTF-16"]);
    let nowhere = tempfile::tempdir().unwrap();
    tacktest(nowhere.path(), &["-C", "not_there", "run"]).ends(2, &["`not_there` is no project"]);
}

#[test]
fn targets_that_can_not_be_used_are_a_wrong_configuration() {
    let folder = project(&[]);
    tacktest(folder.path(), &["run", "--target", "mcok"])
        .ends(2, &["there is no target `mcok`", "did you mean `mock`?"]);
    let by_variable = b"targets:\n  local: { kind: staging, api: \"${env.TACKTEST_BAD_INPUT_API}\" }\n";
    let folder = project(&[("tacktest.yaml", by_variable)]);
    let told = "the environment variable `TACKTEST_BAD_INPUT_API` of target `local` is not set";
    tacktest(folder.path(), &["run", "--target", "local"]).ends(4, &["1 ignored", "every selected test was skipped"]);
    tacktest(folder.path(), &["list", "--target", "local", "--format", "json"]).ends(0, &["fine", told]);
    tacktest(folder.path(), &["run"]).ends(0, &["1 passed"]);
}

#[test]
fn a_client_whose_variable_is_not_set_skips_and_says_so() {
    let target = b"targets:\n  local:\n    kind: staging\n    api: http://127.0.0.1:9/\n    token_url: http://127.0.0.1:9/t\n    \
          clients: { demand: { id: a, secret: \"${env.TACKTEST_BAD_INPUT_SECRET}\" } }\n";
    let folder = project(&[("tacktest.yaml", target), ("scenarios/fine.yaml", WITH_SHAPE.as_bytes())]);
    tacktest(folder.path(), &["run", "--target", "local"]).ends(4, &["0 passed; 0 failed; 1 ignored"]);
    let listed = tacktest(folder.path(), &["list", "--target", "local", "--format", "json"]);
    listed.ends(0, &["the environment variable `TACKTEST_BAD_INPUT_SECRET` of client `demand` is not set"]);
}

#[test]
fn snapshots_that_can_not_be_read_or_written_are_told_and_the_rest_runs() {
    let folder = project(&[("scenarios/shape.yaml", WITH_SHAPE.as_bytes()), ("snapshots", b"a file")]);
    let ran = tacktest(folder.path(), &["run"]);
    ran.ends(2, &["1 passed; 1 failed", "snapshots", "shape.snap"]);
    assert!(!ran.told.contains("set INSTA_UPDATE=new"), "{}", ran.told);
    // A text that holds no shapes is just another text on the mock, where shapes are compared as written.
    let cases =
        [(2, &b"no front matter"[..]), (6, b"---\nsource: a\n---\nnot: [a shape\n"), (2, b"\xff\xfe"), (2, b"")];
    for (code, broken) in cases {
        let folder = project(&[("scenarios/shape.yaml", WITH_SHAPE.as_bytes()), ("snapshots/shape.snap", broken)]);
        tacktest(folder.path(), &["run"]).ends(code, &["1 passed; 1 failed", "shape.snap"]);
    }
}

#[test]
fn where_several_things_are_wrong_the_gravest_decides() {
    let folder = project(&[("scenarios/shape.yaml", WITH_SHAPE.as_bytes())]);
    tacktest(folder.path(), &["run"]).ends(6, &["1 passed; 1 failed"]);
    write(folder.path(), "scenarios/failing.yaml", FAILING.as_bytes());
    tacktest(folder.path(), &["run"]).ends(1, &["1 passed; 2 failed"]);
    write(folder.path(), "scenarios/wrong.yaml", b"title: a\n");
    tacktest(folder.path(), &["run"]).ends(3, &["1 passed; 3 failed"]);
    write(folder.path(), "tacktest.yaml", b"targets: 5\n");
    tacktest(folder.path(), &["run"]).ends(2, &["`targets` is a mapping"]);
}

#[test]
fn all_that_is_wrong_below_a_folder_is_checked_at_once() {
    let folder = project(&[
        ("scenarios/Upper.yaml", FINE.as_bytes()),
        ("scenarios/short.yml", FINE.as_bytes()),
        ("scenarios/wrong.yaml", b"title: a\n"),
    ]);
    tacktest(folder.path(), &["check", "scenarios"])
        .ends(3, &["Upper.yaml", "short.yml", "a scenario has no `steps`", "4 files: 3 problems"]);
    tacktest(folder.path(), &["check", "scenarios/short.yml"]).ends(3, &["ends in `.yaml`"]);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_no_scenario_and_nobody_waits_for_it() {
    let folder = project(&[]);
    let pipe = folder.path().join("scenarios/pipe.yaml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    tacktest(folder.path(), &["run"]).ends(3, &["1 passed; 1 failed", "pipe.yaml", "not a regular file"]);
    // A filter that could name a row has every file looked into.
    tacktest(folder.path(), &["run", "nothing_like_this"]).ends(4, &["no test"]);
    tacktest(folder.path(), &["run", "fine"]).ends(0, &["1 passed"]);
}

#[test]
fn what_is_not_set_skips_only_what_uses_it() {
    let target = b"targets:\n  local:\n    kind: staging\n    api: http://127.0.0.1:9/\n    \
          fixtures: { lead: \"${env.TACKTEST_BAD_INPUT_LEAD}\" }\n    \
          clients: { other: { id: a, secret: { command: b }, redirect_uri: \"${env.TACKTEST_BAD_INPUT_URI}\" } }\n";
    let uses = "title: Uses\nsteps:\n  - compare: \"${fixture.lead}\"\n    expect: { value: a }\n";
    let client = format!("client: other\n{FINE}");
    let folder = project(&[
        ("tacktest.yaml", target),
        ("scenarios/uses.yaml", uses.as_bytes()),
        ("scenarios/client.yaml", client.as_bytes()),
    ]);
    tacktest(folder.path(), &["run", "--target", "local"]).ends(0, &["1 passed; 0 failed; 2 ignored"]);
    let reasons = ["`TACKTEST_BAD_INPUT_LEAD` of `fixture.lead`", "`TACKTEST_BAD_INPUT_URI` of client `other`"];
    tacktest(folder.path(), &["list", "--target", "local", "--format", "json"]).ends(0, &reasons);
    let reasons = ["target `mock` has no `fixture.lead`", "target `mock` has no client `other`"];
    tacktest(folder.path(), &["list", "--format", "json"]).ends(0, &reasons);
}
