//! What is wrong with a file: facts for the renderer, collected by the readers.

use super::Place;

/// One problem of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable name in kebab case, such as `unknown-key`.
    pub code: &'static str,
    /// What is wrong: a lower-case fragment without a period.
    pub title: Box<str>,
    /// Where it is wrong.
    pub place: Place,
    /// What stands at the caret; may be empty.
    pub label: Box<str>,
    /// Other places that explain the problem.
    pub context: Vec<(Place, String)>,
    /// More facts, and what to do about it.
    pub remarks: Vec<Remark>,
}

/// A line below the excerpt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// One more fact.
    Note(String),
    /// What to do.
    Help(String),
}

impl Diagnostic {
    /// A problem `code` at `place`, told as `title`.
    pub fn error(code: &'static str, title: impl Into<Box<str>>, place: Place) -> Self {
        Self { code, title: title.into(), place, label: "".into(), context: Vec::new(), remarks: Vec::new() }
    }

    /// Sets what stands at the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<Box<str>>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds another place that explains the problem.
    #[must_use]
    pub fn context(mut self, place: Place, label: impl Into<String>) -> Self {
        self.context.push((place, label.into()));
        self
    }

    /// Adds one more fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.remarks.push(Remark::Note(note.into()));
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.remarks.push(Remark::Help(help.into()));
        self
    }

    /// Adds "did you mean", when there is a suggestion.
    #[must_use]
    pub fn suggest(self, suggestion: Option<&str>) -> Self {
        match suggestion {
            Some(word) => self.help(format!("did you mean `{word}`?")),
            None => self,
        }
    }
}

/// All problems found so far, so that a file's are told at once.
#[derive(Debug, Default)]
pub struct Problems {
    found: Vec<Diagnostic>,
}

impl Problems {
    /// Adds a problem, unless the same one was told before (each matrix row reads the same steps).
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if !self.found.contains(&diagnostic) {
            self.found.push(diagnostic);
        }
    }

    /// Adds all of `diagnostics`.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        diagnostics.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many problems were found.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// The problems, in the order of their places.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|diagnostic| diagnostic.place);
        self.found
    }
}
