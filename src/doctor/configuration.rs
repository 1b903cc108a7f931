//! Whether everything that the target's configuration refers to is there.

use std::collections::BTreeSet;

use crate::config::{Kind, Missing, Project, Reference, TargetDefinition};
use crate::source::Template;

use super::Line;

const CHECK: &str = "configuration";

/// What lacks a value, a line for the target itself, each client and the gate.
pub(super) fn check(project: &Project, target: &TargetDefinition) -> Vec<Line> {
    let variables = &project.variables;
    let unset = |templates: &mut dyn Iterator<Item = &Template>| -> BTreeSet<String> {
        templates.filter_map(|template| variables.unset(template)).map(|name| format!("`{name}`")).collect()
    };
    let absent = |references: [&Reference; 2]| -> BTreeSet<String> {
        let missing = references.into_iter().filter_map(|reference| variables.missing(reference));
        missing.map(|missing| told(&missing)).collect()
    };
    let mut parts: Vec<(String, BTreeSet<String>)> = Vec::new();
    parts.push(("the addresses".to_owned(), unset(&mut target.urls.values().chain(&target.audience))));
    for (name, client) in &target.clients {
        let mut all = absent([&client.id, &client.secret]);
        all.extend(unset(&mut client.redirect_uri.iter()));
        parts.push((format!("client `{name}`"), all));
    }
    if let Some(gate) = &target.gate {
        parts.push(("the gate".to_owned(), absent([&gate.user, &gate.password])));
    }
    let mut lines: Vec<Line> = parts.into_iter().filter_map(|(what, unset)| missing(&what, &unset)).collect();
    if target.clients.is_empty() && target.kind != Kind::Mock {
        let advice =
            format!("add `clients` to `{}` in tacktest.yaml; see `tacktest help staging-accounts`", target.name);
        lines.push(Line::warning(CHECK, "no client is configured, so nothing can be asked for", advice));
    }
    if lines.is_empty() {
        lines.push(Line::ok(CHECK, "everything that it refers to is set"));
    }
    lines
}

fn told(missing: &Missing) -> String {
    match missing {
        Missing::Variable(name) => format!("`{name}`"),
        Missing::File(path) => format!("the file `{path}`"),
    }
}

fn missing(what: &str, absent: &BTreeSet<String>) -> Option<Line> {
    if absent.is_empty() {
        return None;
    }
    let names = absent.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let advice = "set it, in the environment or in `.env`, to what you were given; what needs it is skipped until then";
    Some(Line::wrong(CHECK, format!("{what} refers to {names}, which is not set"), advice))
}
