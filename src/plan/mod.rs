//! From scenarios as written to tests that may run: names, selection, skips and effects.
//!
//! Everything that can be wrong without a network is found here or before, all problems of a file together. Secrets are
//! never read: whether a reference is set is all that is asked.

mod certifies;
mod destination;
mod effects;
mod load;
mod logins;
mod names;
mod needs;
mod safety;
mod select;
mod skip;
mod skips;
mod terms;
mod test;
mod webhooks;
mod weights;

pub use load::{LoadError, load, load_files};
pub use select::Selection;
pub use skip::Skip;
pub use terms::{Kept, StoredLogin, Terms};
pub use test::{Body, Broken, Later, Plan, Test};

/// What a test needs of its target.
pub use crate::config::{Allowance, Allowed, Capability, Effect, EnvironmentWord, effect_of, ids_of, recipients_of};
/// The model of a planned scenario, as the engine walks it.
pub use crate::scenario::{
    Action, Authorize, Bearer, Body as RequestBody, Emit, Expect, Expectation, Given, Grant, MockAction, Origin,
    Parameter, Parameters, Receive, Reply, Request, Save, Scenario, Status, Step, Token, TokenUse, Until, fault,
};

#[cfg(test)]
mod testing;
