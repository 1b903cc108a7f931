//! Messages of a negotiation (`MessageV4`).

use serde::Serialize;

use super::negotiations::Negotiation;
use crate::mock::{clock::rfc3339, site::Environment};

/// Who wrote a message.
#[derive(Serialize, Clone, Copy, Debug, PartialEq, Eq)]
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
}

/// A message as the API prints it. The sender's block alone is present, as the specification says.
#[derive(Serialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct MessageDocument {
    #[serde(rename = "messageID")]
    message_id: String,
    #[serde(rename = "negotiationID")]
    negotiation_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<CustomerBlock>,
    #[serde(skip_serializing_if = "Option::is_none")]
    business: Option<BusinessBlock>,
    from: Sender,
    text: String,
    attachments: [(); 0],
    sent_at: String,
}

#[derive(Serialize, Debug)]
struct CustomerBlock {
    #[serde(rename = "customerID")]
    id: &'static str,
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
pub fn initial(environment: Environment, negotiation: &Negotiation) -> Vec<Message> {
    let (id, text) = match (negotiation.owner, environment) {
        ("pro", _) => (first_id(environment), "TEST Are you available on my date?"),
        (_, Environment::Staging) => ("518000000000000032", "TEST How soon could you begin?"),
        (_, Environment::Production) => ("428000000000000032", "TEST How soon could you begin?"),
    };
    vec![Message { id: id.to_owned(), from: Sender::Customer, text: text.to_owned(), sent_at: negotiation.created_at }]
}

/// The message as the API prints it.
pub fn document(message: Message, negotiation: &Negotiation) -> MessageDocument {
    let customer = (message.from == Sender::Customer)
        .then(|| CustomerBlock { id: negotiation.customer_id, name: negotiation.customer_display_name() });
    let business = (message.from == Sender::Business)
        .then_some(BusinessBlock { id: negotiation.business.id, name: negotiation.business.name });
    MessageDocument {
        message_id: message.id,
        negotiation_id: negotiation.id,
        customer,
        business,
        from: message.from,
        text: message.text,
        attachments: [],
        sent_at: rfc3339(message.sent_at),
    }
}
