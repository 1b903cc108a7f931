//! What is accepted here and what insta writes itself are the same files.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod project;

use std::fs;
use std::path::Path;
use std::process::Command;

use insta::{Settings, Snapshot, assert_snapshot};
use project::{Ran, TACKTEST, finish};

const SHAPES: &str = "- step: ask\n  status: 200\n  media_type: application/json\n  body:\n    a: integer";

/// Not a test by itself: insta's own assertion, in a process whose environment says what insta does.
#[test]
#[ignore = "it is run by the other tests, with a folder and a text"]
fn insta_asserts() {
    let (Ok(folder), Ok(text)) = (std::env::var("TEST_FOLDER"), std::env::var("TEST_TEXT")) else { return };
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_description("One: a \"title\"");
    settings.bind(|| assert_snapshot!("one", text));
}

/// Has insta assert, under this `INSTA_UPDATE`, that the snapshot `one` of `folder` is `text`.
fn insta(folder: &Path, update: &str, text: &str) -> Ran {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "insta_asserts", "--ignored"]);
    command.env("TEST_FOLDER", folder).env("TEST_TEXT", text).env("INSTA_UPDATE", update).env("INSTA_FORCE_PASS", "0");
    finish(command.env("INSTA_WORKSPACE_ROOT", env!("CARGO_MANIFEST_DIR")))
}

/// A project's folder, and that of its snapshots.
fn project() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tacktest.yaml"), "").unwrap();
    let snapshots = folder.path().join("snapshots");
    (folder, snapshots)
}

fn tacktest(command: &str, folder: &Path) -> Ran {
    finish(Command::new(TACKTEST).args([command, "-C"]).arg(folder))
}

#[test]
fn a_pending_file_of_insta_accepted_here_is_the_file_that_insta_accepts() {
    let (folder, snapshots) = project();
    insta(&snapshots, "new", SHAPES).ended(101);
    let pending = fs::read_to_string(snapshots.join("one.snap.new")).unwrap();
    assert!(pending.contains("\nassertion_line: ") && pending.contains("\nexpression: "), "{pending}");
    tacktest("accept", folder.path()).told(0, &["accepted "]);
    assert!(!snapshots.join("one.snap.new").exists());
    let accepted = fs::read_to_string(snapshots.join("one.snap")).unwrap();
    assert!(!accepted.contains("assertion_line"), "{accepted}");

    let (other, others) = project();
    insta(&others, "always", SHAPES).ended(0);
    assert_eq!(fs::read_to_string(others.join("one.snap")).unwrap(), accepted, "insta's own machinery");
    insta(&snapshots, "no", SHAPES).ended(0);
    insta(&snapshots, "no", &SHAPES.replace("integer", "string")).ended(101);

    // An accepted file goes through unchanged.
    fs::rename(others.join("one.snap"), others.join("one.snap.new")).unwrap();
    tacktest("accept", other.path()).ended(0);
    assert_eq!(fs::read_to_string(others.join("one.snap")).unwrap(), accepted);

    insta(&snapshots, "new", &SHAPES.replace("integer", "string")).ended(101);
    tacktest("reject", folder.path()).told(0, &["rejected "]);
    assert!(!snapshots.join("one.snap.new").exists());
    assert_eq!(fs::read_to_string(snapshots.join("one.snap")).unwrap(), accepted);
}

#[test]
fn whatever_a_pending_file_looks_like_what_is_accepted_is_what_insta_saves() {
    for (front, ending) in [
        ("source: scenarios/a.yaml\ndescription: A title\n", "\n"),
        ("description: A title\nsource: \"scenarios/a.yaml\"\n", "\n"),
        ("source: s\nassertion_line: 7\nexpression: \"x: y\"\ninput_file: in.txt\n", "\n\n \n"),
        ("source: s\ndescription: \"\"\n", ""),
        ("# a remark\nsource: 'it''s'\n\n", "\n"),
        ("assertion_line: 7\n", "\n"),
        ("source: 007\n", "\n"),
        ("source: s\r\n", "\r\n"),
        ("source: \"a\\u0007\\tb\"\n", "\n"),
    ] {
        let (folder, snapshots) = project();
        fs::create_dir(&snapshots).unwrap();
        let text = if front.contains('\r') { SHAPES.replace('\n', "\r\n") } else { SHAPES.to_owned() };
        let pending = snapshots.join("one.snap.new");
        fs::write(&pending, format!("---\n{front}---\n{text}{ending}")).unwrap();
        let expected = folder.path().join("expected");
        // `save` is what `cargo insta accept` calls.
        Snapshot::from_file(&pending).unwrap().save(&expected).unwrap();
        tacktest("accept", folder.path()).ended(0);
        let accepted = fs::read_to_string(snapshots.join("one.snap")).unwrap();
        assert_eq!(accepted, fs::read_to_string(expected).unwrap(), "{front:?}");
        assert!(accepted.ends_with(&format!("---\n{SHAPES}\n")), "{accepted:?}");
        assert_eq!(fs::read_dir(&snapshots).unwrap().count(), 1, "{front:?}");
    }
}
