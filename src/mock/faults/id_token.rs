//! An `id_token` that is not what it should be, made of the one that was issued.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::hmac;
use serde_json::{Map, Value, json};

use super::members;
use crate::mock::{
    control::{Claim, IdTokenChange, KeyId, Members, Signature},
    oauth::{at_hash, public_key_text, sign_id_token},
    site::Site,
};

/// A key id that no key set has.
const UNKNOWN_KEY: &str = "00000000-0000-4000-8000-00000000dead";

/// How long before its issue an expired token ended, in seconds: longer than clocks differ.
const EXPIRED_FOR: i64 = 600;

/// How much too old a wrong `iat` is, in seconds.
const TOO_OLD: i64 = 24 * 3600;

/// Changes the `id_token` of a token response; `false` if it has none.
pub fn change(site: &Site, change: &IdTokenChange, object: &mut Map<String, Value>) -> bool {
    let changed = object.get("id_token").and_then(Value::as_str).and_then(|token| changed(site, change, token));
    let Some(changed) = changed else { return false };
    object.insert("id_token".to_owned(), changed.into());
    true
}

fn changed(site: &Site, change: &IdTokenChange, token: &str) -> Option<String> {
    let mut parts = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part));
    let mut header: Map<String, Value> = serde_json::from_slice(&parts.next()?.ok()?).ok()?;
    let mut claims: Map<String, Value> = serde_json::from_slice(&parts.next()?.ok()?).ok()?;
    // Whose secret it is does not change with the claim.
    let client = claims.get("aud").and_then(|audience| audience.get(0)?.as_str()).map(str::to_owned);
    let issued = claims.get("iat").and_then(Value::as_i64).unwrap_or_default();
    for claim in &change.wrong {
        let (name, value) = wrong(*claim, issued);
        claims.insert(name.to_owned(), value);
    }
    members::apply(&Members { omit: change.omit.clone(), set: change.set.clone() }, &mut claims);
    match change.kid {
        None => {}
        Some(KeyId::Unknown) => drop(header.insert("kid".to_owned(), UNKNOWN_KEY.into())),
        Some(KeyId::Absent) => drop(header.remove("kid")),
    }
    let algorithm = match change.signature {
        None | Some(Signature::Wrong) => "RS256",
        Some(Signature::None) => "none",
        Some(Signature::Hs256ClientSecret | Signature::Hs256PublicKey) => "HS256",
    };
    header.insert("alg".to_owned(), algorithm.into());
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(Value::Object(part).to_string()));
    let message = format!("{header}.{claims}");
    let signature = match change.signature {
        None => sign_id_token(site, message.as_bytes())?,
        Some(Signature::None) => Vec::new(),
        Some(Signature::Wrong) => {
            let mut signature = sign_id_token(site, message.as_bytes())?;
            for byte in &mut signature {
                *byte ^= 0x55;
            }
            signature
        }
        Some(Signature::Hs256ClientSecret) => {
            let client = site.clients().find(client?.as_bytes())?;
            hs256(client.secret.as_bytes(), message.as_bytes())
        }
        Some(Signature::Hs256PublicKey) => hs256(public_key_text(site)?.as_bytes(), message.as_bytes()),
    };
    Some(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// The name of a claim, and a value that is wrong for every login.
fn wrong(claim: Claim, issued: i64) -> (&'static str, Value) {
    match claim {
        Claim::Iss => ("iss", json!("https://issuer.example.com/")),
        Claim::Aud => ("aud", json!(["00000000-0000-4000-8000-00000000a0d0"])),
        Claim::Exp => ("exp", json!(issued - EXPIRED_FOR)),
        Claim::Iat => ("iat", json!(issued - TOO_OLD)),
        Claim::Nonce => ("nonce", json!("another-nonce")),
        Claim::Sub => ("sub", json!("999999999999999999")),
        Claim::AtHash => ("at_hash", json!(at_hash("another token"))),
    }
}

fn hs256(secret: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message).as_ref().to_vec()
}
