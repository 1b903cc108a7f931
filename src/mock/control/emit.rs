//! Events that are ordered, so that webhooks are sent now.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Span;

/// The most times that one event is sent (a burst that a receiver is asked to bear).
pub const MOST_TIMES: u64 = 20;

/// The longest that an event waits before it is sent, in real time.
pub const LONGEST_WAIT: Duration = Duration::from_mins(10);

/// An event that happens now. It reaches every webhook that is enabled and registered for it, and what it is about is in
/// the data of the API from then on: a new negotiation, a new message, a new review.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Emit {
    /// Which event.
    pub event: EventType,
    /// Where it happens.
    #[serde(default)]
    pub environment: EnvironmentName,
    /// The id of the business that it concerns; `None`: that of the negotiation, or the first business there is. Not with
    /// `user`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business: Option<String>,
    /// The name of the user whom it concerns, for [`EventType::IncentiveUsed`] only; `None`: the first user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The id of the negotiation that it is about; `None`: the first one of the business. Not with
    /// [`EventType::NegotiationCreated`], which makes a new one, nor with [`EventType::IncentiveUsed`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub negotiation: Option<String>,
    /// Who wrote the message, with [`EventType::MessageCreated`] only; `None`: the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Author>,
    /// What the message or the review says; `None`: a text that begins with `TEST`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// With [`EventType::NegotiationCreated`] only: the customer's first message, whose text is the description of the
    /// lead, is an event too, and comes before or after it. Documented: it may come before (Messages, troubleshooting,
    /// 2026-04-24). `None`: there is no such event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Order>,
    /// With [`EventType::NegotiationCreated`] and [`EventType::MessageCreated`] only: it has all that the API specification
    /// lets it have, such as attachments, a booking or an access code.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub full: bool,
    /// How many times it is sent, 1 to [`MOST_TIMES`]: the same event with the same ids, as duplicates are.
    #[serde(default = "once")]
    pub times: u64,
    /// How long to wait before, in real time, at most [`LONGEST_WAIT`]; the order is answered at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Span>,
}

fn once() -> u64 {
    1
}

/// The events of the API's webhooks, by the names that deliveries have for them (`event.eventType`).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventType {
    /// A lead was made.
    #[serde(rename = "NegotiationCreatedV4")]
    NegotiationCreated,
    /// A message was written, by either side.
    #[serde(rename = "MessageCreatedV4")]
    MessageCreated,
    /// A customer reviewed a business.
    #[serde(rename = "ReviewCreatedV4")]
    ReviewCreated,
    /// An incentive was used.
    #[serde(rename = "IncentiveUsedV4")]
    IncentiveUsed,
    /// A preset job found its business.
    #[serde(rename = "PresetJobMatchedV4")]
    PresetJobMatched,
    /// The status of a preset job changed.
    #[serde(rename = "PresetJobStatusChangedV4")]
    PresetJobStatusChanged,
    /// A preset job was cancelled.
    #[serde(rename = "PresetJobCancelledV4")]
    PresetJobCancelled,
    /// A preset job was changed.
    #[serde(rename = "PresetJobUpdatedV4")]
    PresetJobUpdated,
    /// A preset job was done.
    #[serde(rename = "PresetJobCompletedV4")]
    PresetJobCompleted,
}

/// An environment by its name.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum EnvironmentName {
    /// Staging.
    #[default]
    Staging,
    /// Production.
    Production,
}

/// Who writes a message.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The business.
    Business,
    /// The customer.
    Customer,
}

/// When an event comes that belongs to another one.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Before that one.
    Before,
    /// After that one.
    After,
}
