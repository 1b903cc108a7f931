//! One vocabulary at three doors: what a scenario's `mock:` says is taken by the control API as JSON, and what it says of
//! a fault by the file of `tacktest mock --faults`.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod mock_support;
mod project;

use std::collections::BTreeSet;

use mock_support::Server;
use project::Project;
use serde_json::{Value, json};
use tacktest::scenario::{read_faults, schema};
use tacktest::source::parse;

/// Orders as a scenario writes them, so that together they have every word. No request meets the faults.
const ORDERS: &[&str] = &[
    "advance: 1500ms",
    "fault: { at: [GET /v4/users/self, \"GET /v4/negotiations/{id}\"], client: supply, user: pro, times: 1, environment: \
     production, respond: { status: 503, headers: { retry-after: 2, x-two: [a, b] }, json: { a: [1] } } }",
    "fault: { at: any, environment: production, respond: { status: 200, text: hello } }",
    "fault: { at: any, environment: production, respond: waf_block, delay: 1ms, truncate: 5 }",
    "fault: { at: POST /oauth2/token, environment: production, grant: refresh_token, percentage: 1, token: { set: { \
     expires_in: \"3600\" } }, body: { omit: [/data/0] }, id_token: { signature: none, kid: unknown, wrong: [iss, at_hash], \
     omit: [email], set: { nonce: 1 } }, dribble: { every: 100ms, bytes: 2 } }",
    "fault: { at: GET /oauth2/auth, environment: production, callback: { state: tamper, code: long, duplicate: [code], \
     extra: { iss: 1 } } }",
    "fault: { at: GET /oauth2/auth, environment: production, callback: { error: access_denied } }",
    "fault: { at: any, environment: production, sequence: [pass, { hang: after }, { reset: before }, { redirect_to: { url: \
     \"http://127.0.0.1:9/\", status: 307 } }] }",
    "clear_faults: true",
    "rate_limit: { at: [POST /oauth2/token, GET /v4/users/self], requests: 500, per: 60s, by: token, retry_after: date, headers: draft11 }",
    "rate_limit: none",
    "next_login: { user: customer, answer: deny }",
    "next_login: { user: pro }",
    "expire: \"${access}\"",
    "revoke: \"${access}\"",
    "rotate_keys: true",
    "emit: ReviewCreatedV4",
    "emit: { event: NegotiationCreatedV4, business: \"${fixture.business}\", message: before, full: true }",
    "emit: { event: MessageCreatedV4, negotiation: \"${fixture.negotiation}\", from: business, text: TEST, times: 2, after: 1ms }",
    "emit: { event: IncentiveUsedV4, user: pro }",
    "given: { remembered_consent: { user: pro, scope: openid email } }",
    "given: { picked_lead: \"${fixture.negotiation}\" }",
    "given: { canceled_lead: \"${fixture.negotiation}\" }",
    "given: { refunded_lead: \"${fixture.negotiation}\" }",
    "given: { closed_business: \"${fixture.business}\" }",
    "given: { not_a_pro: pro }",
];

fn json(yaml: &str) -> Value {
    parse(yaml, 0).unwrap().to_json()
}

/// All names of members in `value`, at any depth.
fn names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|element| names(element, found)),
        Value::Object(members) => {
            for (name, member) in members {
                found.insert(name.clone());
                names(member, found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_word_is_among_the_orders() {
    let mut there = BTreeSet::new();
    for order in ORDERS {
        names(&json(order), &mut there);
    }
    let definitions = &schema()["$defs"];
    // Those that the orders lead to, from `mock` on.
    let (mut open, mut known) = (vec!["mock".to_owned()], BTreeSet::new());
    while let Some(name) = open.pop() {
        if !known.insert(name.clone()) {
            continue;
        }
        let properties = definitions[&name]["properties"].as_object();
        for (word, content) in properties.into_iter().flatten() {
            assert!(there.contains(word), "no order has `{word}` of `{name}`");
            let content = content.to_string();
            open.extend(content.split("#/$defs/").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
        }
    }
    assert!(["fault", "rate_limit", "emit", "given"].iter().all(|name| known.contains(*name)), "{known:?}");
}

#[test]
fn a_scenario_orders_them() {
    let steps: Vec<String> = ORDERS.iter().map(|order| format!("  - mock: {{ {order} }}\n")).collect();
    let head = "title: T\nsnapshot: none\nclient: supply\nsteps:\n  - authorize: { scope: supply::users.read }\n    \
                expect: none\n    save: { code: { redirect: code } }\n  \
                - token: { grant: authorization_code, code: \"${code}\" }\n    expect: { status: 200 }\n    \
                save: { access: $.access_token }\n";
    let text = format!("{head}{}", steps.concat());
    Project::new().scenario("one", &text).tacktest(&[]).told(0, &["1 passed"]);
}

#[test]
fn the_control_api_takes_them() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let access = server.login(staging, &staging.clients["supply"], "supply::users.read").member("access_token");
    for order in ORDERS {
        let mut order = order.replace("${access}", &access);
        for name in ["business", "negotiation"] {
            order = order.replace(&format!("${{fixture.{name}}}"), &staging.fixtures[name]);
        }
        server.command(&world, &json(&order));
    }
    let journal = server.send(&format!("GET /control/worlds/{}/journal", world.id), &[], "").body;
    assert_eq!(journal.matches(r#""order":{"#).count(), ORDERS.len(), "{journal}");
    for gone in [
        json!({"advance": {"milliseconds": 1}}),
        json!("clear_faults"),
        json!("rotate_keys"),
        json!({"rate_limit": null}),
        json!({"expire": {"token": access}}),
        json!({"revoke": {"token": access}}),
        json!({"emit": {"event": "ReviewCreatedV4", "after_milliseconds": 1}}),
    ] {
        let answer = server.control(&format!("POST /control/worlds/{}", world.id), &gone);
        assert_eq!(answer.status, 422, "{gone} is a spelling that no scenario has");
    }
}

#[test]
fn the_file_of_faults_takes_them() {
    let faults: Vec<String> =
        ORDERS.iter().filter_map(|order| Some(format!("- {}\n", order.strip_prefix("fault: ")?))).collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("faults.yaml");
    std::fs::write(&file, faults.concat()).unwrap();
    let read = read_faults(&file, &[]).map_err(|(problems, _)| problems);
    assert_eq!(read.map(|(listed, _)| listed.len()), Ok(faults.len()));
}
