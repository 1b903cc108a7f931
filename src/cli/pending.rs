//! What `review`, `accept` and `reject` have in common: where they look, and how they end.

use std::path::{Path, PathBuf};

use crate::author::{Decided, select};
use crate::snapshot::{PendingFiles, StoreError};

use super::arguments::PendingArguments;
use super::exit::{Exit, complain, print};
use super::places;

/// What is pending in the project of `folder` and selected; where nothing is, that is told, with how to end.
pub(super) fn pending(folder: Option<&Path>, arguments: &PendingArguments) -> Result<PendingFiles, Exit> {
    let root = places::only_own_project(folder)?.snapshots();
    let mut pending = PendingFiles::find(&root);
    let all = pending.files.len();
    select(&mut pending, &arguments.selection());
    if !pending.files.is_empty() || !pending.problems.is_empty() {
        return Ok(pending);
    }
    if all > 0 {
        complain(format!("none of the {all} pending in {} is selected; `tacktest review` shows them", root.display()));
        return Err(Exit::Nothing);
    }
    complain(format!("nothing is pending in {}", root.display()));
    Err(Exit::Good)
}

/// Tells what was done and what could not be.
pub(super) fn told(decided: &Decided) -> Exit {
    let lines = |what: &str, paths: &[PathBuf]| {
        paths.iter().fold(String::new(), |lines, path| format!("{lines}{what} {}\n", path.display()))
    };
    let printed = print(&(lines("accepted", &decided.accepted) + &lines("rejected", &decided.rejected)));
    decided.problems.iter().for_each(complain);
    let (drift, wrong): (Vec<_>, Vec<_>) =
        decided.problems.iter().partition(|problem| matches!(problem, StoreError::Drift { .. }));
    if !wrong.is_empty() {
        return Exit::Usage;
    }
    if drift.is_empty() { printed } else { Exit::Shapes }
}
