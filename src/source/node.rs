//! The located tree: YAML as read, every node with its place.

use super::{Located, Place};

/// A YAML node and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where the node was written; for an alias, where it is used.
    pub place: Place,
    /// What was written.
    pub value: Value,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`, `~`, or nothing at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, and its spelling.
    Number(serde_json::Number, Box<str>),
    /// A text, quoted or plain.
    Text(Box<str>),
    /// A sequence.
    Sequence(Vec<Node>),
    /// A mapping, in the order in which it was written; keys are unique.
    Mapping(Vec<Entry>),
}

/// One member of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Located<Box<str>>,
    /// Whether the key stands without quotes.
    pub key_is_plain: bool,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The text, if the node is one.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The elements, if the node is a sequence.
    pub fn as_sequence(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Sequence(elements) => Some(elements),
            _ => None,
        }
    }

    /// The members, if the node is a mapping.
    pub fn as_mapping(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// The member `key`, if the node is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_mapping()?.iter().find(|entry| &*entry.key.value == key).map(|entry| &entry.value)
    }

    /// Whether the node is null.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// What the node is, with its article, for messages.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(..) => "a number",
            Value::Text(_) => "a text",
            Value::Sequence(_) => "a sequence",
            Value::Mapping(_) => "a mapping",
        }
    }

    /// The same value as JSON; places are lost.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(number, _) => serde_json::Value::Number(number.clone()),
            Value::Text(text) => serde_json::Value::String(text.to_string()),
            Value::Sequence(elements) => elements.iter().map(Node::to_json).collect(),
            Value::Mapping(entries) => {
                entries.iter().map(|entry| (entry.key.value.to_string(), entry.value.to_json())).collect()
            }
        }
    }
}
