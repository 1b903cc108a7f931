//! `tacktest reject`.

use std::path::Path;

use crate::author;

use super::arguments::PendingArguments;
use super::exit::Exit;
use super::pending::{pending, told};

/// Rejects what is pending and selected.
pub(super) fn reject(folder: Option<&Path>, arguments: &PendingArguments) -> Exit {
    match pending(folder, arguments) {
        Ok(pending) => told(&author::reject(pending)),
        Err(exit) => exit,
    }
}
