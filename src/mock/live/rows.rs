//! Entries of the journal as rows of the table.

use serde_json::{Map, Value};

use super::wish::{Wish, name};
use crate::mock::{
    control::{Delivery, DeliveryState, JournalEntry, JournalEvent, JournalOrder, JournalRequest, Outcome},
    journal::{Scrubber, told},
    worlds::World,
};

/// How many rows a page has at most.
const MOST: usize = 200;

/// A row.
#[derive(Debug, Default)]
pub struct Row {
    /// Number of the entry.
    pub number: u64,
    /// When, by the world's clock (RFC 3339).
    pub at: String,
    /// Time of day of that.
    pub time: String,
    /// Where; empty for an order, which is for both.
    pub environment: &'static str,
    /// Method and path, or the order.
    pub what: String,
    /// The operation, if it has a name.
    pub operation: String,
    /// The client and the user.
    pub who: String,
    /// The grant, 0 for none.
    pub grant: u64,
    /// Which token it carried, and what was issued.
    pub tokens: String,
    /// The status, or what stands for it.
    pub status: String,
    /// `good`, `bad` or `quiet`, for the eye alone.
    pub kind: &'static str,
    /// Why it was answered so.
    pub why: String,
    /// What faults did.
    pub faults: Vec<String>,
    /// What was sent and answered, by name.
    pub details: Vec<(&'static str, String)>,
    /// How long it took, in words.
    pub took: String,
}

/// The rows that are wanted, newest first, and the number of the last entry there is.
pub fn rows(world: &World, wish: &Wish) -> (Vec<Row>, u64) {
    let scrub = Scrubber::new(world.clients);
    let entries = world.journal.after(wish.after);
    let last = entries.last().map_or(wish.after, |entry| entry.number);
    let wanted = entries.iter().rev().map(|entry| told(entry, &scrub)).filter(|entry| {
        // Only a wish for a text needs the text.
        let line = if wish.text.is_empty() { String::new() } else { serde_json::to_string(entry).unwrap_or_default() };
        wish.wants(entry, &line)
    });
    (wanted.take(MOST).map(Row::of).collect(), last)
}

impl Row {
    fn of(entry: JournalEntry) -> Self {
        let time = entry.at.split_once('T').map_or("", |(_, time)| time.trim_end_matches('Z')).to_owned();
        let row = match entry.event {
            JournalEvent::Request(request) => Self::of_request(*request),
            JournalEvent::Delivery { delivery } => Self::of_delivery(&delivery),
            JournalEvent::Order(order) => Self::of_order(order),
        };
        Self { number: entry.number, at: entry.at, time, ..row }
    }

    fn of_request(request: JournalRequest) -> Self {
        let environment = name(request.environment);
        let (kind, status) = match (request.outcome, request.status) {
            (Outcome::Answered, Some(status)) => ("good", status.to_string()),
            (_, Some(status)) => ("bad", format!("{status} refused")),
            (_, None) => ("bad", "no answer".to_owned()),
        };
        let who: Vec<&str> = request.client.iter().chain(&request.user).map(String::as_str).collect();
        Self {
            what: format!("{} {}", request.method, request.path),
            operation: request.operation.clone().unwrap_or_default(),
            who: who.join(" for "),
            grant: request.grant.unwrap_or(0),
            tokens: tokens(&request),
            environment,
            status,
            kind,
            why: request.why.unwrap_or_default(),
            faults: request.faults,
            took: format!("{}.{:03} ms", request.microseconds / 1000, request.microseconds % 1000),
            details: [
                ("Query", members(&request.query)),
                ("Form", members(&request.form)),
                ("JSON sent", request.body.as_ref().map(pretty)),
                ("JSON answered", request.answer.as_ref().map(pretty)),
            ]
            .into_iter()
            .filter_map(|(name, text)| Some((name, text?)))
            .collect(),
            ..Self::default()
        }
    }

    fn of_delivery(delivery: &Delivery) -> Self {
        let last = delivery.attempts.last();
        let (kind, status) = match (delivery.state, last.and_then(|attempt| attempt.status)) {
            (DeliveryState::Received, Some(status)) => ("good", format!("{status} received")),
            (DeliveryState::NotSent, _) => ("bad", "not sent".to_owned()),
            (_, Some(status)) => ("bad", format!("{status} not received")),
            (_, None) => ("bad", "no answer".to_owned()),
        };
        let error = last.and_then(|attempt| attempt.error.clone());
        let whole = serde_json::to_value(delivery).map(|delivery| pretty(&delivery)).unwrap_or_default();
        Self {
            what: format!("webhook {}", delivery.to),
            operation: serde_json::to_value(delivery.event)
                .ok()
                .and_then(|event| event.as_str().map(str::to_owned))
                .unwrap_or_default(),
            environment: name(delivery.environment),
            who: format!("webhook {}", delivery.webhook),
            tokens: format!("attempt {}", delivery.attempts.len()),
            status,
            kind,
            why: delivery.why.clone().or(error).unwrap_or_default(),
            took: last.map_or_else(String::new, |attempt| format!("{} ms", attempt.milliseconds)),
            details: vec![("Delivery", whole)],
            ..Self::default()
        }
    }

    fn of_order(order: JournalOrder) -> Self {
        let name = match &order.order {
            Value::Object(members) => members.keys().next().cloned().unwrap_or_default(),
            Value::String(name) => name.clone(),
            other => other.to_string(),
        };
        Self {
            what: format!("order: {}", name.replace('_', " ")),
            status: if order.why.is_some() { "refused" } else { "done" }.to_owned(),
            kind: if order.why.is_some() { "bad" } else { "quiet" },
            why: order.why.unwrap_or_default(),
            details: vec![("Order", pretty(&order.order))],
            ..Self::default()
        }
    }
}

/// Such as `with refresh 1 (of code 1): access 2, refresh 2`.
pub fn tokens(request: &JournalRequest) -> String {
    let used = match (&request.used, &request.from) {
        (Some(used), Some(from)) => format!("with {used} (of {from})"),
        (Some(used), None) => format!("with {used}"),
        _ => String::new(),
    };
    match (used.is_empty(), request.issued.is_empty()) {
        (_, true) => used,
        (true, false) => format!("issued {}", request.issued.join(", ")),
        (false, false) => format!("{used}: issued {}", request.issued.join(", ")),
    }
}

fn members(members: &Map<String, Value>) -> Option<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let lines: Vec<String> = members.iter().map(|(name, value)| format!("{name} = {}", text(value))).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}
