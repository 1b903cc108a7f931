//! `use: _file.yaml`: the fragment's steps are written where it is used.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::source::{Diagnostic, Entry, Node, Problems, SourceFile, Sources, Value, parse, read_file};

use super::expand::expand;
use super::keys::FRAGMENT;

/// The fragment files read so far, shared by all scenarios of a run.
#[derive(Debug, Default)]
pub struct FragmentFiles {
    read: Mutex<HashMap<PathBuf, Arc<SourceFile>>>,
}

impl FragmentFiles {
    fn file(&self, path: &Path, number: u32) -> Result<Arc<SourceFile>, Diagnostic> {
        let known = || self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = known().get(path) {
            return Ok(Arc::clone(file));
        }
        let file = Arc::new(read_file(path, path, number)?);
        known().insert(path.to_path_buf(), Arc::clone(&file));
        Ok(file)
    }
}

/// Writes fragments into the steps of one scenario.
pub(super) struct Splicer<'a> {
    /// The fragments read so far.
    pub files: &'a FragmentFiles,
    /// The files of the scenario; fragments are added.
    pub sources: &'a mut Sources,
    /// What is wrong.
    pub problems: &'a mut Problems,
    /// The files on the way to here, to find cycles.
    pub stack: Vec<PathBuf>,
}

impl Splicer<'_> {
    /// Replaces every `use` in `steps` by the steps of its fragment.
    pub(super) fn splice(&mut self, steps: &mut Node) {
        let Value::Sequence(elements) = &mut steps.value else { return };
        if !elements.iter().any(|step| step.get("use").is_some()) {
            return;
        }
        let mut all = Vec::with_capacity(elements.len());
        for step in std::mem::take(elements) {
            match step.get("use") {
                Some(name) => all.extend(self.fragment(&step, name)),
                None => all.push(step),
            }
        }
        *elements = all;
    }

    fn fragment(&mut self, step: &Node, name: &Node) -> Vec<Node> {
        for entry in step.as_mapping().unwrap_or_default() {
            if !["use", "with", "name"].contains(&&*entry.key.value) {
                self.problems.push(
                    Diagnostic::error(
                        "two-actions",
                        format!("a step with `use` has no `{}`", entry.key.value),
                        entry.key.place,
                    )
                    .help("the fragment's own steps say what is done and expected"),
                );
            }
        }
        let Some(document) = self.read(name) else { return Vec::new() };
        let Some(fields) = FRAGMENT.fields(&document, self.problems) else { return Vec::new() };
        let mut steps = fields.get("steps").cloned();
        if let Some(steps) = &mut steps {
            self.splice(steps);
        }
        self.stack.pop();
        let Some(steps) = steps else { return Vec::new() };
        let with = step.get("with").map_or(&[][..], |with| with.as_mapping().unwrap_or_default());
        self.check_with(with, &steps);
        let binding =
            |wanted: &str| with.iter().find(|entry| &*entry.key.value == wanted).map(|entry| entry.value.clone());
        let expanded = expand(&steps, &binding, self.problems);
        match expanded.value {
            Value::Sequence(steps) => steps,
            _ => Vec::new(),
        }
    }

    fn read(&mut self, name: &Node) -> Option<Node> {
        let Some(written) = name.as_text() else {
            self.problems.push(Diagnostic::error(
                "wrong-type",
                format!("`use` names a file, not {}", name.kind()),
                name.place,
            ));
            return None;
        };
        let relative = Path::new(written);
        let is_fragment = relative.file_name().is_some_and(|file| file.to_string_lossy().starts_with('_'));
        if !is_fragment {
            self.problems.push(
                Diagnostic::error("no-fragment", format!("`{written}` is no fragment"), name.place)
                    .help("the names of fragments begin with `_`, so that they are never run as tests"),
            );
            return None;
        }
        let user = self.stack.last().and_then(|path| path.parent()).unwrap_or(Path::new(""));
        let path = normal(&user.join(relative));
        if self.stack.contains(&path) {
            let way: Vec<String> = self.stack.iter().chain([&path]).map(|path| path.display().to_string()).collect();
            self.problems.push(
                Diagnostic::error("fragment-cycle", format!("`{written}` uses itself"), name.place)
                    .help(way.join(" uses ")),
            );
            return None;
        }
        let number = self.sources.next();
        let file = match self.files.file(&path, number) {
            Ok(file) => file,
            Err(problem) => {
                self.problems.push(
                    Diagnostic::error(
                        "unreadable-file",
                        format!("`{}`: {}", path.display(), problem.title),
                        name.place,
                    )
                    .label("used here"),
                );
                return None;
            }
        };
        self.sources.add(Arc::clone(&file));
        match parse(&file.text, number) {
            Ok(document) => {
                self.stack.push(path);
                Some(document)
            }
            Err(problems) => {
                self.problems.extend(problems);
                None
            }
        }
    }

    /// A name in `with` that the fragment never uses is probably misspelt.
    fn check_with(&mut self, with: &[Entry], steps: &Node) {
        for entry in with {
            let name = &*entry.key.value;
            let mut used = false;
            mentions(steps, &format!("${{{name}}}"), &mut used);
            if !used {
                self.problems.push(
                    Diagnostic::error("unused-name", format!("the fragment does not use `{name}`"), entry.key.place)
                        .label("unused"),
                );
            }
        }
    }
}

fn mentions(node: &Node, placeholder: &str, found: &mut bool) {
    match &node.value {
        Value::Text(text) => *found |= text.contains(placeholder),
        Value::Sequence(elements) => elements.iter().for_each(|element| mentions(element, placeholder, found)),
        Value::Mapping(entries) => entries.iter().for_each(|entry| mentions(&entry.value, placeholder, found)),
        _ => {}
    }
}

/// The path without `.` and with `..` worked out, so that one file has one name.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for component in path.components() {
        match component {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir if parts.file_name().is_some() => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts
}
