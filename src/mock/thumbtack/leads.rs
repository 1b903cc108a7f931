//! Leads that begin with a message: what the customer asked for is its text.

use std::sync::Arc;

use super::{
    events,
    messages::{self, Sender},
    negotiations::{self, Negotiation},
};
use crate::mock::{control::DescriptionMessage, site::Site, webhooks};

/// Keeps a new negotiation and its first message, and lets webhooks tell of the negotiation `times` times, and of the
/// message as `message` says.
pub fn create(site: &Site, negotiation: Negotiation, message: DescriptionMessage, times: u64) -> Arc<Negotiation> {
    let negotiation = negotiations::keep(site, negotiation);
    let text = negotiation.request.description.clone();
    let written = messages::write(site, &negotiation, Sender::Customer, text, negotiation.is_full);
    let of_message = events::message_created(site, written, &negotiation);
    if message == DescriptionMessage::Before {
        webhooks::tell(site, &of_message, 1);
    }
    webhooks::tell(site, &events::negotiation_created(site, &negotiation), times);
    if message == DescriptionMessage::After {
        webhooks::tell(site, &of_message, 1);
    }
    negotiation
}
