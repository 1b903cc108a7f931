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
}
