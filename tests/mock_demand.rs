//! Categories, request forms, searches by a customer's own words, and requests.
#![expect(clippy::unwrap_used, reason = "the helpers here may panic as tests do")]

mod mock_support;

use mock_support::{Answer, Server};
use serde_json::{Value, json};
use tacktest::mock::control::{Environment, World};

const CATEGORIES: &str = "demand::categories.read";
const FORM: &str = "demand::categories/request-form.read";
const SEARCH: &str = "demand::businesses/search.read";
const KITCHEN: &str = "201565295100608806";
const SOURCE: &str = "utmData%5Butm_source%5D=cma-example";

/// A mock with a world, and a customer who is logged in at both environments.
struct Desk {
    server: Server,
    world: World,
    tokens: [String; 2],
}

impl Desk {
    fn open(settings: &Value) -> Self {
        let server = Server::start();
        let world = server.world_with(&json!({ "settings": settings }));
        let tokens = [&world.staging, &world.production].map(|environment| {
            server.command(&world, &json!({"next_login": {"user": "customer", "answer": "approve"}}));
            let scope = "demand::requests.write+demand::negotiations.read+demand::messages.read";
            server.login(environment, &environment.clients["demand"], scope).member("access_token")
        });
        Self { server, world, tokens }
    }

    fn get(&self, scope: &str, below: &str) -> Answer {
        let token = self.server.application_token(&self.world.staging, scope);
        self.server.get(&self.world.staging, below, &token)
    }

    /// The id of a search for kitchens, with these answers to the form.
    fn search(&self, environment: &Environment, details: &Value) -> String {
        let token = self.server.application_token(environment, SEARCH);
        let body = json!({
            "categoryID": KITCHEN, "zipCode": "90210", "utmData": {"utm_source": "cma-example"}, "requestFormDetails": details,
        });
        self.server.post(environment, "v4/businesses/search", &token, &body.to_string()).member("searchID")
    }

    /// Requests offers in staging, with these members over a good request's; `null` leaves one out.
    fn request(&self, search: &str, changes: &Value) -> Answer {
        let mut body = json!({
            "searchID": search,
            "categoryID": KITCHEN,
            "serviceIDs": [self.world.staging.fixtures["second_business"]],
            "utmData": {"utm_source": "cma-example"},
        });
        for (name, value) in changes.as_object().unwrap() {
            body[name.as_str()] = value.clone();
        }
        body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        self.server.post(&self.world.staging, "v4/requests", &self.tokens[0], &body.to_string())
    }
}

/// The names in a validation problem, which it must be.
fn wrong_names(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 400, "{answer:?}");
    let body = answer.json();
    body["errors"].as_array().unwrap().iter().map(|error| error["name"].as_str().unwrap().to_owned()).collect()
}

fn names(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let body = answer.json();
    body["data"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn categories_are_recommended_with_the_documented_members() {
    let desk = Desk::open(&json!({}));
    let path = format!("v4/categories/recommendations?zipCode=94103&recommendationType=popular&{SOURCE}");
    let answer = desk.get(CATEGORIES, &format!("{path}&limit=2"));
    assert_eq!(names(&answer), ["Kitchen Remodel", "Full Service Lawn Care"]);
    let image = "https://production-next-images-cdn.thumbtack.com/i/323302111019294847/desktop/standard/fullscreen";
    assert_eq!(
        answer.json()["data"][0],
        json!({
            "categoryID": KITCHEN,
            "name": "Kitchen Remodel",
            "nearMeURL": format!("{}k/kitchen-remodel/near-me?utm_source=cma-example&zip_code=94103", desk.world.staging.site),
            "imageURL": image,
            "activeServices": 3,
        })
    );
    let business = &desk.world.staging.fixtures["second_business"];
    desk.server.command(&desk.world, &json!({"given": {"closed_business": business}}));
    assert_eq!(desk.get(CATEGORIES, &path).json()["data"][0]["activeServices"], 2);
    assert_eq!(names(&desk.get(CATEGORIES, &path)).len(), 5);
}

#[test]
fn what_a_home_needs_is_a_category_with_a_task() {
    let desk = Desk::open(&json!({}));
    for property in ["townhouse", "TOWNHOUSE", "single_family_home"] {
        let path = format!("v4/categories/homecare?zipCode=94103&propertyType={property}&{SOURCE}");
        let answer = desk.get(CATEGORIES, &path);
        assert_eq!(names(&answer), ["Handyman", "Full Service Lawn Care", "House Cleaning"]);
        let first = &answer.json()["data"][0];
        assert_eq!(first["taskID"], "270000000000000001");
        assert_eq!(first["taskDetails"]["tagline"], "PREVENTS_FLOODING");
        assert_eq!(first["taskDetails"]["avgCost"], json!({"min": 90, "max": 210}));
    }
}

#[test]
fn categories_are_searched_by_name_with_and_without_the_slash() {
    let desk = Desk::open(&json!({}));
    for path in ["v4/categories/search/?searchQuery=CARE", "v4/categories/search?searchQuery=care&zipCode=94103"] {
        assert_eq!(names(&desk.get(CATEGORIES, path)), ["Full Service Lawn Care"], "{path}");
    }
    assert_eq!(names(&desk.get(CATEGORIES, "v4/categories/search?searchQuery=e&limit=1")).len(), 1);
    assert!(names(&desk.get(CATEGORIES, "v4/categories/search?searchQuery=nothing")).is_empty());
}

#[test]
fn every_rule_of_the_lists_of_categories_is_held() {
    let desk = Desk::open(&json!({"other_utm_members": "refused"}));
    let recommendations = "v4/categories/recommendations?";
    let homecare = "v4/categories/homecare?";
    let search = "v4/categories/search?";
    for (path, query, wrong) in [
        (recommendations, String::new(), vec!["zipCode", "utmData.utm_source"]),
        (recommendations, format!("zipCode=9410&{SOURCE}"), vec!["zipCode"]),
        (recommendations, format!("zipCode=94103&{SOURCE}&recommendationType=rare"), vec!["recommendationType"]),
        (recommendations, format!("zipCode=94103&{SOURCE}&limit=0"), vec!["limit"]),
        (recommendations, format!("zipCode=94103&{SOURCE}&utmData%5Butm_medium%5D=x"), vec!["utmData"]),
        (recommendations, "zipCode=94103&utm_source=cma-example".to_owned(), vec!["utmData.utm_source"]),
        (homecare, "zipCode=94103&utmData[utm_source]=example".to_owned(), vec!["utmData.utm_source"]),
        (homecare, format!("zipCode=94103&{SOURCE}&propertyType=boat"), vec!["propertyType"]),
        (search, String::new(), vec!["searchQuery"]),
        (search, "searchQuery=care&zipCode=x&limit=x".to_owned(), vec!["limit", "zipCode"]),
        (search, "searchQuery=%zz".to_owned(), vec!["query"]),
    ] {
        assert_eq!(wrong_names(&desk.get(CATEGORIES, &format!("{path}{query}"))), wrong, "{path}{query}");
    }
}

#[test]
fn a_search_is_held_to_the_form_that_is_served() {
    let desk = Desk::open(&json!({}));
    let form = desk.get(FORM, &format!("v4/categories/{KITCHEN}/request-form"));
    assert_eq!(form.status, 200);
    let question = form.json()["questions"][0].clone();
    assert_eq!((&question["inputType"], &question["questionType"]), (&json!("default"), &json!("checkboxOption")));
    assert_eq!(question["validationConstraints"]["maximumAnswersSelected"], 3);
    assert_eq!(desk.get(FORM, "v4/categories/1/request-form").status, 404);
    let [id, answer] = [&question["questionID"], &question["answers"][0]["answerID"]];
    let token = desk.server.application_token(&desk.world.staging, SEARCH);
    let other = desk.server.world_with(&json!({"settings": {"request_form_details": "passed_over"}})).staging;
    let lenient = desk.server.application_token(&other, SEARCH);
    for (item, fits) in [
        (json!({"questionID": id, "answerIDs": [answer]}), true),
        (json!({"questionID": id, "text": "something else"}), true),
        (json!({"questionID": id, "answerIDs": [answer], "text": "and more"}), true),
        (json!({"questionID": id}), false),
        (json!({"questionID": id, "answerIDs": []}), false),
        (json!({"questionID": id, "answerIDs": answer}), false),
        (json!({"questionID": id, "answerIDs": ["1"]}), false),
        (json!({"questionID": id, "text": 1}), false),
        (json!({"questionID": id, "text": "x".repeat(16_385)}), false),
        (json!({"questionID": "1", "answerIDs": [answer]}), false),
        (json!({"answerIDs": [answer]}), false),
        (json!("x"), false),
    ] {
        let body = json!({
            "categoryID": KITCHEN, "zipCode": "94103", "utmData": {"utm_source": "cma-example"}, "requestFormDetails": [item],
        });
        let ask = |environment, token| desk.server.post(environment, "v4/businesses/search", token, &body.to_string());
        let strict = ask(&desk.world.staging, &token);
        if fits {
            assert_eq!(strict.status, 200, "{item}");
        } else {
            assert_eq!(wrong_names(&strict), ["requestFormDetails"], "{item}");
        }
        assert_eq!(ask(&other, &lenient).status, 200, "{item}");
    }
}

#[test]
fn a_customers_own_words_find_a_category() {
    let desk = Desk::open(&json!({}));
    let staging = &desk.world.staging;
    let token = desk.server.application_token(staging, SEARCH);
    let ask = |changes: Value| {
        let mut body = json!({
            "userQuery": "We cook a lot, and our kitchen is forty years old",
            "zipCode": "94103",
            "utmData": {"utm_source": "cma-example"},
            "projectMetadata": {"budget": 5000},
        });
        for (name, value) in changes.as_object().unwrap() {
            body[name.as_str()] = value.clone();
        }
        body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        desk.server.post(staging, "v4/businesses/search-filtered", &token, &body.to_string())
    };
    let found = ask(json!({})).json();
    assert_eq!(found["metadata"]["categoryID"], KITCHEN);
    assert_eq!(found["data"].as_array().unwrap().len(), 3);
    assert_eq!(ask(json!({"limit": 1})).json()["data"].as_array().unwrap().len(), 1);
    let handyman = ask(json!({"categoryID": "250000000000000004"})).json();
    assert_eq!(handyman["metadata"]["categoryName"], "Handyman");
    for (changes, wrong) in [
        (json!({"userQuery": null}), vec!["userQuery"]),
        (json!({"userQuery": "a spaceship"}), vec!["userQuery"]),
        (json!({"zipCode": null, "utmData": null}), vec!["zipCode", "utmData"]),
        (json!({"projectMetadata": "x"}), vec!["projectMetadata"]),
        (json!({"limit": 31}), vec!["limit"]),
    ] {
        assert_eq!(wrong_names(&ask(changes.clone())), wrong, "{changes}");
    }
    assert_eq!(desk.server.get(staging, "v4/businesses/search-filtered", &token).status, 405);
}

#[test]
fn a_request_reaches_some_businesses_and_tells_of_the_others() {
    let desk = Desk::open(&json!({}));
    let staging = &desk.world.staging;
    let form = desk.get(FORM, &format!("v4/categories/{KITCHEN}/request-form")).json();
    let question = &form["questions"][1];
    let details = json!([{"questionID": question["questionID"], "answerIDs": [question["answers"][2]["answerID"]]}]);
    let search = desk.search(staging, &details);
    let [kitchens, lawns] = ["second_business", "other_business"].map(|name| staging.fixtures[name].clone());
    let closed = "518000000000000041";
    desk.server.command(&desk.world, &json!({"given": {"closed_business": closed}}));
    let answer = desk.request(&search, &json!({"serviceIDs": [kitchens, "1", closed, lawns, kitchens]}));
    assert_eq!(answer.status, 200, "{answer:?}");
    let told = answer.json();
    let failed: Vec<&str> =
        told["contactErrors"].as_array().unwrap().iter().map(|one| one["businessID"].as_str().unwrap()).collect();
    assert_eq!(failed, ["1", closed, lawns.as_str()]);
    let request = &told["request"];
    assert_eq!(request["customerID"], staging.fixtures["customer"]);
    assert_eq!(request["category"], json!({"categoryID": KITCHEN, "name": "Kitchen Remodel"}));
    assert_eq!(request["details"], json!([{"question": "How large is the kitchen?", "answer": "Large"}]));
    assert_eq!(
        (&request["location"]["city"], &request["location"]["zipCode"]),
        (&json!("Beverly Hills"), &json!("90210"))
    );
    let contacted = request["contactedBusinesses"].as_array().unwrap();
    assert_eq!(contacted.len(), 1);
    assert_eq!((&contacted[0]["businessID"], &contacted[0]["phoneNumber"]), (&json!(kitchens), &json!("+15555550112")));

    let negotiation = contacted[0]["negotiationID"].as_str().unwrap();
    let path = format!("v4/negotiations/{negotiation}");
    let pro =
        desk.server.login(staging, &staging.clients["supply"], "supply::negotiations.read").member("access_token");
    for token in [&desk.tokens[0], &pro] {
        let read = desk.server.get(staging, &path, token);
        assert_eq!((read.status, &read.json()["request"]), (200, request), "both parties read it");
    }
    let messages = desk.server.get(staging, &format!("{path}/messages"), &desk.tokens[0]).json();
    assert_eq!(
        (&messages["data"][0]["from"], &messages["data"][0]["text"]),
        (&json!("Customer"), &request["description"])
    );
    assert_eq!(desk.server.get(&desk.world.production, &path, &desk.tokens[1]).status, 404);
}

#[test]
fn a_request_that_reaches_nobody_is_told_so() {
    let desk = Desk::open(&json!({"created_status": "created"}));
    let search = desk.search(&desk.world.staging, &json!([]));
    let answer = desk.request(&search, &json!({"serviceIDs": ["1"]}));
    assert_eq!(answer.status, 201);
    let told = answer.json();
    assert_eq!(told["request"]["contactedBusinesses"], json!([]));
    assert_eq!(told["contactErrors"], json!([{"businessID": "1", "error": "there is no business of this id"}]));
}

#[test]
fn every_rule_of_a_request_is_held() {
    let desk = Desk::open(&json!({}));
    let search = desk.search(&desk.world.staging, &json!([]));
    let elsewhere = desk.search(&desk.world.production, &json!([]));
    let another = Desk::open(&json!({}));
    let another = another.search(&another.world.staging, &json!([]));
    for (changes, wrong) in [
        (json!({"searchID": null}), vec!["searchID"]),
        (json!({"searchID": "1"}), vec!["searchID"]),
        (json!({"searchID": 1}), vec!["searchID"]),
        (json!({"searchID": elsewhere}), vec!["searchID"]),
        (json!({"searchID": another}), vec!["searchID"]),
        (json!({"categoryID": null}), vec!["categoryID"]),
        (json!({"categoryID": "240123621172183344"}), vec!["categoryID"]),
        (json!({"serviceIDs": null}), vec!["serviceIDs"]),
        (json!({"serviceIDs": []}), vec!["serviceIDs"]),
        (json!({"serviceIDs": "1"}), vec!["serviceIDs"]),
        (json!({"serviceIDs": [1]}), vec!["serviceIDs"]),
        (json!({"serviceIDs": vec!["1"; 31]}), vec!["serviceIDs"]),
        (json!({"utmData": null}), vec!["utmData"]),
        (json!({"utmData": {"utm_source": "x"}}), vec!["utmData.utm_source"]),
        (
            json!({"searchID": null, "categoryID": null, "serviceIDs": null, "utmData": null}),
            vec!["searchID", "categoryID", "serviceIDs", "utmData"],
        ),
    ] {
        assert_eq!(wrong_names(&desk.request(&search, &changes)), wrong, "{changes}");
    }
    let environment = &desk.world.staging;
    let application = desk.server.application_token(environment, "demand::requests.write");
    let refused = desk.server.post(environment, "v4/requests", &application, "{}");
    assert_eq!(refused.member("detail"), "required scope(s) [demand::requests.write] not found");
}

#[test]
fn businesses_are_named_as_the_knob_says() {
    for (knob, member, taken) in [
        ("either", "serviceIDs", true),
        ("either", "businessIDs", true),
        ("service_ids", "serviceIDs", true),
        ("service_ids", "businessIDs", false),
        ("business_ids", "businessIDs", true),
        ("business_ids", "serviceIDs", false),
    ] {
        let desk = Desk::open(&json!({"request_businesses": knob}));
        let search = desk.search(&desk.world.staging, &json!([]));
        let answer = desk.request(&search, &json!({"serviceIDs": null, member: ["1"]}));
        assert_eq!(answer.status, if taken { 200 } else { 400 }, "{knob} {member}");
    }
}

#[test]
fn a_search_can_be_named_for_seven_days() {
    let desk = Desk::open(&json!({}));
    let token = || {
        desk.server.command(&desk.world, &json!({"next_login": {"user": "customer", "answer": "approve"}}));
        let demand = &desk.world.staging.clients["demand"];
        desk.server.login(&desk.world.staging, demand, "demand::requests.write").member("access_token")
    };
    let search = desk.search(&desk.world.staging, &json!([]));
    let body =
        json!({"searchID": search, "categoryID": KITCHEN, "serviceIDs": ["1"], "utmData": {"utm_source": "cma-a"}});
    let ask = || desk.server.post(&desk.world.staging, "v4/requests", &token(), &body.to_string());
    let week = 7 * 24 * 3600 * 1000;
    desk.server.command(&desk.world, &json!({"advance": format!("{}ms", week - 60_000)}));
    assert_eq!(ask().status, 200);
    desk.server.command(&desk.world, &json!({"advance": "1m"}));
    assert_eq!(wrong_names(&ask()), ["searchID"]);
}

#[test]
fn reviews_of_several_businesses_are_told_newest_first() {
    let desk = Desk::open(&json!({}));
    let [one, other] = ["business", "other_business"].map(|name| desk.world.staging.fixtures[name].clone());
    let ask = |query: &str| desk.get("demand::businesses/reviews.read", &format!("v4/reviews/?{query}"));
    let of = |answer: &Answer| -> Vec<String> {
        assert_eq!(answer.status, 200, "{answer:?}");
        let body = answer.json();
        body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|review| review["businessID"].as_str().unwrap().to_owned())
            .collect()
    };
    for both in [format!("businessIDs={one},{other}"), format!("businessIDs={one}&businessIDs={other}")] {
        let answer = ask(&both);
        let told = of(&answer);
        assert!(told.len() == 10 && told.contains(&one) && told.contains(&other), "{told:?}");
        let body = answer.json();
        let times: Vec<&str> =
            body["data"].as_array().unwrap().iter().map(|review| review["createTime"].as_str().unwrap()).collect();
        assert!(times.is_sorted_by(|newer, older| newer >= older), "{times:?}");
        let next = body["pagination"]["next"].as_str().unwrap();
        let query = next.strip_prefix(&format!("{}v4/reviews/?", desk.world.staging.api)).unwrap();
        assert_eq!(of(&ask(query)).len(), 3);
    }
    assert_eq!(of(&ask(&format!("businessIDs={other}&limit=1"))), [other]);
    assert_eq!(wrong_names(&ask("limit=0&offset=-1")), ["limit", "offset", "businessIDs"]);
    let many: Vec<String> = (0..31).map(|number| number.to_string()).collect();
    assert_eq!(wrong_names(&ask(&format!("businessIDs={}", many.join(",")))), ["businessIDs"]);
    assert_eq!(ask(&format!("businessIDs={one},1")).status, 404);
    desk.server.command(&desk.world, &json!({"given": {"closed_business": one}}));
    assert_eq!(ask(&format!("businessIDs={one}")).status, 404);
}
