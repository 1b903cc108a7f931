//! What the API of one environment was told since the start. What is there from the start is shared by all worlds, and
//! stands in the files of its subject.
//!
//! Every collection is bounded: the oldest entry makes room, so that a mock that runs for weeks stays small.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use super::{
    messages::Message, negotiations::Negotiation, phone_numbers::PhoneNumbers, reviews::Reviews, searches::Searches,
};
use crate::mock::webhooks::Webhooks;

/// How many negotiations that came about later are kept, and messages of each.
const MOST: usize = 1_000;

/// What is kept of one environment.
#[derive(Debug, Default)]
pub struct Records {
    /// The searches that were made.
    pub searches: Searches,
    negotiations: VecDeque<Arc<Negotiation>>,
    messages: HashMap<String, VecDeque<Message>>,
    phone_numbers: PhoneNumbers,
    reviews: Reviews,
    /// Webhooks, which bound themselves.
    pub webhooks: Webhooks,
}

impl Records {
    /// Keeps a new negotiation.
    pub fn add_negotiation(&mut self, negotiation: Arc<Negotiation>) {
        self.negotiations.push_back(negotiation);
        if self.negotiations.len() > MOST
            && let Some(oldest) = self.negotiations.pop_front()
        {
            self.messages.remove(&oldest.id);
        }
    }

    /// The negotiations that came about since the start, oldest first.
    pub fn negotiations(&self) -> impl Iterator<Item = &Arc<Negotiation>> {
        self.negotiations.iter()
    }

    /// Keeps a message of a negotiation.
    pub fn add_message(&mut self, negotiation: &str, message: Message) {
        let messages = self.messages.entry(negotiation.to_owned()).or_default();
        messages.push_back(message);
        if messages.len() > MOST {
            messages.pop_front();
        }
    }

    /// The messages of a negotiation since the start, oldest first.
    pub fn messages(&self, negotiation: &str) -> impl Iterator<Item = &Message> {
        self.messages.get(negotiation).into_iter().flatten()
    }

    /// The telephone numbers that businesses have registered.
    pub fn phone_numbers(&mut self) -> &mut PhoneNumbers {
        &mut self.phone_numbers
    }

    /// The reviews of businesses, and what these answered.
    pub fn reviews(&mut self) -> &mut Reviews {
        &mut self.reviews
    }
}
