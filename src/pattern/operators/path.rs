//! `$.…` and `$[…`: a path from here, and a pattern for what it selects.

use serde_json::Value;

use crate::source::{Diagnostic, Entry, Place};

use super::super::compare::Comparison;
use super::super::compile::Compiler;
use super::super::describe::{count, pattern as describe_pattern};
use super::super::jsonpath::{Path, Selected};
use super::super::model::{Operation, Pattern, Rule};
use super::Check;
use super::list::{check_count, none_of};

/// A path with the pattern for what it selects.
#[derive(Debug, Clone)]
pub(in crate::pattern) struct At {
    pub(in crate::pattern) path: Path,
    pub(in crate::pattern) pattern: Pattern,
    /// Whether the pattern is matched with the list of selected nodes, and not with the one node.
    takes_list: bool,
}

/// Compiles the entry of a path.
pub(in crate::pattern) fn compile(entry: &Entry, compiler: &mut Compiler<'_>) -> Option<Check> {
    let pattern = compiler.pattern(&entry.value);
    let path = match Path::compile(&entry.key.value, entry.key.place) {
        Ok(path) => path,
        Err(problem) => {
            compiler.problems.push(problem);
            return None;
        }
    };
    let operations = match &pattern.rule {
        Rule::Operators(operations) => &**operations,
        _ => &[],
    };
    let takes_list = operations.iter().any(|operation| is_for_lists(&operation.check));
    let is_for_one =
        |operation: &&Operation| !is_for_lists(&operation.check) && !matches!(operation.check, Check::Refused);
    if takes_list && let Some(other) = operations.iter().find(is_for_one) {
        let title = "some of these operators are for the list of nodes that the path selects, some for one node";
        compiler.problems.push(
            Diagnostic::error("mixed-operators", title, entry.key.place)
                .context(other.place, "for one node")
                .help("beneath a path, `$each $some $length $absent` take the list of its nodes")
                .help("for both, write the path twice: `$all: [{$.…: …}, {$.…: …}]`"),
        );
        return None;
    }
    Some(Check::At(Box::new(At { path, pattern, takes_list })))
}

/// Whether the operator, directly beneath a path, takes the list of nodes.
fn is_for_lists(check: &Check) -> bool {
    matches!(check, Check::Each(_) | Check::Some(_) | Check::Length(_) | Check::Absent)
}

impl At {
    /// Reports every way in which what the path selects in `actual` misses the pattern.
    pub(super) fn check(&self, actual: &Value, place: Place, comparison: &mut Comparison<'_>) {
        let nodes = self.path.select(actual);
        if self.takes_list {
            if let Rule::Operators(operations) = &self.pattern.rule {
                operations.iter().for_each(|operation| self.check_list(operation, &nodes, comparison));
            }
            return;
        }
        match &nodes[..] {
            [node] => {
                comparison.within(|path| path.push_str(&node.steps), |inner| inner.value(&self.pattern, node.value));
            }
            [] if self.pattern.holds_without_value() => {}
            [] => self.at_path(comparison, |inner| {
                inner.missing(place, &self.pattern, "the path selects nothing".to_owned());
            }),
            several => self.at_path(comparison, |inner| {
                let found = count(several.len(), "node");
                let message = format!("the path selects {found}, not one");
                let finding = inner.report(place, message, describe_pattern(&self.pattern), found);
                finding.help = Some("for several nodes write `$each: …`, `$some: …` or `$length: …`".to_owned());
            }),
        }
    }

    fn check_list(&self, operation: &Operation, nodes: &[Selected<'_>], comparison: &mut Comparison<'_>) {
        match &operation.check {
            Check::Each(pattern) if !nodes.is_empty() => {
                let before = comparison.count();
                for node in nodes {
                    comparison.within(|path| path.push_str(&node.steps), |inner| inner.value(pattern, node.value));
                }
                self.help_with_array(before, nodes, comparison);
            }
            Check::Some(pattern) if !nodes.is_empty() => self.check_some(pattern, operation.place, nodes, comparison),
            Check::Each(_) | Check::Some(_) => self.at_path(comparison, |inner| {
                inner.missing(operation.place, &self.pattern, "the path selects nothing".to_owned());
            }),
            Check::Length(pattern) => self.at_path(comparison, |inner| {
                let before = inner.count();
                check_count(pattern, nodes.len(), &format!("selects {}", count(nodes.len(), "node")), inner);
                self.help_with_array(before, nodes, inner);
            }),
            Check::Absent => {
                for node in nodes {
                    comparison.within(
                        |path| path.push_str(&node.steps),
                        |inner| super::presence::check_absent(node.value, operation.place, inner),
                    );
                }
            }
            _ => comparison.refused(operation.place),
        }
    }

    fn check_some(&self, pattern: &Pattern, place: Place, nodes: &[Selected<'_>], comparison: &mut Comparison<'_>) {
        let mut failures = Vec::with_capacity(nodes.len());
        for node in nodes {
            let mut found = None;
            comparison.within(|path| path.push_str(&node.steps), |inner| found = inner.attempt(pattern, node.value));
            let Some(found) = found else {
                return;
            };
            if found.is_empty() {
                return;
            }
            failures.push(found);
        }
        self.at_path(comparison, |inner| {
            let expected = format!("a node that matches {}", describe_pattern(pattern));
            none_of(place, expected, &count(nodes.len(), "node"), &failures, inner);
        });
    }

    /// Explains findings that come from taking a selected array for the list of nodes.
    fn help_with_array(&self, before: usize, nodes: &[Selected<'_>], comparison: &mut Comparison<'_>) {
        if let [node] = nodes
            && let Some(array) = node.value.as_array()
        {
            let (path, elements) = (self.path.as_str(), count(array.len(), "element"));
            let help = format!("`{path}` selects one node, an array of {elements}; `{path}[*]` selects its elements");
            comparison.help_since(before, &help);
        }
    }

    /// Runs `inner` with the path as it was written, for what is not about one node.
    fn at_path<'s>(&self, comparison: &mut Comparison<'s>, inner: impl FnOnce(&mut Comparison<'s>)) {
        let steps = self.path.as_str().strip_prefix('$').unwrap_or_default();
        comparison.within(|path| path.push_str(steps), inner);
    }
}
