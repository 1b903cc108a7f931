//! Paths within JSON, RFC 9535; the only place that names the `JSONPath` crate.

use serde_json::Value;
use serde_json_path::{JsonPath, PathElement};

use crate::source::{Diagnostic, Place};

use super::compile::part_of;

/// The longest path that is read, in bytes. The parser descends into each bracket of a filter.
const LONGEST_PATH: usize = 500;
/// The deepest nesting of brackets that is read. The parser's time grows steeply with it.
const DEEPEST_PATH: usize = 8;

/// A compiled `JSONPath` expression and its text.
#[derive(Debug, Clone)]
pub struct Path {
    text: Box<str>,
    query: Box<JsonPath>,
}

/// One node that a path selected.
pub(super) struct Selected<'v> {
    /// From the node where the path began, such as `.data[0]`.
    pub(super) steps: String,
    pub(super) value: &'v Value,
}

impl Path {
    /// Reads the path `text`, which was written at `place`.
    ///
    /// A text that is no well-formed and valid `JSONPath` expression (RFC 9535 §2.1) is a problem, as is one that is
    /// unreasonably long or nested.
    pub fn compile(text: &str, place: Place) -> Result<Self, Diagnostic> {
        if text.len() > LONGEST_PATH || depth(text) > DEEPEST_PATH {
            return Err(Diagnostic::error("bad-path", "the path is too long or nested too deep", place)
                .label(format!("the limit is {LONGEST_PATH} bytes, and {DEEPEST_PATH} brackets within each other")));
        }
        match JsonPath::parse(text) {
            Ok(query) => Ok(Self { text: text.into(), query: Box::new(query) }),
            Err(error) => {
                let at = part_of(text, place, error.position());
                // The crate's own message is mostly "parser error".
                let cause = error.message().trim_end_matches("parser error").trim_end_matches(", ").trim();
                let cause = if cause.is_empty() { "not understood from here" } else { cause };
                let problem =
                    Diagnostic::error("bad-path", format!("`{text}` is not a JSONPath expression"), at).label(cause);
                let problem = if text.starts_with('$') { problem } else { problem.help("a path begins with `$`") };
                Err(problem
                    .help("a path is written as RFC 9535 has it: `$.data[0].id`, `$.data[*].id`, `$['odd name']`"))
            }
        }
    }

    /// The path as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The one node that the path selects in `value`.
    ///
    /// The error is how many it selects instead.
    pub fn select_one<'v>(&self, value: &'v Value) -> Result<&'v Value, usize> {
        let nodes = self.query.query(value).all();
        match nodes[..] {
            [node] => Ok(node),
            _ => Err(nodes.len()),
        }
    }

    /// All nodes that the path selects in `value`, in order.
    pub(super) fn select<'v>(&self, value: &'v Value) -> Vec<Selected<'v>> {
        let located = self.query.query_located(value);
        located
            .iter()
            .map(|node| {
                let mut steps = String::new();
                for element in node.location().iter() {
                    match element {
                        PathElement::Name(name) => push_name(&mut steps, name),
                        PathElement::Index(index) => push_index(&mut steps, *index),
                    }
                }
                Selected { steps, value: node.node() }
            })
            .collect()
    }
}

/// Adds the member `name` to `path`: `.name`, or `['odd name']`.
pub fn push_name(path: &mut String, name: &str) {
    let is_plain = |index: usize, character: char| {
        character == '_' || character.is_alphabetic() || index > 0 && character.is_alphanumeric()
    };
    if !name.is_empty() && name.chars().enumerate().all(|(index, character)| is_plain(index, character)) {
        path.push('.');
        path.push_str(name);
        return;
    }
    path.push_str("['");
    for character in name.chars() {
        match character {
            '\'' | '\\' => path.extend(['\\', character]),
            _ if character.is_control() => path.extend(character.escape_unicode()),
            _ => path.push(character),
        }
    }
    path.push_str("']");
}

/// Adds the element `index` to `path`.
pub fn push_index(path: &mut String, index: usize) {
    path.push('[');
    path.push_str(&index.to_string());
    path.push(']');
}

/// How many brackets stand within each other at most, quotes not regarded.
fn depth(text: &str) -> usize {
    let mut open = 0_usize;
    let mut deepest = 0;
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' => open += 1,
            b')' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use serde_json::json;

    use super::*;

    #[test]
    fn exactly_one_node_is_selected_or_their_number_told() {
        let body = json!({"a": [1, 2], "b": null});
        let select = |text: &str| Path::compile(text, Place::start_of(0)).unwrap().select_one(&body).cloned();
        assert_eq!(select("$.a[0]"), Ok(json!(1)));
        assert_eq!(select("$.b"), Ok(json!(null)), "null is a value");
        assert_eq!(select("$.c"), Err(0));
        assert_eq!(select("$.a[*]"), Err(2));
    }

    #[test]
    fn a_location_is_written_as_it_would_be_typed() {
        let body = json!({"a b": [{"it's": 1, "ok": 2}], "": 3, "x\n": 4});
        let steps = |text: &str| {
            let nodes = Path::compile(text, Place::start_of(0)).unwrap();
            nodes.select(&body).into_iter().map(|node| node.steps).collect::<Vec<_>>()
        };
        assert_eq!(steps("$['a b'][0].*"), [r"['a b'][0]['it\'s']", "['a b'][0].ok"]);
        assert_eq!(steps("$['']"), ["['']"]);
        assert_eq!(steps(r"$['x\n']"), [r"['x\u{a}']"]);
        assert_eq!(steps("$"), [""]);
    }

    #[test]
    fn wrong_long_and_deep_paths_are_refused_quickly() {
        let started = Instant::now();
        let deep = |brackets: usize| format!("$[?{}@.a{}]", "(".repeat(brackets), ")".repeat(brackets));
        let negated = format!("$[?{}@.a == 1{} ]", "!(".repeat(7), ")".repeat(7));
        for text in ["", "a", "$.", "$.a[", "$.a b", "$[?@.a ==]", "$['a", "$[\u{1F600}]", "$[99999999999999999999]"] {
            assert!(Path::compile(text, Place::start_of(0)).is_err(), "{text}");
        }
        for text in [deep(8), deep(400), format!("$.{}", "a".repeat(500)), "$[?".repeat(100)] {
            assert_eq!(
                Path::compile(&text, Place::start_of(0)).unwrap_err().title.as_ref(),
                "the path is too long or nested too deep"
            );
        }
        assert!(Path::compile(&deep(7), Place::start_of(0)).is_ok());
        let _ = Path::compile(&negated, Place::start_of(0));
        let flat = format!("$[?{}@.a]", "@.a && ".repeat(60));
        assert!(Path::compile(&flat, Place::start_of(0)).is_ok());
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    }
}
