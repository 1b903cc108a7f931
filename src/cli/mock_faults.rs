//! The faults of a mock that stands alone, read from its profile and from a file.

use std::path::Path;

use crate::mock::Mock;
use crate::scenario::{Listed, read_faults};
use crate::source::{Diagnostic, Sources, render};

use super::exit::{Exit, complain};
use super::places::stderr_style;

/// Faults with the file that lists them.
#[derive(Debug, Default)]
pub(super) struct Planned {
    pub listed: Listed,
    pub sources: Sources,
}

impl Planned {
    /// The faults that `file` lists for a mock that has `clients` besides its own; none without a file. What is wrong with
    /// it is told.
    pub(super) fn read(file: Option<&Path>, clients: &[&str]) -> Result<Self, Exit> {
        let Some(file) = file else { return Ok(Self::default()) };
        match read_faults(file, clients) {
            Ok((listed, sources)) => Ok(Self { listed, sources }),
            Err((problems, sources)) => Err(told(&problems, &sources)),
        }
    }

    /// Orders them of `mock`. What it refuses is told at its place.
    pub(super) fn order(self, mock: &Mock) -> Result<(), Exit> {
        let refused = |(place, fault)| Some(Diagnostic::error("bad-fault", mock.order(fault).err()?, place));
        let problems: Vec<Diagnostic> = self.listed.into_iter().filter_map(refused).collect();
        if problems.is_empty() { Ok(()) } else { Err(told(&problems, &self.sources)) }
    }
}

fn told(problems: &[Diagnostic], sources: &Sources) -> Exit {
    for problem in problems {
        complain(render(problem, sources, stderr_style()));
    }
    Exit::Usage
}
