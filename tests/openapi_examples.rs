//! The examples of the document that the mock serves of itself: what it answers when it is asked so, written down by
//! `TACKTEST_WRITE_DOCS=1 cargo test --test openapi_examples`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

mod mock_support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use mock_support::{Server, path};
use serde_json::{Map, Value, json};
use tacktest::mock::control::World;

const FILE: &str = "src/mock/thumbtack/openapi/examples.json";

/// The time that stands for every other.
const TIME: &str = "2024-06-13T17:18:01Z";

const PRO: &str = "supply::users.read+supply::businesses.list+supply::webhooks.read+supply::webhooks.write+\
    supply::negotiations.read+supply::negotiations.write+supply::messages.read+supply::messages.write+\
    supply::businesses/associate-phone-numbers.read+supply::businesses/associate-phone-numbers.write";
const APPLICATION: &str = "demand::businesses/search.read+demand::businesses/reviews.read+demand::categories.read+\
    demand::categories/request-form.read+demand::keywords.read";

/// Who calls an operation.
#[derive(Clone, Copy)]
enum By {
    Pro,
    Customer,
    Application,
}

use By::{Application, Customer, Pro};

/// The operations in an order in which each finds what it needs: id, caller, query, body.
fn calls() -> Vec<(&'static str, By, &'static str, Value)> {
    let source = json!({ "utm_source": "cma-example" });
    let hook = |events: &[&str]| {
        let auth = json!({ "username": "hello", "password": "world" });
        json!({ "webhookURL": "https://partner.example/hook", "eventTypes": events, "enabled": true, "auth": auth })
    };
    let enabled = json!({ "enabled": false });
    let category = "201565295100608806";
    let none = Value::Null;
    let place = "zipCode=94117&limit=2&utmData%5Butm_source%5D=cma-example";
    let number = json!({ "phoneNumber": "+15555550120", "name": "TEST Office" });
    let numbers = json!({ "phoneNumbers": [{ "phoneNumber": "+15555550121", "name": "TEST Van" }] });
    let status = json!({ "status": "job_complete", "partnerStatusChangedAt": TIME, "invoiceAmountInCents": 15000 });
    let search = json!({ "categoryID": category, "zipCode": "94117", "limit": 1, "utmData": source });
    let filtered = json!({
        "userQuery": "Our kitchen is forty years old", "zipCode": "94117", "limit": 1, "utmData": source,
    });
    // The search and the business are put in when they are known.
    let request = json!({ "searchID": "", "serviceIDs": [], "categoryID": category, "utmData": source });
    vec![
        ("getUserV4", Pro, "", none.clone()),
        ("createUserWebhookV4", Pro, "", hook(&["MessageCreatedV4"])),
        ("listUserWebhooksV4", Pro, "", none.clone()),
        ("getUserWebhookV4", Pro, "", none.clone()),
        ("updateUserWebhookV4", Pro, "", enabled.clone()),
        ("deleteUserWebhookV4", Pro, "", none.clone()),
        ("listBusinessesV4", Pro, "", none.clone()),
        ("createBusinessWebhookV4", Pro, "", hook(&["NegotiationCreatedV4", "MessageCreatedV4"])),
        ("listBusinessWebhooksV4", Pro, "", none.clone()),
        ("getBusinessWebhookV4", Pro, "", none.clone()),
        ("updateBusinessWebhookV4", Pro, "", enabled),
        ("createTestNegotiationV4", Pro, "", none.clone()),
        ("deleteBusinessWebhookV4", Pro, "", none.clone()),
        ("getNegotiationV4", Pro, "", none.clone()),
        ("listBusinessNegotiationsV4", Pro, "", none.clone()),
        ("updateJobStatusV4", Pro, "", status),
        ("listMessagesV4", Pro, "limit=3", none.clone()),
        ("sendMessageV4", Pro, "", json!({ "text": "TEST I am available on your date." })),
        ("listBusinessReviewsV4", Pro, "limit=2", none.clone()),
        ("respondToReviewV4", Pro, "", json!({ "responseText": "TEST Thank you!" })),
        ("listPhoneNumbersV4", Pro, "", none.clone()),
        ("createPhoneNumberV4", Pro, "", number),
        ("bulkCreatePhoneNumbersV4", Pro, "", numbers),
        ("updatePhoneNumberV4", Pro, "", json!({ "name": "TEST Workshop" })),
        ("deletePhoneNumberV4", Pro, "", none.clone()),
        ("searchFilteredBusinessesV4", Application, "", filtered),
        ("searchBusinessesV4", Application, "", search),
        ("createRequestV4", Customer, "", request),
        ("listRecommendedCategoriesV4", Application, place, none.clone()),
        ("listHomecareCategoriesV4", Application, place, none.clone()),
        ("searchCategoriesV4", Application, "searchQuery=kitchen", none.clone()),
        ("getRequestFormV4", Application, "", none.clone()),
        ("searchKeywordsV4", Application, "searchQuery=car&limit=2", none.clone()),
        ("listReviewsV4", Application, "limit=2&businessIDs=${businessID}", none),
    ]
}

/// A mock that answers the same at each start, whoever may call it, and what is known so far to be put into paths.
struct Desk {
    server: Server,
    world: World,
    tokens: [String; 3],
    known: BTreeMap<&'static str, String>,
}

impl Desk {
    fn open() -> Self {
        let server = Server::start();
        let world = server.world_with(&json!({ "seed": 7, "settings": { "job_status_answer": "ok" } }));
        let staging = &world.staging;
        let pro = server.login(staging, &staging.clients["supply"], PRO).member("access_token");
        server.command(&world, &json!({ "next_login": { "user": "customer" } }));
        let customer = server.login(staging, &staging.clients["demand"], "demand::requests.write");
        let application = server.application_token(staging, APPLICATION);
        let of_fixtures = [
            ("businessID", "business"),
            ("negotiationID", "negotiation"),
            ("reviewID", "review"),
            ("phoneNumberID", "phone_number"),
        ];
        let mut known: BTreeMap<&str, String> =
            of_fixtures.into_iter().map(|(name, fixture)| (name, staging.fixtures[fixture].clone())).collect();
        known.insert("categoryID", "201565295100608806".to_owned());
        Self { tokens: [pro, customer.member("access_token"), application], server, world, known }
    }

    fn filled(&self, text: &str, marks: [&str; 2]) -> String {
        let fill = |text: String, (name, value): (&&str, &String)| {
            text.replace(&format!("{}{name}{}", marks[0], marks[1]), value)
        };
        self.known.iter().fold(text.to_owned(), fill)
    }

    /// The body that was sent, and what was answered.
    fn call(&mut self, line: &str, by: By, query: &str, mut body: Value) -> (Value, Value) {
        if body.get("searchID").is_some() {
            (body["searchID"], body["serviceIDs"]) =
                (self.known["searchID"].as_str().into(), json!([self.known["businessID"]]));
        }
        let (method, below) = line.split_once(' ').unwrap();
        let (below, query) = (self.filled(below, ["{", "}"]), self.filled(query, ["${", "}"]));
        let root = path(&self.world.staging.auth_server);
        let line = format!("{} {}{}?{query}", method.to_uppercase(), root.trim_end_matches('/'), below);
        let authorization = format!("Bearer {}", self.tokens[by as usize]);
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
        let sent = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.server.send(&line, &headers, &sent);
        assert!((200..300).contains(&answer.status), "{line}: {answer:?}");
        let mut told: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        for name in ["webhookID", "searchID"] {
            if let Some(id) = told[name].as_str() {
                self.known.insert(name, id.to_owned());
            }
        }
        still(&mut told, self.world.staging.auth_server.trim_end_matches('/'));
        (body, told)
    }
}

/// Puts one time in the place of all, and what the document has for the root in the place of `root`.
fn still(value: &mut Value, root: &str) {
    match value {
        Value::String(text) if text.parse::<Timestamp>().is_ok() => TIME.clone_into(text),
        Value::String(text) => *text = text.replace(root, "http://root.invalid"),
        Value::Array(elements) => elements.iter_mut().for_each(|element| still(element, root)),
        Value::Object(members) => members.values_mut().for_each(|member| still(member, root)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn examples_are_what_the_mock_answers() {
    let mut desk = Desk::open();
    let document = desk.server.send("GET /_mock/openapi.json", &[], "").json();
    let mut lines = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(_, one)| one["tags"][0] == "API") {
            lines.insert(operation["operationId"].as_str().unwrap().to_owned(), format!("{method} {path}"));
        }
    }
    let mut examples = Map::new();
    for (id, by, query, body) in calls() {
        let line = lines.remove(id).unwrap_or_else(|| panic!("there is no {id}"));
        let (sent, told) = desk.call(&line, by, query, body);
        let mut example = Map::new();
        for (name, value) in [("request", sent), ("answer", told)].into_iter().filter(|(_, value)| !value.is_null()) {
            example.insert(name.to_owned(), value);
        }
        examples.insert(id.to_owned(), example.into());
    }
    assert!(lines.is_empty(), "these have no example: {lines:?}");
    let made = format!("{}\n", serde_json::to_string_pretty(&examples).unwrap());
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if std::env::var_os("TACKTEST_WRITE_DOCS").is_some() {
        fs::write(&file, &made).unwrap();
    }
    let kept = fs::read_to_string(file).unwrap();
    assert!(kept == made, "{FILE} is out of date: write it by TACKTEST_WRITE_DOCS=1");
}
