//! The operations on webhooks.

use serde_json::{Value, json};

use super::{
    describe::Described,
    schema::{Member, boolean, closed, id, limited, list, named, one_of, open, text, url},
};

/// The events of which businesses' webhooks can tell.
const OF_BUSINESSES: [&str; 8] = [
    "NegotiationCreatedV4",
    "MessageCreatedV4",
    "ReviewCreatedV4",
    "PresetJobMatchedV4",
    "PresetJobStatusChangedV4",
    "PresetJobCancelledV4",
    "PresetJobUpdatedV4",
    "PresetJobCompletedV4",
];

/// Those of which users' webhooks can tell, in the wider position of the knob.
const OF_USERS: [&str; 4] = ["MessageCreatedV4", "IncentiveUsedV4", "NegotiationCreatedV4", "ReviewCreatedV4"];

/// What is said of an operation, if it is one of these.
pub fn describe(id: &str) -> Option<Described> {
    let of_user = named("UserWebhook");
    let of_business = named("BusinessWebhook");
    Some(match id {
        "createUserWebhookV4" => Described::create("Makes a webhook of the user", new(&OF_USERS), of_user),
        "listUserWebhooksV4" => Described::read("The user's webhooks", limited(of_user)),
        "getUserWebhookV4" => Described::read("A webhook of the user", of_user),
        "updateUserWebhookV4" => {
            Described::read("Changes a webhook of the user", of_user).with_body(open([], order(&OF_USERS)))
        }
        "deleteUserWebhookV4" => deleted("Deletes a webhook of the user"),
        "createBusinessWebhookV4" => {
            Described::create("Makes a webhook of a business", new(&OF_BUSINESSES), of_business)
        }
        "listBusinessWebhooksV4" => Described::read("The webhooks of a business", limited(of_business)),
        "getBusinessWebhookV4" => Described::read("A webhook of a business", of_business),
        "updateBusinessWebhookV4" => {
            Described::read("Changes a webhook of a business", of_business).with_body(open([], order(&OF_BUSINESSES)))
        }
        "deleteBusinessWebhookV4" => deleted("Deletes a webhook of a business"),
        "createTestNegotiationV4" => {
            let told = named("Negotiation");
            Described::read("Makes a negotiation for trying webhooks out", Value::Null)
                .answering(vec![(200, Some(told.clone())), (201, Some(told))])
        }
        _ => return None,
    })
}

/// Schemas of webhooks.
pub fn schemas() -> Vec<Member> {
    vec![
        ("UserWebhook", webhook(("userID", id()), &OF_USERS)),
        ("BusinessWebhook", webhook(("businessID", id()), &OF_BUSINESSES)),
    ]
}

fn webhook(owner: Member, events: &[&str]) -> Value {
    closed(
        [
            ("webhookID", id()),
            ("webhookURL", url()),
            ("enabled", boolean()),
            ("authType", one_of(&["None", "Basic", "CustomHeader"])),
            ("eventTypes", list(one_of(events))),
            owner,
        ],
        [],
    )
}

/// What may be said of a webhook.
fn order(events: &[&str]) -> [Member; 4] {
    let url = json!({
        "type": "string", "pattern": "^https?://", "maxLength": 2048, "example": "https://partner.example/hook",
    });
    let mut events = list(one_of(events));
    events["minItems"] = 1.into();
    let basic = open([("username", text()), ("password", text())], []);
    let header = open([("header", text()), ("value", text())], []);
    let auth = json!({ "nullable": true, "type": "object", "oneOf": [basic, header] });
    [("webhookURL", url), ("eventTypes", events), ("enabled", boolean()), ("auth", auth)]
}

fn new(events: &[&str]) -> Value {
    let mut body = open([], order(events));
    body["required"] = json!(["webhookURL", "eventTypes"]);
    body
}

fn deleted(summary: &'static str) -> Described {
    Described::read(summary, Value::Null).answering(vec![(200, None), (204, None)])
}
