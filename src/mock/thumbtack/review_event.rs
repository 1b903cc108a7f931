//! A review that a customer writes now: kept, and as webhooks tell of it.

use serde_json::{Value, json};

use super::{negotiations::Negotiation, reviews::Review};
use crate::mock::{clock::rfc3339, site::Site};

/// Keeps a new review of a negotiation, and gives it as its event tells of it.
pub fn write(site: &Site, negotiation: &Negotiation, text: &str) -> Value {
    let world = &site.world;
    let review = Review {
        id: world.identifiers.resource(),
        text: text.to_owned(),
        rating: 5,
        reviewer: negotiation.customer.name.iter().filter_map(|name| name.chars().next()).collect(),
        created_at: world.clock.now(),
        negotiation: Some(negotiation.id.clone()),
        has_image: false,
        answer: None,
    };
    let data = json!({
        "reviewID": review.id,
        "rating": review.rating,
        "reviewText": review.text,
        "reviewerName": review.reviewer,
        "createTime": rfc3339(review.created_at),
        "negotiationID": review.negotiation,
    });
    world.state().records(site.environment).reviews().add(site.environment, negotiation.business, review);
    data
}
