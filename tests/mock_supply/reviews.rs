//! What customers say of a business, and what it answers.

use serde_json::json;

use super::{Desk, column, named};

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
