//! The text of a snapshot back into shapes; every problem is told with its place.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{self, Diagnostic, Entry, Fields, Node, Place, Problems, Value, did_you_mean};

use super::shape::{Member, Type};
use super::text::{NONE, ONE_OF, TEXT};
use super::{Body, Shape, Shapes, StepShape};

impl Shapes {
    /// Reads what [`Shapes::to_text`] wrote; the error holds every problem, with places in `text`.
    pub fn parse(text: &str) -> Result<Self, Vec<Diagnostic>> {
        let root = source::parse(text, 0)?;
        let mut reader = Reader { text, problems: Problems::default() };
        let steps = if let Some(elements) = root.as_sequence() {
            elements.iter().filter_map(|element| reader.step(element)).collect()
        } else {
            reader.wrong(&root, "a snapshot is a sequence of steps");
            Vec::new()
        };
        if reader.problems.is_empty() { Ok(Self { steps }) } else { Err(reader.problems.into_sorted()) }
    }
}

/// Something is wrong that was told.
struct Told;

struct Reader<'t> {
    text: &'t str,
    problems: Problems,
}

/// A key of an object: a member, or a word of the format.
enum Key {
    Member { name: String, optional: bool },
    Word(String),
}

impl Reader<'_> {
    fn step(&mut self, node: &Node) -> Option<StepShape> {
        let fields = Fields::of(node, "a step", &["step", "status", "media_type", "body"], &mut self.problems)?;
        let step = self.required(fields.get("step"), node, "step");
        let step = step.and_then(|step| source::text(step, "`step`", &mut self.problems));
        let status = self.required(fields.get("status"), node, "status");
        let status = status.ok_or(Told).and_then(|status| self.status(status));
        let media_type =
            fields.get("media_type").and_then(|media| source::text(media, "`media_type`", &mut self.problems));
        let body = self.required(fields.get("body"), node, "body").and_then(|body| self.body(body));
        Some(StepShape {
            step: step?.value,
            status: status.ok()?,
            media_type: media_type.map(|media_type| media_type.value),
            body: body?,
            status_is_judged: false,
        })
    }

    /// A status, or none; the error says that it was told.
    fn status(&mut self, node: &Node) -> Result<Option<u16>, Told> {
        if node.as_text() == Some(NONE) {
            return Ok(None);
        }
        let status = source::whole_number(node, "`status`", u16::MAX.into(), &mut self.problems).ok_or(Told)?;
        u16::try_from(status).map(Some).map_err(|_| Told)
    }

    fn required<'n>(&mut self, field: Option<&'n Node>, step: &Node, key: &str) -> Option<&'n Node> {
        if field.is_none() {
            self.problem("missing-key", format!("a step of a snapshot needs `{key}`"), step.place);
        }
        field
    }

    fn body(&mut self, node: &Node) -> Option<Body> {
        match node.as_text() {
            Some(TEXT) => Some(Body::Text),
            Some(NONE) => Some(Body::Empty),
            _ => self.shape(node).map(Body::Json),
        }
    }

    fn shape(&mut self, node: &Node) -> Option<Shape> {
        match &node.value {
            // Nothing at all is null to YAML too, but it is what a broken file has.
            Value::Null if self.written(node.place) == "null" => Some(Shape::simple(Type::Null)),
            Value::Text(words) => self.types(words, node.place),
            Value::Sequence(elements) => match &elements[..] {
                [] => Some(Shape::array_of(None)),
                [element] => self.shape(element).map(|element| Shape::array_of(Some(element))),
                [_, second, ..] => {
                    self.problem("bad-shape", "an array has one shape for all its elements".to_owned(), second.place);
                    None
                }
            },
            Value::Mapping(entries) => self.object(entries),
            Value::Null | Value::Bool(_) | Value::Number(..) => {
                self.wrong(node, "a shape is a type, an array or an object");
                None
            }
        }
    }

    fn types(&mut self, words: &str, place: Place) -> Option<Shape> {
        let mut shape: Option<Shape> = None;
        for word in words.split('|').map(str::trim) {
            let Some((_, simple)) = Type::WORDS.iter().find(|(known, _)| *known == word) else {
                let known = Type::WORDS.map(|(known, _)| known);
                let suggestion = did_you_mean(word, known);
                self.problems.push(
                    Diagnostic::error("unknown-type", format!("there is no type `{word}`"), place)
                        .label("unknown type")
                        .suggest(suggestion)
                        .help(format!("types: {}", known.join(", "))),
                );
                return None;
            };
            let next = Shape::simple(*simple);
            shape = Some(match shape {
                Some(shape) => shape.merged(next),
                None => next,
            });
        }
        shape
    }

    fn object(&mut self, entries: &[Entry]) -> Option<Shape> {
        let mut members = BTreeMap::new();
        let mut names = BTreeSet::new();
        for entry in entries {
            let place = entry.key.place;
            match self.key(&entry.key.value, place)? {
                Key::Word(word) if word == ONE_OF && entries.len() == 1 => return self.union(&entry.value),
                Key::Word(word) => {
                    let title = format!("`{word}` is no member's name and no word of a snapshot here");
                    self.problems.push(
                        Diagnostic::error("unknown-word", title, place)
                            .label("not known here")
                            .help(format!("write `\\{word}` for the member; `{ONE_OF}` stands alone in its mapping")),
                    );
                    return None;
                }
                Key::Member { name, optional } => {
                    if !names.insert(name.clone()) {
                        self.problem("duplicate-member", format!("the member `{name}` is written twice"), place);
                    }
                    if let Some(shape) = self.shape(&entry.value) {
                        members.insert(name, Member { shape, optional });
                    }
                }
            }
        }
        Some(Shape::object_of(members))
    }

    fn union(&mut self, node: &Node) -> Option<Shape> {
        let Some(alternatives) = node.as_sequence().filter(|alternatives| alternatives.len() > 1) else {
            self.wrong(node, &format!("`{ONE_OF}` is a sequence of at least two shapes"));
            return None;
        };
        let mut shapes = Vec::new();
        for alternative in alternatives {
            shapes.extend(self.shape(alternative));
        }
        shapes.into_iter().reduce(Shape::merged)
    }

    fn key(&mut self, written: &str, place: Place) -> Option<Key> {
        if written.starts_with('$') {
            return Some(Key::Word(written.to_owned()));
        }
        let mut name = String::with_capacity(written.len());
        let mut characters = written.chars();
        while let Some(character) = characters.next() {
            match character {
                '?' if characters.as_str().is_empty() => return Some(Key::Member { name, optional: true }),
                '\\' => {
                    let Some(escaped @ ('\\' | '$' | '?')) = characters.next() else {
                        let title = "in a member's name, `\\` stands only before `\\`, `$` or `?`";
                        self.problem("bad-escape", title.to_owned(), place);
                        return None;
                    };
                    name.push(escaped);
                }
                other => name.push(other),
            }
        }
        Some(Key::Member { name, optional: false })
    }

    fn written(&self, place: Place) -> &str {
        self.text.get(place.start as usize..place.end as usize).unwrap_or_default()
    }

    fn wrong(&mut self, node: &Node, what: &str) {
        let title = format!("{what}, not {}", node.kind());
        self.problems.push(Diagnostic::error("wrong-type", title, node.place).label(node.kind()));
    }

    fn problem(&mut self, code: &'static str, title: String, place: Place) {
        self.problems.push(Diagnostic::error(code, title, place).label("here"));
    }
}
