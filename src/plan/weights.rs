//! How much the values that a scenario makes of its own values can hold.

use std::collections::HashMap;

use crate::scenario::{Action, Step};
use crate::source::{Data, Diagnostic, Located, Piece, Place, Problems, Template};

/// The most values that one variable or step may hold.
const HEAVIEST: usize = 100_000;

/// So many bytes of text count as one more value.
const TEXT_UNIT: usize = 64;

/// The deepest that one variable or compared value may be nested: what walks it needs the stack.
const DEEPEST: usize = 100;

/// How much a value holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Weight {
    values: usize,
    depth: usize,
}

impl Weight {
    /// A value that holds no other.
    const ONE: Self = Self { values: 1, depth: 0 };

    fn text(bytes: usize) -> Self {
        Self { values: 1 + bytes / TEXT_UNIT, depth: 0 }
    }

    fn collection(members: impl Iterator<Item = Self>) -> Self {
        members.fold(Self { values: 1, depth: 1 }, |all, member| Self {
            values: all.values.saturating_add(member.values),
            depth: all.depth.max(member.depth + 1),
        })
    }

    fn is_too_much(self) -> bool {
        self.values > HEAVIEST || self.depth > DEEPEST
    }
}

/// The names that hold more than one value, and how many.
///
/// A value that holds another ten times, and is held ten times itself, grows tenfold with every line: a small file could
/// fill the memory when it runs. What an answer brings is limited where answers are read and counts as one.
#[derive(Debug, Default)]
pub(super) struct Weights {
    known: HashMap<String, Weight>,
}

impl Weights {
    /// Notes the variable `name`; one that holds too much is a problem.
    pub(super) fn variable(&mut self, name: &Located<String>, data: &Data, problems: &mut Problems) {
        let weight = self.of_data(data);
        refuse(weight, name.place, problems);
        self.note(&name.value, weight);
    }

    /// Notes what `step` saves of what it compares; a step that holds too much is a problem.
    pub(super) fn step(&mut self, step: &Step, problems: &mut Problems) {
        let mut weight = Weight { values: 0, depth: 0 };
        step.visit_names(&mut |name, _, _| weight.values = weight.values.saturating_add(self.of_name(name).values));
        if let Action::Compare(data) = &step.action {
            let compared = self.of_data(data);
            weight = Weight { values: weight.values.max(compared.values), depth: compared.depth };
            for save in &step.save {
                self.note(&save.name.value, compared);
            }
        }
        refuse(weight, step.place, problems);
    }

    fn note(&mut self, name: &str, weight: Weight) {
        // What was refused is not told again wherever it is used.
        if !weight.is_too_much() {
            self.known.insert(name.to_owned(), weight);
        }
    }

    fn of_name(&self, name: &str) -> Weight {
        self.known.get(name).copied().unwrap_or(Weight::ONE)
    }

    fn of_template(&self, template: &Template) -> Weight {
        if let Some(name) = template.as_placeholder() {
            return self.of_name(name);
        }
        let pieces = template.pieces.iter().map(|piece| match piece {
            Piece::Literal(text) => text.len() / TEXT_UNIT,
            Piece::Placeholder { name, .. } => self.of_name(name).values,
        });
        Weight { values: pieces.fold(1, usize::saturating_add), depth: 0 }
    }

    fn of_data(&self, data: &Data) -> Weight {
        match data {
            Data::Literal(value) => of_json(value),
            Data::Template(template) => self.of_template(template),
            Data::Sequence(elements) => Weight::collection(elements.iter().map(|element| self.of_data(element))),
            Data::Mapping(members) => Weight::collection(members.iter().map(|(_, value)| self.of_data(value))),
        }
    }
}

fn of_json(value: &serde_json::Value) -> Weight {
    match value {
        serde_json::Value::String(text) => Weight::text(text.len()),
        serde_json::Value::Array(elements) => Weight::collection(elements.iter().map(of_json)),
        serde_json::Value::Object(members) => Weight::collection(members.values().map(of_json)),
        _ => Weight::ONE,
    }
}

fn refuse(weight: Weight, place: Place, problems: &mut Problems) {
    if weight.is_too_much() {
        problems.push(
            Diagnostic::error("too-many-values", "placeholders multiply the value beyond all measure", place)
                .label(format!("{HEAVIEST} values, {DEEPEST} deep, are the limit"))
                .help("a value that holds another many times makes each of its own uses as large: write less"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::scenario;
    use super::*;

    fn problems(text: &str) -> usize {
        let scenario = scenario(&format!("title: a\n{text}"));
        let (mut weights, mut problems) = (Weights::default(), Problems::default());
        for (name, data) in &scenario.vars {
            weights.variable(name, data, &mut problems);
        }
        scenario.steps.iter().for_each(|step| weights.step(step, &mut problems));
        problems.len()
    }

    /// A value that holds `name` ten times.
    fn list(name: char) -> String {
        format!("[{}]", vec![format!("\"${{{name}}}\""); 10].join(", "))
    }

    fn text(name: char) -> String {
        format!("\"{}\"", format!("${{{name}}}").repeat(10))
    }

    /// So many variables, each of which holds the one before ten times.
    fn vars(levels: u8, ten: fn(char) -> String) -> String {
        let lines =
            (b'b'..b'b' + levels).map(|name| format!("  {}: {}\n", char::from(name), ten(char::from(name - 1))));
        format!("vars:\n  a: \"${{gen.uuid}}\"\n{}", lines.collect::<String>())
    }

    #[test]
    fn what_grows_with_every_use_is_refused() {
        const STEP: &str = "steps: [{ wait: 1s }]";
        for ten in [list, text] {
            assert_eq!(problems(&format!("{}{STEP}", vars(4, ten))), 0);
            assert_eq!(problems(&format!("{}{STEP}", vars(5, ten))), 1);
            let query = format!("steps: [{{ get: /a, query: {{ q: {} }}, expect: none }}]", ten('e'));
            assert_eq!(problems(&format!("{}{query}", vars(3, ten))), 0);
            assert_eq!(problems(&format!("{}{query}", vars(4, ten))), 1);
        }
    }

    #[test]
    fn what_gets_deeper_with_every_use_is_refused() {
        let deeper = |name: char| format!("{}\"${{{name}}}\"{}", "[".repeat(20), "]".repeat(20));
        assert_eq!(problems(&format!("{}steps: [{{ wait: 1s }}]", vars(5, deeper))), 0);
        assert_eq!(problems(&format!("{}steps: [{{ wait: 1s }}]", vars(6, deeper))), 1);
    }
}
