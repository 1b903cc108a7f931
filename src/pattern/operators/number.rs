//! Bounds of numbers: `$gt`, `$gte`, `$lt`, `$lte`; and how numbers compare.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use crate::source::{Node, Place, Template, Value as Yaml, is_template};

use super::super::compare::Comparison;
use super::super::compile::Compiler;
use super::super::vocabulary::Operator;

/// A bound.
#[derive(Debug, Clone)]
pub(in crate::pattern) struct Bound {
    pub(in crate::pattern) operator: Operator,
    pub(in crate::pattern) limit: Limit,
}

/// The number that a bound compares with.
#[derive(Debug, Clone)]
pub(in crate::pattern) enum Limit {
    Number(Number),
    Template(Box<Template>),
}

/// Compiles the argument of a bound: a number, or a placeholder that stands for one.
pub(super) fn compile(operator: Operator, node: &Node, compiler: &mut Compiler<'_>) -> Option<Bound> {
    let limit = match &node.value {
        Yaml::Number(number, _) => Limit::Number(number.clone()),
        Yaml::Text(text) if is_template(text) => match Template::parse(text, node.place) {
            Ok(template) if template.as_placeholder().is_some() => Limit::Template(Box::new(template)),
            Ok(_) => return compiler.wrong(operator, node, "a number, or one placeholder that stands for a number"),
            Err(problem) => {
                compiler.problems.push(problem);
                return None;
            }
        },
        _ => return compiler.wrong(operator, node, "a number"),
    };
    Some(Bound { operator, limit })
}

impl Bound {
    /// The placeholder of the limit.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, Place)> {
        let template = match &self.limit {
            Limit::Template(template) => Some(template),
            Limit::Number(_) => None,
        };
        template.into_iter().flat_map(|template| template.names())
    }

    /// Reports it if `actual` is no number within the bound.
    pub(super) fn check(&self, actual: &Value, place: Place, comparison: &mut Comparison<'_>) {
        match &self.limit {
            Limit::Number(limit) => self.check_with(limit, actual, place, comparison),
            Limit::Template(template) => match template.value(comparison.scope) {
                Ok(Value::Number(limit)) => self.check_with(&limit, actual, place, comparison),
                Ok(other) => {
                    let kind = super::kind::Kinds::of(&other).words();
                    let message = format!("`{}` takes a number, not {kind}", self.operator.name());
                    comparison.unanswerable(template.place, message, "a number");
                }
                Err(name) => comparison.unresolved(template, &name),
            },
        }
    }

    fn check_with(&self, limit: &Number, actual: &Value, place: Place, comparison: &mut Comparison<'_>) {
        let (wording, holds): (_, fn(Ordering) -> bool) = match self.operator {
            Operator::Gt => ("greater than", Ordering::is_gt),
            Operator::Gte => ("of at least", Ordering::is_ge),
            Operator::Lt => ("less than", Ordering::is_lt),
            _ => ("of at most", Ordering::is_le),
        };
        let expected = format!("a number {wording} {limit}");
        match actual.as_number() {
            Some(number) if holds(compare_numbers(number, limit)) => {}
            Some(_) => {
                comparison.miss(place, expected, actual);
            }
            None => {
                comparison.miss_kind(place, expected, actual);
            }
        }
    }
}

/// Compares two numbers by value, without losing a digit of a 64-bit integer.
pub(in crate::pattern) fn compare_numbers(a: &Number, b: &Number) -> Ordering {
    match (integer(a), integer(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(a), None) => compare_with_float(a, float(b)),
        (None, Some(b)) => compare_with_float(b, float(a)).reverse(),
        // JSON has neither infinities nor NaN, so this order is that of the values, but for the two zeros.
        (None, None) => float(a).partial_cmp(&float(b)).unwrap_or(Ordering::Equal),
    }
}

fn integer(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}

fn float(number: &Number) -> f64 {
    number.as_f64().unwrap_or_default()
}

#[expect(clippy::cast_possible_truncation, reason = "floor leaves no fraction, and the cast saturates beyond 64 bits")]
fn compare_with_float(integer: i128, float: f64) -> Ordering {
    let whole = float.floor() as i128;
    integer.cmp(&whole).then(if float > float.floor() { Ordering::Less } else { Ordering::Equal })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_by_value_and_lose_no_digit() {
        let order = |a: &str, b: &str| {
            let [a, b]: [Number; 2] = [a, b].map(|text| serde_json::from_str(text).unwrap());
            assert_eq!(compare_numbers(&b, &a), compare_numbers(&a, &b).reverse(), "{a} {b}");
            compare_numbers(&a, &b)
        };
        for (a, b) in [("1", "1.0"), ("0", "-0.0"), ("1e3", "1000"), ("9007199254740992", "9007199254740992.0")] {
            assert_eq!(order(a, b), Ordering::Equal, "{a} {b}");
        }
        for (a, b) in [
            ("9007199254740992", "9007199254740993"),
            ("9007199254740992.0", "9007199254740993"),
            ("18446744073709551614", "18446744073709551615"),
            ("-9223372036854775808", "18446744073709551615"),
            ("18446744073709551615", "18446744073709551616"),
            ("1", "1.5"),
            ("-2", "-1.5"),
            ("-1.5", "-1"),
            ("18446744073709551615", "1e300"),
            ("-1e300", "-9223372036854775808"),
        ] {
            assert_eq!(order(a, b), Ordering::Less, "{a} {b}");
        }
    }
}
