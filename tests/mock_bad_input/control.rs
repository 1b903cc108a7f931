//! The control API under JSON that no one meant: an order is obeyed whole, or refused with a problem document.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::mock_support::{Answer, Server};

const NAMES: &[&str] = &[
    "seed",
    "settings",
    "advance",
    "fault",
    "at",
    "times",
    "respond",
    "status",
    "headers",
    "json",
    "text",
    "delay",
    "sequence",
    "percentage",
    "reset",
    "truncate",
    "body",
    "set",
    "omit",
    "clear_faults",
    "rate_limit",
    "requests",
    "per",
    "expire",
    "revoke",
    "token",
    "next_login",
    "user",
    "answer",
    "given",
    "rotate_keys",
    "refunded_lead",
    "remembered_consent",
    "client",
    "scope",
    "access_token_form",
    "code_seconds",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0..700).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        proptest::sample::select(vec![
            "GET /oauth2/auth",
            "pro",
            "deny",
            "opaque",
            "rate_limit",
            "rotate_keys",
            "clear_faults",
            "1s"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        let name = prop_oneof![4 => proptest::sample::select(NAMES).prop_map(str::to_owned), 1 => any::<String>()];
        prop_oneof![
            1 => proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            3 => proptest::collection::vec((name, inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// A refusal is a problem document of its own status.
fn refusal(answer: &Answer) -> Result<(), TestCaseError> {
    prop_assert!((400..500).contains(&answer.status), "{:?}", answer);
    prop_assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    prop_assert_eq!(&problem["status"], answer.status);
    prop_assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
    Ok(())
}

#[test]
fn any_json_is_obeyed_or_refused() {
    let server = Server::start();
    let world = format!("POST /control/worlds/{}", server.world().id);
    proptest!(ProptestConfig::with_cases(1024), |(value in value(), command in any::<bool>())| {
        let (line, obeyed) = if command { (world.as_str(), 204) } else { ("POST /control/worlds", 201) };
        let answer = server.control(line, &value);
        if answer.status == obeyed {
            prop_assert!(value.is_object(), "{}", value);
        } else {
            refusal(&answer)?;
        }
    });
    assert_eq!(server.send("GET /control/worlds/default", &[], "").status, 200);
}

#[test]
fn any_bytes_and_paths_are_refused() {
    let server = Server::start();
    let method = proptest::sample::select(vec!["GET", "POST", "PUT", "PATCH", "OPTIONS"]);
    let strategy =
        (method, "(/|/worlds|/worlds/|/worlds/default/|/x|)[!-~&&[^#?{}<>\"`\\\\^|]]{0,12}", any::<String>());
    proptest!(ProptestConfig::with_cases(512), |((method, below, body) in strategy)| {
        prop_assume!(!["/worlds/default", "/worlds/default/"].contains(&below.as_str()));
        let answer = server.send(&format!("{method} /control/{}", below.trim_start_matches('/')), &[], &body);
        refusal(&answer)?;
    });
}

#[test]
fn one_trailing_slash_is_none_and_no_other_spelling_of_a_path_is_known() {
    let server = Server::start();
    for (path, status) in [
        ("/control/worlds/default", 200),
        ("/control/worlds/default/", 200),
        ("/control/worlds/default//", 404),
        ("/control/worlds//default", 404),
        ("/control/worldsdefault", 404),
        ("/control//worlds/default", 404),
        ("/control/Worlds/default", 404),
        ("/control/worlds/", 405),
        ("/control/", 404),
        ("/control", 404),
    ] {
        assert_eq!(server.send(&format!("GET {path}"), &[], "").status, status, "{path}");
    }
}

/// What is there twice, or an object in place of a word, is refused; a token that is sent in the wrong place is not repeated.
#[test]
fn members_are_there_once_and_words_are_no_objects() {
    let server = Server::start();
    let world = format!("POST /control/worlds/{}", server.world().id);
    let token = format!("ory_at_{}", "aB3".repeat(20));
    for (line, body) in [
        ("POST /control/worlds", r#"{"settings": {"expires_in": "exact", "expires_in": "left"}}"#),
        ("POST /control/worlds", r#"{"settings": {"expires_in": {"left": null}}}"#),
        (&world, r#"{"rate_limit": {"requests": 1, "per": "1d", "requests": 2}}"#),
        (&world, r#"{"rate_limit": {"requests": 1, "per": "1d", "by": {"client": null}}}"#),
        (&world, r#"{"next_login": {"user": "pro", "answer": {"deny": null}}}"#),
        (&world, &format!(r#"{{"clear_faults": "{token}"}}"#)),
        (&world, &format!(r#"{{"next_login": {{"user": "{token}"}}}}"#)),
    ] {
        let answer = server.send(line, &[], body);
        assert_eq!(answer.status, 422, "{body}: {answer:?}");
        assert!(!format!("{answer:?}").contains(&token), "{answer:?}");
    }
    let once = json!({"rate_limit": {"requests": 1, "per": "1d", "by": "client"}});
    assert_eq!(server.control(&world, &once).status, 204);
}

/// Lists in place of objects are refused wherever they stand; where a list is meant, it passes.
#[test]
fn lists_are_not_taken_for_objects() {
    let server = Server::start();
    let world = format!("POST /control/worlds/{}", server.world().id);
    let fault = |respond: Value| json!({"fault": {"at": "GET /v4/businesses", "times": 1, "respond": respond}});
    for (line, order) in [
        ("POST /control/worlds", json!([])),
        ("POST /control/worlds", json!([5])),
        ("POST /control/worlds", json!({"settings": []})),
        ("POST /control/worlds", json!({"settings": ["opaque", 1]})),
        ("POST /control/worlds", json!({"settings": {"rate_limit": [1, "1s"]}})),
        (&world, json!({"advance": ["1s"]})),
        (&world, json!({"next_login": ["pro"]})),
        (&world, json!({"fault": ["GET /v4/businesses", 1, {"status": 500}]})),
        (&world, fault(json!([500]))),
        (&world, json!({"given": {"remembered_consent": ["pro", "supply", "openid"]}})),
    ] {
        let answer = server.control(line, &order);
        assert_eq!((answer.status, answer.header("content-type")), (422, "application/problem+json"), "{order}");
        let told = answer.member("detail");
        assert!(["list", "sequence"].iter().any(|word| told.contains(word)), "{answer:?}");
    }
    for json in [json!([]), json!([{"a": [1]}]), json!({"b": [2]})] {
        let answer = server.control(&world, &fault(json!({"status": 500, "json": json})));
        assert_eq!(answer.status, 204, "{answer:?}");
    }
}

#[test]
fn deep_and_large_bodies_are_refused() {
    let server = Server::start();
    for (body, status) in [
        ("[".repeat(100_000), 422),
        ("{\"settings\":".repeat(10_000), 422),
        (format!("{{\"seed\":{}}}", "9".repeat(400)), 422),
        ("{\"seed\":1e400}".to_owned(), 422),
        ("{\"seed\":1,\"seed\":2}".to_owned(), 422),
        (" ".repeat(1024 * 1024 + 1), 413),
        (String::new(), 422),
    ] {
        let answer = server.send("POST /control/worlds", &[], &body);
        assert_eq!((answer.status, answer.header("content-type")), (status, "application/problem+json"));
    }
}
