//! `OpenID` Connect at the mock: `id_token`s and their keys, userinfo, discovery.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

mod mock_support;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use mock_support::{Answer, FORM, Server, jwt_part, path};
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tacktest::mock::control::{Environment, World};

const ALL: &str = "openid+profile+email+phone+offline_access";
const NO_CACHE: &str = "private, no-cache, no-store, must-revalidate";

fn decoded(part: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(part).unwrap()
}

fn claims(answer: &Answer) -> Value {
    jwt_part(&answer.member("id_token"), 1)
}

fn names(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

fn get(server: &Server, url: &str) -> Answer {
    server.send(&format!("GET {}", path(url)), &[], "")
}

/// Whether the served key set has the token's key, and the key verifies it.
fn verified(server: &Server, environment: &Environment, token: &str) -> bool {
    let keys = get(server, &environment.jwks_url).json();
    let kid = &jwt_part(token, 0)["kid"];
    let Some(key) = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == *kid) else { return false };
    let number = |name: &str| decoded(key[name].as_str().unwrap());
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (message, signature) = (message.as_bytes(), decoded(signature));
    if key["kty"] == "EC" {
        let point = [vec![4], number("x"), number("y")].concat();
        return UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, &signature).is_ok();
    }
    let public = RsaPublicKeyComponents { n: number("n"), e: number("e") };
    public.verify(&RSA_PKCS1_2048_8192_SHA256, message, &signature).is_ok()
}

fn userinfo(server: &Server, environment: &Environment, token: &str) -> Answer {
    let line = format!("GET {}", path(&environment.userinfo_url));
    server.send(&line, &[("Authorization", &format!("Bearer {token}"))], "")
}

#[test]
fn an_id_token_has_the_claims_of_its_scopes_and_no_others() {
    let server = Server::start();
    let staging = server.world().staging;
    let always = ["at_hash", "aud", "auth_time", "exp", "iat", "iss", "jti", "rat", "sid", "sub"];
    let profile = ["name", "given_name", "family_name", "picture", "zoneinfo"];
    for (scope, more) in [
        ("openid", vec![]),
        ("openid+profile", profile.to_vec()),
        ("openid+email", vec!["email", "email_verified"]),
        ("openid+phone", vec!["phone_number"]),
        (ALL, [&profile[..], &["email", "email_verified", "phone_number"]].concat()),
    ] {
        let mut expected = [&always[..], &more].concat();
        expected.sort_unstable();
        assert_eq!(names(&claims(&server.openid_login(&staging, &format!("scope={scope}")))), expected, "{scope}");
    }
    let answer = server.openid_login(&staging, &format!("scope={ALL}&nonce=n-0S6_WzA2Mj"));
    let claims = claims(&answer);
    let user: Value = {
        let token = server.login(&staging, &staging.clients["supply"], "supply::users.read").member("access_token");
        server.get(&staging, "v4/users/self", &token).json()
    };
    assert_eq!(claims["sub"], user["userID"]);
    for (claim, member) in [("given_name", "firstName"), ("family_name", "lastName"), ("email", "email")] {
        assert_eq!(claims[claim], user[member]);
    }
    assert_eq!(claims["name"], "Robin Prober");
    assert_eq!((&claims["phone_number"], &claims["email_verified"]), (&user["phoneNumber"], &json!(true)));
    assert_eq!(claims["zoneinfo"], "America/Los_Angeles");
    assert!(claims["picture"].as_str().unwrap().starts_with("https://example.com/"));
    assert_eq!(claims["iss"], json!(staging.auth_server));
    assert_eq!(claims["aud"], json!([staging.clients["supply"].id]));
    assert_eq!(claims["nonce"], "n-0S6_WzA2Mj");
    assert_eq!(claims["exp"].as_i64().unwrap(), claims["iat"].as_i64().unwrap() + 3600);
    let hash = Sha256::digest(answer.member("access_token"));
    assert_eq!(claims["at_hash"], json!(URL_SAFE_NO_PAD.encode(&hash[..16])));
    assert_eq!(
        names(&answer.json()),
        ["access_token", "expires_in", "id_token", "refresh_token", "scope", "token_type"]
    );
}

#[test]
fn no_id_token_without_openid_or_without_a_user() {
    let server = Server::start();
    let staging = server.world().staging;
    let answer = server.openid_login(&staging, "scope=profile+email+phone+offline_access");
    assert_eq!(answer.json()["id_token"], Value::Null);
    let next = server.refresh(&staging, &staging.clients["supply"], &answer.member("refresh_token"));
    assert_eq!((next.status, &next.json()["id_token"]), (200, &Value::Null));
    let form = "grant_type=client_credentials&scope=openid+email";
    let application = server.token(&staging, &staging.clients["demand"], form);
    assert_eq!((application.member("scope").as_str(), &application.json()["id_token"]), ("openid email", &Value::Null));
}

#[test]
fn a_refreshed_id_token_is_new_but_tells_of_the_same_login() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let first = server.openid_login(staging, &format!("scope={ALL}&nonce=12345678"));
    server.command(&world, &json!({"advance": "10m"}));
    let second = server.refresh(staging, &staging.clients["supply"], &first.member("refresh_token"));
    assert!(verified(&server, staging, &second.member("id_token")));
    let (old, new) = (claims(&first), claims(&second));
    assert_eq!(names(&old), names(&new));
    for name in ["auth_time", "rat", "sid", "nonce", "sub", "iss", "aud"] {
        assert_eq!(old[name], new[name], "{name}");
    }
    for name in ["jti", "at_hash"] {
        assert_ne!(old[name], new[name], "{name}");
    }
    let later = |name: &str| new[name].as_i64().unwrap() - old[name].as_i64().unwrap();
    assert!((600..=602).contains(&later("iat")) && later("exp") == later("iat"), "{old} {new}");
}

#[test]
fn id_tokens_and_access_tokens_are_verified_by_the_served_keys() {
    let server = Server::start();
    let world = server.world();
    for (environment, other) in [(&world.staging, &world.production), (&world.production, &world.staging)] {
        let answer = server.openid_login(environment, "scope=openid");
        let token = answer.member("id_token");
        let header = jwt_part(&token, 0);
        assert_eq!((&header["alg"], &header["typ"]), (&json!("RS256"), &json!("JWT")));
        assert!(verified(&server, environment, &token) && !verified(&server, other, &token));
        assert!(verified(&server, environment, &answer.member("access_token")));
        assert_eq!(claims(&answer)["iss"], json!(environment.auth_server));
        let (message, signature) = token.rsplit_once('.').unwrap();
        let (header, _) = message.split_once('.').unwrap();
        let forged = format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode("{}"));
        assert!(!verified(&server, environment, &forged));
    }
    let keys = get(&server, &world.staging.jwks_url);
    assert_eq!((keys.status, keys.header("content-type")), (200, "application/json; charset=utf-8"));
    assert_eq!(keys.header("cache-control"), NO_CACHE);
    let keys = keys.json()["keys"].as_array().unwrap().clone();
    let kinds: Vec<_> = keys.iter().map(|key| (key["kty"].clone(), key["alg"].clone(), key["use"].clone())).collect();
    let kind = |kty: &str, alg: &str| (json!(kty), json!(alg), json!("sig"));
    assert_eq!(kinds, [kind("RSA", "RS256"), kind("EC", "ES256")]);
    assert_eq!(names(&keys[0]), ["alg", "e", "kid", "kty", "n", "use"]);
    assert_eq!((keys[0]["e"].as_str(), keys[0]["n"].as_str().unwrap().len()), (Some("AQAB"), 342));
}

#[test]
fn a_replaced_key_stays_for_one_rotation() {
    let server = Server::start();
    let world = server.world();
    let issue = |environment: &Environment| server.openid_login(environment, "scope=openid").member("id_token");
    let (old, production) = (issue(&world.staging), issue(&world.production));
    server.command(&world, &json!({"rotate_keys": true}));
    let new = issue(&world.staging);
    assert_ne!(jwt_part(&old, 0)["kid"], jwt_part(&new, 0)["kid"]);
    assert!(verified(&server, &world.staging, &old) && verified(&server, &world.staging, &new));
    assert!(verified(&server, &world.production, &production));
    let moduli = |world: &World| {
        let keys = get(&server, &world.staging.jwks_url).json();
        let keys = keys["keys"].as_array().unwrap().iter();
        keys.filter(|key| key["kty"] == "RSA").map(|key| key["n"].clone()).collect::<Vec<Value>>()
    };
    let before = moduli(&world);
    server.command(&world, &json!({"rotate_keys": true}));
    assert!(!verified(&server, &world.staging, &old) && verified(&server, &world.staging, &new));
    assert!(!verified(&server, &world.production, &production));
    let after = moduli(&world);
    assert_eq!((before.len(), after.len()), (2, 2));
    assert!(!after.contains(&before[1]), "the number is gone too, not only its name");
    assert_eq!(moduli(&server.world()).len(), 1, "another world keeps its keys");
}

#[test]
fn discovery_names_what_is_served() {
    let server = Server::start();
    let world = server.world();
    for environment in [&world.staging, &world.production] {
        let url = format!("{}.well-known/openid-configuration", environment.auth_server);
        let answer = get(&server, &url);
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json; charset=utf-8"));
        let document = answer.json();
        for (name, url) in [
            ("issuer", &environment.auth_server),
            ("authorization_endpoint", &environment.authorize_url),
            ("token_endpoint", &environment.token_url),
            ("revocation_endpoint", &environment.revoke_url),
            ("jwks_uri", &environment.jwks_url),
            ("userinfo_endpoint", &environment.userinfo_url),
            ("end_session_endpoint", &format!("{}oauth2/sessions/logout", environment.auth_server)),
        ] {
            assert_eq!(document[name], json!(url), "{name}");
            assert!(name == "issuer" || get(&server, url).status != 404, "{name}");
        }
        let told = claims(&server.openid_login(environment, &format!("scope={ALL}&nonce=12345678")));
        assert_eq!(document["claims_supported"], json!(names(&told)));
        let granted = server.openid_login(environment, &format!("scope={ALL}")).member("scope");
        assert_eq!(document["scopes_supported"], json!(granted.split(' ').collect::<Vec<_>>()));
        assert_eq!(document["response_types_supported"], json!(["code"]));
        assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
        let methods = json!(["client_secret_post", "client_secret_basic", "none"]);
        assert_eq!(document["token_endpoint_auth_methods_supported"], methods);
        assert_eq!(document["id_token_signing_alg_values_supported"], json!(["RS256"]));
        assert_eq!(document["request_uri_parameter_supported"], json!(false));
        for grant in document["grant_types_supported"].as_array().unwrap() {
            let form = format!("grant_type={}", grant.as_str().unwrap());
            let answer = server.token(environment, &environment.clients["demand"], &form);
            assert!(answer.status == 200 || answer.member("error") == "invalid_grant", "{answer:?}");
        }
        let plain = format!("{}.well-known/oauth-authorization-server", environment.auth_server);
        assert_eq!(get(&server, &plain).json(), document);
    }
    let line = format!("POST {}", path(&world.staging.jwks_url));
    let answer = server.send(&line, &[], "");
    assert_eq!((answer.status, answer.header("allow")), (405, "GET,HEAD"));
}

#[test]
fn userinfo_tells_the_claims_of_the_token() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let answer = server.openid_login(staging, &format!("scope={ALL}&nonce=12345678"));
    let token = answer.member("access_token");
    let mut expected = claims(&answer);
    for name in ["nonce", "at_hash", "exp", "sid", "jti"] {
        assert!(expected.as_object_mut().unwrap().remove(name).is_some(), "{name}");
    }
    let place = path(&staging.userinfo_url);
    let lower = format!("bearer {token}");
    let form = format!("access_token={token}");
    let other = "access_token=unknown";
    for (line, headers, body) in [
        (format!("GET {place}"), vec![("Authorization", lower.as_str())], ""),
        (format!("POST {place}"), vec![("Authorization", lower.as_str())], ""),
        (format!("GET {place}?{form}"), vec![], ""),
        (format!("GET {place}?{form}"), vec![("Authorization", "Basic YTpi")], ""),
        (format!("GET {place}?{other}"), vec![("Authorization", lower.as_str())], ""),
        (format!("POST {place}"), vec![FORM], form.as_str()),
        (format!("POST {place}?{other}"), vec![FORM], form.as_str()),
    ] {
        let answer = server.send(&line, &headers, body);
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json; charset=utf-8"));
        assert_eq!((answer.json(), answer.header("www-authenticate")), (expected.clone(), ""), "{line}");
    }
    let put = server.send(&format!("PUT {place}"), &[], "");
    assert_eq!((put.status, put.header("allow")), (405, "GET,HEAD,POST"));

    let without = server.openid_login(staging, "scope=email+profile").member("access_token");
    let answer = userinfo(&server, staging, &without).json();
    assert_eq!(names(&answer), ["aud", "auth_time", "iat", "iss", "rat", "sub"], "openid is needed for the rest");
    let demand = &staging.clients["demand"];
    let application = server.application_token(staging, "openid");
    let answer = userinfo(&server, staging, &application).json();
    assert_eq!((names(&answer), &answer["aud"]), (vec!["aud", "iat", "iss"], &json!([demand.id])));
}

#[test]
fn userinfo_refuses_in_header_and_body() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let supply = &staging.clients["supply"];
    let place = path(&staging.userinfo_url);
    let unauthorized =
        "The request could not be authorized. Check that you provided valid credentials in the right format.";
    let refused = |answer: &Answer| {
        assert_eq!((answer.status, answer.header("content-type")), (401, "application/json"), "{answer:?}");
        assert_eq!(answer.body, format!(r#"{{"error":"request_unauthorized","error_description":"{unauthorized}"}}"#));
        let challenge = format!(r#"Bearer error="request_unauthorized",error_description="{unauthorized}""#);
        assert_eq!(answer.header("www-authenticate"), challenge);
    };
    let login = || server.openid_login(staging, &format!("scope={ALL}"));
    refused(&server.send(&format!("GET {place}"), &[], ""));
    refused(&server.send(&format!("GET {place}?access_token=%zz"), &[], ""));
    refused(&server.send(&format!("POST {place}"), &[FORM], "access_token=%zz"));
    refused(&userinfo(&server, staging, "unknown"));
    let elsewhere = login().member("access_token");
    refused(&userinfo(&server, &world.production, &elsewhere));
    server.command(&world, &json!({"revoke": elsewhere}));
    refused(&userinfo(&server, staging, &elsewhere));
    let rotated = login();
    let next = server.refresh(staging, supply, &rotated.member("refresh_token"));
    refused(&userinfo(&server, staging, &rotated.member("access_token")));
    assert_eq!(userinfo(&server, staging, &next.member("access_token")).status, 200);

    let refresh = userinfo(&server, staging, &next.member("refresh_token"));
    assert_eq!(refresh.status, 401);
    assert_eq!(refresh.body, r#"{"error":"error","error_description":"The error is unrecognizable"}"#);
    assert_eq!(
        refresh.header("www-authenticate"),
        r#"Bearer error="invalid_token",error_description="Only access tokens are allowed in the authorization header.""#
    );
    server.command(&world, &json!({"revoke": next.member("refresh_token")}));
    refused(&userinfo(&server, staging, &next.member("refresh_token")));

    let expired = login();
    let end = jwt_part(&expired.member("access_token"), 1)["exp"].as_i64().unwrap();
    let end = jiff::Timestamp::from_second(end).unwrap().strftime("%Y-%m-%d %H:%M:%S +0000 UTC").to_string();
    server.command(&world, &json!({"advance": "1h"}));
    let answer = userinfo(&server, staging, &expired.member("access_token"));
    let description = format!("Token expired. Access token expired at '{end}'.");
    assert_eq!(answer.status, 401);
    assert_eq!(answer.body, format!(r#"{{"error":"invalid_token","error_description":"{description}"}}"#));
    let challenge = format!(r#"Bearer error="invalid_token",error_description="{description}""#);
    assert_eq!((answer.header("www-authenticate"), answer.header("cache-control")), (challenge.as_str(), NO_CACHE));
}

#[test]
fn a_logout_without_a_session_ends_on_a_page_or_at_the_error_page() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let place = path(&format!("{}oauth2/sessions/logout", staging.auth_server));
    let hint = server.openid_login(staging, "scope=openid").member("id_token");
    for query in [String::new(), format!("id_token_hint={hint}"), format!("id_token_hint={hint}&state=a")] {
        for answer in [
            server.send(&format!("GET {place}?{query}"), &[], ""),
            server.send(&format!("POST {place}"), &[FORM], &query),
        ] {
            let page = format!("{}oauth2/fallbacks/logout/callback", staging.auth_server);
            assert_eq!((answer.status, answer.header("location")), (302, page.as_str()), "{query}");
            let shown = get(&server, &page);
            assert!(shown.status == 200 && shown.body.contains("You are logged out"), "{shown:?}");
        }
    }
    for (query, told) in [
        ("state=a&post_logout_redirect_uri=b".to_owned(), "parameter state is set but id_token_hint is missing."),
        (
            "post_logout_redirect_uri=b".to_owned(),
            "parameter post_logout_redirect_uri is set but id_token_hint is missing.",
        ),
        (format!("post_logout_redirect_uri=b&id_token_hint={hint}"), "as a post_logout_redirect_uri for the client."),
        ("id_token_hint=a.b.c".to_owned(), "id_token_hint parameter failed."),
        ("state=%zz".to_owned(), "request could not be parsed."),
    ] {
        for answer in [
            server.send(&format!("GET {place}?{query}"), &[], ""),
            server.send(&format!("POST {place}"), &[FORM], &query),
        ] {
            assert!(answer.header("location").contains("/oauth2/fallbacks/error?"), "{query} {answer:?}");
            assert_eq!((answer.status, answer.redirected("error").as_str()), (302, "invalid_request"), "{query}");
            assert!(answer.redirected("error_description").ends_with(told), "{query} {answer:?}");
        }
    }
}
