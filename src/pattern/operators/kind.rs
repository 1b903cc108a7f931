//! `$type`: which of the kinds of JSON a value is.

use serde_json::Value;

use crate::source::{Diagnostic, Node, Place, did_you_mean};

use super::super::compare::Comparison;
use super::super::compile::Compiler;
use super::super::vocabulary::Operator;

/// A set of kinds of values; absence counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pattern) struct Kinds(u8);

/// Every kind that can be written: its name, the set that it means, and its name with the article.
const KINDS: [(&str, Kinds, &str); 7] = [
    ("string", Kinds::STRING, "a text"),
    ("number", Kinds::NUMBER, "a number"),
    ("integer", Kinds::INTEGER, "an integer"),
    ("boolean", Kinds(8), "a boolean"),
    ("object", Kinds::OBJECT, "an object"),
    ("array", Kinds::ARRAY, "an array"),
    ("null", Kinds(64), "null"),
];

impl Kinds {
    pub(super) const STRING: Self = Self(1);
    const INTEGER: Self = Self(4);
    pub(super) const NUMBER: Self = Self(2 | 4);
    pub(super) const OBJECT: Self = Self(16);
    pub(super) const ARRAY: Self = Self(32);
    /// No value is there.
    pub(super) const NOTHING: Self = Self(128);
    /// Some value is there.
    pub(super) const ANYTHING: Self = Self(127);
    /// Nothing can be told.
    pub(super) const UNKNOWN: Self = Self(255);

    /// The kind of `value`; a number without a fraction is an integer.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::String(_) => Self::STRING,
            Value::Number(number) if number.as_f64().is_some_and(|number| number.fract() == 0.0) => Self::INTEGER,
            Value::Number(_) => Self(2),
            Value::Bool(_) => Self(8),
            Value::Object(_) => Self::OBJECT,
            Value::Array(_) => Self::ARRAY,
            Value::Null => Self(64),
        }
    }

    /// The kinds of either set.
    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the sets have a kind in common.
    pub(in crate::pattern) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The sets of the table that make up this one, a number not told as an integer too.
    fn parts(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        KINDS
            .into_iter()
            .filter(move |(_, kinds, _)| self.0 & kinds.0 == kinds.0)
            .filter(move |(name, ..)| *name != "integer" || self.0 & 2 == 0)
            .map(|(name, _, words)| (name, words))
    }

    /// `a text or null`.
    pub(in crate::pattern) fn words(self) -> String {
        match self {
            Self::NOTHING => "no value".to_owned(),
            Self::ANYTHING | Self::UNKNOWN => "a value".to_owned(),
            _ => self.parts().map(|(_, words)| words).collect::<Vec<_>>().join(" or "),
        }
    }

    /// `string`, `[string, null]`.
    pub(in crate::pattern) fn names(self) -> String {
        let names: Vec<_> = self.parts().map(|(name, _)| name).collect();
        if names.len() == 1 { names.concat() } else { format!("[{}]", names.join(", ")) }
    }
}

/// Compiles the argument of `$type`: a kind, or a sequence of kinds. A plain `null` names the kind.
pub(super) fn compile(node: &Node, compiler: &mut Compiler<'_>) -> Option<Kinds> {
    match node.as_sequence() {
        None => kind(node, compiler),
        Some([]) => {
            compiler.problems.push(
                Diagnostic::error("empty-list", "`$type` has no type to choose from", node.place)
                    .label("empty")
                    .help(known()),
            );
            None
        }
        Some(nodes) => {
            let kinds: Vec<_> = nodes.iter().map(|node| kind(node, compiler)).collect();
            kinds.into_iter().reduce(|a, b| Some(a?.or(b?))).flatten()
        }
    }
}

fn kind(node: &Node, compiler: &mut Compiler<'_>) -> Option<Kinds> {
    let word = if node.is_null() { Some("null") } else { node.as_text() };
    let Some(word) = word else {
        return compiler.wrong(Operator::Type, node, "the name of a type");
    };
    let found = KINDS.iter().find(|(name, ..)| *name == word).map(|(_, kinds, _)| *kinds);
    if found.is_none() {
        let near = match word {
            "text" | "str" => Some("string"),
            "float" | "double" | "decimal" => Some("number"),
            "int" | "long" => Some("integer"),
            "bool" => Some("boolean"),
            "mapping" | "map" | "dict" => Some("object"),
            "list" | "sequence" => Some("array"),
            "nil" | "none" => Some("null"),
            _ => did_you_mean(word, KINDS.iter().map(|(name, ..)| *name)),
        };
        compiler.problems.push(
            Diagnostic::error("unknown-word", format!("there is no type `{word}`"), node.place)
                .label("unknown type")
                .suggest(near)
                .help(known()),
        );
    }
    found
}

fn known() -> String {
    format!("types: {}", KINDS.map(|(name, ..)| name).join(" "))
}

/// Reports it if `actual` is of none of `kinds`.
pub(super) fn check(kinds: Kinds, actual: &Value, place: Place, comparison: &mut Comparison<'_>) {
    if !kinds.meets(Kinds::of(actual)) {
        comparison.miss_kind(place, kinds.words(), actual);
    }
}
