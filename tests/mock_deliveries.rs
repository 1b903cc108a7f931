//! What webhooks are sent, to whom, how often, and to where not.

mod hooks;
mod mock_support;

use std::{
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use hooks::{Receiver, Stage, ended};
use mock_support::Server;
use serde_json::{Value, json};
use tacktest::mock::control::{Delivery, DeliveryState};

const MESSAGE: &str = "MessageCreatedV4";
const LEAD: &str = "NegotiationCreatedV4";

/// What a receiver answers, and what is told of it if that is no answer.
type Manner = (fn() -> Vec<u8>, Option<&'static str>);

/// How many attempts each delivery took, and how it ended.
fn outcomes(deliveries: &[Delivery]) -> Vec<(usize, DeliveryState)> {
    deliveries.iter().map(|delivery| (delivery.attempts.len(), delivery.state)).collect()
}

#[test]
fn a_delivery_shows_what_was_agreed() {
    let stage = Stage::new();
    let receiver = Receiver::start();
    for (auth, header, value) in [
        (json!(null), "authorization", ""),
        (json!({"username": "hello", "password": "world"}), "authorization", "Basic aGVsbG86d29ybGQ="),
        (json!({"header": "X-Hook", "value": "fictional"}), "x-hook", "fictional"),
        (json!({"header": "Authorization", "value": "Bearer fictional"}), "authorization", "Bearer fictional"),
    ] {
        let order = json!({"webhookURL": format!("{}?a=b", receiver.url()), "eventTypes": [MESSAGE], "auth": auth});
        let made = stage.call(&format!("POST {}", stage.of_business()), &order);
        let before = receiver.all().len();
        stage.emit(&json!({ "event": MESSAGE }));
        let told = receiver.wait_for(before + 1).pop().unwrap();
        assert!(told.head.starts_with("POST /hook?a=b HTTP/1.1\r\n"), "{told:?}");
        assert_eq!(told.header(header), value, "{told:?}");
        assert_eq!(told.header("content-type"), "application/json");
        assert_eq!(told.header("host"), receiver.address.to_string());
        assert!(told.header("user-agent").starts_with("tacktest/"), "{told:?}");
        let one = format!("{}/{}", stage.of_business(), made.member("webhookID"));
        assert_eq!(stage.call(&format!("DELETE {one}"), &json!({})).status, 204);
    }
    let kept = format!("{:?}", stage.settled());
    assert!(!kept.contains("fictional") && !kept.contains("a=b") && kept.contains("/hook"), "{kept}");
}

#[test]
fn the_envelope_names_the_event_and_the_message_is_that_of_the_api() {
    let stage = Stage::new();
    let receiver = Receiver::start();
    let webhook = stage.register(&receiver.url(), &[MESSAGE]);
    let messages = format!("v4/negotiations/{}/messages", stage.fixture("negotiation"));
    let sent = stage.call(&format!("POST {messages}"), &json!({ "text": "TEST Line one\r\nline two" })).json();
    let told = receiver.wait_for(1).pop().unwrap().json();
    assert_eq!(told["data"], sent);
    assert_eq!((&sent["from"], &sent["customer"]), (&json!("Business"), &Value::Null));
    let event = told["event"].as_object().unwrap();
    assert_eq!(event.keys().len(), 4, "{event:?}");
    assert_eq!((&event["eventType"], &event["description"]), (&json!(MESSAGE), &json!("")));
    assert_eq!(event["webhookID"], json!(webhook));
    let at = event["triggeredAt"].as_str().unwrap();
    assert!(at.ends_with('Z') && at.parse::<jiff::Timestamp>().is_ok(), "{at}");
    let [delivery] = stage.settled().try_into().unwrap();
    assert_eq!((delivery.state, delivery.attempts[0].status), (DeliveryState::Received, Some(200)));
    assert_eq!((delivery.number, delivery.webhook.as_str(), delivery.to.as_str()), (1, &*webhook, &*receiver.url()));
}

#[test]
fn both_sides_and_their_users_are_told_of_a_message() {
    let stage = Stage::new();
    let (business, owner, customer, stranger) =
        (Receiver::start(), Receiver::start(), Receiver::start(), Receiver::start());
    stage.register(&business.url(), &[MESSAGE]);
    let hook = |url: String| json!({ "webhookURL": url, "eventTypes": [MESSAGE] });
    stage.call("POST v4/users/webhooks", &hook(owner.url()));
    let scope = "demand::webhooks.write+demand::messages.write";
    let of_customer = stage.token_of("customer", "demand", scope);
    let made = stage.call_as("POST v4/users/webhooks", &of_customer, &hook(customer.url()));
    assert_eq!(made.status, 200, "{made:?}");
    let of_stranger = stage.token_of("other_pro", "supply", "supply::webhooks.write");
    stage.call_as("POST v4/users/webhooks", &of_stranger, &hook(stranger.url()));
    let second = format!("POST v4/businesses/{}/webhooks", stage.fixture("second_business"));
    stage.call(&second, &hook(stranger.url()));

    let messages = format!("POST v4/negotiations/{}/messages", stage.fixture("negotiation"));
    stage.call(&messages, &json!({ "text": "TEST from the business" }));
    stage.call_as(&messages, &of_customer, &json!({ "text": "TEST from the customer" }));
    for receiver in [&business, &owner, &customer] {
        let from: Vec<Value> = receiver.wait_for(2).iter().map(|one| one.json()["data"]["from"].clone()).collect();
        assert_eq!(from, ["Business", "Customer"]);
    }
    assert_eq!(stage.settled().len(), 6);
    assert!(stranger.all().is_empty(), "{:?}", stranger.all());
}

#[test]
fn a_test_negotiation_is_a_lead_that_the_api_knows() {
    let stage = Stage::new();
    let receiver = Receiver::start();
    stage.register(&receiver.url(), &[LEAD]);
    let made = stage.call(&format!("POST {}/test-negotiation", stage.of_business()), &json!({}));
    assert_eq!(made.status, 200, "{made:?}");
    let data = receiver.wait_for(1).pop().unwrap().json()["data"].clone();
    assert_eq!(data, made.json());
    assert_eq!(data["business"]["name"], "Test Business for Webhooks");
    assert_eq!(data["business"]["businessID"], stage.fixture("business"));
    assert_eq!((&data["customer"]["firstName"], &data["customer"]["phone"]), (&json!("Test"), &json!("1234567890")));
    assert_eq!(data["request"]["category"]["name"], "Full Service Lawn Care");
    let id = data["negotiationID"].as_str().unwrap();
    assert_eq!(stage.call(&format!("GET v4/negotiations/{id}"), &json!({})).json(), data);
}

#[test]
fn a_request_is_a_lead_with_a_message_as_the_knob_says() {
    for (knob, events) in [
        (json!({}), vec![LEAD, MESSAGE]),
        (json!({ "description_message": "before" }), vec![MESSAGE, LEAD]),
        (json!({ "description_message": "absent" }), vec![LEAD]),
    ] {
        let stage = Stage::with(&knob);
        let receiver = Receiver::start();
        let hook = json!({ "webhookURL": receiver.url(), "eventTypes": [MESSAGE, LEAD] });
        let business = stage.fixture("second_business");
        let made = stage.call(&format!("POST v4/businesses/{business}/webhooks"), &hook);
        assert_eq!(made.status, 200, "{made:?}");
        let application = stage.server.application_token(stage.staging(), "demand::businesses/search.read");
        let utm = json!({ "utm_source": "cma-example" });
        let kitchen = "201565295100608806";
        let search = json!({ "categoryID": kitchen, "zipCode": "94103", "utmData": utm });
        let search = stage.call_as("POST v4/businesses/search", &application, &search).json();
        let request = json!({
            "searchID": search["searchID"], "categoryID": kitchen,
            "serviceIDs": [business], "utmData": utm,
        });
        let customer = stage.token_of("customer", "demand", "demand::requests.write");
        let asked = stage.call_as("POST v4/requests", &customer, &request);
        assert_eq!(asked.status, 200, "{asked:?}\n{search}");
        let told = receiver.wait_for(events.len());
        assert_eq!(receiver.events(), events);
        let lead = told.iter().find(|one| one.event() == LEAD).unwrap().json()["data"].clone();
        let messages = format!("GET v4/negotiations/{}/messages", lead["negotiationID"].as_str().unwrap());
        let listed = stage.call(&messages, &json!({})).json()["data"].clone();
        assert_eq!(listed[0]["text"], lead["request"]["description"]);
        if let Some(message) = told.iter().find(|one| one.event() == MESSAGE) {
            assert_eq!(listed, json!([message.json()["data"]]));
        }
        assert_eq!(stage.settled().len(), events.len());
    }
}

#[test]
fn nothing_is_sent_that_was_not_asked_for() {
    let stage = Stage::new();
    let receiver = Receiver::start();
    stage.register(&receiver.url(), &[LEAD]);
    let disabled = stage.register(&receiver.url(), &[MESSAGE]);
    let one = format!("{}/{disabled}", stage.of_business());
    stage.call(&format!("PUT {one}"), &json!({ "enabled": false }));
    let deleted = stage.register(&receiver.url(), &[MESSAGE]);
    stage.call(&format!("DELETE {}/{deleted}", stage.of_business()), &json!({}));
    stage.emit(&json!({ "event": MESSAGE }));
    assert!(stage.settled().is_empty());
    stage.call(&format!("PUT {one}"), &json!({ "enabled": true }));
    stage.emit(&json!({ "event": MESSAGE }));
    assert_eq!(receiver.wait_for(1)[0].json()["event"]["webhookID"], json!(disabled));
    assert_eq!(stage.settled().len(), 1);
}

#[test]
fn what_is_not_received_is_sent_again_as_often_as_is_said() {
    let two = json!({ "redelivery_pauses_milliseconds": [10, 20] });
    for (statuses, settings, expected) in [
        ([500, 503, 204], &two, (3, DeliveryState::Received)),
        ([400, 201, 0], &two, (2, DeliveryState::Received)),
        ([302, 301, 307], &two, (3, DeliveryState::Failed)),
        ([500, 500, 500], &json!({}), (3, DeliveryState::Failed)),
        ([500, 0, 0], &json!({ "redelivery_pauses_milliseconds": [] }), (1, DeliveryState::Failed)),
    ] {
        let stage = Stage::with(settings);
        let receiver = Receiver::with_statuses(move |number| statuses.get(number).copied().unwrap_or(299));
        stage.register(&receiver.url(), &[MESSAGE]);
        stage.emit(&json!({ "event": MESSAGE }));
        let settled = stage.settled();
        assert_eq!(outcomes(&settled), [expected], "{settled:?}");
        let bodies: Vec<String> = receiver.all().into_iter().map(|received| received.body).collect();
        assert_eq!(bodies.len(), expected.0);
        assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
        let told: Vec<Option<u16>> = settled[0].attempts.iter().map(|attempt| attempt.status).collect();
        assert_eq!(told, statuses.map(Some)[..expected.0]);
    }
}

#[test]
fn events_come_in_order_also_when_one_is_sent_again() {
    let stage = Stage::with(&json!({ "redelivery_pauses_milliseconds": [20] }));
    let receiver = Receiver::with_statuses(|number| if number == 0 { 500 } else { 200 });
    stage.register(&receiver.url(), &[MESSAGE, LEAD]);
    for number in 1..=5 {
        stage.emit(&json!({ "event": MESSAGE, "text": format!("TEST {number}") }));
    }
    let texts: Vec<Value> = receiver.wait_for(6).iter().map(|one| one.json()["data"]["text"].clone()).collect();
    assert_eq!(texts, ["TEST 1", "TEST 1", "TEST 2", "TEST 3", "TEST 4", "TEST 5"]);
}

#[test]
fn whatever_a_receiver_does_ends_and_is_told() {
    let cases: [Manner; 7] = [
        (long_body, None),
        (|| b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc".to_vec(), None),
        (Vec::new, Some("closed before")),
        (|| b"HTTP/1.1 20".to_vec(), Some("closed before")),
        (|| b"SSH-2.0-something\r\n\r\n".to_vec(), Some("no HTTP")),
        (long_header, Some("no HTTP")),
        (
            || {
                thread::sleep(Duration::from_secs(2));
                Vec::new()
            },
            Some("within 300 ms"),
        ),
    ];
    for (answer, error) in cases {
        let settings = json!({ "redelivery_pauses_milliseconds": [], "delivery_timeout_milliseconds": 300 });
        let stage = Stage::with(&settings);
        let receiver = Receiver::answering(move |_| answer());
        stage.register(&receiver.url(), &[MESSAGE]);
        let start = Instant::now();
        stage.emit(&json!({ "event": MESSAGE }));
        let [delivery] = stage.settled().try_into().unwrap();
        assert!(start.elapsed() < Duration::from_millis(1500), "{delivery:?}");
        ended(delivery, error);
    }
}

fn long_body() -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-length: 1048576\r\n\r\n{}", "a".repeat(1024 * 1024)).into_bytes()
}

fn long_header() -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "a".repeat(1024 * 1024)).into_bytes()
}

#[test]
fn a_receiver_that_is_not_there_is_told() {
    let stage = Stage::with(&json!({ "redelivery_pauses_milliseconds": [1] }));
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    stage.register(&format!("http://{nobody}/"), &[MESSAGE]);
    stage.emit(&json!({ "event": MESSAGE }));
    let settled = stage.settled();
    assert_eq!(outcomes(&settled), [(2, DeliveryState::Failed)]);
    assert!(settled[0].attempts[1].error.as_deref().unwrap().contains("can't connect"), "{settled:?}");
    let secret = "0123456789abcdef".repeat(4);
    stage.register(&format!("http://{nobody}/{secret}/hook"), &[MESSAGE]);
    stage.emit(&json!({ "event": MESSAGE }));
    assert_eq!(stage.settled()[2].to, format!("http://{nobody}/[hidden]/hook"));
}

#[test]
fn a_webhook_that_is_deleted_or_disabled_meanwhile_is_sent_nothing_more() {
    for (line, body, why) in [("DELETE", json!({}), "deleted"), ("PUT", json!({ "enabled": false }), "disabled")] {
        let stage = Stage::with(&json!({ "redelivery_pauses_milliseconds": [400, 400] }));
        let receiver = Receiver::with_statuses(|_| 500);
        let webhook = stage.register(&receiver.url(), &[MESSAGE]);
        stage.emit(&json!({ "event": MESSAGE, "times": 2 }));
        receiver.wait_for(1);
        stage.call(&format!("{line} {}/{webhook}", stage.of_business()), &body);
        let settled = stage.settled();
        assert_eq!(outcomes(&settled), [(1, DeliveryState::NotSent), (0, DeliveryState::NotSent)]);
        assert!(settled.iter().all(|delivery| delivery.why.as_deref().unwrap().contains(why)), "{settled:?}");
        assert_eq!(receiver.all().len(), 1);
    }
}

#[test]
fn deliveries_end_with_their_world() {
    let stage = Stage::with(&json!({ "redelivery_pauses_milliseconds": [300, 300, 300] }));
    let receiver = Receiver::with_statuses(|_| 500);
    stage.register(&receiver.url(), &[MESSAGE]);
    stage.emit(&json!({ "event": MESSAGE, "times": 5 }));
    stage.emit(&json!({ "event": MESSAGE, "after": "300ms" }));
    receiver.wait_for(1);
    assert_eq!(stage.server.send(&format!("DELETE /control/worlds/{}", stage.world.id), &[], "").status, 204);
    thread::sleep(Duration::from_millis(800));
    assert_eq!(receiver.all().len(), 1);
}

#[test]
fn five_are_sent_at_one_time_and_a_hundred_wait() {
    let stage = Stage::with(&json!({ "redelivery_pauses_milliseconds": [] }));
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counted, highest) = (now.clone(), most.clone());
    let receiver = Receiver::answering(move |_| {
        highest.fetch_max(counted.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(100));
        counted.fetch_sub(1, Ordering::SeqCst);
        b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()
    });
    for _ in 0..10 {
        stage.register(&receiver.url(), &[MESSAGE]);
    }
    stage.emit(&json!({ "event": MESSAGE, "times": 20 }));
    let settled = stage.settled();
    let (sent, refused): (Vec<&Delivery>, Vec<&Delivery>) =
        settled.iter().partition(|delivery| delivery.state == DeliveryState::Received);
    assert_eq!(most.load(Ordering::SeqCst), 5);
    assert_eq!(settled.len(), 200);
    // What is taken off a queue waits no more, so a few more than a hundred come through.
    assert!((100..=115).contains(&sent.len()), "{}", sent.len());
    assert!(refused.iter().all(|one| one.why.as_deref().unwrap().contains("100 deliveries wait")), "{refused:?}");
}

#[test]
fn worlds_side_by_side_deliver_their_own() {
    let server = Server::start();
    let receiver = Receiver::start();
    let worlds: Vec<_> = (0..40).map(|_| server.world()).collect();
    for world in &worlds {
        let staging = &world.staging;
        let login = server.login(staging, &staging.clients["supply"], "supply::webhooks.write");
        let hook = json!({ "webhookURL": receiver.url(), "eventTypes": [LEAD] }).to_string();
        let place = format!("v4/businesses/{}/webhooks", staging.fixtures["business"]);
        assert_eq!(server.post(staging, &place, &login.member("access_token"), &hook).status, 200);
    }
    for world in &worlds {
        server.command(world, &json!({ "emit": { "event": LEAD, "times": 2 } }));
    }
    let mut links: Vec<String> = receiver
        .wait_for(80)
        .iter()
        .map(|one| {
            let data = one.json()["data"].clone();
            format!("{} {}", data["negotiationID"], data["requestReviewLink"])
        })
        .collect();
    links.sort();
    links.dedup();
    assert_eq!(links.len(), 40);
    for world in &worlds {
        assert_eq!(links.iter().filter(|link| link.contains(&world.staging.site)).count(), 1, "{}", world.id);
    }
}
