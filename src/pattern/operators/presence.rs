//! `$absent` and `$present`.

use serde_json::Value;

use crate::source::{Diagnostic, Node, Place, Value as Yaml};

use super::super::compare::Comparison;
use super::super::compile::Compiler;
use super::super::vocabulary::Operator;
use super::Check;

/// Compiles the argument of `$absent` or `$present`, which can only be `true`.
pub(super) fn compile(operator: Operator, node: &Node, place: Place, compiler: &mut Compiler<'_>) -> Option<Check> {
    let (check, opposite) = match operator {
        Operator::Absent => (Check::Absent, Operator::Present),
        _ => (Check::Present, Operator::Absent),
    };
    match node.value {
        Yaml::Bool(true) => Some(check),
        Yaml::Bool(false) => {
            compiler.problems.push(
                Diagnostic::error("not-true", format!("`{}` can only be `true`", operator.name()), place)
                    .label("can't be `false`")
                    .help(format!("for the opposite write `{}: true`", opposite.name())),
            );
            None
        }
        _ => compiler.wrong(operator, node, "only `true`"),
    }
}

/// Reports that a value is there.
pub(super) fn check_absent(actual: &Value, place: Place, comparison: &mut Comparison<'_>) {
    comparison.miss(place, "no value".to_owned(), actual);
}
