//! Values as data: JSON with placeholders, for what is sent rather than what is expected.

use super::{Node, Place, Problems, Scope, Template, Value, is_template};

/// A JSON value in which texts may hold placeholders.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// A value without any placeholder.
    Literal(serde_json::Value),
    /// A text with placeholders; a lone placeholder keeps its type.
    Template(Template),
    /// An array with a placeholder somewhere.
    Sequence(Box<[Data]>),
    /// An object with a placeholder somewhere.
    Mapping(Box<[(Box<str>, Data)]>),
}

impl Data {
    /// Reads `node`; placeholders that are not well formed are problems.
    pub fn of(node: &Node, problems: &mut Problems) -> Self {
        match &node.value {
            Value::Text(text) if is_template(text) => match Template::parse(text, node.place) {
                Ok(template) => template.as_literal().map(Into::into).map_or(Self::Template(template), Self::Literal),
                Err(problem) => {
                    problems.push(problem);
                    Self::Literal(serde_json::Value::Null)
                }
            },
            Value::Sequence(elements) => {
                let elements: Vec<Self> = elements.iter().map(|element| Self::of(element, problems)).collect();
                if elements.iter().all(Self::is_literal) {
                    return Self::Literal(elements.into_iter().filter_map(Self::into_literal).collect());
                }
                Self::Sequence(elements.into())
            }
            Value::Mapping(entries) => {
                let members: Vec<(Box<str>, Self)> =
                    entries.iter().map(|entry| (entry.key.value.clone(), Self::of(&entry.value, problems))).collect();
                if members.iter().all(|(_, value)| value.is_literal()) {
                    return Self::Literal(node.to_json());
                }
                Self::Mapping(members.into())
            }
            _ => Self::Literal(node.to_json()),
        }
    }

    /// Whether there is no placeholder in it.
    pub fn is_literal(&self) -> bool {
        matches!(self, Self::Literal(_))
    }

    fn into_literal(self) -> Option<serde_json::Value> {
        match self {
            Self::Literal(value) => Some(value),
            _ => None,
        }
    }

    /// The value now; the error is the name that has no value.
    pub fn value(&self, scope: &dyn Scope) -> Result<serde_json::Value, String> {
        match self {
            Self::Literal(value) => Ok(value.clone()),
            Self::Template(template) => template.value(scope),
            Self::Sequence(elements) => elements.iter().map(|element| element.value(scope)).collect(),
            Self::Mapping(members) => {
                members.iter().map(|(name, value)| Ok((name.to_string(), value.value(scope)?))).collect()
            }
        }
    }

    /// Tells `visit` every placeholder's name and place.
    pub fn visit_names(&self, visit: &mut dyn FnMut(&str, Place)) {
        match self {
            Self::Literal(_) => {}
            Self::Template(template) => template.names().for_each(|(name, place)| visit(name, place)),
            Self::Sequence(elements) => elements.iter().for_each(|element| element.visit_names(visit)),
            Self::Mapping(members) => members.iter().for_each(|(_, value)| value.visit_names(visit)),
        }
    }
}
