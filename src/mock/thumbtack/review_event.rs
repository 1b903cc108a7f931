//! Reviews of a business, as webhooks tell of them. They are not kept.

use serde_json::{Value, json};

use super::negotiations::Negotiation;
use crate::mock::{clock::rfc3339, site::Site};

/// A new review of a negotiation, as its event tells of it.
pub fn write(site: &Site, negotiation: &Negotiation, text: &str) -> Value {
    let world = &site.world;
    let initials: String = negotiation.customer.name.iter().filter_map(|name| name.chars().next()).collect();
    json!({
        "reviewID": world.identifiers.resource(),
        "rating": 5,
        "reviewText": text,
        "reviewerName": initials,
        "createTime": rfc3339(world.clock.now()),
        "negotiationID": negotiation.id,
    })
}
