//! A JSON value with its values replaced by types.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// How many levels of YAML a shape may take, so that the strict reader, which allows 32, can read it back.
const LEVELS: usize = 28;

/// The types that a JSON value has, or that the elements of an array have together.
///
/// Equal shapes are equal values: integers are merged into numbers, objects into one object, arrays into one array, and
/// members are sorted. A shape never holds a value; member names are part of the shape.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shape {
    pub(super) types: BTreeSet<Type>,
    pub(super) array: Option<Elements>,
    pub(super) object: Option<BTreeMap<String, Member>>,
}

/// The types that have no parts, in the order in which they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Type {
    Boolean,
    Integer,
    Number,
    String,
    /// Stands for arrays and objects that are nested deeper than shapes are kept.
    Deeper,
    Null,
}

/// What is known of an array's elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Elements {
    /// No array had an element.
    Unseen,
    /// The merged shape of all elements.
    Of(Box<Shape>),
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) shape: Shape,
    /// Whether some of the merged objects lack it.
    pub(super) optional: bool,
}

impl Type {
    /// Every type and its word.
    pub(super) const WORDS: [(&'static str, Self); 6] = [
        ("boolean", Self::Boolean),
        ("integer", Self::Integer),
        ("number", Self::Number),
        ("string", Self::String),
        ("deeper", Self::Deeper),
        ("null", Self::Null),
    ];

    /// The word that stands for the type in a snapshot.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Deeper => "deeper",
            Self::Null => "null",
        }
    }
}

impl Shape {
    /// The shape of `value`. What is nested too deep for a snapshot to be read back becomes the type `deeper`.
    pub fn of(value: &Value) -> Self {
        let mut shape = Self::whole(value);
        shape.cut(LEVELS);
        shape
    }

    fn whole(value: &Value) -> Self {
        match value {
            Value::Null => Self::simple(Type::Null),
            Value::Bool(_) => Self::simple(Type::Boolean),
            Value::Number(number) if number.is_f64() => Self::simple(Type::Number),
            Value::Number(_) => Self::simple(Type::Integer),
            Value::String(_) => Self::simple(Type::String),
            Value::Array(elements) => Self::array_of(elements.iter().map(Self::whole).reduce(Self::merged)),
            Value::Object(members) => Self::object_of(
                members
                    .iter()
                    .map(|(name, value)| (name.clone(), Member { shape: Self::whole(value), optional: false }))
                    .collect(),
            ),
        }
    }

    pub(super) fn simple(simple: Type) -> Self {
        Self { types: BTreeSet::from([simple]), ..Self::default() }
    }

    pub(super) fn array_of(element: Option<Self>) -> Self {
        let elements = element.map_or(Elements::Unseen, |shape| Elements::Of(Box::new(shape)));
        Self { array: Some(elements), ..Self::default() }
    }

    pub(super) fn object_of(members: BTreeMap<String, Member>) -> Self {
        Self { object: Some(members), ..Self::default() }
    }

    /// The shape of values of which some have this shape and some the `other`.
    pub(super) fn merged(mut self, other: Self) -> Self {
        self.types.extend(other.types);
        if self.types.contains(&Type::Number) {
            self.types.remove(&Type::Integer);
        }
        self.array = match (self.array, other.array) {
            (Some(Elements::Of(one)), Some(Elements::Of(two))) => Some(Elements::Of(Box::new(one.merged(*two)))),
            (Some(Elements::Of(element)), _) | (_, Some(Elements::Of(element))) => Some(Elements::Of(element)),
            (one, two) => one.or(two),
        };
        self.object = match (self.object, other.object) {
            (Some(one), Some(two)) => Some(merged_members(one, two)),
            (one, two) => one.or(two),
        };
        self
    }

    /// How many alternatives are written for the shape: all simple types are one text.
    pub(super) fn alternatives(&self) -> usize {
        usize::from(!self.types.is_empty()) + usize::from(self.array.is_some()) + usize::from(self.object.is_some())
    }

    /// Replaces what takes more than `levels` levels of YAML.
    fn cut(&mut self, levels: usize) {
        // A union with an array or an object is a mapping with a sequence in it.
        let union = if self.alternatives() > 1 { 2 } else { 0 };
        if (self.array.is_some() || self.object.is_some()) && levels < union + 1 {
            self.array = None;
            self.object = None;
            self.types.insert(Type::Deeper);
            return;
        }
        let below = levels.saturating_sub(union + 1);
        if let Some(Elements::Of(element)) = &mut self.array {
            element.cut(below);
        }
        for member in self.object.iter_mut().flat_map(BTreeMap::values_mut) {
            member.shape.cut(below);
        }
    }
}

fn merged_members(mut one: BTreeMap<String, Member>, two: BTreeMap<String, Member>) -> BTreeMap<String, Member> {
    for (name, member) in &mut one {
        member.optional |= !two.contains_key(name);
    }
    for (name, member) in two {
        let merged = match one.remove(&name) {
            Some(first) => {
                Member { shape: first.shape.merged(member.shape), optional: first.optional || member.optional }
            }
            None => Member { optional: true, ..member },
        };
        one.insert(name, merged);
    }
    one
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::snapshot::text::shape_text;

    fn text(value: &Value) -> String {
        shape_text(&Shape::of(value))
    }

    #[test]
    fn merge_rules() {
        for (value, expected) in [
            (json!(null), "null\n"),
            (json!(true), "boolean\n"),
            (json!(1), "integer\n"),
            (json!(-1), "integer\n"),
            (json!(u64::MAX), "integer\n"),
            (json!(1.5), "number\n"),
            (json!("x"), "string\n"),
            (json!([]), "[]\n"),
            (json!({}), "{}\n"),
            (json!([[]]), "- []\n"),
            (json!([{}]), "- {}\n"),
            (json!([1, 2]), "- integer\n"),
            (json!([1, 2.5]), "- number\n"),
            (json!([2.5, 1]), "- number\n"),
            (json!([1, "x", null, true]), "- boolean | integer | string | null\n"),
            (json!([[], [1]]), "- - integer\n"),
            (json!([[1], [], [null]]), "- - integer | null\n"),
            (json!([{}, {"a": 1}]), "- a?: integer\n"),
            (json!([{"a": 1}, {"b": 1}, {"a": 1}]), "- a?: integer\n  b?: integer\n"),
            (json!([{"a": 1, "b": 1}, {"a": null}]), "- a: integer | null\n  b?: integer\n"),
            (json!({"b": 1, "a": 2}), "a: integer\nb: integer\n"),
            (json!([{"a": 1}, null]), "- $one_of:\n    - null\n    - a: integer\n"),
            (json!([1, [], {}]), "- $one_of:\n    - integer\n    - []\n    - {}\n"),
        ] {
            assert_eq!(text(&value), expected, "{value}");
        }
    }

    #[test]
    fn the_order_of_elements_does_not_matter() {
        let elements =
            [json!({"a": [1]}), json!({"a": []}), json!({"a": null, "b": {}}), json!([2.5]), json!([1]), json!("x")];
        let expected = Shape::of(&Value::Array(elements.to_vec()));
        for start in 0..elements.len() {
            let mut rotated = elements.to_vec();
            rotated.rotate_left(start);
            assert_eq!(Shape::of(&Value::Array(rotated.clone())), expected);
            rotated.reverse();
            assert_eq!(Shape::of(&Value::Array(rotated)), expected);
        }
    }

    #[test]
    fn no_value_survives() {
        let secret = "s3cr3t-918273";
        let value = json!({"token": secret, "list": [secret, 918_273, {"deep": [secret]}], "n": 918_273, "f": 918.273});
        let written = text(&value);
        assert!(!written.contains("918"), "{written}");
        assert!(!format!("{:?}", Shape::of(&value)).contains("918"));
    }

    #[test]
    fn what_is_nested_too_deep_is_cut() {
        let mut value = json!(1);
        for _ in 0..100 {
            value = json!([value]);
        }
        let written = text(&value);
        assert_eq!(written, format!("{}deeper\n", "- ".repeat(LEVELS)));
    }
}
