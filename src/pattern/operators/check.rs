//! A compiled operator, whichever it is: which family answers for it.

use serde_json::Value;

use crate::source::{Node, Place};

use super::super::compare::Comparison;
use super::super::compile::Compiler;
use super::super::model::Pattern;
use super::super::vocabulary::Operator;
use super::format::Format;
use super::jwt::Jwt;
use super::kind::Kinds;
use super::number::Bound;
use super::path::At;
use super::text::TextCheck;
use super::{format, jwt, kind, list, logic, number, presence, text};

/// An operator with its argument.
#[derive(Debug, Clone)]
pub(in crate::pattern) enum Check {
    Not(Box<Pattern>),
    Text(Box<TextCheck>),
    Type(Kinds),
    Format(Format),
    OneOf(Box<[Pattern]>),
    All(Box<[Pattern]>),
    Bound(Box<Bound>),
    Length(Box<Pattern>),
    Each(Box<Pattern>),
    Some(Box<Pattern>),
    /// The pattern was compiled closed.
    Exactly(Box<Pattern>),
    Absent,
    Present,
    At(Box<At>),
    Jwt(Box<Jwt>),
    /// Refused while it was compiled; it never holds.
    Refused,
}

/// Compiles the argument `node` of `operator`; `None` if it was refused.
pub(in crate::pattern) fn compile(
    operator: Operator,
    node: &Node,
    place: Place,
    compiler: &mut Compiler<'_>,
) -> Option<Check> {
    match operator {
        Operator::Contains | Operator::Matches | Operator::StartsWith | Operator::EndsWith | Operator::AnyCase => {
            text::compile(operator, node, compiler).map(|check| Check::Text(Box::new(check)))
        }
        Operator::Type => kind::compile(node, compiler).map(Check::Type),
        Operator::Format => format::compile(node, compiler).map(Check::Format),
        Operator::Gt | Operator::Gte | Operator::Lt | Operator::Lte => {
            number::compile(operator, node, compiler).map(|bound| Check::Bound(Box::new(bound)))
        }
        Operator::Length => list::compile_length(node, compiler),
        Operator::Each => Some(Check::Each(Box::new(compiler.pattern(node)))),
        Operator::Some => Some(Check::Some(Box::new(compiler.pattern(node)))),
        Operator::Not => Some(Check::Not(Box::new(compiler.pattern(node)))),
        Operator::OneOf => logic::compile_list(operator, node, compiler).map(Check::OneOf),
        Operator::All => logic::compile_list(operator, node, compiler).map(Check::All),
        Operator::Exactly => Some(logic::compile_exactly(node, compiler)),
        Operator::Jwt => jwt::compile(node, compiler).map(|jwt| Check::Jwt(Box::new(jwt))),
        Operator::Absent | Operator::Present => presence::compile(operator, node, place, compiler),
    }
}

impl Check {
    /// Reports every way in which `actual` misses the operator, which was written at `place`.
    pub(in crate::pattern) fn check(&self, actual: &Value, place: Place, comparison: &mut Comparison<'_>) {
        match self {
            Check::Not(pattern) => logic::check_not(pattern, actual, place, comparison),
            Check::Text(text) => text.check(actual, place, comparison),
            Check::Type(kinds) => kind::check(*kinds, actual, place, comparison),
            Check::Format(format) => format.check(actual, place, comparison),
            Check::OneOf(patterns) => logic::check_one_of(patterns, actual, place, comparison),
            Check::All(patterns) => patterns.iter().for_each(|pattern| comparison.value(pattern, actual)),
            Check::Bound(bound) => bound.check(actual, place, comparison),
            Check::Length(pattern) => list::check_length(pattern, actual, place, comparison),
            Check::Each(pattern) => list::check_each(pattern, actual, place, comparison),
            Check::Some(pattern) => list::check_some(pattern, actual, place, comparison),
            Check::Exactly(pattern) => comparison.value(pattern, actual),
            Check::Absent => presence::check_absent(actual, place, comparison),
            Check::Present => {}
            Check::At(at) => at.check(actual, place, comparison),
            Check::Jwt(jwt) => jwt.check(actual, place, comparison),
            Check::Refused => comparison.refused(place),
        }
    }

    /// Whether the operator holds when no value is there.
    pub(in crate::pattern) fn holds_without_value(&self) -> bool {
        match self {
            Check::Absent => true,
            Check::OneOf(patterns) => patterns.iter().any(Pattern::holds_without_value),
            Check::All(patterns) => patterns.iter().all(Pattern::holds_without_value),
            _ => false,
        }
    }

    /// The kinds of values that can satisfy the operator, as far as the operator alone tells.
    pub(in crate::pattern) fn fits(&self) -> Kinds {
        match self {
            Check::Text(_) | Check::Format(_) | Check::Jwt(_) => Kinds::STRING,
            Check::Type(kinds) => *kinds,
            Check::Bound(_) => Kinds::NUMBER,
            Check::Length(_) => Kinds::STRING.or(Kinds::ARRAY).or(Kinds::OBJECT),
            Check::Each(_) | Check::Some(_) => Kinds::ARRAY,
            Check::Absent => Kinds::NOTHING,
            Check::Not(_) | Check::Present | Check::At(_) => Kinds::ANYTHING,
            Check::OneOf(_) | Check::All(_) | Check::Exactly(_) | Check::Refused => Kinds::UNKNOWN,
        }
    }

    pub(in crate::pattern) fn collect_names<'p>(&'p self, names: &mut Vec<(&'p str, Place)>) {
        match self {
            Check::Not(pattern)
            | Check::Length(pattern)
            | Check::Each(pattern)
            | Check::Some(pattern)
            | Check::Exactly(pattern) => pattern.collect_names(names),
            Check::OneOf(patterns) | Check::All(patterns) => {
                patterns.iter().for_each(|pattern| pattern.collect_names(names));
            }
            Check::Text(text) => names.extend(text.names()),
            Check::Bound(bound) => names.extend(bound.names()),
            Check::At(at) => at.pattern.collect_names(names),
            Check::Jwt(jwt) => jwt.collect_names(names),
            Check::Type(_) | Check::Format(_) | Check::Absent | Check::Present | Check::Refused => {}
        }
    }
}
