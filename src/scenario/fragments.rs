//! `use: _file.yaml`: the fragment's steps are written where it is used.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::source::{Diagnostic, Entry, Node, Problems, Remark, SourceFile, Sources, Value, parse_into, read_file};

use super::expand::{Budget, expand};
use super::keys::{FRAGMENT, STEP};

/// The most steps that fragments can add to one scenario.
const MOST_STEPS: usize = 1_000;

/// How deep fragments can use each other.
const DEEPEST: usize = 8;

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
    /// How many steps fragments added.
    pub added: usize,
    /// How much may still be written in by `with`.
    pub budget: Budget,
    /// Whether the steps of some fragment are not known.
    pub incomplete: bool,
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
            let fragment = step.get("use").map(|name| self.fragment(&step, name));
            match fragment {
                Some(Some(steps)) => all.extend(steps),
                Some(None) => {
                    self.incomplete = true;
                    all.push(step);
                }
                None => all.push(step),
            }
        }
        *elements = all;
    }

    /// The steps that `step`, which uses the fragment `name`, stands for; `None` if they can't be had.
    fn fragment(&mut self, step: &Node, name: &Node) -> Option<Vec<Node>> {
        for entry in step.as_mapping().unwrap_or_default() {
            let key = &&*entry.key.value;
            if STEP.names().contains(key) && !["use", "with", "name"].contains(key) {
                self.problems.push(
                    Diagnostic::error(
                        "misplaced-key",
                        format!("a step with `use` has no `{}`", entry.key.value),
                        entry.key.place,
                    )
                    .help("the fragment's own steps say what is done and expected"),
                );
            }
        }
        let with = step.get("with").map_or(&[][..], |with| self.values(with));
        let document = self.read(name)?;
        if document.is_null() {
            self.stack.pop();
            self.problems.push(
                Diagnostic::error("empty-file", "the fragment is empty", document.place).help("a fragment has `steps`"),
            );
            return None;
        }
        let fields = FRAGMENT.fields(&document, self.problems);
        let written = fields.and_then(|fields| fields.get("steps"));
        self.added += written.and_then(Node::as_sequence).unwrap_or_default().len();
        if self.added > MOST_STEPS {
            self.problems.push(
                Diagnostic::error("too-many-steps", format!("fragments add more than {MOST_STEPS} steps"), name.place)
                    .help("a scenario is one statement proven by a few steps"),
            );
            self.stack.pop();
            return None;
        }
        let mut steps = written.cloned();
        if let Some(steps) = &mut steps {
            self.splice(steps);
        }
        self.stack.pop();
        let steps = steps?;
        self.check_with(with, &steps);
        let binding =
            |wanted: &str| with.iter().find(|entry| &*entry.key.value == wanted).map(|entry| entry.value.clone());
        let expanded = expand(&steps, &binding, &mut self.budget, self.problems);
        let Value::Sequence(elements) = expanded.value else {
            self.problems.push(Diagnostic::error(
                "wrong-type",
                format!("`steps` is a sequence of steps, not {}", steps.kind()),
                steps.place,
            ));
            return None;
        };
        if elements.is_empty() {
            self.problems.push(Diagnostic::error("no-steps", "a fragment without steps does nothing", steps.place));
        }
        Some(elements)
    }

    /// The entries of `with`.
    fn values<'n>(&mut self, with: &'n Node) -> &'n [Entry] {
        with.as_mapping().unwrap_or_else(|| {
            self.problems.push(
                Diagnostic::error(
                    "wrong-type",
                    format!("`with` is a mapping of names to values, not {}", with.kind()),
                    with.place,
                )
                .label(with.kind()),
            );
            &[]
        })
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
        if self.added > MOST_STEPS {
            // More would be read only to be refused.
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
        if self.stack.len() > DEEPEST {
            self.problems.push(
                Diagnostic::error(
                    "deep-fragments",
                    format!("fragments use each other more than {DEEPEST} deep"),
                    name.place,
                )
                .help("write the steps out where they are used"),
            );
            return None;
        }
        let number = self.sources.next();
        let file = match self.files.file(&path, number) {
            Ok(file) => file,
            Err(problem) => {
                let told = format!("`{}`: {}", path.display(), problem.title);
                let diagnostic = Diagnostic::error("unreadable-file", told, name.place).label("used here");
                let diagnostic = diagnostic.note("the path is taken from the folder of the file that uses it");
                self.problems.push(problem.remarks.into_iter().fold(diagnostic, |diagnostic, remark| match remark {
                    Remark::Note(note) => diagnostic.note(note),
                    Remark::Help(help) => diagnostic.help(help),
                }));
                return None;
            }
        };
        let number = self.sources.number_of(&file).unwrap_or_else(|| self.sources.add(Arc::clone(&file)));
        let document = parse_into(&file.text, number, self.problems)?;
        self.stack.push(path);
        Some(document)
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
                        .label("unused")
                        .help(format!("write `${{{name}}}` in the fragment, or remove it here")),
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
