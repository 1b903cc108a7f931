//! The terms of a run: what is known and decided before its scenarios are planned, beside the target itself.

use crate::config::Allowed;

/// The terms of a run. The default ones are those of a target on this machine.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// Whether the target is a real one: at a host that is not this machine, or declared as such.
    pub is_real: bool,
    /// The same of its second environment.
    pub other_is_real: bool,
    /// What the run was allowed.
    pub allowed: Allowed,
    /// The logins that are stored for both; `None` if nobody has looked, so that any may be there.
    pub logins: Option<Vec<StoredLogin>>,
    /// The targets, with the clients of theirs, of which an access token is kept that is over.
    pub spent: Vec<(String, String)>,
    /// Whether a person is there to log in where a step asks for it.
    pub attended: bool,
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
