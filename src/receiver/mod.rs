//! Listens for webhooks: each scenario has a path of its own, and what is sent there is kept in the order in which it
//! came.
//!
//! It answers 200 at once unless it is told otherwise, and answers any nonce, which says that webhooks are expected. Everything is bounded: bodies, what
//! is kept, connections and waits. It must not know scenarios or targets, must not judge a delivery, and must not send
//! anything.

mod delivery;
mod inbox;
mod server;
mod unguessable;

pub use delivery::Delivery;
pub use inbox::{Inbox, Reply};
pub use server::Receiver;
