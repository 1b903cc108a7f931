//! `POST /businesses/search`: what is found, and every rule of the request.
#![expect(clippy::unwrap_used, reason = "the helpers here may panic as tests do")]

mod mock_support;

use mock_support::{Answer, Server, path};
use serde_json::{Value, json};
use tacktest::mock::control::Environment;

const SCOPE: &str = "demand::businesses/search.read";
const SEARCH: &str = "v4/businesses/search";
const KITCHEN: &str = "201565295100608806";

/// A good request with these members put over it; `null` leaves a member out.
fn request(changes: &Value) -> Value {
    let mut request =
        json!({"searchQuery": "kitchen", "zipCode": "94103", "utmData": {"utm_source": "cma-example"}, "limit": 30});
    let members = request.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    request
}

fn search(server: &Server, environment: &Environment, changes: &Value) -> Answer {
    let token = server.application_token(environment, SCOPE);
    server.post(environment, SEARCH, &token, &request(changes).to_string())
}

/// The ids of the businesses found.
fn ids(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let found = answer.json();
    found["data"].as_array().unwrap().iter().map(|one| one["businessID"].as_str().unwrap().to_owned()).collect()
}

/// The names in a validation problem, which it must be.
fn wrong_names(answer: &Answer) -> Vec<String> {
    assert_eq!((answer.status, answer.header("content-type")), (400, "application/problem+json"), "{answer:?}");
    let body = answer.json();
    assert_eq!(body["type"], "https://api.thumbtack.com/problems/validation-error");
    assert_eq!(body["traceID"].as_str().unwrap().len(), 16);
    body["errors"].as_array().unwrap().iter().map(|error| error["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_found_has_the_documented_members() {
    let server = Server::start();
    let staging = server.world().staging;
    let answer = search(&server, &staging, &json!({}));
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    let found = answer.json();
    assert_eq!(found["searchID"].as_str().unwrap().len(), 18);
    let site = &staging.site;
    assert_eq!(
        found["data"][0],
        json!({
            "businessID": staging.fixtures["second_business"],
            "businessName": "Prober Remodeling",
            "businessIntroduction": "TEST Kitchens, made new.",
            "quote": { "startingCost": 2500, "costUnit": "project" },
            "businessLocation": "San Francisco, CA",
            "rating": 4.8,
            "numberOfReviews": 64,
            "yearsInBusiness": 12,
            "numberOfHires": 80,
            "responseTimeHours": 2.0,
            "isTopPro": false,
            "isBackgroundChecked": true,
            "isBusinessLicenseVerified": true,
            "featuredReview": "TEST Fast and careful.",
            "pills": ["licensed"],
            "servicePageURL": format!("{site}ca/san-francisco/kitchen-remodel/prober-remodeling/service/{}?utm_source=cma-example", staging.fixtures["second_business"]),
            "businessImageURL": "https://production-next-images-cdn.thumbtack.com/i/323302111019294847/desktop/standard/fullscreen",
            "widgets": {
                "requestFlowURL": format!("{site}embed/request-flow?category_pk={KITCHEN}&service_pk={}&utm_medium=partnership&utm_source=cma-example&zip_code=94103", staging.fixtures["second_business"]),
                "servicePageURL": format!("{site}embed/service-page?category_pk={KITCHEN}&service_pk={}&utm_medium=partnership&utm_source=cma-example&zip_code=94103&iframe_id=REPLACE_THIS_ID_WITH_YOUR_IFRAME_ELEMENT_ID", staging.fixtures["second_business"]),
            },
        })
    );
    assert_eq!(
        found["metadata"],
        json!({
            "categoryID": KITCHEN,
            "categoryName": "Kitchen Remodel",
            "zipCode": "94103",
            "requestLocation": "San Francisco, CA",
            "seeMoreProsURL": format!("{site}k/kitchen-remodel/near-me?utm_source=cma-example&zip_code=94103"),
        })
    );
}

#[test]
fn a_search_repeats_and_its_id_does_not() {
    let server = Server::start();
    let seeded = || server.world_with(&json!({"seed": 7})).staging;
    let (one, two) = (seeded(), seeded());
    let first = search(&server, &one, &json!({}));
    assert_eq!(first.json()["searchID"], search(&server, &two, &json!({})).json()["searchID"]);
    let again = search(&server, &one, &json!({}));
    assert_eq!(first.json()["data"], again.json()["data"]);
    assert_ne!(first.json()["searchID"], again.json()["searchID"]);
}

#[test]
fn queries_categories_and_limits_select() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let one = |changes: Value| search(&server, staging, &changes);
    let kitchens = ids(&one(json!({})));
    assert_eq!(kitchens.len(), 3);
    for (same, why) in [
        (json!({"searchQuery": "KITCHEN"}), "case"),
        (json!({"searchQuery": "a kitchen remodel, please"}), "names the category"),
        (json!({"searchQuery": null, "categoryID": KITCHEN}), "category id"),
        (json!({"searchQuery": "handyman", "categoryID": KITCHEN}), "the id counts"),
        (json!({"limit": null}), "the default limit"),
        (json!({"somethingElse": 1}), "unknown members"),
        (json!({"requestFormDetails": []}), "form details"),
        (json!({"utmData": {"utm_source": "cma-A_b-9", "utm_campaign": "x", "utm_medium": "partnership"}}), "utm data"),
        (json!({"utmData": {"utm_source": format!("cma-{}", "x".repeat(44))}}), "48 characters"),
    ] {
        assert_eq!(ids(&one(same)), kitchens, "{why}");
    }
    assert_eq!(ids(&one(json!({"limit": 1}))), kitchens[..1]);
    assert_eq!(ids(&one(json!({"limit": 2}))), kitchens[..2]);
    let lawns = ids(&one(json!({"searchQuery": "lawn care"})));
    assert_eq!(lawns[0], staging.fixtures["other_business"]);
    for (zip_code, place) in [("90210", "Beverly Hills, CA"), ("94199", "San Francisco, CA"), ("10001", "Anytown, US")]
    {
        assert_eq!(one(json!({"zipCode": zip_code})).json()["metadata"]["requestLocation"], place);
    }
    let elsewhere = ids(&search(&server, &world.production, &json!({})));
    assert!(elsewhere.len() == 3 && elsewhere.iter().all(|id| !kitchens.contains(id)), "{elsewhere:?}");
}

#[test]
fn every_rule_of_the_request_is_held() {
    let server = Server::start();
    let staging = server.world().staging;
    let utm = |source: Value| json!({"utmData": {"utm_source": source}});
    for (changes, names) in [
        (json!({"searchQuery": null}), vec!["searchQuery"]),
        (json!({"searchQuery": ""}), vec!["searchQuery"]),
        (json!({"searchQuery": " "}), vec!["searchQuery"]),
        (json!({"searchQuery": 1}), vec!["searchQuery"]),
        (json!({"categoryID": 201_565_295_100_608_806_u64}), vec!["categoryID"]),
        (json!({"zipCode": null}), vec!["zipCode"]),
        (json!({"zipCode": 94103}), vec!["zipCode"]),
        (json!({"zipCode": "9410"}), vec!["zipCode"]),
        (json!({"zipCode": "94103-1234"}), vec!["zipCode"]),
        (json!({"zipCode": "9410x"}), vec!["zipCode"]),
        (json!({"zipCode": "９４１０３"}), vec!["zipCode"]),
        (json!({"utmData": null}), vec!["utmData"]),
        (json!({"utmData": "cma-example"}), vec!["utmData"]),
        (json!({"utmData": {}}), vec!["utmData.utm_source"]),
        (json!({"utmData": {"utmSource": "cma-example"}}), vec!["utmData.utm_source"]),
        (json!({"utmData": {"utm_source": "cma-example", "utm_campaign": 1}}), vec!["utmData"]),
        (utm(json!("example")), vec!["utmData.utm_source"]),
        (utm(json!("cma-")), vec!["utmData.utm_source"]),
        (utm(json!("CMA-example")), vec!["utmData.utm_source"]),
        (utm(json!("cma-a b")), vec!["utmData.utm_source"]),
        (utm(json!("cma-\"><script>")), vec!["utmData.utm_source"]),
        (utm(json!("cma-é")), vec!["utmData.utm_source"]),
        (utm(json!(format!("cma-{}", "x".repeat(45)))), vec!["utmData.utm_source"]),
        (utm(json!(["cma-example"])), vec!["utmData.utm_source"]),
        (json!({"limit": 0}), vec!["limit"]),
        (json!({"limit": 31}), vec!["limit"]),
        (json!({"limit": -1}), vec!["limit"]),
        (json!({"limit": 1.5}), vec!["limit"]),
        (json!({"limit": "10"}), vec!["limit"]),
        (json!({"requestFormDetails": {}}), vec!["requestFormDetails"]),
        (
            json!({"searchQuery": null, "zipCode": null, "utmData": null, "limit": 0, "requestFormDetails": 1}),
            vec!["searchQuery", "zipCode", "utmData", "limit", "requestFormDetails"],
        ),
    ] {
        assert_eq!(wrong_names(&search(&server, &staging, &changes)), names, "{changes}");
    }
    let token = server.application_token(&staging, SCOPE);
    for body in ["", "{", "[]", "null", r#"["searchQuery"]"#, "{\"searchQuery\": \"\u{0}\"}"] {
        assert_eq!(wrong_names(&server.post(&staging, SEARCH, &token, body)), ["body"], "{body}");
    }
    let snake = json!({"search_query": "kitchen", "zip_code": "94103", "utm_data": {"utm_source": "cma-example"}});
    let answer = server.post(&staging, SEARCH, &token, &snake.to_string());
    assert_eq!(wrong_names(&answer), ["searchQuery", "zipCode", "utmData"]);
    let line = format!("POST {}{SEARCH}", path(&staging.api));
    let authorization = format!("Bearer {token}");
    let untyped = server.send(&line, &[("Authorization", &authorization)], &request(&json!({})).to_string());
    assert_eq!(wrong_names(&untyped), ["Content-Type"]);
}

#[test]
fn what_fits_no_category_is_refused_as_the_knob_says() {
    let server = Server::start();
    let staging = server.world().staging;
    let nothing = json!({"searchQuery": "spaceship repair"});
    let unknown = json!({"categoryID": "1"});
    assert_eq!(wrong_names(&search(&server, &staging, &nothing)), ["searchQuery"]);
    assert_eq!(wrong_names(&search(&server, &staging, &unknown)), ["categoryID"]);
    let other = server.world_with(&json!({"settings": {"unmatched_search": "not_found"}})).staging;
    for changes in [nothing, unknown] {
        let answer = search(&server, &other, &changes);
        assert_eq!((answer.status, answer.header("content-type")), (404, "application/problem+json"));
        assert_eq!(answer.member("detail"), "there is no suitable category");
    }
}

#[test]
fn disputed_utm_members_are_refused_as_the_knob_says() {
    let server = Server::start();
    let strict = server.world_with(&json!({"settings": {"other_utm_members": "refused"}})).staging;
    for (name, status) in [("utm_medium", 400), ("utm_tt_session", 400), ("utm_sauce", 400), ("utm_campaign", 200)] {
        let answer = search(&server, &strict, &json!({"utmData": {"utm_source": "cma-example", name: "x"}}));
        assert_eq!(answer.status, status, "{name}");
    }
}

#[test]
fn only_the_right_token_and_method_search() {
    let server = Server::start();
    let staging = server.world().staging;
    let body = request(&json!({})).to_string();
    assert_eq!(server.post(&staging, SEARCH, "none", &body).status, 401);
    let other = server.application_token(&staging, "demand::keywords.read");
    let answer = server.post(&staging, SEARCH, &other, &body);
    assert_eq!(answer.status, 401);
    assert_eq!(answer.member("detail"), "required scope(s) [demand::businesses/search.read] not found");
    let token = server.application_token(&staging, SCOPE);
    let got = server.get(&staging, SEARCH, &token);
    assert_eq!((got.status, got.header("allow")), (405, "POST"));
    assert_eq!(got.header("content-type"), "application/problem+json");
}

#[test]
fn closed_businesses_and_those_of_no_pros_are_not_found() {
    let server = Server::start();
    let world = server.world();
    for environment in [&world.staging, &world.production] {
        let before = ids(&search(&server, environment, &json!({})));
        server.command(&world, &json!({"given": {"closed_business": before[1]}}));
        assert_eq!(ids(&search(&server, environment, &json!({}))), [before[0].clone(), before[2].clone()]);
    }
    server.command(&world, &json!({"given": {"not_a_pro": "pro"}}));
    for environment in [&world.staging, &world.production] {
        assert_eq!(ids(&search(&server, environment, &json!({}))).len(), 1);
        let aerial = search(&server, environment, &json!({"searchQuery": "aerial"}));
        assert_eq!(aerial.json()["data"], json!([]), "the only one is gone, and the category is still there");
    }
}
