//! A file of faults, for a mock that stands alone.

use std::path::Path;

use crate::mock::control;
use crate::source::{Diagnostic, Problems, Scope, SourceFile, Sources, parse, read_file};

use super::read_fault::read_fault;

/// Reads the faults that the file `path` lists, for a mock that stands alone.
pub fn read_faults(path: &Path) -> Result<Vec<control::Fault>, (Vec<Diagnostic>, Sources)> {
    let file = read_file(path, path, 0).map_err(|problem| {
        let unread = SourceFile { path: path.to_owned(), text: String::new() };
        (vec![problem], Sources::of(unread))
    })?;
    let listed = listed(&file.text);
    listed.map_err(|problems| (problems, Sources::of(file)))
}

fn listed(text: &str) -> Result<Vec<control::Fault>, Vec<Diagnostic>> {
    let node = parse(text, 0)?;
    let mut problems = Problems::default();
    let Some(elements) = node.as_sequence() else {
        problems.push(
            Diagnostic::error("wrong-type", format!("a file of faults is a sequence, not {}", node.kind()), node.place)
                .help("begin each fault with `- at:`"),
        );
        return Err(problems.into_sorted());
    };
    let mut written = Vec::with_capacity(elements.len());
    for element in elements {
        let Some(data) = read_fault(element, &mut problems) else { continue };
        data.visit_names(&mut |name, place| {
            problems.push(
                Diagnostic::error("unknown-name", format!("`{name}` has no value here"), place)
                    .label("unknown")
                    .help("a file of faults has no values of its own; `$${` is a literal `${`"),
            );
        });
        written.extend(data.value(&NoValues).ok().map(|written| (element.place, written)));
    }
    let problems = problems.into_sorted();
    if !problems.is_empty() {
        return Err(problems);
    }
    let read = |(place, written)| fault(written).map_err(|told| vec![Diagnostic::error("bad-fault", told, place)]);
    written.into_iter().map(read).collect()
}

/// The fault that `written` is, in the words of the control API. The error says what it can't be.
pub fn fault(written: serde_json::Value) -> Result<control::Fault, String> {
    serde_json::from_value(written).map_err(|error| format!("this fault can't be ordered: {error}"))
}

/// A file of faults has no names.
struct NoValues;

impl Scope for NoValues {
    fn value(&self, _name: &str) -> Option<serde_json::Value> {
        None
    }
}
