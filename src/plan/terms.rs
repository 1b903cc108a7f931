//! The terms of a run: what is known and decided before its scenarios are planned, beside the target itself.

use std::fmt;

use crate::config::Allowed;

/// The terms of a run. The default ones are those of a target on this machine.
#[derive(Debug, Clone, Default)]
pub struct Terms<'a> {
    /// Whether the target is a real one: at a host that is not this machine, or declared as such.
    pub is_real: bool,
    /// The same of its second environment.
    pub other_is_real: bool,
    /// What the run was allowed.
    pub allowed: Allowed,
    /// What is kept for both, if they are real ones; `None` if nobody looks.
    pub kept: Option<&'a dyn Kept>,
    /// Whether a person is there to log in where a step asks for it.
    pub attended: bool,
}

/// What is kept for the real targets of a run.
///
/// To look may take a command, or fail, and is no use to most scenarios. So it is asked only for a selected scenario that
/// needs it, and by several threads at once.
pub trait Kept: fmt::Debug + Sync {
    /// The logins that are stored; `None` if that can't be told, so that any may be there.
    fn logins(&self) -> Option<&[StoredLogin]>;

    /// Whether an access token of `client` at `target`, both by name, is kept that is over.
    fn has_spent(&self, target: &str, client: &str) -> bool;

    /// What was wrong with what has been asked so far, if anything was.
    fn fault(&self) -> Option<&str>;
}

/// A login that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLogin {
    /// The name of its target.
    pub target: String,
    /// The name of the client.
    pub client: String,
    /// The name of the user.
    pub user: String,
    /// The scopes that it was granted.
    pub scopes: Vec<String>,
}
