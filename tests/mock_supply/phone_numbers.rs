//! The telephone numbers of a business.

use serde_json::{Value, json};

use super::mock_support::Answer;
use super::{Desk, column, named, token};

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
