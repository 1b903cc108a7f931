//! `tacktest accept`.

use std::path::Path;

use crate::author;

use super::arguments::PendingArguments;
use super::exit::Exit;
use super::pending::{pending, told};

/// Accepts what is pending and selected.
pub(super) fn accept(folder: Option<&Path>, arguments: &PendingArguments) -> Exit {
    match pending(folder, arguments) {
        Ok(pending) => told(&author::accept(pending)),
        Err(exit) => exit,
    }
}
