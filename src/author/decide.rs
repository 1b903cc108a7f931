//! All that is pending, accepted or rejected at once.

use std::path::PathBuf;

use crate::plan::Selection;
use crate::snapshot::{Pending, PendingFiles, StoreError};

/// What became of pending files.
#[derive(Debug, Default)]
pub struct Decided {
    /// The files that now hold accepted shapes.
    pub accepted: Vec<PathBuf>,
    /// The pending files that were removed.
    pub rejected: Vec<PathBuf>,
    /// How many were left pending without any problem.
    pub left: usize,
    /// What could not be read or done; the others were.
    pub problems: Vec<StoreError>,
}

/// Leaves the files of those tests that `selection` names; the others' problems stay.
pub fn select(pending: &mut PendingFiles, selection: &Selection) {
    pending.files.retain(|file| selection.names(&file.test));
}

/// Accepts all of `pending` but drift, which is told as [`StoreError::Drift`].
pub fn accept(pending: PendingFiles) -> Decided {
    let mut decided = Decided { problems: pending.problems, ..Decided::default() };
    for file in &pending.files {
        // Drift is refused even where it is broken, as repairing it would not help.
        match file.read() {
            Ok(proposal) => decided.took(file.accept(&proposal).map(ToOwned::to_owned)),
            Err(error) => decided.problems.push(file.refusal().unwrap_or(error)),
        }
    }
    decided
}

/// Rejects all of `pending`, whatever the files hold.
pub fn reject(pending: PendingFiles) -> Decided {
    let mut decided = Decided { problems: pending.problems, ..Decided::default() };
    pending.files.iter().for_each(|file| decided.dropped(file));
    decided
}

impl Decided {
    /// Counts an accepted file, or keeps why it could not be accepted.
    pub(super) fn took(&mut self, accepted: Result<PathBuf, StoreError>) {
        match accepted {
            Ok(path) => self.accepted.push(path),
            Err(error) => self.problems.push(error),
        }
    }

    /// Rejects `file` and counts it, or keeps why that failed.
    pub(super) fn dropped(&mut self, file: &Pending) {
        match file.reject() {
            Ok(()) => self.rejected.push(file.path.clone()),
            Err(error) => self.problems.push(error),
        }
    }
}
