//! What became of the webhooks that a world sent.

use serde::{Deserialize, Serialize};

use super::{EnvironmentName, EventType};

/// One event on its way to one webhook. Nothing in it is a secret: of the URL there are only origin and path, and no
/// credentials.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// Its number in its world, from 1, in the order in which deliveries came about.
    pub number: u64,
    /// Where the event happened.
    pub environment: EnvironmentName,
    /// The id of the webhook.
    pub webhook: String,
    /// Which event.
    pub event: EventType,
    /// Origin and path of the webhook's URL.
    pub to: String,
    /// When the event happened, by the world's clock (RFC 3339).
    pub triggered_at: String,
    /// How far it has come.
    pub state: DeliveryState,
    /// Why it was not sent, or not received, if that is how it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Every time that it was sent, in order.
    pub attempts: Vec<Attempt>,
}

/// How far a delivery has come.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It waits to be sent, or to be sent again, or for an answer.
    Waiting,
    /// It was answered by 2XX.
    Received,
    /// It was sent as often as it may be, and no answer was 2XX.
    Failed,
    /// It was given up before it was sent, or before it was sent again.
    NotSent,
}

/// One time that a delivery was sent.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// How long it took, in real milliseconds.
    pub milliseconds: u64,
    /// The status of the answer, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}
