//! What came of one grant, step by step: login, code, tokens, refreshed tokens, and what ended it.

use super::{rows::tokens, wish::Wish};
use crate::mock::{
    control::{JournalEvent, Outcome},
    journal::{Scrubber, told},
    worlds::World,
};

/// A step.
#[derive(Debug)]
pub struct Step {
    /// When, by the world's clock.
    pub at: String,
    /// What happened.
    pub what: String,
    /// Why it was refused; empty if it was not.
    pub why: String,
}

/// The steps in which something was issued or refused, oldest first. None without a wish for one grant.
pub fn steps(world: &World, wish: &Wish) -> Vec<Step> {
    if wish.grant.is_none() || wish.environment.is_empty() {
        return Vec::new();
    }
    let one = Wish { grant: wish.grant, environment: wish.environment.clone(), ..Wish::default() };
    let scrub = Scrubber::new(world.clients);
    let entries = world.journal.after(0);
    let of_grant = entries.iter().map(|entry| told(entry, &scrub)).filter(|entry| one.wants(entry, ""));
    let step = |entry: crate::mock::control::JournalEntry| {
        let JournalEvent::Request(request) = entry.event else { return None };
        if request.issued.is_empty()
            && request.outcome == Outcome::Answered
            && request.operation.as_deref() != Some("revoke")
        {
            return None;
        }
        let operation = match request.operation.as_deref() {
            Some("authorize") => "login".to_owned(),
            Some(name) => name.to_owned(),
            None => request.path.clone(),
        };
        Some(Step {
            at: entry.at,
            what: format!("{operation} {}", tokens(&request)),
            why: request.why.unwrap_or_default(),
        })
    };
    of_grant.filter_map(step).collect()
}
