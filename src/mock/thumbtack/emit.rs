//! Events that are ordered: they happen in the data of the API, and webhooks tell of them.

use std::sync::Arc;

use super::{
    events, full_lead, leads,
    messages::{self, Sender},
    negotiations::{self, Asked, Negotiation, Particulars, Status},
    people::{self, Business, User},
    profiles::CATEGORIES,
    review_event,
};
use crate::mock::{
    control::{Author, DescriptionMessage, Emit, EventType, LONGEST_WAIT, MOST_TIMES, Order},
    site::Site,
    webhooks,
};

/// What is to happen, with everything found that the order names.
enum Happening {
    NegotiationCreated { business: &'static Business, message: DescriptionMessage, is_full: bool },
    MessageCreated { negotiation: Arc<Negotiation>, from: Sender, text: String, has_attachments: bool },
    ReviewCreated { negotiation: Arc<Negotiation>, text: String },
    PresetJob { kind: EventType, business: &'static Business },
    IncentiveUsed { user: &'static User },
}

/// Lets an event happen, now or after a while. The error says what is wrong with the order; then nothing happens.
pub fn emit(site: &Site, order: Emit) -> Result<(), String> {
    check(&order)?;
    let (times, after) = (order.times, order.after);
    let happening = found(site, order)?;
    match after {
        None => happening.happen(site, times),
        Some(after) => {
            let put_off = webhooks::later(site, after.0, move |site| happening.happen(site, times));
            if !put_off {
                return Err("too many events wait already to happen later".to_owned());
            }
        }
    }
    Ok(())
}

/// Whether the order is meaningful in itself.
fn check(order: &Emit) -> Result<(), String> {
    use EventType::{IncentiveUsed, MessageCreated, NegotiationCreated, ReviewCreated};
    if !(1..=MOST_TIMES).contains(&order.times) {
        return Err(format!("`times` is {}, and an event is sent 1 to {MOST_TIMES} times", order.times));
    }
    if order.after.is_some_and(|after| after.0 > LONGEST_WAIT) {
        return Err("`after` is more than ten minutes".to_owned());
    }
    let event = order.event;
    for (name, is_said, has_meaning) in [
        ("business", order.business.is_some(), event != IncentiveUsed),
        ("user", order.user.is_some(), event == IncentiveUsed),
        ("negotiation", order.negotiation.is_some(), ![NegotiationCreated, IncentiveUsed].contains(&event)),
        ("from", order.from.is_some(), event == MessageCreated),
        ("text", order.text.is_some(), [MessageCreated, ReviewCreated].contains(&event)),
        ("message", order.message.is_some(), event == NegotiationCreated),
        ("full", order.full, [NegotiationCreated, MessageCreated].contains(&event)),
    ] {
        if is_said && !has_meaning {
            return Err(format!("`{name}` has no meaning with this event"));
        }
    }
    Ok(())
}

fn found(site: &Site, order: Emit) -> Result<Happening, String> {
    let Emit { event, business, user, negotiation, from, text, message, full, .. } = order;
    let asked = business.map(|id| named(site, &id)).transpose()?;
    Ok(match event {
        EventType::NegotiationCreated => {
            let message = match message {
                None => DescriptionMessage::Absent,
                Some(Order::Before) => DescriptionMessage::Before,
                Some(Order::After) => DescriptionMessage::After,
            };
            let business = open(site, asked.unwrap_or_else(|| first(site)))?;
            Happening::NegotiationCreated { business, message, is_full: full }
        }
        EventType::MessageCreated => {
            let negotiation = about(site, negotiation, asked)?;
            let from = match from {
                Some(Author::Business) => Sender::Business,
                Some(Author::Customer) | None => Sender::Customer,
            };
            let text = text.unwrap_or_else(|| "TEST Are you available next week?".to_owned());
            messages::check_length(&text).map_err(|reason| format!("`text` {reason}"))?;
            Happening::MessageCreated { negotiation, from, text, has_attachments: full }
        }
        EventType::ReviewCreated => {
            let text = text.unwrap_or_else(|| "TEST Careful and on time.".to_owned());
            messages::check_length(&text).map_err(|reason| format!("`text` {reason}"))?;
            Happening::ReviewCreated { negotiation: about(site, negotiation, asked)?, text }
        }
        EventType::PresetJobMatched
        | EventType::PresetJobStatusChanged
        | EventType::PresetJobCancelled
        | EventType::PresetJobUpdated
        | EventType::PresetJobCompleted => {
            let business = match (negotiation, asked) {
                (None, asked) => open(site, asked.unwrap_or_else(|| first(site)))?,
                (negotiation, asked) => about(site, negotiation, asked)?.business,
            };
            Happening::PresetJob { kind: event, business }
        }
        EventType::IncentiveUsed => {
            let [default, ..] = people::USERS;
            let name = user.as_deref().unwrap_or(default);
            let user = people::user_named(site.environment, name)
                .ok_or_else(|| format!("there is no user `{name}`; users: {}", people::USERS.join(", ")))?;
            Happening::IncentiveUsed { user }
        }
    })
}

/// The business of this id.
fn named(site: &Site, id: &str) -> Result<&'static Business, String> {
    let found = people::all_businesses(site.environment).find(|business| business.id == id);
    found.ok_or_else(|| format!("there is no business `{id}` in this environment"))
}

/// The first business of the environment.
fn first(site: &Site) -> &'static Business {
    let [first, ..] = people::businesses(site.environment);
    first
}

/// The business, unless it was closed.
fn open(site: &Site, business: &'static Business) -> Result<&'static Business, String> {
    if site.world.state().given.is_closed(business.id) {
        return Err(format!("the business `{}` was closed, and nothing happens there any more", business.id));
    }
    Ok(business)
}

/// The negotiation of this id, or the first one of the business, which must be the business that was asked for.
fn about(site: &Site, id: Option<String>, asked: Option<&'static Business>) -> Result<Arc<Negotiation>, String> {
    let negotiation = if let Some(id) = id {
        negotiations::find(site, &id)
            .ok_or_else(|| format!("there is no negotiation `{id}` in this environment, or its lead was refunded"))?
    } else {
        let business = asked.unwrap_or_else(|| first(site));
        negotiations::first_of(site, business)
            .ok_or_else(|| format!("the business `{}` has no negotiation; let one be created first", business.id))?
    };
    if asked.is_some_and(|asked| asked.id != negotiation.business.id) {
        return Err(format!("the negotiation `{}` is another business's", negotiation.id));
    }
    open(site, negotiation.business)?;
    Ok(negotiation)
}

impl Happening {
    fn happen(self, site: &Site, times: u64) {
        match self {
            Self::NegotiationCreated { business, message, is_full } => {
                leads::create(site, lead(site, business, is_full), message, times);
            }
            Self::MessageCreated { negotiation, from, text, has_attachments } => {
                let message = messages::write(site, &negotiation, from, text, has_attachments);
                webhooks::tell(site, &events::message_created(site, message, &negotiation), times);
            }
            Self::ReviewCreated { negotiation, text } => {
                let data = review_event::write(site, &negotiation, &text);
                webhooks::tell(site, &events::review_created(site, &negotiation, data), times);
            }
            Self::PresetJob { kind, business } => {
                webhooks::tell(site, &events::preset_job(site, kind, business), times);
            }
            Self::IncentiveUsed { user } => webhooks::tell(site, &events::incentive_used(site, user), times),
        }
    }
}

/// A new lead of the mock's own customer.
fn lead(site: &Site, business: &'static Business, is_full: bool) -> Negotiation {
    let [category, ..] = CATEGORIES;
    let [initial, ..] = negotiations::initial(site.environment);
    let world = &site.world;
    let id = world.identifiers.resource();
    let particulars = if is_full {
        full_lead::particulars(business, &id)
    } else {
        Particulars::sample("Project scope", "Full kitchen renovation")
    };
    Negotiation {
        id,
        business,
        customer: initial.customer.clone(),
        request: Asked {
            id: world.identifiers.resource(),
            description: "TEST Need a kitchen remodeled".to_owned(),
            category,
            zip_code: "94117".to_owned(),
            particulars,
        },
        created_at: world.clock.now(),
        status: Status::Open,
        is_full,
    }
}
