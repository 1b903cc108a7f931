//! Events by order of the control API: what each tells, and what is in the data of the API afterwards.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

mod hooks;
mod mock_support;

use std::time::{Duration, Instant};

use hooks::{Receiver, Stage};
use serde_json::{Value, json};

const MESSAGE: &str = "MessageCreatedV4";
const LEAD: &str = "NegotiationCreatedV4";
const REVIEW: &str = "ReviewCreatedV4";

/// The members of an object, sorted.
fn members(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// A world whose first business has a webhook for all events.
fn told_of_everything(settings: &Value) -> (Stage, Receiver) {
    let stage = Stage::with(settings);
    let receiver = Receiver::start();
    let jobs =
        ["Matched", "StatusChanged", "Cancelled", "Updated", "Completed"].map(|what| format!("PresetJob{what}V4"));
    let mut events = vec![MESSAGE, LEAD, REVIEW];
    events.extend(jobs.iter().map(String::as_str));
    stage.register(&receiver.url(), &events);
    (stage, receiver)
}

#[test]
fn a_new_lead_is_one_that_the_api_knows() {
    let (stage, receiver) = told_of_everything(&json!({}));
    stage.emit(&json!({ "event": LEAD, "times": 3 }));
    let told = receiver.wait_for(3);
    assert!(told.iter().all(|one| one.body == told[0].body));
    let data = told[0].json()["data"].clone();
    assert_eq!((&data["status"], &data["chargeState"]), (&json!("Open"), &json!("Created")));
    assert_eq!(data["business"]["businessID"], stage.fixture("business"));
    let line = format!("GET v4/negotiations/{}", data["negotiationID"].as_str().unwrap());
    assert_eq!(stage.call(&line, &json!({})).json(), data);
    let customer = stage.token_of("customer", "demand", "demand::negotiations.read");
    assert_eq!(stage.call_as(&line, &customer, &json!({})).json(), data);
    assert!(data["requestReviewLink"].as_str().unwrap().starts_with(&stage.staging().site));
    assert_eq!(stage.settled().len(), 3);
}

#[test]
fn a_lead_can_come_with_its_description_as_a_message_before_or_after_it() {
    for (order, events) in [("before", [MESSAGE, LEAD, LEAD]), ("after", [LEAD, LEAD, MESSAGE])] {
        let (stage, receiver) = told_of_everything(&json!({}));
        stage.emit(&json!({ "event": LEAD, "message": order, "times": 2 }));
        let told = receiver.wait_for(3);
        assert_eq!(receiver.events(), events);
        let data = |event: &str| told.iter().find(|one| one.event() == event).unwrap().json()["data"].clone();
        let (message, lead) = (data(MESSAGE), data(LEAD));
        assert_eq!((&message["text"], &message["from"]), (&lead["request"]["description"], &json!("Customer")));
        assert_eq!(message["negotiationID"], lead["negotiationID"]);
        let messages = format!("GET v4/negotiations/{}/messages", lead["negotiationID"].as_str().unwrap());
        assert_eq!(stage.call(&messages, &json!({})).json()["data"], json!([message]));
    }
}

#[test]
fn a_message_is_one_that_the_api_lists() {
    let (stage, receiver) = told_of_everything(&json!({}));
    stage.emit(&json!({ "event": MESSAGE }));
    let negotiation = stage.fixture("negotiation").to_owned();
    let order = json!({ "event": MESSAGE, "negotiation": negotiation, "from": "business", "text": "TEST Soon" });
    stage.emit(&order);
    let [first, second] = [0, 1].map(|number| receiver.wait_for(2)[number].json()["data"].clone());
    assert_eq!((&first["from"], &first["negotiationID"]), (&json!("Customer"), &json!(negotiation)));
    assert!(first["text"].as_str().unwrap().starts_with("TEST "));
    assert_eq!((&second["from"], &second["text"]), (&json!("Business"), &json!("TEST Soon")));
    assert!(first.get("business").is_none() && second.get("customer").is_none());
    let listed = stage.call(&format!("GET v4/negotiations/{negotiation}/messages"), &json!({})).json();
    assert_eq!([&listed["data"][0], &listed["data"][1]], [&second, &first]);
}

#[test]
fn a_message_can_come_with_both_blocks() {
    let (stage, receiver) = told_of_everything(&json!({ "message_blocks": "both" }));
    stage.emit(&json!({ "event": MESSAGE, "from": "business" }));
    let data = receiver.wait_for(1)[0].json()["data"].clone();
    assert_eq!(data["business"]["businessID"], stage.fixture("business"));
    assert_eq!(data["customer"]["customerID"], stage.fixture("customer"));
    let messages = format!("GET v4/negotiations/{}/messages", stage.fixture("negotiation"));
    let listed = stage.call(&messages, &json!({})).json()["data"][0].clone();
    assert!(listed.get("customer").is_none() && listed["messageID"] == data["messageID"], "{listed}");
}

#[test]
fn other_events_have_the_members_that_are_known() {
    let (stage, receiver) = told_of_everything(&json!({}));
    stage.emit(&json!({ "event": REVIEW, "text": "TEST Well done." }));
    stage.emit(&json!({ "event": "PresetJobMatchedV4" }));
    stage.emit(&json!({ "event": "PresetJobCompletedV4", "negotiation": stage.fixture("negotiation") }));
    let told = receiver.wait_for(3);
    assert_eq!(receiver.events(), [REVIEW, "PresetJobMatchedV4", "PresetJobCompletedV4"]);
    let review = told[0].json()["data"].clone();
    let known = ["createTime", "negotiationID", "rating", "reviewID", "reviewText", "reviewerName"];
    assert_eq!(members(&review), known);
    assert_eq!((&review["reviewText"], &review["rating"]), (&json!("TEST Well done."), &json!(5)));
    let place = format!("v4/businesses/{}/reviews", stage.fixture("business"));
    let listed = stage.call(&format!("GET {place}"), &json!({})).json()["data"][0].clone();
    assert!(known.iter().all(|name| listed[*name] == review[*name]), "{listed} {review}");
    let answered = stage.call(
        &format!("POST {place}/{}/response", review["reviewID"].as_str().unwrap()),
        &json!({ "responseText": "TEST Thank you." }),
    );
    assert_eq!(answered.status, 200, "{answered:?}");
    for job in &told[1..] {
        let data = job.json()["data"].clone();
        assert_eq!(members(&data), ["deepLink"]);
        let link = data["deepLink"].as_str().unwrap();
        assert!(link.starts_with(&stage.staging().site), "{link}");
        let page = stage.server.send(&format!("GET {}", mock_support::path(link)), &[], "");
        assert_eq!(page.status, 401, "the page is there, behind the gate: {page:?}");
    }
    let user = Receiver::start();
    let hook = json!({ "webhookURL": user.url(), "eventTypes": ["IncentiveUsedV4"] });
    assert_eq!(stage.call("POST v4/users/webhooks", &hook).status, 200);
    stage.emit(&json!({ "event": "IncentiveUsedV4", "user": "customer" }));
    stage.emit(&json!({ "event": "IncentiveUsedV4" }));
    let [told] = user.wait_for(1).try_into().unwrap();
    let data = told.json()["data"].clone();
    assert_eq!(
        (members(&data), members(&data["discount"])),
        (vec!["discount", "redemptionTime"], vec!["name", "promoCode"])
    );
    assert_eq!(stage.settled().len(), 4);
}

#[test]
fn environments_tell_of_their_own() {
    let (stage, receiver) = told_of_everything(&json!({}));
    let production = &stage.world.production;
    let there = Receiver::start();
    let token = stage.server.login(production, &production.clients["supply"], "supply::webhooks.write");
    let hook = json!({ "webhookURL": there.url(), "eventTypes": [LEAD] }).to_string();
    let place = format!("v4/businesses/{}/webhooks", production.fixtures["business"]);
    assert_eq!(stage.server.post(production, &place, &token.member("access_token"), &hook).status, 200);
    stage.emit(&json!({ "event": LEAD, "environment": "production" }));
    let data = there.wait_for(1)[0].json()["data"].clone();
    assert_eq!(data["business"]["businessID"], production.fixtures["business"]);
    assert!(data["requestReviewLink"].as_str().unwrap().starts_with(&production.site), "{data}");
    stage.settled();
    assert!(receiver.all().is_empty());
}

#[test]
fn the_time_of_an_event_is_the_worlds() {
    let (stage, receiver) = told_of_everything(&json!({}));
    stage.server.command(&stage.world, &json!({"advance": "365d"}));
    stage.emit(&json!({ "event": LEAD }));
    let told = receiver.wait_for(1)[0].json();
    let at = |value: &Value| value.as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let in_a_year = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(364 * 24);
    assert!(at(&told["event"]["triggeredAt"]) > in_a_year && at(&told["data"]["createdAt"]) > in_a_year, "{told}");
}

#[test]
fn an_event_can_happen_later() {
    let (stage, receiver) = told_of_everything(&json!({}));
    let start = Instant::now();
    stage.emit(&json!({ "event": LEAD, "after": "300ms" }));
    stage.emit(&json!({ "event": MESSAGE }));
    receiver.wait_for(2);
    assert!(start.elapsed() >= Duration::from_millis(300));
    assert_eq!(receiver.events(), [MESSAGE, LEAD]);
    for _ in 0..100 {
        stage.emit(&json!({ "event": MESSAGE, "after": "600000ms" }));
    }
    assert!(stage.refused(&json!({ "event": MESSAGE, "after": "1ms" })).contains("too many"));
    stage.emit(&json!({ "event": MESSAGE }));
    receiver.wait_for(3);
}

#[test]
fn what_cannot_happen_is_refused() {
    let (stage, receiver) = told_of_everything(&json!({}));
    let (second, other) = (stage.fixture("second_business").to_owned(), stage.fixture("other_negotiation").to_owned());
    stage.server.command(&stage.world, &json!({ "given": { "refunded_lead": stage.fixture("full_negotiation") } }));
    for (order, word) in [
        (json!({ "event": "MessageCreated" }), "MessageCreated"),
        (json!({ "event": MESSAGE, "texts": "a" }), "texts"),
        (json!({ "event": MESSAGE, "times": 0 }), "`times` is 0"),
        (json!({ "event": MESSAGE, "times": 21 }), "1 to 20"),
        (json!({ "event": MESSAGE, "after": "600001ms" }), "ten minutes"),
        (json!({ "event": MESSAGE, "text": "" }), "`text` must have 1 to"),
        (json!({ "event": MESSAGE, "text": "a".repeat(16_385) }), "16385"),
        (json!({ "event": REVIEW, "text": "" }), "`text` must have 1 to"),
        (json!({ "event": MESSAGE, "user": "pro" }), "`user`"),
        (json!({ "event": MESSAGE, "message": "before" }), "`message`"),
        (json!({ "event": REVIEW, "full": true }), "`full`"),
        (json!({ "event": LEAD, "negotiation": "1" }), "`negotiation`"),
        (json!({ "event": LEAD, "from": "business" }), "`from`"),
        (json!({ "event": LEAD, "text": "TEST" }), "`text`"),
        (json!({ "event": LEAD, "business": "1" }), "no business `1`"),
        (json!({ "event": MESSAGE, "negotiation": "1" }), "no negotiation `1`"),
        (json!({ "event": MESSAGE, "business": second }), "has no negotiation"),
        (json!({ "event": MESSAGE, "business": second, "negotiation": other }), "another business's"),
        (json!({ "event": "IncentiveUsedV4", "business": second }), "`business`"),
        (json!({ "event": "IncentiveUsedV4", "user": "nobody" }), "pro, other_pro, customer"),
    ] {
        let told = stage.refused(&order);
        assert!(told.contains(word), "{word}: {told}");
    }
    let lead = stage.fixture("negotiation");
    stage.server.command(&stage.world, &json!({ "given": { "refunded_lead": lead } }));
    assert!(stage.refused(&json!({ "event": MESSAGE, "negotiation": lead })).contains("refunded"));
    stage.server.command(&stage.world, &json!({ "given": { "closed_business": second } }));
    assert!(stage.refused(&json!({ "event": LEAD, "business": second })).contains("closed"));
    assert!(stage.settled().is_empty() && receiver.all().is_empty());
}

#[test]
fn the_number_that_a_webhook_tells_can_be_another_one() {
    for (settings, same) in [(json!({}), true), (json!({ "webhook_phone": "another" }), false)] {
        let (stage, receiver) = told_of_everything(&settings);
        stage.emit(&json!({ "event": LEAD }));
        let data = receiver.wait_for(1)[0].json()["data"].clone();
        let line = format!("GET v4/negotiations/{}", data["negotiationID"].as_str().unwrap());
        let read = stage.call(&line, &json!({})).json();
        assert_eq!(read["customer"]["phone"] == data["customer"]["phone"], same, "{settings}");
        assert_eq!(read["customer"]["customerID"], data["customer"]["customerID"]);
    }
}

#[test]
fn a_lead_and_a_message_can_have_all_there_is() {
    let (stage, receiver) = told_of_everything(&json!({}));
    stage.emit(&json!({ "event": LEAD, "full": true, "message": "after" }));
    let told = receiver.wait_for(2);
    let [lead, message] = [0, 1].map(|number: usize| told[number].json()["data"].clone());
    let path = format!("v4/negotiations/{}", lead["negotiationID"].as_str().unwrap());
    assert_eq!(stage.call(&format!("GET {path}"), &json!({})).json(), lead);
    assert_eq!((&lead["status"], &lead["chargeState"]), (&json!("Open"), &json!("Created")));
    assert_eq!(lead["request"]["contactedBusinesses"][0]["negotiationID"], lead["negotiationID"]);
    assert_eq!(message["attachments"], lead["request"]["attachments"]);
    assert_eq!(members(&message["attachments"][0]), ["description", "fileName", "fileSize", "mimeType", "url"]);
    stage.emit(&json!({ "event": MESSAGE, "negotiation": lead["negotiationID"], "from": "business", "full": true }));
    let second = receiver.wait_for(3)[2].json()["data"].clone();
    let listed = stage.call(&format!("GET {path}/messages"), &json!({})).json()["data"].clone();
    assert_eq!(listed, json!([second, message]));
    assert_eq!(second["attachments"].as_array().map(Vec::len), Some(2));
    let usual = stage.fixture("full_negotiation");
    let full = stage.call(&format!("GET v4/negotiations/{usual}"), &json!({})).json();
    assert_eq!(members(&full), members(&lead));
    assert_eq!(members(&full["request"]), members(&lead["request"]));
    assert_eq!((&full["status"], &full["chargeState"]), (&json!("Picked"), &json!("Charged")));
}
