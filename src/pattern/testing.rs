//! What the tests of this room share.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::source::{Diagnostic, Place, Problems, Scope, parse};

use super::{Finding, Pattern, compare};

/// Placeholders with fixed values.
#[derive(Default)]
pub(super) struct Values(BTreeMap<&'static str, Value>);

impl Values {
    pub(super) fn of<const N: usize>(values: [(&'static str, Value); N]) -> Self {
        Self(values.into())
    }
}

impl Scope for Values {
    fn value(&self, name: &str) -> Option<Value> {
        self.0.get(name).cloned()
    }
}

/// What is compiled from `yaml`, which must be right.
pub(super) fn pattern(yaml: &str) -> Pattern {
    let mut problems = Problems::default();
    let pattern = Pattern::compile(&parse(yaml, 0).unwrap(), &mut problems);
    assert_eq!(problems.into_sorted(), [], "{yaml}");
    pattern
}

/// What is told about `yaml`, which must be refused.
pub(super) fn refusals(yaml: &str) -> Vec<Diagnostic> {
    let mut problems = Problems::default();
    let pattern = Pattern::compile(&parse(yaml, 0).unwrap(), &mut problems);
    assert!(!problems.is_empty(), "{yaml} is accepted");
    for value in ["null", "1", "\"text\"", "[]", "{}"].map(json) {
        assert_ne!(findings(&pattern, &value, &Values::default()), [], "{yaml} was refused, yet holds for {value}");
    }
    problems.into_sorted()
}

/// The code, the title and the covered text of the one problem of `yaml`.
pub(super) fn refusal(yaml: &str) -> (&'static str, String, String) {
    let problems = refusals(yaml);
    assert_eq!(problems.len(), 1, "{yaml}: {problems:?}");
    let problem = &problems[0];
    (problem.code, problem.title.to_string(), covered(yaml, problem.place))
}

pub(super) fn covered(yaml: &str, place: Place) -> String {
    yaml[place.start as usize..place.end as usize].to_owned()
}

pub(super) fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

pub(super) fn findings(pattern: &Pattern, actual: &Value, scope: &dyn Scope) -> Vec<Finding> {
    compare(pattern, Some(actual), "$", scope)
}

/// The findings of `actual` against `yaml`, as they are told.
pub(super) fn told(yaml: &str, actual: &str) -> Vec<String> {
    findings(&pattern(yaml), &json(actual), &Values::default()).iter().map(Finding::to_string).collect()
}
