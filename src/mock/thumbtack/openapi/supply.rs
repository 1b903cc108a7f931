//! The operations on users, businesses, leads, reviews and phone numbers.

use serde_json::{Value, json};

use super::{
    answers::phone,
    describe::{Described, optional},
    leads::read_negotiation,
    schema::{between, closed, id, integer, limited, list, named, one_of, open, paged, text, time},
};

/// What is said of an operation, if it is one of these.
pub fn describe(id: &str) -> Option<Described> {
    Some(match id {
        "getUserV4" => Described::read("The user for whom the token was issued", named("User")),
        "listBusinessesV4" => Described::read("The user's businesses", limited(named("Business"))),
        "getNegotiationV4" => Described::read("A negotiation", read_negotiation()),
        "listBusinessNegotiationsV4" => {
            Described::read("The negotiations of a business, newest first", limited(read_negotiation()))
        }
        "updateJobStatusV4" => job_status(),
        "listMessagesV4" => Described::read("The messages of a negotiation, newest first", limited(named("Message")))
            .with_query(vec![
                optional("limit", between(1, 20)),
                optional("sentBefore", time()),
                optional("sentAfter", time()),
            ]),
        "sendMessageV4" => Described::create("Sends a message", message(), named("Message")),
        "listBusinessReviewsV4" => {
            Described::read("What customers say of a business, newest first", paged(named("Review")))
                .with_query(vec![optional("limit", integer(1)), optional("offset", integer(0))])
        }
        "respondToReviewV4" => {
            Described::create("Answers a review", open([("responseText", long_text())], []), named("Review"))
        }
        "listPhoneNumbersV4" => Described::read("The phone numbers of a business", numbers()),
        "createPhoneNumberV4" => {
            Described::create("Registers a phone number", number(), named("PhoneNumber")).refusing(409, "Conflict")
        }
        "updatePhoneNumberV4" => Described::read("Changes a phone number", named("PhoneNumber"))
            .with_body(changed_number())
            .refusing(409, "Conflict"),
        "deletePhoneNumberV4" => Described::read("Deletes a phone number", Value::Null).answering(vec![(204, None)]),
        "bulkCreatePhoneNumbersV4" => {
            let mut several = list(number());
            (several["minItems"], several["maxItems"]) = (1.into(), 1000.into());
            let body = open([("phoneNumbers", several)], []);
            Described::create("Registers phone numbers, all or none", body, numbers()).refusing(409, "Conflict")
        }
        _ => return None,
    })
}

fn long_text() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 16384 })
}

fn message() -> Value {
    let mut body = open([("text", long_text())], []);
    body["example"] = json!({ "text": "TEST I am available on your date." });
    body
}

fn job_status() -> Described {
    let statuses =
        one_of(&["not_scheduled", "appt_scheduled", "job_complete", "invoice_paid", "customer_cancel", "pro_cancel"]);
    let body = open(
        [("status", statuses), ("partnerStatusChangedAt", time())],
        [("invoiceAmountInCents", integer(0)), ("partnerBookingId", json!({}))],
    );
    let told = closed([("negotiationID", id()), ("status", text())], []);
    Described::read("Tells how far the job of a negotiation is", Value::Null)
        .with_body(body)
        .answering(vec![(204, None), (200, Some(told))])
}

fn name() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 255 })
}

fn number() -> Value {
    open([("phoneNumber", phone())], [("name", name())])
}

fn changed_number() -> Value {
    let mut body = open([], [("phoneNumber", phone()), ("name", name())]);
    body["anyOf"] = json!([{ "required": ["phoneNumber"] }, { "required": ["name"] }]);
    body
}

fn numbers() -> Value {
    closed([("phoneNumbers", list(named("PhoneNumber")))], [])
}
