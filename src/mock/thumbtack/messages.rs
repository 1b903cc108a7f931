//! Messages of a negotiation (`MessageV4`).

use axum::response::Response;
use serde::Serialize;
use serde_json::Value;

use super::{
    answers::{List, created, ok},
    events,
    full_lead::{self, ATTACHMENTS, Attachment},
    negotiations::{self, Negotiation},
    operation::{Call, Refused},
    parameters::{limit, time},
    people::User,
};
use crate::mock::{
    clock::rfc3339,
    control::{BusinessSender, MessageBlocks},
    site::{Environment, Site},
    webhooks,
};

/// The longest text of a message in characters (API specification).
const LONGEST_TEXT: usize = 16_384;

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The business.
    Business,
    /// The customer.
    Customer,
}

/// A message as it is kept.
#[derive(Clone, Debug)]
pub struct Message {
    /// Message id.
    pub id: String,
    /// Who wrote it.
    pub from: Sender,
    /// Its text.
    pub text: String,
    /// When it was sent, in milliseconds since the epoch.
    pub sent_at: i64,
    /// Whether files belong to it.
    pub has_attachments: bool,
}

/// A message as the API prints it. The sender's block alone is present, as the specification says.
#[derive(Serialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct MessageDocument {
    #[serde(rename = "messageID")]
    message_id: String,
    #[serde(rename = "negotiationID")]
    negotiation_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<CustomerBlock>,
    #[serde(skip_serializing_if = "Option::is_none")]
    business: Option<BusinessBlock>,
    from: &'static str,
    text: String,
    attachments: &'static [Attachment],
    sent_at: String,
}

#[derive(Serialize, Debug)]
struct CustomerBlock {
    #[serde(rename = "customerID")]
    id: String,
    #[serde(rename = "displayName")]
    name: String,
}

#[derive(Serialize, Debug)]
struct BusinessBlock {
    #[serde(rename = "businessID")]
    id: &'static str,
    #[serde(rename = "displayName")]
    name: &'static str,
}

/// The id of the message with which `pro`'s negotiation begins.
pub fn first_id(environment: Environment) -> &'static str {
    match environment {
        Environment::Staging => "518000000000000031",
        Environment::Production => "428000000000000031",
    }
}

/// The messages that are there from the start, oldest first.
fn initial(environment: Environment, negotiation: &Negotiation) -> Vec<Message> {
    let position = negotiations::initial(environment).iter().position(|known| known.id == negotiation.id);
    let (id, text) = match (position, environment) {
        (None, _) => return Vec::new(),
        (Some(0), _) => (first_id(environment), "TEST Are you available on my date?"),
        (Some(1), Environment::Staging) => ("518000000000000032", "TEST How soon could you begin?"),
        (Some(1), Environment::Production) => ("428000000000000032", "TEST How soon could you begin?"),
        (Some(_), _) => return full_lead::messages(environment).into(),
    };
    let (id, text, sent_at) = (id.to_owned(), text.to_owned(), negotiation.created_at);
    vec![Message { id, from: Sender::Customer, text, sent_at, has_attachments: false }]
}

/// `GET /negotiations/{negotiationID}/messages`: the newest first; the documents give no order.
pub fn list(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    let query = call.query()?;
    let mut errors = Vec::new();
    let limit = limit(&query, 20, &mut errors);
    let before = time(&query, "sentBefore", &mut errors);
    let after = time(&query, "sentAfter", &mut errors);
    if !errors.is_empty() {
        return Err(Refused::Invalid(errors));
    }
    let (negotiation, _) = negotiations::found(call, user)?;
    let environment = call.site.environment;
    let mut kept: Vec<Message> = initial(environment, &negotiation);
    kept.extend(call.site.world.state().records(environment).messages(&negotiation.id).cloned());
    let within = |message: &Message| {
        before.is_none_or(|before| message.sent_at < before) && after.is_none_or(|after| message.sent_at > after)
    };
    let found: Vec<Message> = kept.into_iter().rev().filter(within).collect();
    let page = List::page(call.site, found, limit, query.first("cursor"), |message| &message.id)?;
    Ok(ok(&page.map(|message| document(call.site, message, &negotiation))))
}

/// `POST /negotiations/{negotiationID}/messages`.
pub fn send(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    let text = new_text(call)?;
    let (negotiation, from) = negotiations::found(call, user)?;
    let message = write(call.site, &negotiation, from, text, false);
    webhooks::tell(call.site, &events::message_created(call.site, message.clone(), &negotiation), 1);
    Ok(created(call.site, &document(call.site, message, &negotiation)))
}

/// Keeps a new message of a negotiation, with files or without.
pub fn write(site: &Site, negotiation: &Negotiation, from: Sender, text: String, has_attachments: bool) -> Message {
    let world = &site.world;
    // Kept at the resolution in which it is printed, so that paging by a printed time is exact.
    let sent_at = world.clock.now().div_euclid(1000) * 1000;
    let message = Message { id: world.identifiers.resource(), from, text, sent_at, has_attachments };
    world.state().records(site.environment).add_message(&negotiation.id, message.clone());
    message
}

/// The text of a new message. Other members of the body are passed over, which is a guess.
fn new_text(call: &Call<'_>) -> Result<String, Refused> {
    let text = match call.members("text")?.remove("text") {
        None => return Err(Refused::invalid("text", "is required")),
        Some(Value::String(text)) => text,
        Some(_) => return Err(Refused::invalid("text", "must be a string")),
    };
    check_length(&text).map_err(|reason| Refused::invalid("text", reason))?;
    Ok(text)
}

/// Whether a message may have this text; the error says what it must have.
pub fn check_length(text: &str) -> Result<(), String> {
    let length = text.chars().count();
    if (1..=LONGEST_TEXT).contains(&length) {
        Ok(())
    } else {
        Err(format!("must have 1 to {LONGEST_TEXT} characters, has {length}"))
    }
}

/// The message as the API prints it.
pub fn document(site: &Site, message: Message, negotiation: &Negotiation) -> MessageDocument {
    with_blocks(site, message, negotiation, MessageBlocks::Sender)
}

/// The message as webhooks tell of it.
pub fn told(site: &Site, message: Message, negotiation: &Negotiation) -> MessageDocument {
    with_blocks(site, message, negotiation, site.world.settings.message_blocks)
}

fn with_blocks(site: &Site, message: Message, negotiation: &Negotiation, blocks: MessageBlocks) -> MessageDocument {
    let shown = |side| message.from == side || blocks == MessageBlocks::Both;
    let customer = shown(Sender::Customer)
        .then(|| CustomerBlock { id: negotiation.customer.id.clone(), name: negotiation.customer.display_name() });
    let business = shown(Sender::Business)
        .then_some(BusinessBlock { id: negotiation.business.id, name: negotiation.business.name });
    MessageDocument {
        message_id: message.id,
        negotiation_id: negotiation.id.clone(),
        customer,
        business,
        from: match (message.from, site.world.settings.business_sender) {
            (Sender::Customer, _) => "Customer",
            (Sender::Business, BusinessSender::Business) => "Business",
            (Sender::Business, BusinessSender::Pro) => "Pro",
        },
        text: message.text,
        attachments: if message.has_attachments { &ATTACHMENTS } else { &[] },
        sent_at: rfc3339(message.sent_at),
    }
}
