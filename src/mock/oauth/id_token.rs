//! `id_token`s (`OpenID` Connect Core §2): RS256 JWTs about the user, beside the access token of a code or refresh
//! exchange for which `openid` was granted.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    claims::{granted, shared},
    keys,
};
use crate::mock::{ledger::Authority, site::Site};

/// Life of an `id_token` in seconds: Hydra's default.
const LIFE: i64 = 3600;

/// What stands before the modulus of 2048 bits in a `SubjectPublicKeyInfo` (RFC 5280 §4.1, RFC 8017 §A.1.1): both
/// sequences, the algorithm `rsaEncryption`, the bit string, and the integer that follows.
const SPKI_OF_RSA_2048: [u8; 33] = [
    0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    0x03, 0x82, 0x01, 0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00,
];

/// The `id_token` that goes with `access_token`, issued at `now` in milliseconds since the epoch. `None` unless a user
/// granted `openid`; also without a source of randomness, since nothing can be signed then.
pub fn signed(site: &Site, authority: &Authority, access_token: &str, now: i64) -> Option<String> {
    let login = authority.login.as_ref().filter(|_| granted(authority, "openid"))?;
    let mut claims = shared(site, authority, now);
    claims.insert("at_hash".to_owned(), json!(at_hash(access_token)));
    claims.insert("exp".to_owned(), json!(now.div_euclid(1000) + LIFE));
    claims.insert("jti".to_owned(), json!(site.world.identifiers.uuid()));
    claims.insert("sid".to_owned(), json!(login.session));
    if !login.nonce.is_empty() {
        claims.insert("nonce".to_owned(), json!(login.nonce));
    }
    let key = keys::after(site.environment, rotations(site))?;
    let header = json!({ "alg": "RS256", "kid": key.id, "typ": "JWT" });
    let [header, claims] = [header, Value::Object(claims)].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let message = format!("{header}.{claims}");
    let signature = key.sign(message.as_bytes())?;
    Some(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// The signature of `message` by the key of this world's `id_token`s; `None` without a source of randomness.
pub fn sign_id_token(site: &Site, message: &[u8]) -> Option<Vec<u8>> {
    keys::after(site.environment, rotations(site))?.sign(message)
}

/// The public half of that key as text: PEM (RFC 7468 §13), which careless clients take for the secret of an HMAC.
pub fn public_key_text(site: &Site) -> Option<String> {
    let key = keys::after(site.environment, rotations(site))?;
    let der = [&SPKI_OF_RSA_2048, key.modulus(), &[2, 3], &keys::EXPONENT].concat();
    let lines: Vec<String> =
        STANDARD.encode(der).as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    Some(format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n")))
}

/// The `sub` of an `id_token` that a published key of this environment has signed, however old it is.
pub fn subject(site: &Site, id_token: &str) -> Option<String> {
    let (message, signature) = id_token.rsplit_once('.')?;
    let (_, claims) = message.split_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let keys = keys::published(site.environment, rotations(site));
    keys.iter().find(|key| key.verifies(message.as_bytes(), &signature))?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    claims.get("sub")?.as_str().map(str::to_owned)
}

/// How often the keys of this world were replaced.
pub fn rotations(site: &Site) -> u32 {
    site.world.state().key_rotations
}

/// `at_hash` (`OpenID` Connect Core §3.1.3.6): the left half of the hash, because the algorithm is RS256.
pub fn at_hash(access_token: &str) -> String {
    let digest = Sha256::digest(access_token);
    URL_SAFE_NO_PAD.encode(digest.get(..16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

    use super::*;
    use crate::mock::{
        control::Settings,
        site::Environment,
        worlds::{DEFAULT, Worlds},
    };

    #[test]
    fn the_text_of_the_public_key_is_that_of_the_key_that_signs() {
        let worlds = Worlds::new("http://mock.example".to_owned(), Settings::default());
        for environment in [Environment::Staging, Environment::Production] {
            let site = worlds.site(worlds.get(DEFAULT).unwrap(), environment);
            let text = public_key_text(&site).unwrap();
            let encoded: String = text.lines().filter(|line| !line.starts_with('-')).collect();
            let der = STANDARD.decode(encoded).unwrap();
            // Behind the algorithm and the head of the bit string stands the key as PKCS #1 has it.
            let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &der[24..]);
            let signature = sign_id_token(&site, b"message").unwrap();
            assert!(key.verify(b"message", &signature).is_ok());
            assert!(key.verify(b"other", &signature).is_err());
        }
    }

    #[test]
    fn the_hash_is_that_of_the_specification() {
        // OpenID Connect Core, appendix A.3.
        let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(at_hash(token), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}
