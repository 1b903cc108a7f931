//! Every scenario is seen to fail: the mock is broken in one way after another, and the scenarios that must notice do.
//!
//! [`table.md`](table.md) tells what is broken and which scenarios are red then. It is verified here; after a change
//! `TACKTEST_WRITE_TABLE=1 cargo test --test must_fail` writes it anew, to be read before it is committed.
#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod edit;
mod language;
mod mutations;
mod run;
mod table;

use std::collections::BTreeSet;
use std::path::Path;

use mutations::Broken;
use run::{By, Suite};
use tokio::runtime::Runtime;

/// A way of breaking, with what was red then.
struct Seen {
    broken: Broken,
    red: BTreeSet<String>,
}

#[test]
fn every_scenario_turns_red_when_what_it_shows_is_broken() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let runtime = Runtime::new().unwrap();
    let suite = Suite::read(root);
    assert_eq!(runtime.block_on(suite.red(By::Nothing, |_| true)), BTreeSet::new(), "red although nothing is broken");
    let seen: Vec<Seen> = mutations::all()
        .into_iter()
        .map(|broken| Seen {
            red: runtime.block_on(suite.red(broken.by, |test| table::must_notice(test, broken.requirements))),
            broken,
        })
        .collect();
    let complaints = table::complaints(&suite.tests, &seen);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    let file = root.join("tests/must_fail/table.md");
    let written = table::written(&suite.tests, &seen);
    if std::env::var_os("TACKTEST_WRITE_TABLE").is_some() {
        std::fs::write(&file, &written).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), written, "{}", table::HOW_TO_WRITE);
}

#[test]
fn what_nothing_breaks_and_what_nobody_notices_is_told() {
    let suite = Suite::read(Path::new(env!("CARGO_MANIFEST_DIR")));
    let told = |seen: &[Seen]| table::complaints(&suite.tests, seen).join("\n");
    assert!(told(&[]).contains("http.404: nothing breaks it, and http::not_found::me certifies it"));
    assert!(told(&[]).contains("api::keywords: nothing turns it red"));
    let unnoticed = Broken { requirements: &["http.404"], says: "what is not there is there", by: By::Nothing };
    let told = told(&[Seen { broken: unnoticed, red: BTreeSet::new() }]);
    assert!(told.contains("http::not_found::me: certifies http.404, and is green when it is broken"), "{told}");
    assert!(told.contains("http.404: no scenario notices that what is not there is there"), "{told}");
    assert!(told.contains("nothing is red when what is not there is there"), "{told}");
}
