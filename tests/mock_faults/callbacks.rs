//! What a client is told at its redirect URI, made otherwise.

use serde_json::{Value, json};

use crate::fault;
use crate::mock_support::{Answer, Server};

/// The parameters of the redirect of an authorization with this change, in their order.
fn told(server: &Server, change: &Value, more: &str) -> (Answer, Vec<(String, String)>) {
    let world = server.world();
    fault(server, &world, &json!({"at": "GET /oauth2/auth", "callback": change}));
    let answer = server.authorize(&world.staging, &world.staging.clients["supply"], more);
    let location = url::Url::parse(&answer.header("location").replace('#', "?")).unwrap();
    let pairs = location.query_pairs().into_owned().collect();
    (answer, pairs)
}

fn values<'a>(pairs: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
}

#[test]
fn the_state_is_tampered_with_or_dropped() {
    let server = Server::start();
    for more in ["scope=openid&redirect_uri=http%3A%2F%2F127.0.0.1%3A8421%2Fcallback", "response_mode=fragment"] {
        let (answer, pairs) = told(&server, &json!({"state": "tamper"}), more);
        assert_eq!((answer.status, values(&pairs, "state")), (303, vec!["1234567x"]));
        assert_eq!(values(&pairs, "code").len(), 1);
        assert_eq!(answer.header("location").contains('#'), more.contains("fragment"));
        let (_, pairs) = told(&server, &json!({"state": "drop"}), more);
        assert_eq!((values(&pairs, "state").len(), values(&pairs, "code").len()), (0, 1));
    }
}

#[test]
fn an_error_stands_in_place_of_the_code_or_beside_it() {
    let server = Server::start();
    let (_, pairs) = told(&server, &json!({"error": "server_error"}), "");
    assert_eq!((values(&pairs, "error"), values(&pairs, "state")), (vec!["server_error"], vec!["12345678"]));
    assert!(values(&pairs, "code").is_empty());
    let (_, pairs) = told(&server, &json!({"extra": {"error": "server_error", "iss": "https://x/", "n": 1}}), "");
    assert_eq!((values(&pairs, "error"), values(&pairs, "n")), (vec!["server_error"], vec!["1"]));
    assert_eq!((values(&pairs, "iss"), values(&pairs, "code").len()), (vec!["https://x/"], 1));
    let (_, pairs) = told(&server, &json!({"duplicate": ["code", "state"]}), "");
    let codes = values(&pairs, "code");
    assert!(codes.len() == 2 && codes[0] == codes[1] && values(&pairs, "state").len() == 2, "{pairs:?}");
}

#[test]
fn a_code_of_another_form_can_be_exchanged() {
    let server = Server::start();
    for form in ["long", "special"] {
        let world = server.world();
        let staging = &world.staging;
        let supply = &staging.clients["supply"];
        fault(&server, &world, &json!({"at": "GET /oauth2/auth", "times": 1, "callback": {"code": form}}));
        let code = server.authorize(staging, supply, "scope=supply::users.read").redirected("code");
        match form {
            "long" => assert_eq!(code.len(), 2048),
            _ => assert!(code.ends_with(".~+/=%2B&"), "{code}"),
        }
        let encoded: String = url::form_urlencoded::byte_serialize(code.as_bytes()).collect();
        assert_eq!(server.exchange(staging, supply, &encoded).status, 200, "{form}");
        assert_eq!(server.exchange(staging, supply, &encoded).status, 400, "{form}: once");
    }
}

#[test]
fn an_error_page_stays_as_it_is() {
    let server = Server::start();
    let world = server.world();
    fault(&server, &world, &json!({"at": "GET /oauth2/auth", "callback": {"state": "drop", "error": "x"}}));
    let mut unknown = world.staging.clients["supply"].clone();
    unknown.id = "nobody".to_owned();
    // The page is told by a redirect as well, but not to the client.
    let answer = server.authorize(&world.staging, &unknown, "");
    assert!(!answer.header("location").contains("error=x"), "{answer:?}");
}
