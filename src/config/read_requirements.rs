//! Reading a catalogue of requirements: the built-in one, then what a project adds to it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::source::{
    Diagnostic, Entry, Fields, Node, Place, Problems, did_you_mean, is_name, one_of, parse_into, text, texts,
};

use super::passes_with::{PassesWith, check_passes_with};
use super::requirements::{Basis, Document, Level, Party, Requirement, Shown};

const KEYS: &[&str] = &["statement", "level", "party", "basis", "source", "shown", "passes_with"];

const DOCUMENT_KEYS: &[&str] = &["title", "date"];

/// Reads catalogues, the built-in one first; problems are collected.
#[derive(Debug, Default)]
pub(super) struct Reader {
    documents: HashMap<String, Arc<Document>>,
    requirements: Vec<Arc<Requirement>>,
    /// The ids whose entries are wrong; naming them is no further problem.
    wrong: Vec<String>,
    /// What `passes_with` names, the built-in ones first.
    named: Vec<PassesWith>,
    built_in: Option<Node>,
    problems: Problems,
}

impl Reader {
    /// Reads the built-in catalogue.
    pub(super) fn read(&mut self, text: &str) {
        if let Some(document) = parse_into(text, 0, &mut self.problems) {
            self.catalogue(&document);
            self.built_in = Some(document);
        }
    }

    /// Adds the catalogue of a project.
    pub(super) fn add(&mut self, text: &str) {
        if let Some(document) = parse_into(text, 0, &mut self.problems)
            && !document.is_null()
        {
            self.catalogue(&document);
        }
    }

    /// The requirements in the order in which they were read, and all problems.
    pub(super) fn finish(mut self) -> (Vec<Arc<Requirement>>, Vec<Diagnostic>) {
        let read = self.requirements.iter().map(|requirement| requirement.id.as_str());
        let ids: Vec<&str> = read.chain(self.wrong.iter().map(String::as_str)).collect();
        check_passes_with(&self.named, &ids, &mut self.problems);
        (self.requirements, self.problems.into_sorted())
    }

    fn catalogue(&mut self, document: &Node) {
        let keys = &["documents", "requirements"];
        let Some(fields) = Fields::of(document, "a catalogue of requirements", keys, &mut self.problems) else {
            return;
        };
        let entries = |key: &str, problems: &mut Problems| match fields.get(key) {
            Some(node) => named_entries(node, key, problems),
            None => Vec::new(),
        };
        for entry in entries("documents", &mut self.problems) {
            self.document(entry);
        }
        for entry in entries("requirements", &mut self.problems) {
            let is_id = entry.key.value.split('.').all(is_name);
            if !is_id {
                self.problems.push(
                    Diagnostic::error(
                        "bad-name",
                        format!("a requirement's id can't be `{}`", entry.key.value),
                        entry.key.place,
                    )
                    .help("an id is made of names with dots between them, such as `orders.refund.once`; names have lower-case letters, digits and `_`"),
                );
            }
            match self.requirement(entry) {
                Some(requirement) if is_id => self.requirements.push(Arc::new(requirement)),
                _ => self.wrong.push(entry.key.value.to_string()),
            }
        }
    }

    fn document(&mut self, entry: &Entry) {
        let name = &*entry.key.value;
        if self.is_built_in("documents", "document", entry, DOCUMENT_KEYS) {
            return;
        }
        if !is_name(name) {
            self.problems.push(
                Diagnostic::error("bad-name", format!("a document's name can't be `{name}`"), entry.key.place)
                    .help("names have lower-case letters, digits and `_`; the document's own title is its `title`"),
            );
        }
        let Some(fields) = Fields::of(&entry.value, "a document", DOCUMENT_KEYS, &mut self.problems) else { return };
        let owner = format!("the document `{name}`");
        let title = required(&fields, "title", &owner, entry.key.place, &mut self.problems)
            .and_then(|node| written(node, "title", &mut self.problems));
        let date = required(&fields, "date", &owner, entry.key.place, &mut self.problems)
            .and_then(|node| date(node, &mut self.problems));
        // A document in which something is wrong is still one that requirements may name.
        let document = Document { title: title.unwrap_or_default(), date: date.unwrap_or_default() };
        self.documents.insert(name.to_owned(), Arc::new(document));
    }

    /// The requirement of `entry`; `None` if it is wrong, or built in.
    fn requirement(&mut self, entry: &Entry) -> Option<Requirement> {
        if self.is_built_in("requirements", "requirement", entry, KEYS) {
            return None;
        }
        let problems = &mut self.problems;
        let fields = Fields::of(&entry.value, "a requirement", KEYS, problems)?;
        let id = &*entry.key.value;
        let owner = format!("the requirement `{id}`");
        let get = |key: &str, problems: &mut Problems| required(&fields, key, &owner, entry.key.place, problems);
        let statement = get("statement", problems).and_then(|node| written(node, "statement", problems));
        let level = get("level", problems).and_then(|node| one_of(node, "`level`", Level::WORDS, problems));
        let party = get("party", problems).and_then(|node| one_of(node, "`party`", Party::WORDS, problems));
        let basis = get("basis", problems).and_then(|node| one_of(node, "`basis`", Basis::WORDS, problems));
        let source = get("source", problems);
        let shown = get("shown", problems).and_then(|node| one_of(node, "`shown`", Shown::WORDS, problems));
        let passes_with = match fields.get("passes_with") {
            Some(node) => texts(node, "`passes_with`", problems),
            None => Vec::new(),
        };
        self.named.extend(passes_with.iter().map(|named| PassesWith { owner: id.to_owned(), named: named.clone() }));
        let (document, section) = source.and_then(|node| self.source(node))?;
        Some(Requirement {
            id: id.to_owned(),
            statement: statement?,
            level: level?,
            party: party?,
            basis: basis?,
            document,
            section,
            shown: shown?,
            passes_with: passes_with.into_iter().map(|named| named.value).collect(),
        })
    }

    fn source(&mut self, node: &Node) -> Option<(Arc<Document>, String)> {
        let problems = &mut self.problems;
        let fields = Fields::of(node, "`source`", &["document", "section"], problems)?;
        let section = required(&fields, "section", "`source`", node.place, problems)
            .and_then(|node| written(node, "section", problems));
        let name = required(&fields, "document", "`source`", node.place, problems)
            .and_then(|node| text(node, "`document`", problems))?;
        let Some(document) = self.documents.get(&name.value) else {
            let mut known: Vec<&str> = self.documents.keys().map(String::as_str).collect();
            known.sort_unstable();
            problems.push(
                Diagnostic::error("unknown-name", format!("there is no document `{}`", name.value), name.place)
                    .label("unknown document")
                    .suggest(did_you_mean(&name.value, known.iter().copied()))
                    .help(format!("known: {}; a document of your own belongs under `documents`", known.join(", "))),
            );
            return None;
        };
        Some((Arc::clone(document), section?))
    }

    /// Whether `entry` of the member `part` is built in; where it says otherwise than the built-in one is a problem.
    fn is_built_in(&mut self, part: &str, what: &str, entry: &Entry, keys: &[&str]) -> bool {
        let name = &*entry.key.value;
        let Some(built_in) = self.built_in.as_ref().and_then(|catalogue| catalogue.get(part)?.get(name)) else {
            return false;
        };
        let Some(fields) = Fields::of(&entry.value, &format!("a {what}"), keys, &mut self.problems) else {
            return true;
        };
        for key in keys {
            let (own, known) = (fields.get(key), built_in.get(key));
            if own.map(Node::to_json) == known.map(Node::to_json) {
                continue;
            }
            let told = known.map_or_else(|| "nothing".to_owned(), |node| node.to_json().to_string());
            self.problems.push(
                Diagnostic::error(
                    "built-in-requirement",
                    format!("`{key}` of the built-in {what} `{name}` can't be changed"),
                    own.map_or(entry.key.place, |node| node.place),
                )
                .label(if own.is_some() { "not as it is built in" } else { "left out" })
                .note(format!("built in: {told}"))
                .help(format!("write a {what} of your own, under another name: this one means the same everywhere")),
            );
        }
        true
    }
}

/// The members of `node`, which stands under `key`.
fn named_entries<'n>(node: &'n Node, key: &str, problems: &mut Problems) -> Vec<&'n Entry> {
    let Some(entries) = node.as_mapping() else {
        if !node.is_null() {
            problems.push(Diagnostic::error(
                "wrong-type",
                format!("`{key}` is a mapping of names, not {}", node.kind()),
                node.place,
            ));
        }
        return Vec::new();
    };
    entries.iter().collect()
}

fn required<'n>(
    fields: &Fields<'n>,
    key: &str,
    owner: &str,
    place: Place,
    problems: &mut Problems,
) -> Option<&'n Node> {
    let node = fields.get(key);
    if node.is_none() {
        problems.push(Diagnostic::error("missing-key", format!("{owner} has no `{key}`"), place));
    }
    node
}

/// A text that says something.
fn written(node: &Node, key: &str, problems: &mut Problems) -> Option<String> {
    let text = text(node, &format!("`{key}`"), problems)?.value;
    if text.trim().is_empty() {
        problems.push(Diagnostic::error("wrong-type", format!("`{key}` says nothing"), node.place).label("empty"));
        return None;
    }
    Some(text)
}

fn date(node: &Node, problems: &mut Problems) -> Option<String> {
    let text = text(node, "`date`", problems)?.value;
    let is_date = text.parse::<jiff::civil::Date>().is_ok_and(|date| date.to_string() == text);
    if !is_date {
        problems.push(
            Diagnostic::error("bad-date", format!("`date` can't be `{text}`"), node.place)
                .label("not a date")
                .help("write year, month and day, such as `2026-04-24`"),
        );
        return None;
    }
    Some(text)
}
