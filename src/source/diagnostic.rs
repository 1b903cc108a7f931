//! What is wrong with a file: facts for the renderer, collected by the readers.

use std::collections::HashSet;

use super::Place;

/// The most problems of a file that are told: whoever has more mends these first.
const MOST_TOLD: usize = 100;

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
    told: HashSet<(Place, Box<str>)>,
    spoiled: HashSet<Place>,
}

impl Problems {
    /// Adds a problem, unless the same one was told before (each matrix row reads the same steps), or its place is
    /// spoiled.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let Diagnostic { place, title, .. } = &diagnostic;
        if !self.spoiled.contains(place) && self.told.insert((*place, title.clone())) {
            self.found.push(diagnostic);
        }
    }

    /// Says that what stands at `place` is not what was meant: nothing more is told about it.
    pub fn spoil(&mut self, place: Place) {
        self.spoiled.insert(place);
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

    /// The problems, in the order of their places; of a great many only the first, and how many more there are.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|diagnostic| diagnostic.place);
        let more = self.found.len().saturating_sub(MOST_TOLD);
        self.found.truncate(MOST_TOLD);
        if more > 0
            && let Some(last) = self.found.last_mut()
        {
            last.remarks.push(Remark::Note(format!("{more} more problems are not shown")));
        }
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(start: usize, title: &str) -> Diagnostic {
        Diagnostic::error("code", title, Place::new(0, start, start + 1))
    }

    #[test]
    fn the_same_problem_is_told_once_and_a_spoiled_place_no_more() {
        let mut problems = Problems::default();
        problems.extend([problem(5, "a"), problem(5, "a"), problem(5, "b"), problem(1, "a")]);
        problems.spoil(Place::new(0, 1, 2));
        problems.push(problem(1, "c"));
        let titles: Vec<_> = problems.into_sorted().iter().map(|problem| problem.title.to_string()).collect();
        assert_eq!(titles, ["a", "a", "b"]);
    }

    #[test]
    fn of_a_great_many_problems_the_first_are_told_and_the_rest_counted() {
        let mut problems = Problems::default();
        problems.extend((0..MOST_TOLD + 7).rev().map(|start| problem(start, "a")));
        let told = problems.into_sorted();
        assert_eq!((told.len(), told[0].place.start), (MOST_TOLD, 0));
        assert_eq!(told[MOST_TOLD - 1].remarks, [Remark::Note("7 more problems are not shown".to_owned())]);
    }
}
