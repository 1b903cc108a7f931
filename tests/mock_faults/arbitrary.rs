//! Orders that no one meant: each is refused, or can be carried out.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::mock_support::{Server, parse, path, raw};

/// A member of an order, sensible or not.
fn member() -> impl Strategy<Value = (String, Value)> {
    let text = prop_oneof![
        any::<String>().prop_map(Value::from),
        proptest::sample::select(vec![
            "any",
            "GET /v4/a",
            "* /",
            "supply",
            "pro",
            "refresh_token",
            "staging",
            "before",
            "after",
            "1ms",
            "waf_block",
            "pass",
            "none",
            "wrong",
            "long",
            "drop",
            "http://example.com/",
            "/a/0",
            "iss",
        ])
        .prop_map(Value::from),
    ];
    let leaf = prop_oneof![
        3 => text,
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        2 => (0_u64..700).prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
    ];
    let name = || {
        let known = vec![
            "status",
            "headers",
            "json",
            "text",
            "url",
            "every",
            "bytes",
            "omit",
            "set",
            "signature",
            "kid",
            "wrong",
            "state",
            "code",
            "error",
            "duplicate",
            "extra",
            "respond",
            "truncate",
            "Retry-After",
            "x",
        ];
        proptest::sample::select(known).prop_map(str::to_owned)
    };
    let value = leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            1 => proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            2 => proptest::collection::vec((name(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    });
    let key = proptest::sample::select(vec![
        "client",
        "user",
        "grant",
        "environment",
        "times",
        "percentage",
        "sequence",
        "respond",
        "redirect_to",
        "reset",
        "truncate",
        "body",
        "token",
        "id_token",
        "callback",
    ]);
    (key.prop_map(str::to_owned), value)
}

/// Effects that are right more often than not.
fn sensible() -> impl Strategy<Value = Value> {
    let status = 150_u16..620;
    let header = prop_oneof!["[A-Za-z -]{0,8}", Just("Retry-After".to_owned())];
    let respond = (status, header, any::<String>(), any::<Option<String>>()).prop_map(
        |(status, name, value, text)| json!({"respond": {"status": status, "headers": {name: value}, "text": text}}),
    );
    let redirect = (any::<String>(), 300_u16..310).prop_map(
        |(rest, status)| json!({"redirect_to": {"url": format!("http://example.com/{rest}"), "status": status}}),
    );
    let truncated = (any::<u64>(), 200_u16..600)
        .prop_map(|(sent, status)| json!({"truncate": sent, "respond": {"status": status, "json": [1, 2, 3]}}));
    prop_oneof![respond, redirect, truncated]
}

#[test]
fn what_is_accepted_can_be_sent() {
    let server = Server::start();
    let world = server.world();
    let control = format!("POST /control/worlds/{}", world.id);
    let request = format!("GET {}v4/a HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n\r\n", path(&world.staging.api));
    let order = prop_oneof![
        proptest::collection::vec(member(), 0..4).prop_map(|members| members.into_iter().collect::<Map<_, _>>()),
        sensible().prop_map(|effect| effect.as_object().cloned().unwrap_or_default()),
    ];
    proptest!(ProptestConfig::with_cases(512), |(mut order in order)| {
        order.insert("at".to_owned(), json!("any"));
        let ordered = server.control(&control, &json!({ "fault": order }));
        if ordered.status == 204 {
            let bytes = raw(server.mock.address(), request.as_bytes());
            // A reset leaves nothing; everything else is an answer that was ordered, or the real one.
            if !bytes.is_empty() {
                let answer = parse(&bytes);
                let ordered_status = order.get("respond").and_then(|respond| respond.get("status")?.as_u64());
                prop_assert!(answer.status != 500 || ordered_status == Some(500) || order["respond"] == "server_error"
                    || order.contains_key("sequence"), "{:?} {:?}", order, answer);
            }
            prop_assert_eq!(server.control(&control, &json!({"clear_faults": true})).status, 204);
        } else {
            prop_assert_eq!(ordered.status, 422);
            prop_assert!(!ordered.member("detail").is_empty());
        }
    });
    assert_eq!(server.send("GET /control/worlds/default", &[], "").status, 200);
}
