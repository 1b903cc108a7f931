//! The operations that only a pro's software calls: leads of a business, the status of a job, reviews, phone numbers.
#![expect(clippy::unwrap_used, reason = "the helpers here may panic as tests do")]

mod leads;
#[path = "../mock_support/mod.rs"]
mod mock_support;
mod phone_numbers;
mod reviews;

use mock_support::{Answer, Server, path};
use serde_json::{Value, json};
use tacktest::mock::control::{Environment, World};

const ALL: &str = "supply::businesses.list+supply::negotiations.read+supply::negotiations.write+\
    supply::businesses/associate-phone-numbers.read+supply::businesses/associate-phone-numbers.write";

/// A mock's world, and a user's token for all of these operations in its staging.
struct Desk {
    server: Server,
    world: World,
    token: String,
}

impl Desk {
    fn of(user: &str) -> Self {
        Self::with(user, &json!({}))
    }

    fn with(user: &str, settings: &Value) -> Self {
        let server = Server::start();
        let world = server.world_with(&json!({ "settings": settings }));
        let token = token(&server, &world, user, ALL);
        Self { server, world, token }
    }

    fn staging(&self) -> &Environment {
        &self.world.staging
    }

    /// The path of `below` a business's own, by the name of its fixture.
    fn business(&self, name: &str, below: &str) -> String {
        format!("v4/businesses/{}/{below}", self.staging().fixtures[name])
    }

    fn numbers(&self, below: &str) -> String {
        self.business("business", &format!("associate-phone-numbers{below}"))
    }

    fn get(&self, below: &str) -> Answer {
        self.server.get(self.staging(), below, &self.token)
    }

    fn post(&self, below: &str, body: &Value) -> Answer {
        self.server.post(self.staging(), below, &self.token, &body.to_string())
    }

    fn send(&self, method: &str, below: &str, body: &Value) -> Answer {
        let authorization = format!("Bearer {}", self.token);
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
        self.server.send(&format!("{method} {}{below}", path(&self.staging().api)), &headers, &body.to_string())
    }
}

fn token(server: &Server, world: &World, user: &str, scope: &str) -> String {
    server.command(world, &json!({"next_login": {"user": user}}));
    server.login(&world.staging, &world.staging.clients["supply"], scope).member("access_token")
}

/// What a validation problem names.
fn named(answer: &Answer) -> Vec<String> {
    assert_eq!((answer.status, answer.header("content-type")), (400, "application/problem+json"), "{answer:?}");
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    errors.iter().map(|error| error["name"].as_str().unwrap().to_owned()).collect()
}

fn column(list: &Value, member: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|element| element[member].as_str().unwrap_or_default().to_owned()).collect()
}

/// Every operation: method, path, a body that is right.
fn operations(desk: &Desk, business: &str, negotiation: &str) -> Vec<(&'static str, String, Value)> {
    let fixtures = &desk.staging().fixtures;
    let below = |below: &str| desk.business(business, below);
    let number = json!({"phoneNumber": "+15555550123"});
    let one = format!("associate-phone-numbers/{}", fixtures["phone_number"]);
    let status = json!({"status": "job_complete", "partnerStatusChangedAt": "2024-06-13T17:18:01Z"});
    vec![
        ("GET", below("negotiations"), json!({})),
        ("POST", format!("v4/negotiations/{}/job-status", fixtures[negotiation]), status),
        ("GET", below("reviews"), json!({})),
        ("POST", below(&format!("reviews/{}/response", fixtures["review"])), json!({"responseText": "TEST Thanks!"})),
        ("GET", below("associate-phone-numbers"), json!({})),
        ("POST", below("associate-phone-numbers"), number.clone()),
        ("PUT", below(&one), json!({"name": "TEST Desk"})),
        (
            "POST",
            below("associate-phone-numbers-bulk-create"),
            json!({"phoneNumbers": [{"phoneNumber": "+15555550124"}]}),
        ),
        ("DELETE", below(&one), json!({})),
    ]
}

#[test]
fn every_operation_answers_its_owner_and_no_other_user() {
    let desk = Desk::of("pro");
    for (method, path, body) in operations(&desk, "business", "negotiation") {
        let answer = desk.send(method, &path, &body);
        assert!([200, 204].contains(&answer.status), "{method} {path}: {answer:?}");
        assert_eq!(desk.send("PATCH", &path, &body).status, 405, "{path}");
    }
    for (method, path, body) in operations(&desk, "other_business", "other_negotiation") {
        let answer = desk.send(method, &path, &body);
        assert_eq!(answer.status, 403, "{method} {path}: {answer:?}");
        assert_eq!(answer.json()["traceID"].as_str().unwrap().len(), 16);
    }
}

#[test]
fn every_operation_requires_its_scope_and_an_open_business() {
    let mut desk = Desk::of("pro");
    desk.server.command(&desk.world, &json!({"given": {"closed_business": desk.staging().fixtures["business"]}}));
    for (method, path, body) in operations(&desk, "business", "negotiation") {
        let answer = desk.send(method, &path, &body);
        assert_eq!((answer.status, answer.member("detail").as_str()), (404, "service deleted"), "{method} {path}");
        let unknown = path.replace(&desk.staging().fixtures["business"], "1");
        let unknown = unknown.replace(&desk.staging().fixtures["negotiation"], "1");
        assert_eq!(desk.send(method, &unknown, &body).status, 404, "{method} {unknown}");
    }
    desk.token = token(&desk.server, &desk.world, "pro", "supply::users.read");
    for (method, path, body) in operations(&desk, "business", "negotiation") {
        let answer = desk.send(method, &path, &body);
        assert_eq!(answer.status, 401, "{method} {path}");
        assert!(answer.member("detail").starts_with("required scope(s) [supply::"), "{answer:?}");
    }
}

#[test]
fn bodies_must_be_json_objects_of_that_media_type() {
    let desk = Desk::of("pro");
    let writing = operations(&desk, "business", "negotiation").into_iter().filter(|(_, _, body)| *body != json!({}));
    for (method, path, body) in writing {
        let line = format!("{method} {}{path}", mock_support::path(&desk.staging().api));
        let authorization = format!("Bearer {}", desk.token);
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", "text/plain")];
        assert_eq!(named(&desk.server.send(&line, &headers, &body.to_string())), ["Content-Type"], "{method} {path}");
        assert_eq!(named(&desk.send(method, &path, &json!([body]))), ["body"], "{method} {path}");
    }
}

#[test]
fn what_is_unknown_is_as_the_knobs_say() {
    let desk = Desk::with(
        "pro",
        &json!({
            "created_status": "created",
            "business_negotiations": "absent",
            "job_status_answer": "ok",
            "deleted_phone_numbers": "gone",
            "next_link": "as_printed",
            "last_next": "null",
        }),
    );
    let status = |method: &str, path: &str, body: &Value| desk.send(method, path, body).status;
    let made = [
        ("associate-phone-numbers", json!({"phoneNumber": "+15555550120"})),
        ("associate-phone-numbers-bulk-create", json!({"phoneNumbers": [{"phoneNumber": "+15555550121"}]})),
        (&format!("reviews/{}/response", desk.staging().fixtures["review"]), json!({"responseText": "TEST Hi"})),
    ];
    for (below, body) in made {
        assert_eq!(status("POST", &desk.business("business", below), &body), 201, "{below}");
    }
    assert_eq!(status("GET", &desk.business("business", "negotiations"), &json!({})), 404);
    let negotiation = &desk.staging().fixtures["negotiation"];
    let told = json!({"status": "job_complete", "partnerStatusChangedAt": "2024-06-13T17:18:01Z"});
    let answer = desk.post(&format!("v4/negotiations/{negotiation}/job-status"), &told);
    assert_eq!((answer.status, answer.json()), (200, json!({"negotiationID": negotiation, "status": "job_complete"})));
    let one = desk.numbers(&format!("/{}", desk.staging().fixtures["phone_number"]));
    assert_eq!(status("DELETE", &one, &json!({})), 204);
    let numbers = column(&desk.get(&desk.numbers("")).json()["phoneNumbers"], "phoneNumber");
    assert_eq!(numbers, ["+15555550120", "+15555550121"]);
    let reviews = desk.business("business", "reviews");
    let first = desk.get(&format!("{reviews}?limit=11")).json();
    let root = &desk.staging().auth_server;
    assert_eq!(first["pagination"]["next"], json!(format!("{root}{reviews}?limit=11&offset=11")));
    assert_eq!(desk.get(&format!("{reviews}?offset=11")).json()["pagination"]["next"], Value::Null);
    assert!(desk.get(&format!("{reviews}?offset=11")).body.contains(r#""next":null"#));
}
