//! The operations that only a pro's software calls: leads of a business, the status of a job, reviews, phone numbers.
#![expect(clippy::unwrap_used, reason = "the helpers here may panic as tests do")]

mod mock_support;

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
fn the_older_names_of_scopes_open_phone_numbers_too() {
    let desk = Desk::of("pro");
    let of = |scope: &str| token(&desk.server, &desk.world, "pro", scope);
    let read = of("supply::associate-phone-numbers.read");
    let list = desk.server.get(desk.staging(), &desk.numbers(""), &read);
    assert_eq!(list.status, 200);
    let body = r#"{"phoneNumber":"+15555550120"}"#;
    let refused = desk.server.post(desk.staging(), &desk.numbers(""), &read, body);
    let both = "[supply::businesses/associate-phone-numbers.write supply::associate-phone-numbers.write]";
    assert_eq!((refused.status, refused.member("detail")), (401, format!("required scope(s) {both} not found")));
    let write = of("supply::associate-phone-numbers.write");
    assert_eq!(desk.server.post(desk.staging(), &desk.numbers(""), &write, body).status, 200);
}

#[test]
fn phone_numbers_are_registered_changed_and_deleted() {
    let desk = Desk::of("pro");
    let listed = |desk: &Desk| desk.get(&desk.numbers("")).json()["phoneNumbers"].clone();
    assert_eq!(column(&listed(&desk), "phoneNumberID"), [desk.staging().fixtures["phone_number"].clone()]);
    let made = desk.post(&desk.numbers(""), &json!({"phoneNumber": "+15555550120", "name": "TEST Van"}));
    assert_eq!(made.status, 200);
    let (id, business) = (made.member("phoneNumberID"), desk.staging().fixtures["business"].clone());
    let (number, name) = (made.member("phoneNumber"), made.member("name"));
    assert_eq!((number.as_str(), name.as_str(), made.member("businessID")), ("+15555550120", "TEST Van", business));
    assert_eq!((&made.json()["isDeleted"], made.json().get("updatedTime")), (&json!(false), None));
    assert_eq!(listed(&desk)[1], made.json());

    let one = desk.numbers(&format!("/{id}"));
    let renamed = desk.send("PUT", &one, &json!({"name": "TEST Truck"}));
    assert_eq!((renamed.status, renamed.member("phoneNumber").as_str()), (200, "+15555550120"));
    assert!(renamed.json()["updatedTime"].is_string());
    let same = desk.send("PUT", &one, &json!({"phoneNumber": "+15555550120"}));
    assert_eq!((same.status, same.member("name").as_str()), (200, "TEST Truck"), "a number may stay what it is");
    let moved = desk.send("PUT", &one, &json!({"phoneNumber": "+15555550121"}));
    assert_eq!((moved.status, moved.member("phoneNumberID")), (200, id));
    assert_eq!(listed(&desk)[1], moved.json());

    let deleted = desk.send("DELETE", &one, &json!({}));
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    assert_eq!(listed(&desk)[1]["isDeleted"], json!(true));
    for (method, path) in
        [("DELETE", &one), ("PUT", &one), ("PUT", &desk.numbers("/1")), ("DELETE", &desk.numbers("/1"))]
    {
        assert_eq!(desk.send(method, path, &json!({"name": "TEST"})).status, 404, "{method} {path}");
    }
    let again = desk.post(&desk.numbers(""), &json!({"phoneNumber": "+15555550121"}));
    assert_eq!(again.status, 200, "what was deleted may be registered anew");
    assert_eq!(listed(&desk).as_array().unwrap().len(), 3);
    let second = desk.business("second_business", "associate-phone-numbers");
    assert_eq!(desk.get(&second).json(), json!({"phoneNumbers": []}), "businesses share no numbers");
}

#[test]
fn a_number_is_registered_once_for_a_business() {
    let desk = Desk::of("pro");
    let conflict = |answer: Answer| {
        assert_eq!((answer.status, answer.header("content-type")), (409, "application/problem+json"), "{answer:?}");
        assert!(answer.member("detail").contains("already registered"));
    };
    let taken = json!({"phoneNumber": "+15555550111"});
    conflict(desk.post(&desk.numbers(""), &taken));
    let id = desk.post(&desk.numbers(""), &json!({"phoneNumber": "+15555550120"})).member("phoneNumberID");
    conflict(desk.send("PUT", &desk.numbers(&format!("/{id}")), &taken));
    let bulk = |numbers: &[&str]| {
        let numbers: Vec<Value> = numbers.iter().map(|number| json!({"phoneNumber": number})).collect();
        desk.post(&desk.numbers("-bulk-create"), &json!({ "phoneNumbers": numbers }))
    };
    conflict(bulk(&["+15555550130", "+15555550120"]));
    conflict(bulk(&["+15555550130", "+15555550130"]));
    let both = bulk(&["+15555550130", "+15555550131"]);
    assert_eq!(column(&both.json()["phoneNumbers"], "phoneNumber"), ["+15555550130", "+15555550131"]);
    let all = column(&desk.get(&desk.numbers("")).json()["phoneNumbers"], "phoneNumber");
    assert_eq!(all, ["+15555550111", "+15555550120", "+15555550130", "+15555550131"], "a refused bulk leaves nothing");
    let other = desk.business("second_business", "associate-phone-numbers");
    assert_eq!(desk.post(&other, &taken).status, 200, "another business may have the same number");
}

#[test]
fn phone_numbers_are_validated_by_name() {
    let desk = Desk::of("pro");
    for number in ["", "5555550123", "+1", "+15555550123x", "+25555550123", "+1555555012345678", "+1٥"] {
        assert_eq!(named(&desk.post(&desk.numbers(""), &json!({"phoneNumber": number}))), ["phoneNumber"], "{number}");
    }
    for (body, names) in [
        (json!({}), vec!["phoneNumber"]),
        (json!({"phoneNumber": 15_555_550_123_u64}), vec!["phoneNumber"]),
        (json!({"phoneNumber": null, "name": 5}), vec!["phoneNumber", "name"]),
        (json!({"phoneNumber": "+15555550123", "name": "x".repeat(256)}), vec!["name"]),
    ] {
        assert_eq!(named(&desk.post(&desk.numbers(""), &body)), names, "{body}");
    }
    let one = desk.numbers(&format!("/{}", desk.staging().fixtures["phone_number"]));
    for body in [json!({}), json!({"phoneNumber": "1"}), json!({"phone": "+15555550123"})] {
        assert_eq!(named(&desk.send("PUT", &one, &body)), ["phoneNumber"], "{body}");
    }
    let many: Vec<Value> = vec![json!({"phoneNumber": "+15555550123"}); 1_001];
    for numbers in [json!(null), json!("+15555550123"), json!([]), json!(many)] {
        assert_eq!(
            named(&desk.post(&desk.numbers("-bulk-create"), &json!({ "phoneNumbers": numbers }))),
            ["phoneNumbers"]
        );
    }
    let mixed = json!({"phoneNumbers": [{"phoneNumber": "+15555550123"}, {"name": ""}, "+15555550124"]});
    let refused = desk.post(&desk.numbers("-bulk-create"), &mixed);
    assert_eq!(named(&refused).len(), 3);
    let reasons = column(&refused.json()["errors"], "reason");
    assert_eq!(reasons[0], "element 1: `phoneNumber` is required");
    assert_eq!(reasons[2], "element 2 must be an object");
    assert_eq!(desk.get(&desk.numbers("")).json()["phoneNumbers"].as_array().unwrap().len(), 1);
}

#[test]
fn a_business_has_no_more_numbers_than_are_kept() {
    let desk = Desk::of("pro");
    let some = |first: u32| {
        let numbers: Vec<Value> =
            (first..first + 1_000).map(|number| json!({"phoneNumber": format!("+1{number}")})).collect();
        json!({ "phoneNumbers": numbers })
    };
    let one = desk.numbers(&format!("/{}", desk.staging().fixtures["phone_number"]));
    assert_eq!(desk.post(&desk.numbers("-bulk-create"), &some(1_000)).status, 200);
    let listed = desk.get(&desk.numbers("")).json()["phoneNumbers"].clone();
    assert_eq!(listed.as_array().unwrap().len(), 1_000);
    assert_eq!(desk.send("DELETE", &one, &json!({})).status, 404, "the oldest made room");
    let middle = listed[500]["phoneNumberID"].as_str().unwrap();
    assert_eq!(desk.send("DELETE", &desk.numbers(&format!("/{middle}")), &json!({})).status, 204);
    assert_eq!(desk.post(&desk.numbers(""), &json!({"phoneNumber": "+15555550123"})).status, 200);
    let after = desk.get(&desk.numbers("")).json()["phoneNumbers"].clone();
    let ids = column(&after, "phoneNumberID");
    assert_eq!((ids.len(), ids[0].as_str()), (1_000, listed[0]["phoneNumberID"].as_str().unwrap()));
    assert!(!ids.iter().any(|id| id == middle), "what was deleted makes room first");
}

#[test]
fn reviews_are_paged() {
    let desk = Desk::of("pro");
    let reviews = desk.business("business", "reviews");
    let page = |query: &str| desk.get(&format!("{reviews}{query}")).json();
    let first = page("");
    assert_eq!(first["data"].as_array().unwrap().len(), 10);
    let next = format!("{}{reviews}?limit=10&offset=10", desk.staging().api);
    assert_eq!(first["pagination"], json!({"limit": 10, "offset": 0, "next": next}));
    let newest = &first["data"][0];
    assert_eq!(newest["reviewID"], json!(desk.staging().fixtures["review"]));
    assert_eq!(newest["negotiationID"], json!(desk.staging().fixtures["negotiation"]));
    assert!(newest["images"][0]["imageURL"].is_string() && newest.get("responseText").is_none());
    let answered = &first["data"][1];
    assert!(answered["responseTime"].is_string() && answered.get("images").is_none());
    let second = desk.server.get(desk.staging(), next.strip_prefix(&desk.staging().api).unwrap(), &desk.token).json();
    assert_eq!(second["pagination"], json!({"limit": 10, "offset": 10}));
    let mut ids = column(&first["data"], "reviewID");
    ids.extend(column(&second["data"], "reviewID"));
    assert_eq!(column(&page("?limit=50")["data"], "reviewID"), ids);
    assert_eq!(ids.len(), 12);
    let times = column(&page("?limit=50")["data"], "createTime");
    assert!(times.is_sorted_by(|newer, older| newer > older), "{times:?}");
    assert_eq!(page("?limit=5&offset=99"), json!({"data": [], "pagination": {"limit": 5, "offset": 99}}));
    assert_eq!(page("?limit=12").pointer("/pagination/next"), None, "the page that ends with the last one is the last");
    assert_eq!(page("?offset=18446744073709551615")["data"], json!([]));
    for (wrong, name) in [("limit=0", "limit"), ("limit=x", "limit"), ("offset=-1", "offset"), ("offset=a", "offset")] {
        assert_eq!(named(&desk.get(&format!("{reviews}?{wrong}"))), [name], "{wrong}");
    }
    assert_eq!(named(&desk.get(&format!("{reviews}?limit=0&offset=-1"))), ["limit", "offset"]);
}

#[test]
fn an_answer_to_a_review_stands_beside_it() {
    let desk = Desk::of("pro");
    let review = desk.staging().fixtures["review"].clone();
    let path = desk.business("business", &format!("reviews/{review}/response"));
    for text in ["TEST Thank you!", "TEST Thanks again!"] {
        let answer = desk.post(&path, &json!({"responseText": text}));
        assert_eq!((answer.status, answer.member("responseText").as_str()), (200, text));
        assert_eq!(desk.get(&desk.business("business", "reviews")).json()["data"][0], answer.json());
    }
    assert_eq!(desk.post(&path, &json!({"responseText": "é".repeat(16_384)})).status, 200);
    for body in [json!({}), json!({"responseText": ""}), json!({"responseText": 1}), json!({"text": "TEST"})] {
        assert_eq!(named(&desk.post(&path, &body)), ["responseText"], "{body}");
    }
    assert_eq!(named(&desk.post(&path, &json!({"responseText": "x".repeat(16_385)}))), ["responseText"]);
    let body = json!({"responseText": "TEST Hello"});
    for (business, review) in [("business", "1"), ("second_business", review.as_str())] {
        let elsewhere = desk.business(business, &format!("reviews/{review}/response"));
        assert_eq!(desk.post(&elsewhere, &body).status, 404, "{elsewhere}");
    }
}

#[test]
fn a_review_that_is_ordered_is_the_newest_and_can_be_answered() {
    let desk = Desk::of("pro");
    let order = json!({"emit": {"event": "ReviewCreatedV4", "text": "TEST Wonderful."}});
    desk.server.command(&desk.world, &order);
    let newest = || desk.get(&desk.business("business", "reviews?limit=50")).json()["data"][0].clone();
    assert_eq!((&newest()["reviewText"], &newest()["rating"]), (&json!("TEST Wonderful."), &json!(5)));
    assert_eq!(newest()["negotiationID"], json!(desk.staging().fixtures["negotiation"]));
    let path = format!("reviews/{}/response", newest()["reviewID"].as_str().unwrap());
    let answer = desk.post(&desk.business("business", &path), &json!({"responseText": "TEST Thank you!"}));
    assert_eq!((answer.status, newest()), (200, answer.json()));
    for _ in 0..1_000 {
        desk.server.command(&desk.world, &order);
    }
    let all = desk.get(&desk.business("business", "reviews?limit=5000")).json();
    assert_eq!(all["data"].as_array().unwrap().len(), 1_000, "the oldest make room");
}

#[test]
fn only_the_business_tells_the_status_of_its_job() {
    let desk = Desk::of("pro");
    let path = format!("v4/negotiations/{}/job-status", desk.staging().fixtures["negotiation"]);
    let status = |status: &str| json!({"status": status, "partnerStatusChangedAt": "2024-06-13T10:18:01-07:00"});
    for word in ["not_scheduled", "appt_scheduled", "job_complete", "invoice_paid", "customer_cancel", "pro_cancel"] {
        let answer = desk.post(&path, &status(word));
        assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{word}");
    }
    let mut paid = status("invoice_paid");
    paid["invoiceAmountInCents"] = json!(12_500);
    paid["partnerBookingId"] = json!("booking-1");
    assert_eq!(desk.post(&path, &paid).status, 204);
    for amount in [json!("12500"), json!(125.5), json!(-1), json!(null)] {
        paid["invoiceAmountInCents"] = amount;
        assert_eq!(named(&desk.post(&path, &paid)), ["invoiceAmountInCents"], "{paid}");
    }
    for (body, names) in [
        (json!({}), vec!["status", "partnerStatusChangedAt"]),
        (status("done"), vec!["status"]),
        (status("Job_Complete"), vec!["status"]),
        (json!({"status": "job_complete", "partnerStatusChangedAt": "today"}), vec!["partnerStatusChangedAt"]),
        (json!({"status": 1, "partnerStatusChangedAt": 1_718_299_081}), vec!["status", "partnerStatusChangedAt"]),
    ] {
        assert_eq!(named(&desk.post(&path, &body)), names, "{body}");
    }
    let open = desk.get(&format!("v4/negotiations/{}", desk.staging().fixtures["negotiation"]));
    assert_eq!(open.member("status"), "Open");
    let customer = token(&desk.server, &desk.world, "customer", ALL);
    let refused = desk.server.post(desk.staging(), &path, &customer, &status("job_complete").to_string());
    assert_eq!((refused.status, refused.member("detail").contains("business")), (403, true));
}

#[test]
fn the_leads_of_a_business_are_listed() {
    let desk = Desk::of("pro");
    let leads = desk.business("business", "negotiations");
    let listed = desk.get(&leads).json();
    assert_eq!(column(&listed["data"], "negotiationID"), [desk.staging().fixtures["negotiation"].clone()]);
    let alone = desk.get(&format!("v4/negotiations/{}", desk.staging().fixtures["negotiation"])).json();
    assert_eq!((&listed["data"][0], &listed["pagination"]), (&alone, &json!({"limit": 20})));
    assert_eq!(desk.get(&desk.business("second_business", "negotiations")).json()["data"], json!([]));
    desk.server.command(&desk.world, &json!({"given": {"refunded_lead": desk.staging().fixtures["negotiation"]}}));
    assert_eq!(desk.get(&leads).json()["data"], json!([]));
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
