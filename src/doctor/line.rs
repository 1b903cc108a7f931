//! What one check came to.

/// What one check came to, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What was looked at.
    pub check: String,
    /// What came of it.
    pub verdict: Verdict,
    /// What was seen, or why it was not looked at.
    pub what: String,
    /// What to do about it, if something is to be done.
    pub advice: Option<String>,
}

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// A run is possible, but something is odd.
    Warning,
    /// A run can't succeed.
    Problem(Cause),
    /// It was not looked at.
    Skipped,
}

/// Where a problem is to be mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// In what the user configured: addresses, credentials, references.
    Configuration,
    /// In the surroundings: network, clock, servers.
    Surroundings,
}

impl Verdict {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem(_) => "problem",
            Self::Skipped => "skipped",
        }
    }
}

impl Cause {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Surroundings => "surroundings",
        }
    }
}

impl Line {
    pub(super) fn ok(check: &str, what: impl Into<String>) -> Self {
        Self::of(check, Verdict::Ok, what.into(), None)
    }

    pub(super) fn skipped(check: &str, why: impl Into<String>) -> Self {
        Self::of(check, Verdict::Skipped, why.into(), None)
    }

    pub(super) fn warning(check: &str, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::of(check, Verdict::Warning, what.into(), Some(advice.into()))
    }

    /// A problem of what the user configured.
    pub(super) fn wrong(check: &str, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::of(check, Verdict::Problem(Cause::Configuration), what.into(), Some(advice.into()))
    }

    /// A problem of the surroundings.
    pub(super) fn outside(check: &str, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::of(check, Verdict::Problem(Cause::Surroundings), what.into(), Some(advice.into()))
    }

    fn of(check: &str, verdict: Verdict, what: String, advice: Option<String>) -> Self {
        Self { check: check.to_owned(), verdict, what, advice }
    }

    /// The same line with each of its texts changed by `change`.
    pub(super) fn map(self, change: impl Fn(&str) -> String) -> Self {
        Self { what: change(&self.what), advice: self.advice.as_deref().map(change), ..self }
    }
}
