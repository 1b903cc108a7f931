//! The authorization server, with Ory Hydra's semantics: which check comes first, which text it answers.
//!
//! Consent is unattended: the world's next login says who answers, else the first user approves.

mod authorize;
mod client_authentication;
mod client_credentials;
mod code;
mod consent;
mod errors;
pub mod pages;
mod pkce;
mod redirect;
mod refresh;
mod revoke;
mod token;
mod tokens;

use axum::{Router, routing};

/// The routes below an environment's root.
pub fn routes() -> Router {
    let only = || routing::MethodRouter::new().fallback(pages::method_not_allowed);
    Router::new()
        .route("/oauth2/auth", only().get(authorize::get).post(authorize::post))
        .route("/oauth2/token", only().post(token::post))
        .route("/oauth2/revoke", only().post(revoke::post))
        .route("/oauth2/fallbacks/error", only().get(pages::error))
}
