//! What must hold of mutations and red scenarios, and the table that tells them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use tacktest::plan::Test;

use super::Seen;

/// What to do when the table is not what was seen.
pub const HOW_TO_WRITE: &str = "tests/must_fail/table.md is not what was seen: look at the difference, and if it is \
                                right, write it with TACKTEST_WRITE_TABLE=1";

const HEAD: &str = "# What makes which scenario fail

Each sentence below breaks the mock, or a built-in target, in one way. Under it stand the scenarios that turn red then,
of those that certify the requirement; under the last heading, of those that certify none. Every scenario turns red for
each requirement that it certifies, or, if it certifies none, at least once.

This file is written and verified by `cargo test --test must_fail`.
";

/// Whether `test` is one of those that are to notice when these requirements are not kept.
pub fn must_notice(test: &Test, requirements: &[&str]) -> bool {
    if requirements.is_empty() {
        return test.certifies.is_empty();
    }
    requirements.iter().any(|requirement| certifies(test, requirement))
}

/// What is wrong: a requirement's scenario that is never red, a mutation that its scenarios do not notice, a scenario
/// that nothing turns red.
pub fn complaints(tests: &[Test], seen: &[Seen]) -> Vec<String> {
    let mut complaints = Vec::new();
    for test in tests {
        for id in test.certifies.iter().map(|requirement| requirement.id.as_str()) {
            let breaking = || seen.iter().filter(|seen| seen.broken.requirements.contains(&id));
            if breaking().count() == 0 {
                complaints.push(format!("{id}: nothing breaks it, and {} certifies it", test.name));
            } else if !breaking().any(|seen| seen.red.contains(&test.name)) {
                complaints.push(format!("{}: certifies {id}, and is green when it is broken", test.name));
            }
        }
        if !seen.iter().any(|seen| seen.red.contains(&test.name)) {
            complaints.push(format!("{}: nothing turns it red", test.name));
        }
    }
    for Seen { broken, red } in seen {
        for requirement in broken.requirements {
            if !tests.iter().any(|test| certifies(test, requirement) && red.contains(&test.name)) {
                complaints.push(format!("{requirement}: no scenario notices that {}", broken.says));
            }
        }
        if red.is_empty() {
            complaints.push(format!("nothing is red when {}", broken.says));
        }
    }
    complaints.sort();
    complaints.dedup();
    complaints
}

/// The table.
pub fn written(tests: &[Test], seen: &[Seen]) -> String {
    let mut text = HEAD.to_owned();
    let mut before: Option<&[&str]> = None;
    for Seen { broken, red } in seen {
        if before != Some(broken.requirements) {
            let _ = write!(text, "\n{}", heading(tests, broken.requirements));
            before = Some(broken.requirements);
        }
        let _ = write!(text, "\n**{}**\n\n", sentence(broken.says));
        for line in lines(tests, red) {
            let _ = writeln!(text, "- {line}");
        }
    }
    text
}

/// The requirements' ids, and what they state.
fn heading(tests: &[Test], requirements: &[&str]) -> String {
    if requirements.is_empty() {
        return "## Beyond the documents\n".to_owned();
    }
    let mut text = format!("## {}\n", requirements.join(", "));
    for id in requirements {
        let certified = tests.iter().flat_map(|test| &test.certifies).find(|certified| certified.id == *id);
        let statement = certified.map_or("", |certified| &certified.statement);
        let _ = write!(text, "\n> {}\n", sentence(statement));
    }
    text
}

/// The red tests, the rows of one scenario in one line.
fn lines(tests: &[Test], red: &BTreeSet<String>) -> Vec<String> {
    let mut files: BTreeMap<&str, (Vec<&str>, usize)> = BTreeMap::new();
    for test in tests {
        let (rows, of) = files.entry(&test.file_name).or_default();
        *of += 1;
        if red.contains(&test.name) {
            rows.push(test.row.as_deref().unwrap_or_default());
        }
    }
    let red = files.into_iter().filter(|(_, (rows, _))| !rows.is_empty());
    red.map(|(file, (rows, of))| {
        let rows = if rows.len() == of { String::new() } else { format!(": {}", rows.join(", ")) };
        format!("{file}{rows}")
    })
    .collect()
}

fn certifies(test: &Test, requirement: &str) -> bool {
    test.certifies.iter().any(|certified| certified.id == requirement)
}

/// Begun large, unless it begins with an identifier, and ended with a period.
fn sentence(says: &str) -> String {
    if says.split(' ').next().is_some_and(|word| word.contains(['_', '`'])) {
        return format!("{says}.");
    }
    let mut letters = says.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}
