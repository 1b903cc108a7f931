//! Tokens of the standards, tokens signed here, and hostile ones.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use super::super::testing::{Values, findings, pattern};

/// The claims of the examples in RFC 7515, appendix A.2 and A.3, with their signatures and keys.
const CLAIMS: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const RS256: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
const RS256_N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
const ES256: &str = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const ES256_XY: [&str; 2] =
    ["f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"];

fn base64(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn rsa_key() -> Value {
    json!({ "kty": "RSA", "n": RS256_N, "e": "AQAB" })
}

fn ec_key() -> Value {
    json!({ "kty": "EC", "crv": "P-256", "x": ES256_XY[0], "y": ES256_XY[1] })
}

fn standard(algorithm: &str, signature: &str) -> String {
    format!("{}.{CLAIMS}.{signature}", base64(&format!(r#"{{"alg":"{algorithm}"}}"#)))
}

/// A key of this test's own, by its name.
struct Signer {
    pair: EcdsaKeyPair,
    kid: &'static str,
}

impl Signer {
    fn new(kid: &'static str) -> Self {
        let random = SystemRandom::new();
        let written = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, written.as_ref(), &random).unwrap();
        Self { pair, kid }
    }

    fn key(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({ "kty": "EC", "crv": "P-256", "kid": self.kid, "use": "sig", "alg": "ES256", "x": part(&point[1..33]), "y": part(&point[33..]) })
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", base64(&header.to_string()), base64(&claims.to_string()));
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

/// What is told about `token` when it must be verified by the key set `jwks`.
fn told(token: &str, jwks: &Value) -> Vec<String> {
    let scope = Values::of([("jwks", jwks.clone())]);
    let found =
        findings(&pattern("{id_token: {$jwt: {signed_by: \"${jwks}\"}}}"), &json!({ "id_token": token }), &scope);
    found.iter().map(ToString::to_string).collect()
}

fn set(keys: &[Value]) -> Value {
    json!({ "keys": keys })
}

#[test]
fn the_examples_of_the_standard_are_verified_and_nothing_else_is() {
    let (rsa, ec) = (standard("RS256", RS256), standard("ES256", ES256));
    assert_eq!(told(&rsa, &set(&[rsa_key()])), [""; 0]);
    assert_eq!(told(&ec, &set(&[ec_key()])), [""; 0]);
    let other_claims = |token: &str| token.replacen(CLAIMS, &base64(r#"{"iss":"jane"}"#), 1);
    for (token, key) in [(&rsa, rsa_key()), (&ec, ec_key())] {
        let wrong = ["$.id_token: the signature is not one of the key"];
        assert_eq!(told(&other_claims(token), &set(&[key])), wrong);
    }
    let mut padded = rsa_key();
    let bytes = URL_SAFE_NO_PAD.decode(RS256_N).unwrap();
    padded["n"] = URL_SAFE_NO_PAD.encode([&[0][..], &bytes].concat()).into();
    assert_eq!(told(&rsa, &set(&[padded])), [""; 0]);
}

#[test]
fn a_key_set_may_be_written_in_the_file() {
    let written = format!("{{$jwt: {{signed_by: {}}}}}", set(&[ec_key()]));
    let token = Value::String(standard("ES256", ES256));
    assert_eq!(findings(&pattern(&written), &token, &Values::default()), []);
    let written = format!("{{$jwt: {{signed_by: {}}}}}", set(&[rsa_key()]));
    assert_eq!(findings(&pattern(&written), &token, &Values::default()).len(), 1);
}

#[test]
fn keys_are_found_by_their_names() {
    let (a, b) = (Signer::new("a"), Signer::new("b"));
    let header = |kid: &str| json!({ "alg": "ES256", "kid": kid });
    let token = b.sign(&header("b"), &json!({}));
    let both = set(&[a.key(), b.key()]);
    assert_eq!(told(&token, &both), [""; 0]);
    assert_eq!(
        told(&a.sign(&header("b"), &json!({})), &both),
        [r#"$.id_token: the signature is not one of the key "b""#]
    );
    assert_eq!(told(&token, &set(&[a.key()])), [r#"$.id_token: no key of the set has the `kid` "b""#]);
    // Keys of another type may have the same name.
    let mut twin = rsa_key();
    twin["kid"] = "b".into();
    assert_eq!(told(&token, &set(&[twin.clone(), b.key()])), [""; 0]);
    assert_eq!(
        told(&token, &set(&[twin])),
        [r#"$.id_token: the key "b" is not for this signature: its `kty` is "RSA", and ES256 needs "EC""#]
    );
    let nameless = b.sign(&json!({ "alg": "ES256" }), &json!({}));
    assert_eq!(told(&nameless, &set(&[b.key()])), [""; 0]);
    assert_eq!(
        told(&nameless, &both),
        ["$.id_token: the header has no `kid`, and the set has 2 keys: which one signed can't be told"]
    );
}

#[test]
fn what_is_not_signed_or_not_by_a_known_algorithm_is_told() {
    let signer = Signer::new("a");
    let keys = set(&[signer.key()]);
    for (header, message) in [
        (json!({ "alg": "none" }), "the token is not signed: its `alg` is \"none\""),
        (json!({ "alg": "HS256" }), "the `alg` \"HS256\" is not one that can be verified here: RS256 or ES256"),
        (json!({ "alg": "NONE" }), "the `alg` \"NONE\" is not one that can be verified here: RS256 or ES256"),
        (json!({}), "the header has no `alg`, so nothing says how it is signed"),
        (json!({ "alg": 5 }), "the header has no `alg`, so nothing says how it is signed"),
        (
            json!({ "alg": "ES256", "crit": ["exp"] }),
            "the header's `crit` asks for extensions that are not known (RFC 7515 §4.1.11)",
        ),
    ] {
        assert_eq!(told(&signer.sign(&header, &json!({})), &keys), [format!("$.id_token: {message}")], "{header}");
    }
}

#[test]
fn a_key_that_is_wrong_is_told() {
    let signer = Signer::new("a");
    let token = signer.sign(&json!({ "alg": "ES256", "kid": "a" }), &json!({}));
    for (member, value, message) in [
        ("use", "enc", "the key \"a\" is not for this signature: its `use` is \"enc\", and ES256 needs \"sig\""),
        ("alg", "ES512", "the key \"a\" is not for this signature: its `alg` is \"ES512\", and ES256 needs \"ES256\""),
        ("crv", "P-384", "the key \"a\" is not for this signature: its `crv` is \"P-384\", and ES256 needs \"P-256\""),
        ("x", "!", "the key \"a\" has no `x` in base64url"),
        ("y", "AQAB", "the key \"a\" is no key of P-256: its `y` has not 32 bytes"),
    ] {
        let mut key = signer.key();
        key[member] = value.into();
        assert_eq!(told(&token, &set(&[key])), [format!("$.id_token: {message}")]);
    }
    let mut optional = signer.key();
    for member in ["use", "alg"] {
        optional.as_object_mut().unwrap().remove(member);
    }
    assert_eq!(told(&token, &set(&[optional])), [""; 0]);
    for (member, source) in [("kty", "RFC 7517 §4.1"), ("crv", "RFC 7518 §6.2.1")] {
        for value in [None, Some(5)] {
            let mut key = signer.key();
            key[member] = value.into();
            if value.is_none() {
                key.as_object_mut().unwrap().remove(member);
            }
            let message = format!(
                "the key \"a\" has no `{member}`, which must say \"{}\" ({source})",
                signer.key()[member].as_str().unwrap()
            );
            assert_eq!(told(&token, &set(&[key])), [format!("$.id_token: {message}")]);
        }
    }
    let mut untyped = rsa_key();
    untyped.as_object_mut().unwrap().remove("kty");
    let rsa = told(&standard("RS256", RS256), &set(&[untyped]));
    assert_eq!(rsa, ["$.id_token: the key has no `kty`, which must say \"RSA\" (RFC 7517 §4.1)"]);
    for no_set in [json!({}), json!([]), json!("x"), json!({ "keys": 5 }), Value::Null] {
        let told = told(&token, &no_set);
        assert!(told.len() == 1 && told[0].contains("is no key set"), "{told:?}");
    }
    let nameless = signer.sign(&json!({ "alg": "ES256" }), &json!({}));
    assert_eq!(told(&nameless, &set(&[])), ["$.id_token: the key set is empty"]);
}

/// What is told about the hash of the access token in a token of this header and these claims.
fn hash_told(header: &Value, claims: &Value) -> Vec<String> {
    // The example of OpenID Connect Core, appendix A.3.
    let scope = Values::of([("access", json!("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"))]);
    let token = format!("{}.{}.", base64(&header.to_string()), base64(&claims.to_string()));
    let found = findings(&pattern("{$jwt: {at_hash_of: \"${access}\"}}"), &Value::String(token), &scope);
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn the_hash_of_the_access_token_is_compared() {
    let rs256 = json!({ "alg": "RS256" });
    assert_eq!(hash_told(&rs256, &json!({ "at_hash": "77QmUPtjPfzWtF2AnpK9RQ" })), [""; 0]);
    assert_eq!(
        hash_told(&rs256, &json!({ "at_hash": "77QmUPtjPfzWtF2AnpK9R" })),
        [r#"$.claims.at_hash: expected "77QmUPtjPfzWtF2AnpK9RQ", got "77QmUPtjPfzWtF2AnpK9R""#]
    );
    assert_eq!(
        hash_told(&rs256, &json!({})),
        ["$.claims.at_hash: the claim is missing, so nothing ties the token to the access token"]
    );
    // Longer algorithms have longer halves.
    for (alg, hash) in
        [("PS384", "jtAeDp945y1dDqU3nkIVGNZP1HjH_MFs"), ("ES512", "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM")]
    {
        assert_eq!(hash_told(&json!({ "alg": alg }), &json!({ "at_hash": hash })), [""; 0], "{alg}");
    }
    for (alg, message) in
        [("none", "no hash belongs to the `alg` \"none\""), ("RS1", "no hash belongs to the `alg` \"RS1\"")]
    {
        assert_eq!(hash_told(&json!({ "alg": alg }), &json!({})), [format!("$: {message}")]);
    }
    assert_eq!(hash_told(&json!({}), &json!({})), ["$: the header has no `alg`, by which the hash is chosen"]);
}

#[test]
fn the_names_of_all_parts_are_known() {
    let pattern = pattern(
        "{$jwt: {header: {alg: \"${a}\"}, claims: {sub: \"${b}\"}, signed_by: \"${c}\", at_hash_of: \"${d}\"}}",
    );
    let names: Vec<&str> = pattern.names().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["a", "b", "c", "d"]);
}

#[test]
fn all_parts_are_shown_where_no_token_may_match() {
    let token = json!(standard("ES256", ES256));
    let scope = Values::of([("keys", set(&[ec_key()])), ("access", json!("x"))]);
    for (argument, shown) in [
        ("{signed_by: \"${keys}\"}", "{signed_by: ${keys}}"),
        (r#"{claims: {iss: joe}, signed_by: "${keys}"}"#, r#"{claims: {"iss": "joe"}, signed_by: ${keys}}"#),
        ("{header: {alg: ES256}}", r#"{header: {"alg": "ES256"}}"#),
    ] {
        let found = findings(&pattern(&format!("{{$not: {{$jwt: {argument}}}}}")), &token, &scope);
        let told = found[0].to_string();
        assert!(told.starts_with(&format!("$: expected anything but {{$jwt: {shown}}}, got ")), "{told}");
    }
    // The token of the standard has no `at_hash`, so these are shown as what was found nowhere.
    for (argument, shown) in [
        (r#"{at_hash_of: "${access}"}"#, "{at_hash_of: ${access}}"),
        ("{at_hash_of: x}", "{at_hash_of: \"x\"}"),
        ("{signed_by: {keys: [{kty: oct}]}}", r#"{signed_by: {"keys": [{"kty": "oct"}]}}"#),
    ] {
        let found = findings(&pattern(&format!("{{$some: {{$jwt: {argument}}}}}")), &json!([token]), &scope);
        let told = found[0].to_string();
        assert!(told.contains(&format!("matches {{$jwt: {shown}}}, found none")), "{told}");
    }
}

#[test]
fn a_placeholder_without_a_value_can_not_be_turned_around() {
    for yaml in ["{$jwt: {signed_by: \"${gone}\"}}", "{$not: {$jwt: {at_hash_of: \"${gone}\"}}}"] {
        let found = findings(&pattern(yaml), &json!(standard("ES256", ES256)), &Values::default());
        assert_eq!(
            found.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["$: the placeholder `${gone}` has no value"]
        );
    }
}

#[test]
fn hostile_texts_are_told_without_their_content() {
    let deep = format!("{}.{}.", base64("{\"alg\":\"RS256\"}"), base64(&"[".repeat(100_000)));
    let texts = [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "e30.e30",
        "e30..",
        ".e30.",
        "e30.e30.=",
        "e30=.e30.",
        "W10.e30.",
        "e30.W10.",
        "e30.MQ.",
        "_w._w._w",
        "\u{0}.\u{0}.\u{0}",
        "é.é.é",
        "e30.e30.e30.e30.e30",
        &deep,
        &".".repeat(1_000_000),
        &"a".repeat(1_000_000),
    ];
    for text in texts {
        let told = told(text, &set(&[rsa_key()]));
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].len() < 200, "{told:?}");
    }
}

#[test]
fn no_changed_token_is_verified_and_no_finding_holds_the_token() {
    let token = standard("ES256", ES256);
    let keys = set(&[ec_key()]);
    let yaml = "{$jwt: {signed_by: \"${jwks}\", header: {alg: other}, claims: {iss: other}, at_hash_of: x}}";
    let (pattern, scope) = (pattern(yaml), Values::of([("jwks", keys.clone())]));
    for at in 0..token.len() {
        for replacement in ["A", ".", "=", "\u{0}"] {
            let mut changed = token.clone();
            changed.replace_range(at..=at, replacement);
            let found = findings(&pattern, &Value::String(changed.clone()), &scope);
            let written = format!("{found:?}");
            for part in changed.split('.').filter(|part| part.len() > 20) {
                assert!(!written.contains(part), "{written}");
            }
            // The last character of base64 has bits that count for nothing, but must be zero.
            assert!(changed == token || !told(&changed, &keys).is_empty(), "{at} {replacement:?}");
        }
    }
}
