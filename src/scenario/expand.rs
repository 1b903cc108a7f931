//! Values that are known while loading, written into the tree: matrix rows, `with` and literal `vars`.
//!
//! Afterwards the readers see what they would have seen had the value been written there, and judge it by the same
//! rules; each value keeps the place where it was written.

use crate::source::{Diagnostic, Entry, Node, Piece, Place, Problems, Template, Value, is_template};

/// The most values that may be written in for placeholders of one file.
pub(super) const MOST_WRITTEN: usize = 100_000;

/// So many bytes of text count as one more value.
const TEXT_UNIT: usize = 64;

/// How much may still be written in.
///
/// A value may hold placeholders of its own, which the next one fills, so that each level multiplies what is written:
/// a small file could fill the memory.
#[derive(Debug)]
pub(super) struct Budget {
    left: Option<usize>,
}

impl Budget {
    /// A budget of so many `values`.
    pub(super) fn of(values: usize) -> Self {
        Self { left: Some(values) }
    }

    /// Takes the weight of what is written at `place`; beyond the budget that is a problem, told once.
    fn takes(&mut self, weight: usize, place: Place, problems: &mut Problems) -> bool {
        let Some(left) = self.left else { return false };
        self.left = left.checked_sub(weight);
        if self.left.is_none() {
            problems.push(
                Diagnostic::error("too-many-values", "placeholders multiply the file beyond all measure", place)
                    .label("this one is too much")
                    .help("a value that is filled in here and holds placeholders of its own is filled in again: write less"),
            );
        }
        self.left.is_some()
    }
}

/// How many values `node` has within it, itself included; long texts count as several.
fn weight(node: &Node) -> usize {
    1 + match &node.value {
        Value::Text(text) => text.len() / TEXT_UNIT,
        Value::Sequence(elements) => elements.iter().map(weight).sum(),
        Value::Mapping(entries) => entries.iter().map(|entry| weight(&entry.value)).sum(),
        _ => 0,
    }
}

/// A copy of `node` in which every placeholder that `binding` knows is replaced by its value, within `budget`.
///
/// A lone placeholder becomes the value itself; inside a text only scalars can stand.
pub(super) fn expand(
    node: &Node,
    binding: &dyn Fn(&str) -> Option<Node>,
    budget: &mut Budget,
    problems: &mut Problems,
) -> Node {
    Expander { binding, budget, problems }.expand(node)
}

struct Expander<'a> {
    binding: &'a dyn Fn(&str) -> Option<Node>,
    budget: &'a mut Budget,
    problems: &'a mut Problems,
}

impl Expander<'_> {
    fn expand(&mut self, node: &Node) -> Node {
        let value = match &node.value {
            Value::Text(text) if is_template(text) => return self.text(node, text),
            Value::Sequence(elements) => Value::Sequence(elements.iter().map(|element| self.expand(element)).collect()),
            Value::Mapping(entries) => {
                let expanded = |entry: &Entry| Entry { value: self.expand(&entry.value), ..entry.clone() };
                Value::Mapping(entries.iter().map(expanded).collect())
            }
            _ => return node.clone(),
        };
        Node { place: node.place, value }
    }

    fn text(&mut self, node: &Node, text: &str) -> Node {
        let binding = self.binding;
        let Some(left) = self.budget.left else { return Node { place: node.place, value: Value::Null } };
        // A malformed placeholder is told by the reader that needs the text.
        let Ok(template) = Template::parse(text, node.place) else { return node.clone() };
        if let Some(value) = template.as_placeholder().and_then(binding) {
            if !self.budget.takes(weight(&value), node.place, self.problems) {
                return Node { place: node.place, value: Value::Null };
            }
            return value;
        }
        if !template.names().any(|(name, _)| binding(name).is_some()) {
            return node.clone();
        }
        let mut written = String::new();
        for piece in &template.pieces {
            if written.len() / TEXT_UNIT > left {
                break;
            }
            match piece {
                Piece::Literal(literal) => written.push_str(&literal.replace("${", "$${")),
                Piece::Placeholder { name, place } => match binding(name).map(|node| node.value) {
                    None => written.extend(["${", name, "}"]),
                    Some(Value::Text(value)) => written.push_str(&value),
                    Some(Value::Number(_, spelling)) => written.push_str(&spelling),
                    Some(Value::Bool(value)) => written.push_str(&value.to_string()),
                    Some(_) => self.problems.push(
                        Diagnostic::error(
                            "wrong-type",
                            format!("`${{{name}}}` is no text, so it can't stand inside one"),
                            *place,
                        )
                        .help("a placeholder that stands alone keeps the type of its value"),
                    ),
                },
            }
        }
        let written = Node { place: node.place, value: Value::Text(written.into()) };
        if !self.budget.takes(weight(&written), node.place, self.problems) {
            return Node { place: node.place, value: Value::Null };
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::parse;

    fn expanded(text: &str) -> (String, usize) {
        let values = parse("{num: 5, t: 'a b', m: {x: [1]}}", 1).unwrap();
        let mut problems = Problems::default();
        let node = expand(
            &parse(text, 0).unwrap(),
            &|name| values.get(name.strip_prefix("matrix.")?).cloned(),
            &mut Budget::of(10),
            &mut problems,
        );
        (node.to_json().to_string(), problems.len())
    }

    #[test]
    fn a_lone_placeholder_becomes_the_value_with_its_type() {
        assert_eq!(expanded("a: [\"${matrix.num}\", \"${matrix.m}\"]"), (r#"{"a":[5,{"x":[1]}]}"#.to_owned(), 0));
    }

    #[test]
    fn inside_a_text_it_is_written_out_and_the_rest_stays() {
        assert_eq!(
            expanded("a: x-${matrix.num}-${matrix.t}-${other}-$${lit}"),
            (r#"{"a":"x-5-a b-${other}-$${lit}"}"#.to_owned(), 0)
        );
        assert_eq!(expanded("a: \"${matrix.unknown}\""), (r#"{"a":"${matrix.unknown}"}"#.to_owned(), 0));
    }

    #[test]
    fn a_mapping_inside_a_text_is_a_problem() {
        assert_eq!(expanded("a: x${matrix.m}").1, 1);
    }

    #[test]
    fn what_is_beyond_the_budget_is_told_once_and_not_written() {
        let ten = format!("[{}]", ["\"${matrix.num}\""; 10].join(", "));
        assert_eq!(expanded(&ten).1, 0);
        let (written, problems) = expanded(&format!("[{ten}, {ten}]"));
        assert_eq!((written.matches('5').count(), written.matches("null").count(), problems), (10, 10, 1));
        let long = format!("{}${{matrix.num}}", "x".repeat(10 * TEXT_UNIT));
        assert_eq!(expanded(&format!("a: {long}")), (r#"{"a":null}"#.to_owned(), 1));
    }

    #[test]
    fn a_text_is_not_written_far_beyond_the_budget() {
        let values = parse(&format!("{{t: {}}}", "x".repeat(100_000)), 1).unwrap();
        // Written out, this would be ten gigabytes.
        let text = format!("a: -{}", "${t}".repeat(100_000));
        let (mut problems, mut budget) = (Problems::default(), Budget::of(MOST_WRITTEN));
        let node = expand(&parse(&text, 0).unwrap(), &|name| values.get(name).cloned(), &mut budget, &mut problems);
        assert_eq!((node.to_json().to_string(), problems.len()), (r#"{"a":null}"#.to_owned(), 1));
    }
}
