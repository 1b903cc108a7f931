//! Operators on several values: `$each`, `$some`, and `$length`.

use serde_json::Value;

use crate::source::{Diagnostic, Node, Place, Value as Yaml, is_template};

use super::super::compare::Comparison;
use super::super::compile::Compiler;
use super::super::describe::{count, pattern as describe_pattern};
use super::super::finding::Finding;
use super::super::jsonpath::push_index;
use super::super::model::{Pattern, Rule};
use super::super::vocabulary::Operator;
use super::Check;
use super::logic::nearest;

/// Compiles the argument of `$length`: a whole number, or a pattern for the number.
pub(super) fn compile_length(node: &Node, compiler: &mut Compiler<'_>) -> Option<Check> {
    let fits = match &node.value {
        Yaml::Number(number, _) => number.is_u64(),
        Yaml::Text(text) => is_template(text),
        Yaml::Mapping(_) => true,
        Yaml::Null | Yaml::Bool(_) | Yaml::Sequence(_) => false,
    };
    if !fits {
        let title = format!("`$length` takes a whole number or a pattern for one, not {}", written(node));
        let problem = Diagnostic::error("wrong-type", title, node.place).label("not a length");
        compiler.problems.push(problem.help("write `$length: 3`, or `$length: { $gte: 1 }`"));
        return None;
    }
    let pattern = compiler.pattern(node);
    if matches!(pattern.rule, Rule::Members { .. } | Rule::Text(_)) {
        let title = format!("`$length` takes a whole number or operators on it, not {}", node.kind());
        let problem = Diagnostic::error("wrong-type", title, node.place).label("not a length");
        compiler.problems.push(problem.help("write `$length: 3`, or `$length: { $gte: 1 }`"));
        return None;
    }
    Some(Check::Length(Box::new(pattern)))
}

/// Reports it if the length of `actual` misses `pattern`.
pub(super) fn check_length(pattern: &Pattern, actual: &Value, place: Place, comparison: &mut Comparison<'_>) {
    let (length, unit) = match actual {
        Value::String(text) => (text.chars().count(), "character"),
        Value::Array(elements) => (elements.len(), "element"),
        Value::Object(members) => (members.len(), "member"),
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            let expected = format!("a text, an array or an object with {{$length: {}}}", describe_pattern(pattern));
            comparison.miss_kind(place, expected, actual);
            return;
        }
    };
    check_count(pattern, length, &format!("has {}", count(length, unit)), comparison);
}

/// Reports every way in which `length`, told as `words`, misses `pattern`.
pub(super) fn check_count(pattern: &Pattern, length: usize, words: &str, comparison: &mut Comparison<'_>) {
    for found in comparison.attempt(pattern, &Value::from(length)).unwrap_or_default() {
        let message = format!("{words}: {}", found.message);
        comparison.report(found.place, message, found.expected, found.actual);
    }
}

/// Reports every element of `actual` that misses `pattern`, and that there is none.
pub(super) fn check_each(pattern: &Pattern, actual: &Value, place: Place, comparison: &mut Comparison<'_>) {
    let Some(elements) = elements(actual, Operator::Each, pattern, place, comparison) else {
        return;
    };
    for (index, element) in elements.iter().enumerate() {
        comparison.within(|path| push_index(path, index), |inner| inner.value(pattern, element));
    }
}

/// Reports it if no element of `actual` matches `pattern`.
pub(super) fn check_some(pattern: &Pattern, actual: &Value, place: Place, comparison: &mut Comparison<'_>) {
    let Some(elements) = elements(actual, Operator::Some, pattern, place, comparison) else {
        return;
    };
    let mut failures = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let mut found = None;
        comparison.within(|path| push_index(path, index), |inner| found = inner.attempt(pattern, element));
        let Some(found) = found else {
            return;
        };
        if found.is_empty() {
            return;
        }
        failures.push(found);
    }
    let expected = format!("an element that matches {}", describe_pattern(pattern));
    none_of(place, expected, &count(elements.len(), "element"), &failures, comparison);
}

/// Reports that none of `there` is what is `expected`, and which came nearest.
pub(super) fn none_of(
    place: Place,
    expected: String,
    there: &str,
    failures: &[Vec<Finding>],
    comparison: &mut Comparison<'_>,
) {
    let message = format!("expected {expected}, found none among {there}");
    let finding = comparison.report(place, message, expected, there.to_owned());
    finding.help = nearest(failures).map(|(_, failure)| format!("the nearest misses by: {failure}"));
}

fn written(node: &Node) -> &str {
    match &node.value {
        Yaml::Number(_, spelling) => spelling,
        _ => node.kind(),
    }
}

fn elements<'v>(
    actual: &'v Value,
    operator: Operator,
    pattern: &Pattern,
    place: Place,
    comparison: &mut Comparison<'_>,
) -> Option<&'v [Value]> {
    let expected = || format!("an array with {{{}: {}}}", operator.name(), describe_pattern(pattern));
    match actual.as_array() {
        None => {
            comparison.miss_kind(place, expected(), actual);
            None
        }
        Some(elements) if elements.is_empty() => {
            let finding = comparison.miss(place, expected(), actual);
            finding.message = format!("the array is empty: `{}` needs an element", operator.name());
            None
        }
        Some(elements) => Some(elements),
    }
}
