//! Answers whose members are others, and `id_token`s that must not be accepted.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::hmac;
use serde_json::{Value, json};
use tacktest::mock::control::World;

use crate::mock_support::{Server, jwt_part, path};
use crate::{SEARCH, fault};

#[test]
fn a_token_response_lies() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let demand = &staging.clients["demand"];
    let form = "grant_type=client_credentials&audience=urn%3Apartner-api&scope=demand::keywords.read";
    let token = json!({"omit": ["scope"], "set": {"expires_in": "7200", "token_type": "mac", "extra": {"a": [1]}}});
    fault(&server, &world, &json!({"at": "POST /oauth2/token", "times": 1, "token": token}));
    let answer = server.token(staging, demand, form);
    let body = answer.json();
    assert_eq!(
        (&body["expires_in"], &body["token_type"], &body["extra"]),
        (&json!("7200"), &json!("mac"), &json!({"a": [1]}))
    );
    assert_eq!(body.get("scope"), None);
    assert_eq!(answer.header("content-length"), answer.body.len().to_string());
    let access = answer.member("access_token");
    assert_eq!(server.get(staging, SEARCH, &access).status, 200);
    server.command(&world, &json!({"advance": "3601s"}));
    assert_eq!(server.get(staging, SEARCH, &access).status, 401, "it was a lie");
    assert_eq!(server.token(staging, demand, form).json()["token_type"], "bearer");
}

#[test]
fn members_of_api_answers_are_left_out_and_set() {
    let server = Server::start();
    let world = server.world_with(&json!({"settings": {"fault_header": "present"}}));
    let staging = &world.staging;
    let token = server.application_token(staging, "demand::keywords.read");
    let body = json!({"omit": ["/data/0/name"], "set": {"/data/1": null, "more": true}});
    fault(&server, &world, &json!({"at": "GET /v4/keywords/search", "body": body}));
    let answer = server.get(staging, SEARCH, &token);
    let told = answer.json();
    assert_eq!((told["data"][0].get("name"), &told["data"][1], &told["more"]), (None, &Value::Null, &json!(true)));
    assert!(told["data"][0]["keywordID"].is_string());
    let error = server.get(staging, SEARCH, "");
    assert_eq!(error.status, 401);
    assert!(error.json().get("more").is_none(), "an error stays as it is");
    assert!(error.header("x-mock-fault").contains("nothing to change"), "{error:?}");
    // What is no token response is not changed as one.
    server.command(&world, &json!({"clear_faults": true}));
    fault(&server, &world, &json!({"at": "any", "token": {"set": {"more": true}}}));
    assert!(server.get(staging, SEARCH, &token).json().get("more").is_none());
}

/// The `id_token` of a login with this change, and its access token.
fn id_token(server: &Server, world: &World, change: &Value) -> (String, Value) {
    fault(server, world, &json!({"at": "POST /oauth2/token", "times": 1, "id_token": change}));
    let answer = server.openid_login(&world.staging, "scope=openid&nonce=my-nonce");
    (answer.member("id_token"), answer.json())
}

#[test]
fn claims_are_wrong_missing_or_others() {
    let server = Server::start();
    let world = server.world();
    let good = jwt_part(&server.openid_login(&world.staging, "scope=openid&nonce=my-nonce").member("id_token"), 1);
    for name in ["iss", "aud", "exp", "iat", "nonce", "sub", "at_hash"] {
        let claims = jwt_part(&id_token(&server, &world, &json!({"wrong": [name]})).0, 1);
        assert_ne!(claims[name], good[name], "{name}");
        assert_eq!(claims[name].is_string(), good[name].is_string(), "{name}");
        let others: Vec<&str> = ["iss", "aud", "sub", "nonce"].into_iter().filter(|other| *other != name).collect();
        assert!(others.iter().all(|other| claims[other] == good[other]), "{name}");
        let claims = jwt_part(&id_token(&server, &world, &json!({"omit": [name]})).0, 1);
        assert_eq!(claims.get(name), None, "{name}");
    }
    let expired = jwt_part(&id_token(&server, &world, &json!({"wrong": ["exp"]})).0, 1);
    assert!(expired["exp"].as_i64().unwrap() < expired["iat"].as_i64().unwrap() - 300);
    let set = json!({"set": {"aud": "one", "azp": "another"}});
    let claims = jwt_part(&id_token(&server, &world, &set).0, 1);
    assert_eq!((&claims["aud"], &claims["azp"]), (&json!("one"), &json!("another")));
}

/// Whether a key of the published set has signed `token`.
fn is_signed(server: &Server, world: &World, token: &str) -> bool {
    let keys = server.send(&format!("GET {}", path(&world.staging.jwks_url)), &[], "").json();
    let (message, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let kid = &jwt_part(token, 0)["kid"];
    let keys = keys["keys"].as_array().unwrap();
    keys.iter().filter(|key| key["kty"] == "RSA" && (kid.is_null() || key["kid"] == *kid)).any(|key| {
        let number = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
        let public = ring::signature::RsaPublicKeyComponents { n: number("n"), e: number("e") };
        public.verify(&ring::signature::RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &signature).is_ok()
    })
}

#[test]
fn signatures_and_keys_are_wrong() {
    let server = Server::start();
    let world = server.world();
    let secret = world.staging.clients["supply"].secret.clone();
    for (change, algorithm, signed, length) in [
        (json!({"set": {"iss": "x"}}), "RS256", true, 256),
        (json!({"kid": "absent"}), "RS256", true, 256),
        (json!({"kid": "unknown"}), "RS256", false, 256),
        (json!({"signature": "wrong"}), "RS256", false, 256),
        (json!({"signature": "none"}), "none", false, 0),
        (json!({"signature": "hs256_client_secret"}), "HS256", false, 32),
        (json!({"signature": "hs256_public_key"}), "HS256", false, 32),
    ] {
        let (token, _) = id_token(&server, &world, &change);
        assert_eq!(jwt_part(&token, 0)["alg"], algorithm, "{change}");
        assert_eq!(is_signed(&server, &world, &token), signed, "{change}");
        let (message, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        assert_eq!(signature.len(), length, "{change}");
        let by_secret =
            hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), message.as_bytes(), &signature);
        assert_eq!(by_secret.is_ok(), change["signature"] == "hs256_client_secret", "{change}");
        assert_eq!(jwt_part(&token, 0).get("kid").is_none(), change["kid"] == "absent", "{change}");
    }
}
