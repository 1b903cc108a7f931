//! What the engine tells the reporters: facts about tests, with no opinion about how they are shown.
//!
//! Everything in an event is scrubbed already: no reporter ever holds a secret.

use std::path::PathBuf;
use std::time::Duration;

pub use crate::pattern::Finding;
use crate::source::Sources;

/// What happens during a run.
#[derive(Debug, Clone)]
pub enum Event {
    /// The run begins.
    Started {
        /// How many tests there are, skipped ones included.
        tests: usize,
    },
    /// A test began.
    TestStarted {
        /// Its name.
        name: String,
    },
    /// A test has its verdict.
    TestFinished(std::sync::Arc<Outcome>),
    /// All tests have theirs.
    Finished {
        /// How long the run took.
        elapsed: Duration,
    },
}

/// What became of a test.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// The verdict.
    pub verdict: Verdict,
    /// How long it took.
    pub elapsed: Duration,
    /// Differences worth telling that change no verdict.
    pub notes: Vec<String>,
}

/// The verdict on a test.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// Everything held.
    Pass,
    /// Something did not hold.
    Fail(Box<Failure>),
    /// It did not run, for this reason.
    Skip(String),
    /// The surroundings failed, so nothing can be said.
    Inconclusive(Box<Failure>),
    /// Everything held, but the shapes of the answers are new or different.
    Shapes(Box<ShapeChange>),
    /// Everything held, but the accepted shapes can't be read or written; the text tells why.
    Unusable(String),
    /// The scenario file is wrong; the text tells all its problems.
    Broken(String),
    /// A bug of this program.
    Bug(String),
}

/// What did not hold, or what the surroundings did.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The statement that the scenario proves.
    pub title: String,
    /// The requirements that it certifies.
    pub certifies: Vec<Certified>,
    /// The scenario file.
    pub file: PathBuf,
    /// The step, if it was one.
    pub step: Option<FailedStep>,
    /// Every way in which an expectation was missed.
    pub findings: Vec<Finding>,
    /// The files that the findings point into.
    pub sources: Sources,
    /// The exchange, as text.
    pub exchange: Option<String>,
    /// A command that sends the request again.
    pub curl: Option<String>,
}

/// A requirement that a scenario certifies, as its catalogue has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certified {
    /// Its id.
    pub id: String,
    /// What must be so.
    pub statement: String,
    /// The title of the document that has it.
    pub document: String,
    /// Where in the document.
    pub section: String,
    /// When the document was last changed: year, month and day.
    pub date: String,
}

/// The step that failed.
#[derive(Debug, Clone)]
pub struct FailedStep {
    /// Its number, from 1.
    pub number: usize,
    /// How many steps there are.
    pub of: usize,
    /// What it is called.
    pub name: String,
    /// Whether it belongs to `finally`.
    pub in_finally: bool,
}

/// New or different shapes.
#[derive(Debug, Clone)]
pub struct ShapeChange {
    /// What happened, in one line.
    pub summary: String,
    /// The difference, or the new shapes.
    pub text: String,
    /// The file to look at, if one was written.
    pub pending: Option<PathBuf>,
}

impl Verdict {
    /// Whether the verdict lets a run succeed.
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Pass | Self::Skip(_))
    }
}
