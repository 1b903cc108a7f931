//! An event, and how it is told.

use hyper::body::Bytes;
use serde::Serialize;
use serde_json::Value;

use super::Owner;
use crate::mock::control::EventType;

/// Something that happened.
#[derive(Debug)]
pub struct Event {
    /// What.
    pub kind: EventType,
    /// Whom it concerns.
    pub owners: Vec<Owner>,
    /// What is told about it.
    pub data: Value,
}

/// The body of a delivery.
#[derive(Serialize)]
struct Envelope<'a> {
    event: Head<'a>,
    data: &'a Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    event_type: EventType,
    // Empty in all deliveries that partners saw.
    description: &'static str,
    #[serde(rename = "webhookID")]
    webhook_id: &'a str,
    triggered_at: &'a str,
}

impl Event {
    /// The body that is sent to a webhook; `triggered_at` is RFC 3339.
    pub fn body(&self, webhook: &str, triggered_at: &str) -> Bytes {
        let event = Head { event_type: self.kind, description: "", webhook_id: webhook, triggered_at };
        // Text and numbers can always be written.
        serde_json::to_vec(&Envelope { event, data: &self.data }).unwrap_or_default().into()
    }
}
