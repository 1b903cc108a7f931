//! `tacktest schema`.

use super::exit::{Exit, print};

/// Prints the JSON Schema of scenario files.
pub(super) fn schema() -> Exit {
    print(&format!("{:#}\n", crate::scenario::schema()))
}
