//! The authorization server, with Ory Hydra's semantics: which check comes first, which text it answers.
//!
//! Consent is unattended: the world's next login says who answers, else the first user approves. With `login: pages` a
//! person logs in and answers.
//!
//! `OpenID` Connect (Core 1.0, Discovery 1.0) is served below each environment's root: `id_token`s, userinfo, the key set
//! and the discovery document. The partner documents promise the `id_token`s alone; the paths, the algorithm and that the
//! rest can be reached at all are Hydra's defaults, so guesses.

mod access_token;
mod authorize;
mod claims;
mod client_authentication;
mod client_credentials;
mod code;
mod consent;
mod errors;
mod frame;
mod id_token;
mod interaction;
mod keys;
pub mod pages;
mod pkce;
mod redirect;
mod redirect_uri;
mod refresh;
mod revoke;
mod token;
mod tokens;
mod userinfo;
mod well_known;

pub use interaction::Interactions;

use axum::{Router, routing};

pub use client_authentication::claimed_client;
pub use id_token::{at_hash, public_key_text, sign_id_token};
pub use redirect::Posted;

/// The routes below an environment's root.
pub fn routes() -> Router {
    let only = || routing::MethodRouter::new().fallback(pages::method_not_allowed);
    Router::new()
        .route("/oauth2/auth", only().get(authorize::get).post(authorize::post))
        .route("/oauth2/token", only().post(token::post))
        .route("/oauth2/revoke", only().post(revoke::post))
        .route("/oauth2/sessions/logout", only().get(interaction::logout).post(interaction::logout_by_form))
        .route("/oauth2/fallbacks/error", only().get(pages::error))
        .route("/oauth2/fallbacks/logout/callback", only().get(interaction::show_logged_out))
        .route("/oauth/login", only().get(interaction::show_login).post(interaction::answer_login))
        .route("/oauth/connect", only().get(interaction::show_connect).post(interaction::answer_connect))
        .route("/userinfo", only().get(userinfo::get).post(userinfo::post))
        .route("/.well-known/openid-configuration", only().get(well_known::discovery))
        .route("/.well-known/oauth-authorization-server", only().get(well_known::discovery))
        .route("/.well-known/jwks.json", only().get(well_known::key_set))
}
