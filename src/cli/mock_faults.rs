//! The faults of a mock that stands alone, read from a file.

use std::path::Path;

use crate::mock::control::Fault;
use crate::scenario::read_faults;
use crate::source::render;

use super::exit::{Exit, complain};
use super::places::stderr_style;

/// The faults that the file lists; none without a file. What is wrong with it is told.
pub(super) fn read(file: Option<&Path>) -> Result<Vec<Fault>, Exit> {
    let Some(file) = file else { return Ok(Vec::new()) };
    read_faults(file).map_err(|(problems, sources)| {
        for problem in &problems {
            complain(render(problem, &sources, stderr_style()));
        }
        Exit::Usage
    })
}
