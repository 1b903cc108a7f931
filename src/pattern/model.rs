//! What a pattern is once it is compiled.
//!
//! Thousands of scenarios are kept compiled at once, so everything here is boxed to its length.

use serde_json::{Number, Value};

use crate::source::{Located, Place, Template};

use super::operators::Check;

/// Expected JSON: made by [`Pattern::compile`], matched by [`super::compare`].
#[derive(Debug, Clone)]
pub struct Pattern {
    /// Where it was written.
    pub(super) place: Place,
    pub(super) rule: Rule,
}

/// What a pattern asks for.
#[derive(Debug, Clone)]
pub(super) enum Rule {
    Null,
    Bool(bool),
    Number(Number),
    Text(Box<str>),
    /// A text with placeholders; what it stands for is known at run time.
    Template {
        template: Box<Template>,
        closed: bool,
    },
    /// An object with at least these members, or with no others if it is closed.
    Members {
        members: Box<[Member]>,
        closed: bool,
    },
    Elements(Box<[Pattern]>),
    /// All of these hold.
    Operators(Box<[Operation]>),
}

/// A member that an object needs.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) key: Located<Box<str>>,
    pub(super) pattern: Pattern,
}

/// An operator or path with its argument.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    /// Where key and argument were written.
    pub(super) place: Place,
    pub(super) check: Check,
}

impl Pattern {
    /// A pattern that was refused while it was compiled: it never holds.
    pub(super) fn refused(place: Place) -> Self {
        Self { place, rule: Rule::Operators(Box::new([Operation { place, check: Check::Refused }])) }
    }

    /// The pattern that `value` is: no text in it is a template and no key an operator.
    pub(super) fn literal(value: &Value, place: Place, closed: bool) -> Self {
        let rule = match value {
            Value::Null => Rule::Null,
            Value::Bool(value) => Rule::Bool(*value),
            Value::Number(number) => Rule::Number(number.clone()),
            Value::String(text) => Rule::Text(text.as_str().into()),
            Value::Array(elements) => {
                Rule::Elements(elements.iter().map(|element| Self::literal(element, place, closed)).collect())
            }
            Value::Object(members) => {
                let member = |(key, value): (&String, &Value)| Member {
                    key: Located::new(key.as_str().into(), place),
                    pattern: Self::literal(value, place, closed),
                };
                Rule::Members { members: members.iter().map(member).collect(), closed }
            }
        };
        Self { place, rule }
    }

    /// Where the pattern was written.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The names of all placeholders with their places, in the order in which they were written.
    pub fn names(&self) -> Vec<(&str, Place)> {
        let mut names = Vec::new();
        self.collect_names(&mut names);
        names
    }

    pub(super) fn collect_names<'p>(&'p self, names: &mut Vec<(&'p str, Place)>) {
        match &self.rule {
            Rule::Template { template, .. } => names.extend(template.names()),
            Rule::Members { members, .. } => {
                members.iter().for_each(|member| member.pattern.collect_names(names));
            }
            Rule::Elements(elements) => elements.iter().for_each(|element| element.collect_names(names)),
            Rule::Operators(operations) => {
                operations.iter().for_each(|operation| operation.check.collect_names(names));
            }
            Rule::Null | Rule::Bool(_) | Rule::Number(_) | Rule::Text(_) => {}
        }
    }

    /// Whether the pattern holds when no value is there.
    pub(super) fn holds_without_value(&self) -> bool {
        match &self.rule {
            Rule::Operators(operations) => operations.iter().all(|operation| operation.check.holds_without_value()),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stay_small() {
        assert!(size_of::<Rule>() <= 24, "{}", size_of::<Rule>());
        assert!(size_of::<Check>() <= 24, "{}", size_of::<Check>());
        assert!(size_of::<Pattern>() <= 40, "{}", size_of::<Pattern>());
    }
}
