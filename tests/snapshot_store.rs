//! The store on disk: policies, continuous integration, force pass, references, drift, broken and unwritable files.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tacktest::snapshot::{Body, On, Outcome, Policy, Shape, Shapes, SnapshotName, StepShape, Store, StoreError};
use tempfile::TempDir;

const SOURCE: &str = "scenarios/token/wrong_audience.yaml";
const TITLE: &str = "A wrong audience: refused";

/// A store in a folder of its own, for the test `token::wrong_audience`.
struct Setup {
    folder: TempDir,
    store: Store,
    name: SnapshotName,
}

impl Setup {
    fn new(variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let policy = Policy::from_environment(&|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
        .unwrap();
        let store = Store { root: folder.path().join("snapshots"), policy };
        Self { folder, store, name: SnapshotName::new("token/wrong_audience", None).unwrap() }
    }

    fn check(&self, shapes: &Shapes, on: On<'_>) -> Result<Outcome, StoreError> {
        self.store.check(&self.name, SOURCE, TITLE, shapes, on)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.store.root.join(file)
    }

    fn write(&self, file: &str, text: &str) {
        fs::create_dir_all(self.path(file).parent().unwrap()).unwrap();
        fs::write(self.path(file), text).unwrap();
    }

    /// All files below the folder, with their texts.
    fn files(&self) -> Vec<(String, String)> {
        fn walk(folder: &Path, root: &Path, found: &mut Vec<(String, String)>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, root, found);
                } else {
                    let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                    found.push((name, fs::read_to_string(&path).unwrap()));
                }
            }
        }
        let mut found = Vec::new();
        walk(self.folder.path(), self.folder.path(), &mut found);
        found.sort();
        found
    }

    fn names(&self) -> Vec<String> {
        self.files().into_iter().map(|(name, _)| name).collect()
    }
}

fn shapes(body: &Value) -> Shapes {
    Shapes { steps: vec![StepShape::new("ask", 200, Some("application/json"), Body::Json(Shape::of(body)))] }
}

fn file_of(body: &str) -> String {
    format!(
        "---\nsource: {SOURCE}\ndescription: \"{TITLE}\"\n---\n- step: ask\n  status: 200\n  media_type: application/json\n  body:\n{body}"
    )
}

const ACCEPTED: &str = "snapshots/token/wrong_audience.snap";
const PENDING: &str = "snapshots/token/wrong_audience.snap.new";
const SNAP: &str = "token/wrong_audience.snap";
const SNAP_NEW: &str = "token/wrong_audience.snap.new";

#[derive(Debug, Clone, Copy, PartialEq)]
enum Before {
    Missing,
    Same,
    Different,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Then {
    Same,
    Accepted,
    Pending,
    Nothing,
}

#[test]
fn every_policy_does_with_new_same_and_different_what_insta_does() {
    use Before::{Different, Missing, Same};
    let observed = shapes(&json!({"a": 1}));
    let (old, new) = (file_of("    a: string\n"), file_of("    a: integer\n"));
    for (update, ci, missing, different) in [
        ("", "false", Then::Pending, Then::Pending),
        ("auto", "0", Then::Pending, Then::Pending),
        ("auto", "true", Then::Nothing, Then::Nothing),
        ("always", "true", Then::Accepted, Then::Accepted),
        ("1", "false", Then::Accepted, Then::Accepted),
        ("new", "true", Then::Pending, Then::Pending),
        ("unseen", "false", Then::Accepted, Then::Pending),
        ("unseen", "true", Then::Accepted, Then::Pending),
        ("no", "false", Then::Nothing, Then::Nothing),
        ("force", "true", Then::Accepted, Then::Accepted),
    ] {
        for force_pass in ["0", "1"] {
            for (before, then) in [(Missing, missing), (Same, Then::Same), (Different, different)] {
                let case = format!("INSTA_UPDATE={update} CI={ci} INSTA_FORCE_PASS={force_pass} {before:?}");
                let setup = Setup::new(&[("INSTA_UPDATE", update), ("CI", ci), ("INSTA_FORCE_PASS", force_pass)]);
                match before {
                    Missing => {}
                    Same => setup.write(SNAP, &new),
                    Different => setup.write(SNAP, &old),
                }
                let outcome = setup.check(&observed, On::Mock).unwrap();
                let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
                let mut expected = match (before, then) {
                    (_, Then::Same | Then::Accepted) => vec![file(ACCEPTED, &new)],
                    (Different, _) => vec![file(ACCEPTED, &old)],
                    _ => vec![],
                };
                if then == Then::Pending {
                    expected.push(file(PENDING, &new));
                }
                assert_eq!(setup.files(), expected, "{case}");
                let passes = matches!(then, Then::Same | Then::Accepted) || force_pass == "1";
                assert_eq!(outcome.passes(), passes, "{case}");
                let pending_path = (then == Then::Pending).then(|| setup.path(SNAP_NEW));
                match outcome {
                    Outcome::Same => assert_eq!(then, Then::Same, "{case}"),
                    Outcome::Accepted { file } => {
                        assert_eq!((then, file), (Then::Accepted, setup.path(SNAP)), "{case}");
                    }
                    Outcome::New { text, pending, .. } => {
                        assert_eq!((before, pending), (Missing, pending_path), "{case}");
                        assert_eq!(text, observed.to_text());
                    }
                    Outcome::Different { diff, pending, .. } => {
                        assert_eq!((before, pending), (Different, pending_path), "{case}");
                        assert!(diff.contains("-    a: string\n+    a: integer\n"), "{diff}");
                    }
                    other => panic!("{case}: {other:?}"),
                }
            }
        }
    }
}

#[test]
fn passing_and_accepting_remove_a_stale_pending_file() {
    for (update, before) in [("no", "integer"), ("auto", "integer"), ("always", "string"), ("force", "integer")] {
        let setup = Setup::new(&[("INSTA_UPDATE", update)]);
        setup.write(SNAP, &file_of(&format!("    a: {before}\n")));
        setup.write(SNAP_NEW, "stale");
        assert!(setup.check(&shapes(&json!({"a": 1})), On::Mock).unwrap().passes());
        assert_eq!(setup.names(), [ACCEPTED], "{update}");
    }
}

#[test]
fn what_insta_ignores_is_ignored_and_force_writes_it_anew() {
    let windows = "---\nsource: elsewhere.yaml\nexpression: x\n---\n".to_owned()
        + "- step: ask\n  status: 200\n  media_type: application/json\n  body:\n    a: integer\n\n\n";
    let windows = windows.replace('\n', "\r\n");
    for (update, left) in
        [("auto", windows.clone()), ("always", windows.clone()), ("force", file_of("    a: integer\n"))]
    {
        let setup = Setup::new(&[("INSTA_UPDATE", update)]);
        setup.write(SNAP, &windows);
        assert_eq!(setup.check(&shapes(&json!({"a": 1})), On::Mock).unwrap(), Outcome::Same);
        assert_eq!(setup.files(), [(ACCEPTED.to_owned(), left)], "{update}");
    }
}

#[test]
fn a_pending_file_accepted_by_insta_passes_next_time() {
    let setup = Setup::new(&[]);
    let observed = shapes(&json!({"yes": [{"a?": null}, {}], "\n": "x"}));
    let Outcome::New { pending: Some(pending), .. } = setup.check(&observed, On::Mock).unwrap() else {
        panic!("nothing was accepted yet");
    };
    let written = fs::read_to_string(&pending).unwrap();
    // `save` is what `cargo insta accept` calls.
    insta::Snapshot::from_file(&pending).unwrap().save(&setup.path(SNAP)).unwrap();
    assert_eq!(fs::read_to_string(setup.path(SNAP)).unwrap(), written);
    assert_eq!(setup.check(&observed, On::Mock).unwrap(), Outcome::Same);
    assert_eq!(setup.names(), [ACCEPTED]);
}

#[test]
fn a_row_has_a_file_of_its_own() {
    let setup = Setup::new(&[]);
    let row = SnapshotName::new("token/wrong_audience", Some("typo")).unwrap();
    setup.store.check(&row, SOURCE, TITLE, &shapes(&json!(1)), On::Mock).unwrap();
    assert_eq!(setup.names(), ["snapshots/token/wrong_audience/typo.snap.new"]);
}

#[test]
fn every_snapshot_looked_at_is_referred_to_on_a_whole_line() {
    let folder = tempfile::tempdir().unwrap();
    let references = folder.path().join("references");
    let setup = Setup::new(&[("INSTA_SNAPSHOT_REFERENCES_FILE", references.to_str().unwrap())]);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let setup = &setup;
            scope.spawn(move || {
                for number in 0..50 {
                    let name = SnapshotName::new(&format!("many/test_{thread}_{number}"), None).unwrap();
                    setup.store.refer(&name).unwrap();
                }
            });
        }
    });
    setup.check(&shapes(&json!(1)), On::Mock).unwrap();
    setup.check(&shapes(&json!(1)), On::Target("staging")).unwrap();
    let mut expected: Vec<String> = (0..8)
        .flat_map(|thread| (0..50).map(move |number| format!("many/test_{thread}_{number}.snap")))
        .chain([SNAP.to_owned(), SNAP.to_owned()])
        .map(|file| std::path::absolute(setup.path(&file)).unwrap().display().to_string())
        .collect();
    let written = fs::read_to_string(&references).unwrap();
    assert!(written.ends_with('\n'));
    let mut lines: Vec<&str> = written.lines().collect();
    lines.sort_unstable();
    expected.sort_unstable();
    assert_eq!(lines, expected);

    let setup = Setup::new(&[("INSTA_SNAPSHOT_REFERENCES_FILE", folder.path().to_str().unwrap())]);
    let error = setup.store.refer(&setup.name).unwrap_err();
    assert!(matches!(error, StoreError::References { .. }), "{error}");
    assert!(error.to_string().contains("INSTA_SNAPSHOT_REFERENCES_FILE"), "{error}");
}

#[test]
fn a_relative_root_is_referred_to_by_its_absolute_path() {
    let folder = tempfile::tempdir().unwrap();
    let references = folder.path().join("references");
    let policy = Policy { references: Some(references.clone()), ..Policy::default() };
    let store = Store { root: PathBuf::from("snapshots"), policy };
    store.refer(&SnapshotName::new("a", None).unwrap()).unwrap();
    let expected = std::env::current_dir().unwrap().join("snapshots").join("a.snap");
    assert_eq!(fs::read_to_string(references).unwrap(), format!("{}\n", expected.display()));
}

#[test]
fn another_target_writes_only_its_own_drift_file() {
    const DRIFT: &str = "snapshots/token/wrong_audience.staging.snap.new";
    let accepted = file_of("    a: string\n    b?: string\n");
    for (update, ci, writes) in [
        ("auto", "false", true),
        ("auto", "true", false),
        ("always", "false", true),
        ("force", "true", true),
        ("new", "true", true),
        ("unseen", "false", true),
        ("no", "false", false),
    ] {
        let case = format!("{update} {ci}");
        let setup = Setup::new(&[("INSTA_UPDATE", update), ("CI", ci)]);
        setup.write(SNAP, &accepted);
        let outcome = setup.check(&shapes(&json!({"a": 1, "b": "x"})), On::Target("staging")).unwrap();
        assert!(!outcome.passes());
        let Outcome::Drift { changes, pending, forced: false } = outcome else { panic!("{case}: {outcome:?}") };
        assert_eq!(changes, ["ask: $.a was string, and is integer"]);
        let mut files = vec![(ACCEPTED.to_owned(), accepted.clone())];
        if writes {
            files.insert(1, (DRIFT.to_owned(), file_of("    a: integer\n    b: string\n")));
            files.sort();
        }
        assert_eq!(setup.files(), files, "{case}");
        assert_eq!(pending.is_some(), writes, "{case}");

        let notes = setup.check(&shapes(&json!({"a": "x", "c": 1})), On::Target("staging")).unwrap();
        let expected = ["ask: $.b is missing; it is optional".to_owned(), "ask: $.c is added: integer".to_owned()];
        assert_eq!(notes, Outcome::Notes(expected.to_vec()), "{case}");
        assert!(notes.passes());
        assert_eq!(setup.files(), [(ACCEPTED.to_owned(), accepted.clone())], "{case}: the stale drift file is gone");
        let same = setup.check(&shapes(&json!({"a": "x", "b": "x"})), On::Target("staging")).unwrap();
        assert_eq!(same, Outcome::Same, "{case}");
    }
}

#[test]
fn force_pass_lets_drift_pass() {
    let setup = Setup::new(&[("INSTA_FORCE_PASS", "1")]);
    setup.write(SNAP, &file_of("    a: string\n"));
    let outcome = setup.check(&shapes(&json!({"a": 1})), On::Target("staging")).unwrap();
    assert!(outcome.passes() && matches!(outcome, Outcome::Drift { forced: true, pending: Some(_), .. }));
}

#[test]
fn another_target_without_an_accepted_shape_is_unpinned_and_writes_nothing() {
    for update in ["auto", "always", "unseen", "force"] {
        let setup = Setup::new(&[("INSTA_UPDATE", update)]);
        assert_eq!(setup.check(&shapes(&json!(1)), On::Target("staging")).unwrap(), Outcome::Unpinned);
        assert_eq!(setup.names(), [""; 0]);
    }
}

#[test]
fn a_target_whose_name_is_no_file_name_is_refused() {
    let setup = Setup::new(&[]);
    let error = setup.check(&shapes(&json!(1)), On::Target("../../x")).unwrap_err();
    assert!(matches!(error, StoreError::Target(_)), "{error}");
}

#[test]
fn a_folder_that_cannot_be_made_is_told_and_other_tests_go_on() {
    for update in ["auto", "always"] {
        let setup = Setup::new(&[("INSTA_UPDATE", update)]);
        setup.write("token", "a file where the folder should be");
        let error = setup.check(&shapes(&json!(1)), On::Mock).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("wrong_audience.snap") && text.contains("can't"), "{text}");
        let other = SnapshotName::new("http/other", None).unwrap();
        assert!(setup.store.check(&other, SOURCE, TITLE, &shapes(&json!(1)), On::Mock).is_ok());
    }
}

#[test]
fn a_failed_write_leaves_nothing_behind() {
    let setup = Setup::new(&[]);
    fs::create_dir_all(setup.path(SNAP_NEW)).unwrap();
    fs::write(setup.path(SNAP_NEW).join("x"), "").unwrap();
    let error = setup.check(&shapes(&json!(1)), On::Mock).unwrap_err();
    assert!(matches!(error, StoreError::Unwritable { .. }), "{error}");
    assert_eq!(setup.names(), ["snapshots/token/wrong_audience.snap.new/x"]);
}

#[test]
fn a_broken_accepted_file_is_told_with_its_place_and_never_taken_for_a_shape() {
    let observed = shapes(&json!({"a": 1}));
    let body = file_of("    a: intger\n");
    for (update, ci) in [("auto", "false"), ("no", "true"), ("always", "false")] {
        let setup = Setup::new(&[("INSTA_UPDATE", update), ("CI", ci)]);
        setup.write(SNAP, &body);
        let error = setup.check(&observed, On::Target("staging")).unwrap_err().to_string();
        for part in ["wrong_audience.snap:9:8", "there is no type `intger`", "did you mean `integer`?", "    a: intger"]
        {
            assert!(error.contains(part), "{error} should have {part}");
        }
    }
    let setup = Setup::new(&[]);
    setup.write(SNAP, &body);
    let outcome = setup.check(&observed, On::Mock).unwrap();
    let Outcome::Different { diff, .. } = outcome else { panic!("{outcome:?}") };
    assert!(diff.contains("-    a: intger\n+    a: integer\n"), "{diff}");

    let conflict = "<<<<<<< ours\n".to_owned() + &body;
    for on in [On::Mock, On::Target("staging")] {
        let setup = Setup::new(&[]);
        setup.write(SNAP, &conflict);
        let error = setup.check(&observed, on).unwrap_err();
        assert!(matches!(error, StoreError::Broken { .. }), "{error}");
        assert!(error.to_string().contains("wrong_audience.snap:1: "), "{error}");
        assert_eq!(setup.names(), [ACCEPTED]);
    }
    let setup = Setup::new(&[("INSTA_UPDATE", "always")]);
    setup.write(SNAP, &conflict);
    assert_eq!(setup.check(&observed, On::Mock).unwrap(), Outcome::Accepted { file: setup.path(SNAP) });
    assert_eq!(setup.files(), [(ACCEPTED.to_owned(), file_of("    a: integer\n"))]);
}

#[test]
fn no_damage_to_an_accepted_file_makes_it_panic() {
    let setup = Setup::new(&[("INSTA_UPDATE", "no")]);
    let whole = file_of("    a: integer\n").into_bytes();
    let odd = b"\n\r:-?#'\"[]{}|>!&*@%.~\\ \t0x\xff\0<";
    setup.write(SNAP, "");
    // Every byte of the front matter, and some of the text.
    for position in (0..120).chain((120..whole.len()).step_by(7)) {
        for (number, byte) in odd.iter().enumerate() {
            let mut damaged = whole.clone();
            match number % 3 {
                0 => damaged[position] = *byte,
                1 => damaged.insert(position, *byte),
                _ => damaged.truncate(position),
            }
            fs::write(setup.path(SNAP), &damaged).unwrap();
            for on in [On::Mock, On::Target("staging")] {
                // Whatever is said about the file, it is said, not thrown.
                let said = setup.check(&shapes(&json!({"a": "x"})), on);
                assert!(!matches!(said, Ok(Outcome::Same | Outcome::Unpinned)), "{said:?} {damaged:?}");
            }
        }
    }
}
