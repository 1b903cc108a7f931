//! Texts that nobody else comes upon by chance.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// A text of 32 hexadecimal digits, drawn with keys that each process has for itself.
pub(super) fn unguessable() -> String {
    let drawn = || RandomState::new().hash_one(jiff::Timestamp::now().as_nanosecond());
    format!("{:016x}{:016x}", drawn(), drawn())
}
