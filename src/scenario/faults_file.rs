//! Faults for a mock that stands alone, as a file or its profile lists them.

use std::path::Path;

use crate::config::MOCK_CLIENTS;
use crate::mock::control;
use crate::source::{Diagnostic, Node, Place, Problems, Scope, SourceFile, Sources, parse, read_file};

use super::read_fault::read_fault;

/// Faults, each with where it is written.
pub type Listed = Vec<(Place, control::Fault)>;

/// Reads the faults that the file `path` lists, for a mock that stands alone and has `clients` besides its own.
pub fn read_faults(path: &Path, clients: &[&str]) -> Result<(Listed, Sources), (Vec<Diagnostic>, Sources)> {
    let file = read_file(path, path, 0).map_err(|problem| {
        let unread = SourceFile { path: path.to_owned(), text: String::new() };
        (vec![problem], Sources::of(unread))
    })?;
    let mut problems = Problems::default();
    let read = parse(&file.text, 0).map(|node| read_fault_list(&node, clients, &mut problems));
    let sources = Sources::of(file);
    match read {
        Ok(listed) if problems.is_empty() => Ok((listed, sources)),
        Ok(_) => Err((problems.into_sorted(), sources)),
        Err(problems) => Err((problems, sources)),
    }
}

/// Reads the list `node` of faults at a mock that has `clients` besides its own.
pub fn read_fault_list(node: &Node, clients: &[&str], problems: &mut Problems) -> Listed {
    let Some(elements) = node.as_sequence() else {
        problems.push(
            Diagnostic::error("wrong-type", format!("faults are a sequence, not {}", node.kind()), node.place)
                .help("begin each fault with `- at:`"),
        );
        return Listed::new();
    };
    let clients = [MOCK_CLIENTS, clients].concat();
    elements.iter().filter_map(|element| listed(element, &clients, problems)).collect()
}

fn listed(element: &Node, clients: &[&str], problems: &mut Problems) -> Option<(Place, control::Fault)> {
    let mut found = Problems::default();
    let written = read_fault(element, clients, &mut found);
    let mut found = found.into_sorted();
    if let Some(data) = &written {
        data.visit_names(&mut |name, place| {
            found.push(
                Diagnostic::error("unknown-name", format!("`{name}` has no value here"), place)
                    .label("unknown")
                    .help("a list of faults has no values of its own; `$${` is a literal `${`"),
            );
        });
    }
    if found.is_empty() {
        match fault(written?.value(&NoValues).ok()?) {
            Ok(fault) => return Some((element.place, fault)),
            Err(told) => found.push(Diagnostic::error("bad-fault", told, element.place)),
        }
    }
    for problem in found {
        problems.push(problem);
    }
    None
}

/// The fault that `written` is, in the words of the control API. The error says what it can't be.
pub fn fault(written: serde_json::Value) -> Result<control::Fault, String> {
    serde_json::from_value(written).map_err(|error| format!("this fault can't be ordered: {error}"))
}

/// A list of faults has no names.
struct NoValues;

impl Scope for NoValues {
    fn value(&self, _name: &str) -> Option<serde_json::Value> {
        None
    }
}
