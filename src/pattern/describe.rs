//! Values and patterns as short text: one line, cut, without characters that could steer a terminal.

use serde_json::Value;

use crate::source::{Piece, Template};

use super::model::{Operation, Pattern, Rule};
use super::operators::Check;
use super::operators::jwt::{Jwt, KeySet};
use super::operators::number::Limit;
use super::operators::text::Argument;

/// The longest description, in characters, before `…`.
const LONGEST: usize = 200;
/// From which length on a difference between texts is pointed at.
const LONG_TEXT: usize = 30;
/// How much of a long text is shown on either side of its first difference, in characters.
const SURROUNDINGS: usize = 30;

/// A member of the argument of `$jwt`.
enum JwtMember<'p> {
    Pattern(&'p Pattern),
    Value(&'p Value),
    Template(&'p Template),
}

/// A text that takes no more once it is full.
struct Short {
    text: String,
    left: usize,
}

impl Short {
    fn of(fill: impl FnOnce(&mut Self)) -> String {
        let mut short = Self { text: String::new(), left: LONGEST };
        fill(&mut short);
        if short.left == 0 {
            short.text.push('…');
        }
        short.text
    }

    fn is_full(&self) -> bool {
        self.left == 0
    }

    fn push(&mut self, text: &str) {
        for character in text.chars() {
            if self.left == 0 {
                return;
            }
            self.text.push(character);
            self.left -= 1;
        }
    }

    fn push_quoted(&mut self, text: &str) {
        self.push("\"");
        for character in text.chars() {
            if self.is_full() {
                return;
            }
            match character {
                '"' => self.push("\\\""),
                '\\' => self.push("\\\\"),
                '\n' => self.push("\\n"),
                '\r' => self.push("\\r"),
                '\t' => self.push("\\t"),
                _ if steers(character) => self.push(&character.escape_unicode().to_string()),
                _ => self.push(character.encode_utf8(&mut [0; 4])),
            }
        }
        self.push("\"");
    }

    /// Adds `items`, each by `each`, with commas, between `open` and `close`.
    fn push_list<T>(&mut self, (open, close): (&str, &str), items: &[T], each: impl Fn(&mut Self, &T)) {
        self.push(open);
        for (index, item) in items.iter().enumerate() {
            if self.is_full() {
                return;
            }
            if index > 0 {
                self.push(", ");
            }
            each(self, item);
        }
        self.push(close);
    }

    fn push_value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.push_quoted(text),
            Value::Array(elements) => self.push_list(("[", "]"), elements, Self::push_value),
            Value::Object(members) => {
                self.push("{");
                for (index, (name, value)) in members.iter().enumerate() {
                    if self.is_full() {
                        return;
                    }
                    if index > 0 {
                        self.push(", ");
                    }
                    self.push_quoted(name);
                    self.push(": ");
                    self.push_value(value);
                }
                self.push("}");
            }
            scalar => self.push(&scalar.to_string()),
        }
    }

    fn push_template(&mut self, template: &Template) {
        for piece in &template.pieces {
            match piece {
                Piece::Literal(text) => self.push(text),
                Piece::Placeholder { name, .. } => {
                    self.push("${");
                    self.push(name);
                    self.push("}");
                }
            }
        }
    }

    fn push_pattern(&mut self, pattern: &Pattern) {
        match &pattern.rule {
            Rule::Null => self.push("null"),
            Rule::Bool(value) => self.push(if *value { "true" } else { "false" }),
            Rule::Number(number) => self.push(&number.to_string()),
            Rule::Text(text) => self.push_quoted(text),
            Rule::Template { template, .. } => self.push_template(template),
            Rule::Members { members, .. } => self.push_list(("{", "}"), members, |short, member| {
                short.push_quoted(&member.key.value);
                short.push(": ");
                short.push_pattern(&member.pattern);
            }),
            Rule::Elements(elements) => self.push_list(("[", "]"), elements, Self::push_pattern),
            Rule::Operators(operations) => self.push_list(("{", "}"), operations, Self::push_operation),
        }
    }

    fn push_operation(&mut self, operation: &Operation) {
        let mut named = |name: &str| {
            self.push(name);
            self.push(": ");
        };
        match &operation.check {
            Check::Not(pattern) => {
                named("$not");
                self.push_pattern(pattern);
            }
            Check::Length(pattern) => {
                named("$length");
                self.push_pattern(pattern);
            }
            Check::Each(pattern) => {
                named("$each");
                self.push_pattern(pattern);
            }
            Check::Some(pattern) => {
                named("$some");
                self.push_pattern(pattern);
            }
            Check::Exactly(pattern) => {
                named("$exactly");
                self.push_pattern(pattern);
            }
            Check::At(at) => {
                named(at.path.as_str());
                self.push_pattern(&at.pattern);
            }
            Check::OneOf(patterns) => {
                named("$one_of");
                self.push_list(("[", "]"), patterns, Self::push_pattern);
            }
            Check::All(patterns) => {
                named("$all");
                self.push_list(("[", "]"), patterns, Self::push_pattern);
            }
            Check::Text(text) => {
                named(text.operator.name());
                match &text.argument {
                    Argument::Literal(literal) | Argument::Expression(literal, _) => self.push_quoted(literal),
                    Argument::Template(template) => self.push_template(template),
                }
            }
            Check::Bound(bound) => {
                named(bound.operator.name());
                match &bound.limit {
                    Limit::Number(number) => self.push(&number.to_string()),
                    Limit::Template(template) => self.push_template(template),
                }
            }
            Check::Jwt(jwt) => {
                named("$jwt");
                self.push_jwt(jwt);
            }
            Check::Type(kinds) => self.push(&format!("$type: {}", kinds.names())),
            Check::Format(format) => self.push(&format!("$format: {}", format.name())),
            Check::Absent => self.push("$absent: true"),
            Check::Present => self.push("$present: true"),
            Check::Refused => self.push("(refused)"),
        }
    }

    fn push_jwt(&mut self, jwt: &Jwt) {
        let key_set = jwt.signed_by.as_ref().map(|(set, _)| match set {
            KeySet::Written(value) => JwtMember::Value(value),
            KeySet::Saved(template) => JwtMember::Template(template),
        });
        let members = [
            ("header", jwt.header.as_ref().map(JwtMember::Pattern)),
            ("claims", jwt.claims.as_ref().map(JwtMember::Pattern)),
            ("signed_by", key_set),
            ("at_hash_of", jwt.at_hash_of.as_ref().map(JwtMember::Template)),
        ];
        let written: Vec<_> = members.into_iter().filter_map(|(name, member)| Some((name, member?))).collect();
        self.push_list(("{", "}"), &written, |short, (name, member)| {
            short.push(name);
            short.push(": ");
            match member {
                JwtMember::Pattern(pattern) => short.push_pattern(pattern),
                JwtMember::Value(value) => short.push_value(value),
                JwtMember::Template(template) => match template.as_literal() {
                    Some(text) => short.push_quoted(text),
                    None => short.push_template(template),
                },
            }
        });
    }
}

/// Whether `character` would act on a terminal, or reorder or hide what stands around it.
fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// `value` as JSON, cut.
pub(super) fn value(value: &Value) -> String {
    Short::of(|short| short.push_value(value))
}

/// `text` in quotes, cut.
pub(super) fn quoted(text: &str) -> String {
    Short::of(|short| short.push_quoted(text))
}

/// `pattern` as it could be written on one line, cut.
pub(super) fn pattern(pattern: &Pattern) -> String {
    Short::of(|short| short.push_pattern(pattern))
}

/// What kind of value it is and its value: `the number 401`, `the text "401"`.
pub(super) fn with_kind(actual: &Value) -> String {
    let kind = match actual {
        Value::Null => return "null".to_owned(),
        Value::Bool(_) => "the boolean",
        Value::Number(_) => "the number",
        Value::String(_) => "the text",
        Value::Array(_) => "the array",
        Value::Object(_) => "the object",
    };
    format!("{kind} {}", value(actual))
}

/// `1 element`, `3 elements`.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Where two long texts begin to differ.
pub(super) struct Difference {
    /// The first character that differs, counted from 1.
    pub(super) character: usize,
    /// What stands around it in the expected text.
    pub(super) expected: String,
    /// What stands around it in the actual text.
    pub(super) actual: String,
}

/// The first difference of two texts that are long and begin alike; `None` if they are better shown whole.
pub(super) fn first_difference(expected: &str, actual: &str) -> Option<Difference> {
    let same = expected.chars().zip(actual.chars()).take_while(|(a, b)| a == b).count();
    let shorter = expected.chars().count().min(actual.chars().count());
    if shorter < LONG_TEXT || same < shorter / 4 {
        return None;
    }
    let around = |text: &str| {
        let skipped = same.saturating_sub(SURROUNDINGS);
        let mut characters = text.chars().skip(skipped);
        let shown: String = characters.by_ref().take(2 * SURROUNDINGS).collect();
        let before = if skipped > 0 { "…" } else { "" };
        let after = if characters.next().is_some() { "…" } else { "" };
        format!("{before}{}{after}", quoted(&shown))
    };
    Some(Difference { character: same + 1, expected: around(expected), actual: around(actual) })
}
