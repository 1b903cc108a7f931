//! Every operator, and every key of `expect`, is seen to hold and to fail.
//!
//! `language/` is a project of scenarios with two rows each: `holds` must pass, and `fails` must have a finding.

use std::collections::BTreeSet;
use std::path::Path;

use tacktest::pattern::OPERATORS;
use tacktest::scenario::schema;
use tokio::runtime::Runtime;

use super::run::{By, Suite};

#[test]
fn every_operator_and_expectation_holds_and_fails() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/must_fail/language");
    let suite = Suite::read(&folder);
    let tests = &suite.tests;
    let rows = |wanted: &str| -> BTreeSet<String> {
        tests.iter().filter(|test| test.row.as_deref() == Some(wanted)).map(|test| test.name.clone()).collect()
    };
    let fails = rows("fails");
    assert_eq!(rows("holds").len() + fails.len(), tests.len(), "a row is neither `holds` nor `fails`");
    assert_eq!(Runtime::new().unwrap().block_on(suite.red(By::Nothing, |_| true)), fails);

    let steps =
        ["finally", "links", "save", "secrets", "timeout", "token", "until"].map(|step| format!("steps::{step}"));
    let jwt = ["header", "claims", "signed_by", "at_hash_of"].map(|key| format!("operators::jwt_{key}"));
    let operators = OPERATORS.iter().map(|(name, _)| format!("operators::{}", name.trim_start_matches('$')));
    let schema = schema();
    let keys = schema["$defs"]["expect"]["properties"].as_object().unwrap().keys();
    let wanted: BTreeSet<String> =
        operators.chain(keys.map(|key| format!("expectations::{key}"))).chain(steps).chain(jwt).collect();
    let there: BTreeSet<String> = tests.iter().map(|test| test.file_name.clone()).collect();
    assert_eq!(wanted.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new(), "without a scenario");
}
