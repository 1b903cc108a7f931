//! Findings: ways in which a value misses its pattern.

use std::fmt;

use crate::source::Place;

/// One way in which a value misses its pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Where the expectation was written.
    pub place: Place,
    /// Where the value stands: the caller's root and the path from there, such as `$.data[0].name`.
    pub path: String,
    /// What is wrong: one line, a fragment without a period.
    pub message: String,
    /// What was expected, as a short text.
    pub expected: String,
    /// What was there, as a short text; `nothing` if nothing was.
    pub actual: String,
    /// What may explain it or help.
    pub help: Option<String>,
}

impl fmt::Display for Finding {
    /// `path: message`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path, self.message)
    }
}
