//! Schemas of negotiations, the requests that they come from, and their messages.

use serde_json::{Value, json};

use super::{
    answers::category,
    schema::{Member, closed, id, integer, list, named, number, one_of, open, text, time, url, zip_code},
};

/// All of them, by name.
pub fn schemas() -> Vec<Member> {
    vec![
        ("Negotiation", negotiation()),
        ("NegotiationSample", sample()),
        ("Request", request()),
        ("Attachment", attachment()),
        ("Message", message()),
        ("CreatedRequest", created_request()),
    ]
}

fn negotiation() -> Value {
    let customer = [("customerID", id()), ("firstName", text()), ("lastName", text()), ("phone", text())];
    let business = closed(
        [("businessID", id()), ("name", text()), ("imageURL", url())],
        [("phoneNumber", text()), ("accessCode", text())],
    );
    let estimate = closed(
        [
            ("type", one_of(&["Fixed", "PerUnit", "OnSite", "Hourly", "MoreInfo"])),
            ("pricePerUnit", text()),
            ("unitQuantity", number()),
            ("unitName", text()),
            ("total", text()),
        ],
        [],
    );
    closed(
        [
            ("negotiationID", id()),
            ("createdAt", time()),
            ("customer", closed(customer, [])),
            ("business", business),
            ("request", named("Request")),
            ("estimate", estimate),
        ],
        [
            ("status", one_of(&["Open", "Canceled", "Picked"])),
            ("leadPrice", text()),
            ("leadPriceBreakdown", closed([("subtotal", text()), ("salesTax", text())], [])),
            ("chargeState", one_of(&["Created", "Pending", "Charged", "Refunded"])),
            ("refundDetails", open([], [])),
            ("requestReviewLink", url()),
            ("refundRequestLink", url()),
        ],
    )
}

/// The other form in which negotiations are read.
fn sample() -> Value {
    let location = closed([("city", text()), ("state", text()), ("zipCode", zip_code())], []);
    let customer = closed([("customerID", id()), ("displayName", text()), ("location", location)], []);
    closed(
        [
            ("negotiationID", id()),
            ("status", one_of(&["active"])),
            ("category", category()),
            ("customer", customer),
            ("business", closed([("businessID", id()), ("name", text())], [])),
            ("details", list(closed([("question", text()), ("answer", text())], []))),
            ("createTime", time()),
        ],
        [],
    )
}

/// A negotiation as it is read, in either form.
pub fn read_negotiation() -> Value {
    json!({ "type": "object", "anyOf": [named("Negotiation"), named("NegotiationSample")] })
}

fn request() -> Value {
    let location = closed(
        [("city", text()), ("state", text()), ("zipCode", zip_code())],
        [("address1", text()), ("address2", text())],
    );
    let contacted =
        [("businessID", id()), ("name", text()), ("imageURL", url()), ("phoneNumber", text()), ("negotiationID", id())];
    closed(
        [
            ("requestID", id()),
            ("customerID", id()),
            ("description", text()),
            ("category", category()),
            ("location", location),
            ("details", list(closed([("question", text()), ("answer", text())], []))),
            ("attachments", list(named("Attachment"))),
        ],
        [
            ("contactedBusinesses", list(closed(contacted, []))),
            ("proposedTimes", list(closed([("start", time()), ("end", time())], []))),
            ("booking", closed([("start", time()), ("duration", integer(0))], [])),
            ("travelPreferences", list(one_of(&["CustomerTravelToProvider", "ProviderTravelToCustomer", "Remote"]))),
        ],
    )
}

fn attachment() -> Value {
    closed(
        [],
        [("fileName", text()), ("fileSize", integer(0)), ("mimeType", text()), ("url", url()), ("description", text())],
    )
}

fn message() -> Value {
    let customer = closed([("customerID", id()), ("displayName", text())], []);
    let business = closed([("businessID", id()), ("displayName", text())], []);
    let mut message = closed(
        [
            ("messageID", id()),
            ("negotiationID", id()),
            ("from", one_of(&["Business", "Customer", "Pro"])),
            ("text", text()),
            ("sentAt", time()),
        ],
        [("customer", customer), ("business", business), ("attachments", list(named("Attachment")))],
    );
    message["example"] = json!({
        "messageID": "519153481515696128",
        "negotiationID": "519153480500518912",
        "customer": { "customerID": "519153480034934784", "displayName": "Casey C." },
        "from": "Customer",
        "text": "TEST Are you available on my date?",
        "attachments": [],
        "sentAt": "2024-06-13T17:18:01Z",
    });
    message
}

fn created_request() -> Value {
    let reason = closed([("businessID", text()), ("error", text())], []);
    let problem = closed(
        [("type", text()), ("title", text()), ("status", integer(400)), ("detail", text()), ("businessID", text())],
        [],
    );
    let errors = list(json!({ "anyOf": [reason, problem, text()] }));
    closed([("request", named("Request")), ("contactErrors", errors)], [])
}
