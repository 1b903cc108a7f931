//! The documents that clients configure themselves from: discovery (`OpenID` Connect Discovery §3, RFC 8414 §2) and the key
//! set (RFC 7517 §5).
//!
//! The discovery document names what this server has and nothing more. So Hydra's implicit and hybrid flows, device
//! grant, request objects, registration, `private_key_jwt`, `plain` challenges and signed userinfo are not in it, though Hydra's own document lists them. Both documents lie below the environment's root, as Hydra serves them;
//! RFC 8414 would put its own between host and path.

use axum::response::Response;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    access_token, claims,
    id_token::rotations,
    keys::{self, EXPONENT, Key},
    pages::page,
};
use crate::mock::{arrived::Arrived, control::ClientMethod, thumbtack::clients::GrantType};

/// The media type of documents.
pub const JSON: &str = "application/json; charset=utf-8";

/// The discovery document. Of the scopes it lists those of `OpenID` Connect; which of the API a client may ask for is
/// settled when it is provisioned.
pub async fn discovery(Arrived { site, .. }: Arrived) -> Response {
    let below = |path: &str| format!("{}{path}", site.root());
    let methods = [ClientMethod::Post, ClientMethod::Basic, ClientMethod::None];
    let grants = [GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::ClientCredentials];
    let document = json!({
        "issuer": site.root(),
        "authorization_endpoint": below("oauth2/auth"),
        "token_endpoint": below("oauth2/token"),
        "jwks_uri": below(".well-known/jwks.json"),
        "userinfo_endpoint": below("userinfo"),
        "revocation_endpoint": below("oauth2/revoke"),
        "end_session_endpoint": below("oauth2/sessions/logout"),
        "subject_types_supported": ["public"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": grants.map(GrantType::name),
        "scopes_supported": ["openid", "profile", "email", "phone", "offline_access"],
        "claims_supported": claims::NAMES,
        "token_endpoint_auth_methods_supported": methods.map(ClientMethod::name),
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        // To say nothing would mean yes.
        "request_uri_parameter_supported": false,
    });
    page(StatusCode::OK, JSON, document.to_string())
}

/// The key set: the keys of `id_token`s, newest first, then the one of access tokens.
pub async fn key_set(Arrived { site, .. }: Arrived) -> Response {
    let mut keys: Vec<Value> = keys::published(site.environment, rotations(&site)).iter().map(published_key).collect();
    keys.push(access_token::published_key());
    page(StatusCode::OK, JSON, json!({ "keys": keys }).to_string())
}

/// A key of `id_token`s as it is published (RFC 7517 §4, RFC 7518 §6.3.1).
fn published_key(key: &Key) -> Value {
    let [modulus, exponent] = [key.modulus(), &EXPONENT].map(|number| URL_SAFE_NO_PAD.encode(number));
    json!({ "alg": "RS256", "e": exponent, "kid": key.id, "kty": "RSA", "n": modulus, "use": "sig" })
}
