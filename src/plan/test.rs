//! Tests: what a run is made of.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;

use crate::config::{Capability, Effect, Requirement};
use crate::scenario::{FragmentFiles, Reading, Rows, Scenario, read_scenario};
use crate::source::{Diagnostic, Place, Sources};

use super::safety::owns_login;
use super::skip::Skip;

/// One named test: a scenario, or one row of its matrix.
#[derive(Debug)]
pub struct Test {
    /// The name: the file's path, and the row.
    pub name: String,
    /// The statement that it proves; empty if the file is wrong.
    pub title: String,
    /// The file it is written in.
    pub file: PathBuf,
    /// The same file as a snapshot names it: from the project's folder, with `/`.
    pub source: String,
    /// Name of the test without the row.
    pub file_name: String,
    /// The matrix row.
    pub row: Option<String>,
    /// The requirements that it shows.
    pub certifies: Vec<Arc<Requirement>>,
    /// Words to select it by.
    pub tags: Vec<String>,
    /// What the target must offer, written and implied.
    pub needs: Vec<Capability>,
    /// The client whose credentials it uses.
    pub client: Option<String>,
    /// What it does to the world.
    pub effects: Effect,
    /// Why it does not run on this target.
    pub skip: Option<Skip>,
    /// Whether a person is asked to log in while it runs.
    pub attended: bool,
    /// What there is to run.
    pub body: Body,
}

impl Test {
    /// Whether it ends a login, so that on a real target it is begun when all others are done.
    pub fn spends_login(&self) -> bool {
        self.effects == Effect::SpendsLogin
    }
}

/// What there is to run of a test.
#[derive(Debug)]
pub enum Body {
    /// A scenario in which nothing was found wrong.
    Ready(Box<Plan>),
    /// The same, but beyond those that are kept: it is read again when its turn comes.
    Later(Later),
    /// A file with problems; it sends nothing.
    Broken(Box<Broken>),
    /// A scenario that can't run, for this reason, and was to run in any case; it sends nothing.
    Missing(String),
}

impl Test {
    /// Makes it a failure that something is missing which the user could provide, where it would be skipped for that.
    pub fn fail_if_missing(&mut self) {
        if let Some(skip) = self.skip.take_if(|skip| skip.can_be_provided) {
            self.body = Body::Missing(skip.reason);
        }
    }
}

/// A scenario that was found right and not kept, so that memory does not grow with the number of scenarios.
#[derive(Debug)]
pub struct Later {
    /// The fragments that were read.
    pub(super) fragments: Arc<FragmentFiles>,
    /// What the file held when it was found right.
    pub(super) file: Fingerprint,
}

/// What tells one text from another without keeping it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fingerprint {
    length: usize,
    hash: u64,
}

impl Fingerprint {
    /// The fingerprint of the scenario file, which is the first of `sources`.
    pub(super) fn of(sources: &Sources) -> Self {
        let text = sources.get(0).map_or("", |file| &file.text);
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Self { length: text.len(), hash: hasher.finish() }
    }
}

impl Later {
    /// Reads the scenario of `test`, which this is the body of, again. The file may have been changed since.
    pub fn plan(&self, test: &Test) -> Result<Plan, Broken> {
        let Reading { sources, rows, mut problems, .. } = read_scenario(&test.file, &self.fragments);
        let scenario = match rows {
            Some(Rows::One(scenario)) if test.row.is_none() => Some(*scenario),
            Some(Rows::Matrix(rows)) => {
                rows.into_iter().find(|(row, _)| test.row.as_ref() == Some(row)).map(|(_, row)| row)
            }
            _ => None,
        };
        match scenario {
            Some(scenario) if problems.is_empty() && Fingerprint::of(&sources) == self.file => {
                Ok(Plan { scenario, sources: sources.without_texts() })
            }
            _ => {
                let changed = "the file was changed while the scenarios ran";
                problems.push(Diagnostic::error("unreadable-file", changed, Place::start_of(0)));
                Err(Broken { problems: problems.into_sorted(), sources })
            }
        }
    }
}

/// A scenario that may run.
#[derive(Debug)]
pub struct Plan {
    /// The scenario.
    pub scenario: Scenario,
    /// Its files, to show places.
    pub sources: Sources,
}

impl Plan {
    /// Whether the scenario has a login that is its own to spend.
    pub fn owns_login(&self) -> bool {
        owns_login(&self.scenario)
    }
}

/// What is wrong with a file.
#[derive(Debug)]
pub struct Broken {
    /// All problems.
    pub problems: Vec<Diagnostic>,
    /// The files, to show places.
    pub sources: Sources,
}
