//! A target made usable for a run: references resolved, the mock started, the pace kept, and what tells that a target
//! has had enough of requests.
//!
//! What a scenario sees of its target is a [`Session`]: on a mock a world of its own, elsewhere the one environment.
//! What may be sent to it is decided elsewhere. This room sends nothing to a target but a mock's control API; of
//! the public address of the project's receiver it asks a nonce.

mod apart;
mod block;
mod control;
mod credentials;
mod environment;
mod network;
mod pace;
mod public_address;
mod pushback;
mod session;
mod sites;
#[cfg(test)]
pub(crate) mod testing;
mod usable;
mod uses;
mod view;

pub use block::Block;
pub use control::TOKEN_REFUSED;
pub use environment::{Environment, Gate, Login};
pub use pace::Pacer;
pub use public_address::{NonceReply, PublicAddress};
pub use pushback::{LONGEST_WAIT, retry_after};
pub use session::Session;
pub use sites::{Leads, Sites, depth_below};
pub use usable::{Unusable, Usable, is_real};
pub use uses::Uses;

pub use crate::config::UrlName;
