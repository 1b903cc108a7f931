//! Tests: what a run is made of.

use std::path::PathBuf;

use crate::config::{Capability, Effect};
use crate::scenario::Scenario;
use crate::source::{Diagnostic, Sources};

/// One named test: a scenario, or one row of its matrix.
#[derive(Debug)]
pub struct Test {
    /// The name: the file's path, and the row.
    pub name: String,
    /// The statement that it proves; empty if the file is wrong.
    pub title: String,
    /// The file it is written in.
    pub file: PathBuf,
    /// Name of the test without the row.
    pub file_name: String,
    /// The matrix row.
    pub row: Option<String>,
    /// The requirements that it shows.
    pub certifies: Vec<String>,
    /// Words to select it by.
    pub tags: Vec<String>,
    /// What the target must offer, written and implied.
    pub needs: Vec<Capability>,
    /// What it does to the world.
    pub effects: Effect,
    /// Why it does not run on this target.
    pub skip: Option<String>,
    /// What there is to run.
    pub body: Body,
}

/// What there is to run of a test.
#[derive(Debug)]
pub enum Body {
    /// A scenario in which nothing was found wrong.
    Ready(Box<Plan>),
    /// A file with problems; it sends nothing.
    Broken(Box<Broken>),
}

/// A scenario that may run.
#[derive(Debug)]
pub struct Plan {
    /// The scenario.
    pub scenario: Scenario,
    /// Its files, to show places.
    pub sources: Sources,
}

/// What is wrong with a file.
#[derive(Debug)]
pub struct Broken {
    /// All problems.
    pub problems: Vec<Diagnostic>,
    /// The files, to show places.
    pub sources: Sources,
}
