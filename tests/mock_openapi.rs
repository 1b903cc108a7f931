//! The document that the mock serves of itself: it is about the environment that serves it, and every answer of every
//! scenario is as it says.
#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod mock_support;
mod openapi_document;
#[allow(dead_code, reason = "the suite can be broken in more ways than it is here")]
#[path = "must_fail/run.rs"]
mod run;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use http::{Request, Response, header::CONTENT_TYPE};
use mock_support::Server;
use openapi_document::{Document, Seen};
use run::{By, Suite};
use serde_json::{Value, json};
use tacktest::mock::Mutation;
use tokio::runtime::Runtime;

/// What the mock answered while the scenarios ran.
static SEEN: Mutex<Vec<Seen>> = Mutex::new(Vec::new());

fn keep(request: &Request<Bytes>, answer: &mut Response<Bytes>) {
    let seen = Seen {
        method: request.method().as_str().to_lowercase(),
        path: request.uri().path().to_owned(),
        status: answer.status().as_u16(),
        media_type: answer.headers().get(CONTENT_TYPE).map(|value| value.to_str().unwrap().to_owned()),
        body: answer.body().to_vec(),
    };
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
}

fn served(server: &Server) -> Document {
    Document::new(server.send("GET /_mock/openapi.json", &[], "").json())
}

#[test]
fn every_answer_of_every_scenario_is_documented() {
    let document = served(&Server::start());
    let suite = Suite::read(Path::new(env!("CARGO_MANIFEST_DIR")));
    let observer = Mutation { answer: keep, ..Mutation::default() };
    let red = Runtime::new().unwrap().block_on(suite.red(By::Mock(observer), |_| true));
    assert_eq!(red, BTreeSet::new(), "a mock that is only watched does as ever");
    let seen = SEEN.lock().unwrap();
    let complaints: BTreeSet<String> = seen.iter().filter_map(|seen| document.check(seen).err()).collect();
    assert!(complaints.is_empty(), "{}", complaints.into_iter().collect::<Vec<_>>().join("\n"));
    assert!(seen.len() > suite.tests.len(), "{} answers", seen.len());
}

#[test]
fn what_is_not_documented_is_told() {
    let document = served(&Server::start());
    let good = Seen {
        method: "get".to_owned(),
        path: "/worlds/w1/production/api/v4/keywords/search".to_owned(),
        status: 200,
        media_type: Some("application/json".to_owned()),
        body: json!({"data": [{"keywordID": "1", "name": "Car Wash"}]}).to_string().into(),
    };
    assert_eq!(document.check(&good), Ok(()));
    let body = |value: Value| value.to_string().into_bytes();
    for (wrong, told) in [
        (Seen { path: "/api/v4/keywords".to_owned(), ..good.clone() }, "no such path"),
        (Seen { method: "put".to_owned(), ..good.clone() }, "no such method"),
        (Seen { status: 206, ..good.clone() }, "no such status"),
        (Seen { media_type: Some("text/plain".to_owned()), ..good.clone() }, "no such media type"),
        (Seen { media_type: None, body: Vec::new(), ..good.clone() }, "no body"),
        (Seen { body: b"{".to_vec(), ..good.clone() }, "no JSON"),
        (Seen { body: body(json!({"data": [{"keywordID": "1"}]})), ..good.clone() }, "name"),
        (Seen { body: body(json!({"data": [{"keywordID": 1, "name": "a"}]})), ..good.clone() }, "keywordID"),
        (Seen { body: body(json!({"data": [], "more": 1})), ..good.clone() }, "more"),
        (Seen { path: "/api/v4/users/webhooks/1/2/3".to_owned(), status: 200, ..good.clone() }, "no such path"),
        (Seen { status: 429, media_type: Some("text/html".to_owned()), ..good.clone() }, "no such media type"),
    ] {
        let error = document.check(&wrong).unwrap_err();
        assert!(error.contains(told), "{told}: {error}");
    }
    let unknown = Seen { path: "/api/v4/leads".to_owned(), status: 404, ..good.clone() };
    assert_eq!(document.check(&unknown), Ok(()), "what is not documented is not there");
    let post = Seen { method: "post".to_owned(), status: 405, ..good };
    assert_eq!(document.check(&post), Ok(()), "a method that is not documented is not known");
}

#[test]
fn the_document_is_about_the_environment_that_serves_it() {
    let server = Server::start();
    let world = server.world();
    for environment in [&world.staging, &world.production] {
        let answer =
            server.send(&format!("GET {}_mock/openapi.json", mock_support::path(&environment.auth_server)), &[], "");
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
        let document = answer.json();
        assert_eq!(document["openapi"], "3.0.3");
        let root = document["servers"][0]["url"].as_str().unwrap();
        assert_eq!(format!("{root}/api/"), environment.api);
        let flow = &document["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"];
        assert_eq!(flow["tokenUrl"], environment.token_url);
        assert_eq!(flow["authorizationUrl"], environment.authorize_url);
        assert!(!answer.body.contains("root.invalid"), "nothing stands for the root any more");
        for (path, method, scope) in [
            ("/api/v4/keywords/search", "get", "demand::keywords.read"),
            ("/api/v4/negotiations/{negotiationID}/messages", "post", "supply::messages.write"),
        ] {
            let security = &document["paths"][path][method]["security"];
            assert!(security.as_array().unwrap().contains(&json!({"oauth2": [scope]})), "{security}");
        }
    }
}

#[test]
fn examples_are_as_their_schemas_say() {
    let document = served(&Server::start());
    let bodies = document.bodies();
    assert!(document.check_examples() > bodies.len(), "there are more in schemas");
    for (place, content) in bodies {
        assert!(content["example"].is_object(), "{place} has no example");
    }
}
