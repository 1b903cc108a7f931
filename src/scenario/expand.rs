//! Values that are known while loading, written into the tree: matrix rows, `with` and literal `vars`.
//!
//! Afterwards the readers see what they would have seen had the value been written there, and judge it by the same
//! rules; each value keeps the place where it was written.

use crate::source::{Diagnostic, Entry, Node, Piece, Problems, Template, Value, is_template};

/// A copy of `node` in which every placeholder that `binding` knows is replaced by its value.
///
/// A lone placeholder becomes the value itself; inside a text only scalars can stand.
pub fn expand(node: &Node, binding: &dyn Fn(&str) -> Option<Node>, problems: &mut Problems) -> Node {
    match &node.value {
        Value::Text(text) if is_template(text) => expand_text(node, text, binding, problems),
        Value::Sequence(elements) => Node {
            place: node.place,
            value: Value::Sequence(elements.iter().map(|element| expand(element, binding, problems)).collect()),
        },
        Value::Mapping(entries) => Node {
            place: node.place,
            value: Value::Mapping(
                entries
                    .iter()
                    .map(|entry| Entry { value: expand(&entry.value, binding, problems), ..entry.clone() })
                    .collect(),
            ),
        },
        _ => node.clone(),
    }
}

fn expand_text(node: &Node, text: &str, binding: &dyn Fn(&str) -> Option<Node>, problems: &mut Problems) -> Node {
    // A malformed placeholder is told by the reader that needs the text.
    let Ok(template) = Template::parse(text, node.place) else { return node.clone() };
    if let Some(value) = template.as_placeholder().and_then(binding) {
        return value;
    }
    if !template.names().any(|(name, _)| binding(name).is_some()) {
        return node.clone();
    }
    let mut written = String::new();
    for piece in &template.pieces {
        match piece {
            Piece::Literal(literal) => written.push_str(&literal.replace("${", "$${")),
            Piece::Placeholder { name, place } => match binding(name).map(|node| node.value) {
                None => written.extend(["${", name, "}"]),
                Some(Value::Text(value)) => written.push_str(&value),
                Some(Value::Number(_, spelling)) => written.push_str(&spelling),
                Some(Value::Bool(value)) => written.push_str(&value.to_string()),
                Some(_) => problems.push(
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
    Node { place: node.place, value: Value::Text(written.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::parse;

    fn expanded(text: &str) -> (String, usize) {
        let values = parse("{num: 5, t: 'a b', m: {x: [1]}}", 1).unwrap();
        let mut problems = Problems::default();
        let node =
            expand(&parse(text, 0).unwrap(), &|name| values.get(name.strip_prefix("matrix.")?).cloned(), &mut problems);
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
}
