//! `passes_with` of requirements: what it names is there, and no verdict rests on itself.

use std::collections::HashMap;
use std::iter::successors;

use crate::source::{Diagnostic, Located, Problems, did_you_mean};

use super::requirements::{stands_for, unknown_requirement};

/// One element of a requirement's `passes_with`.
#[derive(Debug)]
pub(super) struct PassesWith {
    /// The id of the requirement that has it.
    pub owner: String,
    /// What it names: an id, or `NAME.*`.
    pub named: Located<String>,
}

/// Whose verdict rests on whose, by ids.
type Rests<'a> = HashMap<&'a str, Vec<&'a str>>;

/// Checks all elements, in the order in which they were read, against all `ids` that are written.
///
/// A circle is told once, where it closes: in a project's file if it needs one, as that is read last.
pub(super) fn check_passes_with(elements: &[PassesWith], ids: &[&str], problems: &mut Problems) {
    let mut rests: Rests<'_> = HashMap::new();
    for PassesWith { owner, named } in elements {
        let others: Vec<&str> = ids.iter().copied().filter(|id| *id != owner && stands_for(&named.value, id)).collect();
        if others.is_empty() {
            problems.push(names_no_other(owner, named, ids));
        } else if let Some(way) = way_to(owner, &others, &rests) {
            problems.push(
                Diagnostic::error(
                    "circular-requirement",
                    format!("the verdict of `{owner}` rests on itself"),
                    named.place,
                )
                .label("closes a circle")
                .note(format!("{owner} passes with {}", way.join(", which passes with ")))
                .help("take one of them out of the circle, so that scenarios decide it"),
            );
        } else {
            rests.entry(owner).or_default().extend(others);
        }
    }
}

/// The problem of `named`, which is no requirement but perhaps `owner`.
fn names_no_other(owner: &str, named: &Located<String>, ids: &[&str]) -> Diagnostic {
    let others = || ids.iter().copied().filter(|id| *id != owner);
    let help = "write ids of other requirements, or `NAME.*` for all below a name";
    let name = &named.value;
    if name == owner {
        return Diagnostic::error("circular-requirement", format!("`{owner}` can't pass with itself"), named.place)
            .label("this requirement itself")
            .help(help);
    }
    if stands_for(name, owner) {
        let title = format!("`{name}` stands for no requirement but `{owner}` itself");
        return Diagnostic::error("circular-requirement", title, named.place)
            .label("nothing else is below that name")
            .help(help);
    }
    unknown_requirement(name, named.place).suggest(did_you_mean(name, others())).help(help)
}

/// The ids on the way from one of `starts` to `goal`, both told, each of which rests on the next.
fn way_to<'a>(goal: &'a str, starts: &[&'a str], rests: &Rests<'a>) -> Option<Vec<&'a str>> {
    // Each id that was reached, with the one before it.
    let mut reached: HashMap<&str, Option<&str>> = starts.iter().map(|start| (*start, None)).collect();
    let mut open: Vec<&str> = starts.to_vec();
    while let Some(id) = open.pop() {
        if id == goal {
            let mut way: Vec<&str> = successors(Some(id), |id| *reached.get(id)?).collect();
            way.reverse();
            return Some(way);
        }
        for next in rests.get(id).into_iter().flatten() {
            if !reached.contains_key(next) {
                reached.insert(next, Some(id));
                open.push(next);
            }
        }
    }
    None
}
