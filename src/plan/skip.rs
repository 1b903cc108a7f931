//! Why a test does not run on a target, and whether anything can be done about it.

/// Why a test does not run on a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skip {
    /// The reason, as it is told beside the test's name.
    pub reason: String,
    /// Whether the user could provide what is missing: a variable, a file, a client, a fixture, a login.
    pub can_be_provided: bool,
}

impl Skip {
    /// Skipped because of what the target is or what the run was started for, such as without `--allow` or `--attended`:
    /// nothing that a user could provide.
    pub fn by_nature(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), can_be_provided: false }
    }

    /// Skipped because something is missing that the user could provide; with `--strict-skips` that is a failure.
    pub fn missing(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), can_be_provided: true }
    }
}

/// A reason of which nothing else is said is one that no user can do anything about.
impl From<String> for Skip {
    fn from(reason: String) -> Self {
        Self::by_nature(reason)
    }
}
