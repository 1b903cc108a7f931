//! Operators on patterns: `$not`, `$one_of`, `$all`, `$exactly`.

use std::cmp::Reverse;

use serde_json::Value;

use crate::source::{Diagnostic, Node, Place, did_you_mean};

use super::super::compare::Comparison;
use super::super::compile::Compiler;
use super::super::describe::{pattern as describe_pattern, value as describe_value};
use super::super::finding::Finding;
use super::super::model::{Pattern, Rule};
use super::super::vocabulary::Operator;
use super::Check;

/// Compiles the argument of `$one_of` or `$all`: a sequence of patterns, not empty.
pub(super) fn compile_list(operator: Operator, node: &Node, compiler: &mut Compiler<'_>) -> Option<Box<[Pattern]>> {
    match node.as_sequence() {
        None => compiler.wrong(operator, node, "a sequence of patterns"),
        Some([]) => {
            compiler.problems.push(
                Diagnostic::error("empty-list", format!("`{}` has no pattern to match", operator.name()), node.place)
                    .label("empty")
                    .help(format!("write one or more patterns: `{}: [{{…}}, {{…}}]`", operator.name())),
            );
            None
        }
        Some(nodes) => Some(nodes.iter().map(|node| compiler.pattern(node)).collect()),
    }
}

/// Compiles the argument of `$exactly`.
pub(super) fn compile_exactly(node: &Node, compiler: &mut Compiler<'_>) -> Check {
    let pattern = Compiler { problems: &mut *compiler.problems, closed: true }.pattern(node);
    Check::Exactly(Box::new(pattern))
}

/// Reports it if `actual` matches `pattern`.
pub(super) fn check_not(pattern: &Pattern, actual: &Value, place: Place, comparison: &mut Comparison<'_>) {
    if comparison.attempt(pattern, actual).is_some_and(|found| found.is_empty()) {
        comparison.miss(place, format!("anything but {}", describe_pattern(pattern)), actual);
    }
}

/// Reports it if `actual` matches none of `patterns`.
pub(super) fn check_one_of(patterns: &[Pattern], actual: &Value, place: Place, comparison: &mut Comparison<'_>) {
    let mut failures = Vec::with_capacity(patterns.len());
    for pattern in patterns {
        let Some(found) = comparison.attempt(pattern, actual) else {
            return;
        };
        if found.is_empty() {
            return;
        }
        failures.push(found);
    }
    let listed: Vec<_> = patterns.iter().map(describe_pattern).collect();
    let are_scalars = patterns
        .iter()
        .all(|pattern| matches!(pattern.rule, Rule::Null | Rule::Bool(_) | Rule::Number(_) | Rule::Text(_)));
    // An alternative that only asks for absence is no near miss once a value is there.
    let near: Vec<_> = failures
        .into_iter()
        .zip(patterns)
        .filter(|(_, pattern)| !pattern.holds_without_value())
        .map(|(found, _)| found)
        .collect();
    let finding = comparison.miss(place, format!("one of {}", listed.join(", ")), actual);
    if are_scalars {
        finding.help = did_you_mean(&describe_value(actual), listed.iter().map(String::as_str))
            .map(|near| format!("the nearest is {near}"));
        return;
    }
    finding.message = format!("matches none of {} alternatives", patterns.len());
    finding.help = nearest(&near).map(|(more, failure)| match more {
        0 => format!("the nearest misses by: {failure}"),
        _ => format!("the nearest misses by: {failure} (and {more} more)"),
    });
}

/// Of several failed attempts the one that came nearest: how many more findings it has, and its first.
pub(super) fn nearest(failures: &[Vec<Finding>]) -> Option<(usize, &Finding)> {
    // A mismatch deep inside means that what stands around it fitted.
    let best = failures.iter().min_by_key(|found| {
        let deepest = found.iter().map(|finding| finding.path.matches(['.', '[']).count()).max();
        (Reverse(deepest), found.len())
    })?;
    Some((best.len() - 1, best.first()?))
}
