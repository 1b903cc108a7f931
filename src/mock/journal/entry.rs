//! An entry as it is kept: typed, and not yet in words.

use std::{borrow::Cow, mem::size_of, time::Duration};

use http::{Method, StatusCode};
use serde_json::Value;

use super::{Decision, parameters::Sent};
use crate::mock::{control::Delivery, site::Environment};

/// Something that happened.
pub struct Entry {
    /// Its number in its world, from 1.
    pub number: u64,
    /// When it began by the world's clock, in milliseconds since the epoch.
    pub at: i64,
    /// When it began in reality, in milliseconds since the epoch.
    pub real: i64,
    /// About how many bytes it takes.
    pub size: usize,
    /// What it was.
    pub event: Event,
}

/// What happened.
#[expect(clippy::large_enum_variant, reason = "nearly all that happens are requests")]
pub enum Event {
    /// A request.
    Request(Seen),
    /// A webhook was sent once, or not at all, and how its delivery stands now.
    Delivery(Box<Delivery>),
    /// An order, in which names stand for tokens, and why it was refused, if it was.
    Order(Value, Option<Cow<'static, str>>),
}

/// A request and what became of it.
pub struct Seen {
    /// Where it arrived.
    pub environment: Environment,
    /// Its method.
    pub method: Method,
    /// Its path below the environment's root, as it was sent.
    pub path: Box<str>,
    /// The parameters of its query.
    pub query: Sent,
    /// The parameters of its form.
    pub form: Sent,
    /// Its JSON body, as it was sent.
    pub body: Box<[u8]>,
    /// The status of the answer; `None` if the client did not wait for it.
    pub status: Option<StatusCode>,
    /// The JSON body of the answer.
    pub answer: Box<[u8]>,
    /// What was decided.
    pub decision: Decision,
    /// How long it took.
    pub took: Duration,
}

impl Event {
    /// About how many bytes an entry of it takes.
    pub fn size(&self) -> usize {
        let itself = size_of::<Entry>();
        match self {
            Self::Request(seen) => {
                let parameters = seen.query.size() + seen.form.size();
                let why = seen.decision.why.as_ref().map_or(0, |why| why.len());
                let faults = &seen.decision.faults;
                let faults: usize = faults.iter().map(|fault| size_of_val(fault) + fault.len()).sum();
                itself + seen.path.len() + parameters + seen.body.len() + seen.answer.len() + why + faults
            }
            Self::Delivery(delivery) => itself + size_of::<Delivery>() + 128 * (1 + delivery.attempts.len()),
            // Orders are read whole, and bounded before they come here.
            Self::Order(order, why) => itself + order.to_string().len() + why.as_ref().map_or(0, |why| why.len()),
        }
    }
}
