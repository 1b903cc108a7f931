//! The knobs of the authorization server's habits, and of how the API refuses a token: each in both positions.

mod mock_support;

use mock_support::{Answer, Server, path};
use serde_json::{Value, json};
use tacktest::mock::control::{Environment, World};

const WRONG: &str = "a_verifier_that_is_long_enough_and_yet_not_right";
const CHALLENGE: &str = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

fn with(server: &Server, knobs: &Value) -> World {
    server.world_with(&json!({ "settings": knobs }))
}

/// An application's token for this audience.
fn token_for(server: &Server, staging: &Environment, audience: &str) -> Answer {
    let form = format!("grant_type=client_credentials&scope=demand::keywords.read&audience={audience}");
    server.token(staging, &staging.clients["demand"], &form)
}

#[test]
fn expires_in_is_what_is_left_or_the_whole_life() {
    let server = Server::start();
    for (knobs, application, user) in [
        (json!({}), 3599, 3600),
        (json!({ "expires_in": "exact" }), 3600, 3600),
        (json!({ "expires_in": "exact", "access_token_seconds": 60 }), 60, 60),
    ] {
        let staging = with(&server, &knobs).staging;
        assert_eq!(token_for(&server, &staging, "urn%3Apartner-api").json()["expires_in"], application, "{knobs}");
        let login = server.login(&staging, &staging.clients["supply"], "supply%3A%3Ausers.read");
        assert_eq!(login.json()["expires_in"], user, "{knobs}");
    }
}

#[test]
fn an_audience_is_compared_by_the_letter_or_as_a_url() {
    let server = Server::start();
    for (knobs, other_urn) in [
        (json!({ "wrong_audience": "token_endpoint" }), 400),
        (json!({ "wrong_audience": "token_endpoint", "audience_match": "hydra" }), 200),
    ] {
        let staging = with(&server, &knobs).staging;
        assert_eq!(token_for(&server, &staging, "urn%3Apartner-api").status, 200, "{knobs}");
        assert_eq!(token_for(&server, &staging, "https%3A%2F%2Fapi.thumbtack.com").status, 400, "{knobs}");
        let other = token_for(&server, &staging, "urn%3Apartner-apii");
        assert_eq!(other.status, other_urn, "{knobs}");
        if other.status == 200 {
            let refused = server.get(&staging, "v4/keywords/search?searchQuery=car", &other.member("access_token"));
            assert_eq!(refused.status, 502, "the API compares by the letter");
        }
        let line = format!(
            "GET {}?response_type=code&client_id={}&state=12345678&audience=urn%3Apartner-apii",
            path(&staging.authorize_url),
            staging.clients["supply"].id
        );
        let location = server.send(&line, &[], "").header("location").to_owned();
        assert_eq!(location.contains("?code="), other_urn == 200, "{knobs} {location}");
    }
}

#[test]
fn a_failed_verifier_keeps_or_drops_the_challenge() {
    let server = Server::start();
    for (knobs, without) in [(json!({}), 400), (json!({ "failed_verifier": "drops_challenge" }), 200)] {
        let staging = with(&server, &knobs).staging;
        let supply = &staging.clients["supply"];
        let code = server.authorize(&staging, supply, CHALLENGE).redirected("code");
        let wrong = server.exchange(&staging, supply, &format!("{code}&code_verifier={WRONG}"));
        assert_eq!((wrong.status, wrong.member("error").as_str()), (400, "invalid_grant"), "{knobs}");
        assert_eq!(server.exchange(&staging, supply, &code).status, without, "{knobs}");
    }
}

#[test]
fn a_method_that_is_not_known_is_405_or_404() {
    let server = Server::start();
    let get = |staging: &Environment, name: &str| {
        let place = path(&format!("{}oauth2/{name}", staging.auth_server));
        server.send(&format!("GET {place}"), &[("Accept", "application/json")], "")
    };
    let newer = with(&server, &json!({ "unknown_method": "not_found" })).staging;
    for name in ["token", "revoke"] {
        let older = get(&server.world().staging, name);
        assert_eq!((older.status, older.header("allow")), (405, "POST"), "{older:?}");
        let absent = get(&newer, name);
        assert_eq!((absent.status, absent.header("allow")), (404, ""), "{absent:?}");
        assert_eq!(absent.json()["error"]["message"], "Not Found");
    }
    assert_eq!(token_for(&server, &newer, "urn%3Apartner-api").status, 200);
}

#[test]
fn tokens_are_refused_as_observed_or_by_the_rfc() {
    let server = Server::start();
    let place = "v4/keywords/search?searchQuery=car";
    let refusals = |staging: &Environment| {
        let unscoped = server.application_token(staging, "demand::categories.read");
        let elsewhere = token_for(&server, staging, "urn%3Aelse").member("access_token");
        let line = format!("GET {}{place}", path(&staging.api));
        [
            server.send(&line, &[], ""),
            server.send(&line, &[("Authorization", "Basic YTpi")], ""),
            server.get(staging, place, "unknown"),
            server.get(staging, place, &unscoped),
            server.get(staging, place, &elsewhere),
        ]
    };
    let observed = refusals(&server.world().staging);
    assert_eq!(observed.each_ref().map(|answer| answer.status), [401, 401, 401, 401, 502]);
    assert!(observed.iter().all(|answer| answer.header("www-authenticate").is_empty()), "{observed:?}");

    let staging = with(&server, &json!({ "token_refusals": "rfc6750" })).staging;
    let by_rfc = refusals(&staging);
    let told = by_rfc.each_ref().map(|answer| (answer.status, answer.header("www-authenticate")));
    let invalid = "Bearer realm=\"partner-api\", error=\"invalid_token\"";
    let scope = "Bearer realm=\"partner-api\", error=\"insufficient_scope\", scope=\"demand::keywords.read\"";
    let none = "Bearer realm=\"partner-api\"";
    assert_eq!(told, [(401, none), (401, none), (401, invalid), (403, scope), (401, invalid)]);
    for answer in &by_rfc {
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json()["status"], answer.status);
    }
    assert_eq!(by_rfc[2].body, observed[2].body, "what the documents print stays");
    assert_eq!(by_rfc[3].member("detail"), "required scope(s) [demand::keywords.read] not found");
    let good = server.application_token(&staging, "demand::keywords.read");
    assert_eq!(server.get(&staging, place, &good).status, 200);
}
