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

/// What a page posts to a client: where to, and the parameters in their order.
fn posted(answer: &Answer) -> (String, Vec<(String, String)>) {
    let text = |html: &str| html.replace("&#34;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\"")).unwrap_or_else(|| panic!("no {name}: {answer:?}"));
        text(rest.split('"').next().unwrap())
    };
    let tags = answer.body.split("<input").skip(1);
    let pairs = tags.map(|tag| (attribute(tag, "name"), attribute(tag, "value"))).collect();
    (attribute(answer.body.split("<form").nth(1).unwrap(), "action"), pairs)
}

#[test]
fn what_a_page_posts_to_the_client_is_changed_as_well() {
    let server = Server::start();
    let world = server.world();
    let supply = &world.staging.clients["supply"];
    let ask = |change: &Value| {
        fault(&server, &world, &json!({"at": "GET /oauth2/auth", "times": 1, "callback": change}));
        let answer = server.authorize(&world.staging, supply, "response_mode=form_post");
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/html;charset=UTF-8"), "{answer:?}");
        assert_eq!(answer.header("content-length"), answer.body.len().to_string());
        let (uri, pairs) = posted(&answer);
        assert_eq!(uri, supply.redirect_uri);
        pairs
    };
    let pairs = ask(&json!({"state": "tamper"}));
    assert_eq!((values(&pairs, "state"), values(&pairs, "code").len()), (vec!["1234567x"], 1));
    let pairs = ask(&json!({"state": "drop", "extra": {"<iss>": "https://x/?\"&amp;", "n": 1}}));
    assert_eq!((values(&pairs, "state").len(), values(&pairs, "code").len()), (0, 1));
    assert_eq!((values(&pairs, "<iss>"), values(&pairs, "n")), (vec!["https://x/?\"&amp;"], vec!["1"]));
    let pairs = ask(&json!({"duplicate": ["code", "state"]}));
    let codes = values(&pairs, "code");
    assert!(codes.len() == 2 && codes[0] == codes[1] && values(&pairs, "state").len() == 2, "{pairs:?}");
    let pairs = ask(&json!({"error": "server_error"}));
    assert_eq!((values(&pairs, "error"), values(&pairs, "state")), (vec!["server_error"], vec!["12345678"]));
    assert!(values(&pairs, "code").is_empty());
    for form in ["long", "special"] {
        let pairs = ask(&json!({ "code": form }));
        let [code] = values(&pairs, "code")[..] else { panic!("{pairs:?}") };
        assert!(if form == "long" { code.len() == 2048 } else { code.ends_with(".~+/=%2B&") }, "{code}");
        let encoded: String = url::form_urlencoded::byte_serialize(code.as_bytes()).collect();
        assert_eq!(server.exchange(&world.staging, supply, &encoded).status, 200, "{form}");
    }
}
