//! What the API specification lets a lead and its messages have, and most have not: partners' parsers must bear it.
//!
//! The members are the specification's, their values invented. What is in `refundDetails` no document tells, so it is
//! empty; entities in answers and several choices in one were observed. That all of it comes together is nothing that
//! anybody has seen.

use std::sync::{Arc, LazyLock};

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    messages::{Message, Sender},
    negotiations::{Asked, Contacted, Customer, Detail, Negotiation, Particulars, Status},
    people::{self, Business},
    profiles::CATEGORIES,
};
use crate::mock::site::Environment;

/// A file that belongs to a request or a message.
#[derive(Serialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    file_name: &'static str,
    file_size: u32,
    mime_type: &'static str,
    url: &'static str,
    description: &'static str,
}

/// The files of everything that has some; nothing is served at their URLs.
pub static ATTACHMENTS: [Attachment; 2] = [
    Attachment {
        file_name: "kitchen before.jpg",
        file_size: 482_113,
        mime_type: "image/jpeg",
        url: "https://example.com/attachments/kitchen-before.jpg",
        description: "TEST The kitchen as it is",
    },
    Attachment {
        file_name: "plan.pdf",
        file_size: 91_400,
        mime_type: "application/pdf",
        url: "https://example.com/attachments/plan.pdf",
        description: "",
    },
];

/// A day after the other leads: 2024-06-14T17:18:01Z.
const CREATED_AT: i64 = 1_718_385_481_000;

static STAGING: LazyLock<Arc<Negotiation>> = LazyLock::new(|| make(Environment::Staging, "518"));

static PRODUCTION: LazyLock<Arc<Negotiation>> = LazyLock::new(|| make(Environment::Production, "428"));

/// The full lead that is there from the start, of the second business of `pro`.
pub fn initial(environment: Environment) -> &'static Arc<Negotiation> {
    match environment {
        Environment::Staging => &STAGING,
        Environment::Production => &PRODUCTION,
    }
}

fn make(environment: Environment, prefix: &str) -> Arc<Negotiation> {
    let [_, business, _] = people::businesses(environment);
    let [category, ..] = CATEGORIES;
    let id = format!("{prefix}000000000000023");
    let request = Asked {
        id: format!("{prefix}000000000000239"),
        description: "TEST Need cabinets & counters, \"soon\"".to_owned(),
        category,
        zip_code: "94117".to_owned(),
        particulars: particulars(business, &id),
    };
    let customer = Customer {
        id: format!("{prefix}000000000000003"),
        account: Some("customer"),
        name: ["Casey", "Customer"],
        phone: "5555550142",
    };
    Arc::new(Negotiation {
        id,
        business,
        customer,
        request,
        created_at: CREATED_AT,
        status: Status::Picked,
        is_full: true,
    })
}

/// What a full request says besides.
pub fn particulars(business: &'static Business, negotiation: &str) -> Particulars {
    let detail =
        |question: &'static str, answer: &'static str| Detail { question: question.into(), answer: answer.into() };
    Particulars {
        address: "1 Main St",
        proposed_times: &[
            ["2024-06-20T16:00:00Z", "2024-06-20T18:00:00Z"],
            ["2024-06-21T16:00:00Z", "2024-06-21T18:00:00Z"],
        ],
        travel_preferences: &["CustomerTravelToProvider", "ProviderTravelToCustomer", "Remote"],
        details: vec![
            detail("What is to be made new?", "Cabinets, Counters, Other"),
            detail("How large is the kitchen?", "100 - 200 sq ft"),
            detail("Anything else?", "I&#39;m home after 5 &amp; on weekends; it&#39;s &quot;urgent&quot; &lt;3"),
        ],
        contacted: vec![Contacted { business, negotiation: negotiation.to_owned() }],
    }
}

/// Adds to the printed `document` what a full lead has besides.
pub fn add(document: &mut Value, business: &Business) {
    document["business"]["phoneNumber"] = business.phone().into();
    document["business"]["accessCode"] = "4821".into();
    let request = &mut document["request"];
    request["booking"] = json!({ "start": "2024-06-20T16:00:00Z", "duration": 90 });
    request["location"]["address2"] = "Unit 5".into();
    request["attachments"] = json!(ATTACHMENTS);
    document["estimate"] = json!({
        "type": "Hourly", "pricePerUnit": "493.80", "unitQuantity": 2.5, "unitName": "hour", "total": "$1,234.50",
    });
    document["refundDetails"] = json!({});
}

/// The messages that the lead has from the start, oldest first.
pub fn messages(environment: Environment) -> [Message; 2] {
    let prefix = match environment {
        Environment::Staging => "518",
        Environment::Production => "428",
    };
    let message = |number: u32, from, text: &str| Message {
        id: format!("{prefix}0000000000000{number}"),
        from,
        text: text.to_owned(),
        sent_at: CREATED_AT + i64::from(number) * 1000,
        has_attachments: from == Sender::Customer,
    };
    [
        message(33, Sender::Customer, "TEST Here is how it looks today"),
        message(34, Sender::Business, "TEST Thank you!\r\nSee you on Thursday."),
    ]
}
