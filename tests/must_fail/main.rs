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
