//! What a scenario says of webhooks, as written.

use std::time::Duration;

use crate::mock::control::{Author, EventType, Order};
use crate::source::{Located, Template};

/// Which delivery a `receive` step waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receive {
    /// The oldest of this event that was not taken yet.
    Event(String),
    /// The oldest that was not taken yet.
    Any,
    /// None: there is none that was not taken yet, and none comes.
    Silence,
}

/// How later deliveries are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// How long the answer is held back.
    pub delay: Duration,
}

/// An event that the mock lets happen.
#[derive(Debug)]
pub struct Emit {
    /// Which one.
    pub event: EventType,
    /// The business that it concerns.
    pub business: Option<Template>,
    /// The user whom it concerns.
    pub user: Option<Located<String>>,
    /// The negotiation that it is about.
    pub negotiation: Option<Template>,
    /// Who wrote the message.
    pub from: Option<Author>,
    /// What the message or the review says.
    pub text: Option<Template>,
    /// When the first message of a new lead comes, if that is an event too.
    pub message: Option<Order>,
    /// Whether it has all that the API specification lets it have.
    pub full: bool,
    /// How many times it is sent.
    pub times: u64,
    /// How long it waits before.
    pub after: Option<Duration>,
}
