//! Operators on texts: `$contains`, `$matches`, `$starts_with`, `$ends_with`, `$any_case`.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use regex::Regex;
use serde_json::Value;

use crate::source::{Diagnostic, Node, Place, Template, is_template};

use super::super::compare::Comparison;
use super::super::compile::{Compiler, part_of};
use super::super::describe::quoted;
use super::super::vocabulary::Operator;

/// A text operator with its argument.
#[derive(Debug, Clone)]
pub(in crate::pattern) struct TextCheck {
    pub(in crate::pattern) operator: Operator,
    pub(in crate::pattern) argument: Argument,
}

/// What a text operator compares with.
#[derive(Debug, Clone)]
pub(in crate::pattern) enum Argument {
    Literal(Box<str>),
    /// A regular expression that was compiled while the file was loaded.
    Expression(Box<str>, Box<Regex>),
    Template(Box<Template>),
}

/// The expressions of all loaded patterns: many scenarios write the same few, and each takes kilobytes.
static EXPRESSIONS: LazyLock<Mutex<HashMap<Box<str>, Regex>>> = LazyLock::new(Mutex::default);

fn shared(expression: &str) -> Result<Regex, regex::Error> {
    let mut known = EXPRESSIONS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(regex) = known.get(expression) {
        return Ok(regex.clone());
    }
    let regex = Regex::new(expression)?;
    known.insert(expression.into(), regex.clone());
    Ok(regex)
}

/// Compiles the argument of a text operator.
pub(super) fn compile(operator: Operator, node: &Node, compiler: &mut Compiler<'_>) -> Option<TextCheck> {
    let Some(text) = node.as_text() else {
        return compiler.wrong(operator, node, "a text");
    };
    let mut literal = text.to_owned();
    if is_template(text) {
        match Template::parse(text, node.place) {
            Ok(template) => match template.as_literal() {
                Some(unescaped) => unescaped.clone_into(&mut literal),
                None => return Some(TextCheck { operator, argument: Argument::Template(Box::new(template)) }),
            },
            Err(problem) => {
                compiler.problems.push(problem);
                return None;
            }
        }
    }
    if literal.is_empty() && operator != Operator::AnyCase {
        compiler.problems.push(
            Diagnostic::error("empty-text", format!("`{}: \"\"` holds for every text", operator.name()), node.place)
                .label("nothing to look for")
                .help("to ask for any text, write `$type: string`"),
        );
        return None;
    }
    if operator != Operator::Matches {
        return Some(TextCheck { operator, argument: Argument::Literal(literal.into()) });
    }
    match shared(&literal) {
        Ok(regex) => {
            let argument = Argument::Expression(literal.into(), Box::new(regex));
            Some(TextCheck { operator, argument })
        }
        Err(error) => {
            let (cause, at) = explain(&error);
            let place = at.map_or(node.place, |offset| part_of(&literal, node.place, offset));
            compiler.problems.push(
                Diagnostic::error("bad-regex", format!("not a regular expression: {cause}"), place)
                    .label("here")
                    .help("the syntax is that of the Rust crate `regex`: no look-around, no back-references"),
            );
            None
        }
    }
}

/// The cause in one line and, if it is told, the byte where it stands.
fn explain(error: &regex::Error) -> (String, Option<usize>) {
    match error {
        regex::Error::Syntax(message) => {
            let cause = message.lines().rev().find_map(|line| line.strip_prefix("error: ")).unwrap_or("wrong syntax");
            // The crate tells the position only by drawing carets below an expression that it indents by four.
            let mut lines = message.lines();
            let at = lines
                .by_ref()
                .find_map(|line| line.strip_prefix("    "))
                .zip(lines.next().and_then(|line| line.strip_prefix("    ")))
                .and_then(|(expression, carets)| {
                    let characters = carets.find('^')?;
                    Some(expression.chars().take(characters).map(char::len_utf8).sum())
                });
            (cause.to_owned(), at)
        }
        regex::Error::CompiledTooBig(_) => ("too large once it is compiled".to_owned(), None),
        _ => ("it can't be compiled".to_owned(), None),
    }
}

impl TextCheck {
    /// The placeholders of the argument.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, Place)> {
        let template = match &self.argument {
            Argument::Template(template) => Some(template),
            Argument::Literal(_) | Argument::Expression(..) => None,
        };
        template.into_iter().flat_map(|template| template.names())
    }

    /// Reports it if `actual` is not such a text.
    pub(super) fn check(&self, actual: &Value, place: Place, comparison: &mut Comparison<'_>) {
        match &self.argument {
            Argument::Literal(argument) => self.check_with(argument, actual, place, comparison),
            Argument::Expression(argument, regex) => check_matches(argument, regex, actual, place, comparison),
            Argument::Template(template) => {
                let Some(argument) = argument_now(template, self.operator, comparison) else {
                    return;
                };
                if self.operator != Operator::Matches {
                    self.check_with(&argument, actual, place, comparison);
                    return;
                }
                match Regex::new(&argument) {
                    Ok(regex) => check_matches(&argument, &regex, actual, place, comparison),
                    Err(error) => {
                        let cause = explain(&error).0;
                        let message = format!("{} is not a regular expression: {cause}", quoted(&argument));
                        comparison.unanswerable(place, message, "a regular expression");
                    }
                }
            }
        }
    }

    fn check_with(&self, argument: &str, actual: &Value, place: Place, comparison: &mut Comparison<'_>) {
        let text = actual.as_str();
        let wanted = quoted(argument);
        let (expected, holds) = match self.operator {
            Operator::Contains => {
                (format!("a text that contains {wanted}"), text.is_some_and(|text| text.contains(argument)))
            }
            Operator::StartsWith => {
                (format!("a text that starts with {wanted}"), text.is_some_and(|text| text.starts_with(argument)))
            }
            Operator::EndsWith => {
                (format!("a text that ends with {wanted}"), text.is_some_and(|text| text.ends_with(argument)))
            }
            _ => {
                let argument = argument.to_lowercase();
                (format!("{wanted} in any case"), text.is_some_and(|text| text.to_lowercase() == argument))
            }
        };
        if !holds {
            miss_text(expected, actual, place, comparison);
        }
    }
}

fn check_matches(expression: &str, regex: &Regex, actual: &Value, place: Place, comparison: &mut Comparison<'_>) {
    if !actual.as_str().is_some_and(|text| regex.is_match(text)) {
        miss_text(format!("a text that matches {}", quoted(expression)), actual, place, comparison);
    }
}

/// Reports that `actual` is not the `expected` text.
pub(super) fn miss_text(expected: String, actual: &Value, place: Place, comparison: &mut Comparison<'_>) {
    if actual.is_string() {
        comparison.miss(place, expected, actual);
        return;
    }
    let finding = comparison.miss_kind(place, expected, actual);
    if actual.is_array() {
        finding.help = Some("for an element of an array write `$some: …`, for all of them `$each: …`".to_owned());
    }
}

/// What the template stands for now, as text; what has no text form is reported.
fn argument_now(template: &Template, operator: Operator, comparison: &mut Comparison<'_>) -> Option<String> {
    match template.value(comparison.scope) {
        Ok(Value::String(text)) => Some(text),
        Ok(scalar @ (Value::Number(_) | Value::Bool(_))) => Some(scalar.to_string()),
        Ok(other) => {
            let kind = super::kind::Kinds::of(&other).words();
            comparison.unanswerable(
                template.place,
                format!("`{}` takes a text, not {kind}", operator.name()),
                "a text",
            );
            None
        }
        Err(name) => {
            comparison.unresolved(template, &name);
            None
        }
    }
}
