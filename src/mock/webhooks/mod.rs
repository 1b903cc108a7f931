//! Webhooks on their way: who is told of an event, where deliveries may go, and how often they are sent.
//!
//! Each world has an outbox of its own, which costs nothing until something is sent; all share one sender. What an event
//! tells of, and which can be registered for, is the API's matter and not known here. Deliveries go to this machine, and
//! to origins that show by a nonce that they expect them; nowhere else.

mod authorities;
mod deliver;
mod deliveries;
mod event;
mod exchange;
mod origins;
mod outbox;
mod registration;
mod sender;

pub use authorities::authorities;
pub use event::Event;
pub use outbox::{Outbox, later, tell};
pub use registration::{Auth, Owner, Webhook, Webhooks};
pub use sender::Sender;
