//! The keys of what a scenario says of webhooks.

use super::keys::Content::{Duration, Number, Text, True, Word};
use super::keys::{Object, key};
use super::words::{AUTHOR_WORDS, EVENT_WORDS, ORDER_WORDS};

/// `reply` of a step.
pub(super) const REPLY: Object = Object {
    name: "`reply`",
    required: &[],
    keys: &[
        key("status", Number, "the status with which later deliveries are answered; 200 if it is not said"),
        key("delay", Duration, "how long these answers are held back"),
    ],
};

/// `emit` of `mock`.
pub(super) const EMIT: Object = Object {
    name: "`emit`",
    required: &["event"],
    keys: &[
        key("event", Word(&EVENT_WORDS), "the event that happens"),
        key("business", Text, "the id of the business that it concerns; the negotiation's, or the first"),
        key("user", Text, "the user whom it concerns, with IncentiveUsedV4; the target's first if it is not said"),
        key("negotiation", Text, "the id of the negotiation that it is about; the first of the business"),
        key("from", Word(&AUTHOR_WORDS), "who wrote the message; the customer if it is not said"),
        key("text", Text, "what the message or the review says"),
        key("message", Word(&ORDER_WORDS), "whether the first message of a new lead is an event before or after it"),
        key("full", True, "the lead or message has all that the specification lets it have, such as attachments"),
        key("times", Number, "how many times it is sent, as duplicates are, up to 20"),
        key("after", Duration, "how long it waits before; the step does not wait for it"),
    ],
};
