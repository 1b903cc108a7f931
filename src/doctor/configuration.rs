//! Whether everything that the target's configuration refers to is there.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{Explained, Kind, Missing, Project, TargetDefinition, explain};

use super::Line;

const CHECK: &str = "configuration";

/// What a value of the target is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Addresses,
    Client(String),
    Gate,
    Network,
    User(String),
    Fixtures,
}

/// What lacks a value, of all that `config explain` tells: a line for each part of the target, and one for its files.
pub(super) fn check(project: &Project, target: &TargetDefinition) -> Vec<Line> {
    let mut absent: BTreeMap<(Part, bool), BTreeSet<String>> = BTreeMap::new();
    for Explained { key, missing, .. } in explain(project, target).lines {
        let key = key.strip_prefix(&format!("targets.{}.", target.name)).unwrap_or(&key);
        let (is_file, name) = match missing {
            None => continue,
            Some(Missing::Variable(name)) => (false, format!("`{name}`")),
            Some(Missing::File(path)) => (true, format!("the file `{path}`")),
        };
        absent.entry((part(key), is_file)).or_default().insert(name);
    }
    let mut lines: Vec<Line> = absent.iter().map(|((part, is_file), names)| told(part, *is_file, names)).collect();
    if target.clients.is_empty() && target.kind != Kind::Mock {
        let advice =
            format!("add `clients` to `{}` in tacktest.yaml; see `tacktest help staging-accounts`", target.name);
        lines.push(Line::warning(CHECK, "no client is configured, so nothing can be asked for", advice));
    }
    if lines.is_empty() {
        lines.push(Line::ok(CHECK, "everything that it refers to is there"));
    }
    lines
}

/// What the value of `key`, the way to it below the target, is for.
fn part(key: &str) -> Part {
    let mut words = key.split('.');
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    match first {
        "clients" => Part::Client(second.to_owned()),
        "gate" => Part::Gate,
        "network" => Part::Network,
        "users" => Part::User(second.to_owned()),
        "fixtures" => Part::Fixtures,
        _ => Part::Addresses,
    }
}

fn told(part: &Part, is_file: bool, absent: &BTreeSet<String>) -> Line {
    let what = match part {
        Part::Addresses => "the addresses refer".to_owned(),
        Part::Client(name) => format!("client `{name}` refers"),
        Part::Gate => "the gate refers".to_owned(),
        Part::Network => "`network` refers".to_owned(),
        Part::User(name) => format!("user `{name}` refers"),
        Part::Fixtures => "`fixtures` refer".to_owned(),
    };
    let names = absent.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let verb = if absent.len() == 1 { "is" } else { "are" };
    let state = if is_file { "there" } else { "set" };
    let what = format!("{what} to {names}, which {verb} not {state}");
    let mend = if is_file {
        "put it there, or correct its name in tacktest.yaml"
    } else {
        "set it, in the environment or in `.env`, to what you were given"
    };
    let until = if *part == Part::Network { "nothing can be run" } else { "what needs it is skipped" };
    let advice = format!("{mend}; {until} until then");
    match part {
        // Much can be run without them.
        Part::User(_) | Part::Fixtures => Line::warning(CHECK, what, advice),
        _ => Line::wrong(CHECK, what, advice),
    }
}
