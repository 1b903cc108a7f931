//! Access tokens as JWTs: their claims, and who signs them. Partners see tokens of about 1 190 characters; what is in
//! them is Hydra's default, and a guess.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use serde::Serialize;
use serde_json::{Value, json};

use super::{id_token, keys};
use crate::mock::{ledger::Authority, site::Site};

/// The key id in the header of every access token that is signed by ES256.
const KEY_ID: &str = "00000000-0000-4000-8000-00000000e256";

/// Fills the `ext` claim, so that a token has the length that partners see (about 1 190 characters).
static PADDING: LazyLock<String> = LazyLock::new(|| "mock-".repeat(84));

/// How much longer a signature by RS256 is than one by ES256, before base64; so much less is filled.
const LONGER: usize = 192;

/// Room for a token of usual length.
const TOKEN_CAPACITY: usize = 1_280;

/// The public half of the key: the base point of P-256 (FIPS 186-5, SP 800-186 §3.2.1.3), uncompressed.
const BASE_POINT: [u8; 65] = [
    0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03,
    0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe,
    0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce,
    0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
];

/// The signing key. Its private scalar is the number 1, so that nobody can take it for a secret.
static KEY: LazyLock<Option<EcdsaKeyPair>> = LazyLock::new(|| {
    let mut one = [0; 32];
    one[31] = 1;
    EcdsaKeyPair::from_private_key_and_public_key(
        &ECDSA_P256_SHA256_FIXED_SIGNING,
        &one,
        &BASE_POINT,
        &SystemRandom::new(),
    )
    .ok()
});

static HEADER: LazyLock<String> =
    LazyLock::new(|| URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"ES256","kid":"{KEY_ID}","typ":"JWT"}}"#)));

/// The claims of an access token; members in alphabetical order, as Hydra writes them.
#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a [String],
    client_id: &'a str,
    exp: i64,
    ext: Extra<'a>,
    iat: i64,
    iss: &'a str,
    jti: String,
    nbf: i64,
    scp: &'a [&'static str],
    sub: &'a str,
}

#[derive(Serialize)]
struct Extra<'a> {
    client_name: &'a str,
    session: &'a str,
}

/// A token signed by ES256, which takes little time.
pub fn es256(site: &Site, authority: &Authority, now: i64, expires_at: i64) -> String {
    let mut token = String::with_capacity(TOKEN_CAPACITY);
    token.push_str(&HEADER);
    write_claims(&mut token, (site, authority), (now, expires_at), &PADDING);
    let signature = KEY.as_ref().and_then(|key| key.sign(&SystemRandom::new(), token.as_bytes()).ok());
    sign(token, signature.as_ref().map(AsRef::as_ref))
}

/// A token signed by RS256 with the key that signs `id_token`s, as real ones most likely are.
pub fn rs256(site: &Site, authority: &Authority, now: i64, expires_at: i64) -> String {
    let key = keys::after(site.environment, id_token::rotations(site));
    let id = key.as_ref().map_or("", |key| &key.id);
    let mut token = String::with_capacity(TOKEN_CAPACITY);
    URL_SAFE_NO_PAD.encode_string(format!(r#"{{"alg":"RS256","kid":"{id}","typ":"JWT"}}"#), &mut token);
    let padding = PADDING.get(LONGER..).unwrap_or_default();
    write_claims(&mut token, (site, authority), (now, expires_at), padding);
    let signature = key.and_then(|key| key.sign(token.as_bytes()));
    sign(token, signature.as_deref())
}

/// Writes the second part of a token: what it says of `of`, from and until `times` in milliseconds since the epoch.
fn write_claims(token: &mut String, of: (&Site, &Authority), times: (i64, i64), padding: &str) {
    let (site, authority) = of;
    let (issued, expires) = (times.0.div_euclid(1000), times.1.div_euclid(1000));
    let claims = Claims {
        aud: &authority.audience,
        client_id: authority.client.id,
        exp: expires,
        ext: Extra { client_name: authority.client.name, session: padding },
        iat: issued,
        iss: site.root(),
        jti: site.world.identifiers.uuid(),
        nbf: issued,
        scp: &authority.scopes,
        sub: authority.user.map_or(authority.client.id, |user| user.id),
    };
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(&claims).unwrap_or_default(), token);
}

/// Adds the third part. Without a source of randomness nothing can be signed; the token is still one of a kind.
fn sign(mut token: String, signature: Option<&[u8]>) -> String {
    token.push('.');
    if let Some(signature) = signature {
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    }
    token
}

/// The public half of the key of access tokens, as it is published (RFC 7517 §4, RFC 7518 §6.2.1).
pub fn published_key() -> Value {
    let [x, y] = [1..33, 33..65].map(|half| URL_SAFE_NO_PAD.encode(BASE_POINT.get(half).unwrap_or_default()));
    json!({ "alg": "ES256", "crv": "P-256", "kid": KEY_ID, "kty": "EC", "use": "sig", "x": x, "y": y })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    #[test]
    fn the_key_signs_what_its_public_half_verifies() {
        let signature = KEY.as_ref().unwrap().sign(&SystemRandom::new(), b"message").unwrap();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, BASE_POINT);
        assert!(public.verify(b"message", signature.as_ref()).is_ok());
        assert!(public.verify(b"other", signature.as_ref()).is_err());
    }
}
