//! What webhooks tell of: the events of the API, whom each concerns, and its payload.
//!
//! Where only some members of a payload are known, it has those and no invented ones.

use serde_json::{Value, json};

use super::{
    links,
    messages::{self, Message},
    negotiations::Negotiation,
    people::{self, Business, User},
};
use crate::mock::{
    clock::rfc3339,
    control::{EventType, WebhookPhone},
    site::Site,
    webhooks::{Event, Owner},
};

/// A lead was made.
pub fn negotiation_created(site: &Site, negotiation: &Negotiation) -> Event {
    let owners = parties(site, negotiation);
    let mut data = negotiation.document(site);
    if site.world.settings.webhook_phone == WebhookPhone::Another {
        data["customer"]["phone"] = "5555550143".into();
    }
    Event { kind: EventType::NegotiationCreated, owners, data }
}

/// A message was written.
pub fn message_created(site: &Site, message: Message, negotiation: &Negotiation) -> Event {
    let document = messages::told(site, message, negotiation);
    let owners = parties(site, negotiation);
    // What is printed by the API can always be written.
    Event { kind: EventType::MessageCreated, owners, data: serde_json::to_value(document).unwrap_or_default() }
}

/// A review was written, with this payload.
pub fn review_created(site: &Site, negotiation: &Negotiation, data: Value) -> Event {
    Event { kind: EventType::ReviewCreated, owners: parties(site, negotiation), data }
}

/// Something happened to a preset job of a business. Of its payload only a link is known, and its form is a guess.
pub fn preset_job(site: &Site, kind: EventType, business: &Business) -> Event {
    let data = json!({ "deepLink": links::preset_job(site, &site.world.identifiers.resource()) });
    Event { kind, owners: of_business(site, business), data }
}

/// A user used an incentive.
pub fn incentive_used(site: &Site, user: &User) -> Event {
    let data = json!({
        "discount": { "name": "TEST Ten dollars off", "promoCode": "TEST10" },
        "redemptionTime": rfc3339(site.world.clock.now()),
    });
    Event { kind: EventType::IncentiveUsed, owners: vec![Owner::User(user.id)], data }
}

/// Who takes part in a negotiation: the business, the user who owns it, and the customer's account.
fn parties(site: &Site, negotiation: &Negotiation) -> Vec<Owner> {
    let mut owners = of_business(site, negotiation.business);
    let customer = negotiation.customer.account.and_then(|name| people::user_named(site.environment, name));
    owners.extend(customer.map(|user| Owner::User(user.id)));
    owners
}

fn of_business(site: &Site, business: &Business) -> Vec<Owner> {
    let owner = people::user_named(site.environment, business.owner);
    [Owner::Business(business.id)].into_iter().chain(owner.map(|user| Owner::User(user.id))).collect()
}
