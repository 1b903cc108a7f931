//! Data ordered to be otherwise: what the API then answers in both environments.

mod mock_support;

use mock_support::{Answer, Server};
use serde_json::json;
use tacktest::mock::control::{Environment, World};

const SCOPES: &str = "supply::businesses.list+supply::negotiations.read+supply::messages.read+supply::messages.write";

fn user_token(server: &Server, world: &World, environment: &Environment, user: &str) -> String {
    server.command(world, &json!({"next_login": {"user": user}}));
    server.login(environment, &environment.clients["supply"], SCOPES).member("access_token")
}

/// Reads a negotiation, lists its messages, sends one.
fn use_negotiation(server: &Server, environment: &Environment, name: &str, token: &str) -> [Answer; 3] {
    let one = format!("v4/negotiations/{}", environment.fixtures[name]);
    let messages = format!("{one}/messages");
    [
        server.get(environment, &one, token),
        server.get(environment, &messages, token),
        server.post(environment, &messages, token, r#"{"text":"TEST"}"#),
    ]
}

fn statuses(answers: &[Answer; 3]) -> [u16; 3] {
    answers.each_ref().map(|answer| answer.status)
}

#[test]
fn a_refunded_lead_is_not_there_any_more() {
    let server = Server::start();
    let world = server.world();
    for environment in [&world.staging, &world.production] {
        let tokens = ["pro", "customer", "other_pro"].map(|user| user_token(&server, &world, environment, user));
        let [pro, customer, other] = &tokens;
        assert_eq!(statuses(&use_negotiation(&server, environment, "negotiation", pro)), [200; 3]);
        server.command(&world, &json!({"given": {"refunded_lead": environment.fixtures["negotiation"]}}));
        for token in [pro, customer, other] {
            let answers = use_negotiation(&server, environment, "negotiation", token);
            assert_eq!(statuses(&answers), [404; 3]);
            assert!(answers.iter().all(|answer| answer.header("content-type") == "application/problem+json"));
        }
        assert_eq!(statuses(&use_negotiation(&server, environment, "other_negotiation", other)), [200; 3]);
    }
}

#[test]
fn a_refund_in_one_environment_leaves_the_other_alone() {
    let server = Server::start();
    let world = server.world();
    server.command(&world, &json!({"given": {"refunded_lead": world.staging.fixtures["negotiation"]}}));
    server.command(&world, &json!({"given": {"closed_business": world.staging.fixtures["second_business"]}}));
    let token = user_token(&server, &world, &world.production, "pro");
    assert_eq!(statuses(&use_negotiation(&server, &world.production, "negotiation", &token)), [200; 3]);
    let listed = server.get(&world.production, "v4/businesses", &token).json();
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_closed_business_is_told_to_its_parties_and_listed_no_more() {
    let server = Server::start();
    let world = server.world();
    for environment in [&world.staging, &world.production] {
        let tokens = ["pro", "customer", "other_pro"].map(|user| user_token(&server, &world, environment, user));
        let [pro, customer, other] = &tokens;
        server.command(&world, &json!({"given": {"closed_business": environment.fixtures["business"]}}));
        for token in [pro, customer] {
            for answer in use_negotiation(&server, environment, "negotiation", token) {
                assert_eq!(answer.status, 404);
                assert!(answer.member("detail").contains("service deleted"), "{answer:?}");
            }
        }
        assert_eq!(statuses(&use_negotiation(&server, environment, "negotiation", other)), [403; 3]);
        assert_eq!(statuses(&use_negotiation(&server, environment, "other_negotiation", other)), [200; 3]);
        let listed = server.get(environment, "v4/businesses", pro).json();
        assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));
        assert_eq!(listed["data"][0]["businessID"], json!(environment.fixtures["second_business"]));
    }
}

#[test]
fn an_account_that_is_no_pro_has_no_businesses() {
    let server = Server::start();
    let world = server.world();
    server.command(&world, &json!({"given": {"not_a_pro": "pro"}}));
    for environment in [&world.staging, &world.production] {
        let token = user_token(&server, &world, environment, "pro");
        let listed = server.get(environment, "v4/businesses", &token);
        assert_eq!((listed.status, listed.json()), (200, json!({"data": [], "pagination": {"limit": 20}})));
        let token = user_token(&server, &world, environment, "other_pro");
        let listed = server.get(environment, "v4/businesses", &token).json();
        assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));
    }
}

#[test]
fn what_is_not_there_cannot_be_given() {
    let server = Server::start();
    let world = format!("POST /control/worlds/{}", server.world().id);
    for (given, word) in [
        (json!({"refunded_lead": "1"}), "negotiation `1`"),
        (json!({"closed_business": "1"}), "business `1`"),
        (json!({"not_a_pro": "nobody"}), "user `nobody`"),
        (json!({"no_such_state": "1"}), "no_such_state"),
        (json!({"remembered_consent": {"user": "pro", "client": "supply", "scope": ""}}), "names no scope"),
        (
            json!({"remembered_consent": {"user": "pro", "client": "supply", "scope": "openid nope"}}),
            "agreed to `nope`;",
        ),
    ] {
        let answer = server.control(&world, &json!({ "given": given }));
        assert_eq!(answer.status, 422);
        assert!(answer.member("detail").contains(word), "{answer:?}");
    }
}

#[test]
fn a_lead_is_picked_or_called_off() {
    let server = Server::start();
    let world = server.world();
    for environment in [&world.staging, &world.production] {
        let token = user_token(&server, &world, environment, "pro");
        let negotiation = &environment.fixtures["negotiation"];
        let read = || {
            let lead = server.get(environment, &format!("v4/negotiations/{negotiation}"), &token).json();
            [lead["status"].clone(), lead["chargeState"].clone()]
        };
        assert_eq!(read(), ["Open", "Created"]);
        for (order, told) in [("picked_lead", ["Picked", "Charged"]), ("canceled_lead", ["Canceled", "Created"])] {
            server.command(&world, &json!({"given": {order: negotiation}}));
            assert_eq!(read(), told);
        }
    }
    for order in ["picked_lead", "canceled_lead"] {
        let line = format!("POST /control/worlds/{}", world.id);
        let answer = server.control(&line, &json!({"given": {order: "1"}}));
        assert_eq!(answer.status, 422, "{answer:?}");
        assert!(answer.body.contains("no negotiation `1`"), "{answer:?}");
    }
}
