//! Tokens: their form, and the token response (RFC 6749 §5.1).

use std::sync::LazyLock;

use axum::{body::Body, response::Response};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use serde::Serialize;
use serde_json::{Value, json};

use super::{errors::json_headers, id_token};
use crate::mock::{
    control::{AccessTokenForm, RefreshWindow},
    ledger::{AccessToken, Authority, Lineage, RefreshToken},
    recent::Key,
    site::Site,
    thumbtack::clients::GrantType,
};

/// The key id in every access token's header.
const KEY_ID: &str = "00000000-0000-4000-8000-00000000e256";

/// Fills the `ext` claim, so that a token has the length that partners see (about 1 190 characters).
static PADDING: LazyLock<String> = LazyLock::new(|| "mock-".repeat(84));

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
    scp: &'a [String],
    sub: &'a str,
}

#[derive(Serialize)]
struct Extra<'a> {
    client_name: &'a str,
    session: &'a str,
}

/// The token response; members in Hydra's alphabetical order.
#[derive(Serialize)]
struct TokenResponse<'a> {
    access_token: &'a str,
    expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    scope: String,
    token_type: &'static str,
}

/// Issues an access token, a refresh token if `offline_access` was granted to a client that may refresh, and an
/// `id_token` if a user granted `openid`.
///
/// They are signed before the world is locked again, so that a signature delays no other request.
pub fn issue(site: &Site, lineage: Lineage) -> Response {
    let (world, grant) = (&site.world, lineage.grant.clone());
    let authority = &grant.authority;
    let now = world.clock.now();
    let expires_at = now + i64::from(world.settings.access_token_seconds) * 1000;
    let access_token = match world.settings.access_token_form {
        AccessTokenForm::Opaque => world.identifiers.opaque("ory_at_"),
        AccessTokenForm::JwtEs256 => signed(site, authority, now, expires_at),
    };
    let id_token = id_token::signed(site, authority, &access_token, now);
    let refresh_token = refreshable(authority).then(|| world.identifiers.opaque("ory_rt_"));
    let (access_key, refresh_key) = (Key::of(&access_token), refresh_token.as_deref().map(Key::of));
    let mut state = world.state();
    let ledger = state.ledger(site.environment);
    ledger
        .access_tokens
        .insert(access_key, AccessToken { lineage: lineage.clone(), issued_at: now, expires_at, active: true });
    if let Some(key) = refresh_key {
        let begins = match (world.settings.refresh_window, &authority.login) {
            (RefreshWindow::Fixed, Some(login)) => login.requested_at,
            _ => now,
        };
        let expires_at = begins + i64::from(world.settings.refresh_token_seconds) * 1000;
        ledger
            .refresh_tokens
            .insert(key, RefreshToken { lineage, expires_at, first_used_at: None, access_token: access_key });
    }
    drop(state);
    respond(&TokenResponse {
        access_token: &access_token,
        expires_in: left(authority, expires_at - now),
        id_token,
        refresh_token: refresh_token.as_deref(),
        scope: authority.scopes.join(" "),
        token_type: "bearer",
    })
}

/// Whole seconds left. Hydra computes them a moment after issuing, so that client credentials lose a second; user
/// grants are rounded before.
fn left(authority: &Authority, milliseconds: i64) -> i64 {
    let moment = i64::from(authority.user.is_none());
    (milliseconds - moment).max(0) / 1000
}

fn refreshable(authority: &Authority) -> bool {
    authority.user.is_some()
        && authority.client.grants.contains(&GrantType::RefreshToken)
        && authority.scopes.iter().any(|scope| scope == "offline_access")
}

fn signed(site: &Site, authority: &Authority, now: i64, expires_at: i64) -> String {
    let identifiers = &site.world.identifiers;
    let issued = now.div_euclid(1000);
    let claims = Claims {
        aud: &authority.audience,
        client_id: authority.client.id,
        exp: expires_at.div_euclid(1000),
        ext: Extra { client_name: authority.client.name, session: &PADDING },
        iat: issued,
        iss: &site.root,
        jti: identifiers.uuid(),
        nbf: issued,
        scp: &authority.scopes,
        sub: authority.user.map_or(authority.client.id, |user| user.id),
    };
    let mut token = String::with_capacity(TOKEN_CAPACITY);
    token.push_str(&HEADER);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(&claims).unwrap_or_default(), &mut token);
    let signature = KEY.as_ref().and_then(|key| key.sign(&SystemRandom::new(), token.as_bytes()).ok());
    token.push('.');
    // Without a source of randomness nothing can be signed; the token is still one of a kind.
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

fn respond(token: &TokenResponse<'_>) -> Response {
    let mut response = Response::new(Body::from(serde_json::to_vec(token).unwrap_or_default()));
    json_headers(response.headers_mut());
    response
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
