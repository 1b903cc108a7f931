//! Snapshots on disk: what is accepted, what is pending, and what the policy does about a difference.

use std::path::{Path, PathBuf};

use similar::TextDiff;

use crate::source::{SourceFile, Sources, Style, render};

use super::policy::{Action, Update};
use super::{Comparison, Outcome, Policy, Shapes, SnapshotName, StoreError, compare, file};

/// The folder `snapshots/` and how it is updated. Tests may use it at the same time.
#[derive(Debug, Clone)]
pub struct Store {
    /// The folder; need not exist.
    pub root: PathBuf,
    /// How snapshots are updated.
    pub policy: Policy,
}

/// Where the answers came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On<'t> {
    /// The mock: its shapes are the ones that are accepted, compared as text.
    Mock,
    /// Another target, by its name: compared by structure, never accepted.
    Target(&'t str),
}

impl Store {
    /// Compares `shapes` with the accepted ones of `test`, and writes what the policy asks for.
    ///
    /// `source` (the scenario's path in the project) and `title` go into the front matter. Fails if a file is broken or
    /// can't be read or written; on the mock a broken file is overwritten where the policy accepts.
    pub fn check(
        &self,
        test: &SnapshotName,
        source: &str,
        title: &str,
        shapes: &Shapes,
        on: On<'_>,
    ) -> Result<Outcome, StoreError> {
        self.refer(test)?;
        let observed = shapes.to_text();
        let whole = file::contents(source, title, &observed);
        match on {
            On::Mock => self.check_mock(test, &observed, &whole),
            On::Target(target) => self.check_target(test, shapes, &whole, target),
        }
    }

    /// Tells `cargo insta` that the snapshot of `test` is in use, though the test is skipped or filtered out.
    pub fn refer(&self, test: &SnapshotName) -> Result<(), StoreError> {
        match &self.policy.references {
            Some(references) => file::refer(references, &test.accepted(&self.root)),
            None => Ok(()),
        }
    }

    /// The same for a wrong scenario file, of which nobody knows which rows it has: for its own snapshot and all that lie
    /// in the folder of its rows.
    pub fn refer_to_all_of(&self, file_part: &str) -> Result<(), StoreError> {
        self.refer(&SnapshotName::new(file_part, None)?)?;
        let Some(references) = &self.policy.references else { return Ok(()) };
        // A folder that can't be looked into keeps its snapshots from `cargo insta` just as well.
        let rows = file::find(&self.root.join(file_part), ".snap").files;
        rows.iter().try_for_each(|path| file::refer(references, path))
    }

    fn check_mock(&self, test: &SnapshotName, observed: &str, whole: &str) -> Result<Outcome, StoreError> {
        let path = test.accepted(&self.root);
        let pending_path = test.pending(&self.root);
        let accepted = match file::read(&path) {
            Err(StoreError::Broken { .. }) if self.policy.action(true) == Action::Accept => None,
            read => read?,
        };
        if let Some(accepted) = accepted.as_ref().filter(|accepted| accepted.text == observed.trim_end()) {
            if self.policy.update == Update::Force && accepted.whole != whole {
                file::write(&path, whole)?;
            }
            file::remove(&pending_path)?;
            return Ok(Outcome::Same);
        }
        let pending = match self.policy.action(accepted.is_some()) {
            Action::Accept => {
                file::write(&path, whole)?;
                // Else it would be offered for review although it is accepted.
                file::remove(&pending_path)?;
                return Ok(Outcome::Accepted { file: path });
            }
            Action::Pend => {
                file::write(&pending_path, whole)?;
                Some(pending_path)
            }
            Action::Nothing => None,
        };
        let forced = self.policy.force_pass;
        Ok(match accepted {
            Some(accepted) => Outcome::Different { diff: diff(&accepted.text, observed), pending, forced },
            None => Outcome::New { text: observed.to_owned(), pending, forced },
        })
    }

    fn check_target(
        &self,
        test: &SnapshotName,
        shapes: &Shapes,
        whole: &str,
        target: &str,
    ) -> Result<Outcome, StoreError> {
        let drift_path = test.drift(&self.root, target)?;
        let path = test.accepted(&self.root);
        let Some(accepted) = file::read(&path)? else {
            return Ok(Outcome::Unpinned);
        };
        let Comparison { changes, notes } = compare(&parsed(&path, &accepted)?, shapes);
        if changes.is_empty() {
            file::remove(&drift_path)?;
            return Ok(if notes.is_empty() { Outcome::Same } else { Outcome::Notes(notes) });
        }
        let pending = match self.policy.action(true) {
            // What another target answers is never accepted by itself.
            Action::Accept | Action::Pend => {
                file::write(&drift_path, whole)?;
                Some(drift_path)
            }
            Action::Nothing => None,
        };
        Ok(Outcome::Drift { changes, pending, forced: self.policy.force_pass })
    }
}

pub(super) fn parsed(path: &Path, accepted: &file::Accepted) -> Result<Shapes, StoreError> {
    // Empty lines in place of the front matter keep the line numbers those of the file.
    let text = "\n".repeat(accepted.lines_before) + &accepted.text + "\n";
    Shapes::parse(&text).map_err(|problems| {
        let sources = Sources::of(SourceFile { path: path.to_owned(), text });
        let drawn: Vec<String> = problems.iter().map(|problem| render(problem, &sources, Style::Plain)).collect();
        StoreError::Broken { path: path.to_owned(), report: drawn.join("\n") }
    })
}

fn diff(accepted: &str, observed: &str) -> String {
    let (accepted, observed) = (format!("{accepted}\n"), format!("{}\n", observed.trim_end()));
    TextDiff::from_lines(&accepted, &observed)
        .unified_diff()
        .context_radius(3)
        .header("accepted", "observed")
        .to_string()
}
