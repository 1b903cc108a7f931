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

use axum::{Router, routing::MethodRouter};

pub use client_authentication::claimed_client;
pub use id_token::{at_hash, public_key_text, sign_id_token};
pub use redirect::Posted;

/// A path below an environment's root, the methods that are answered there, and by what.
type Route = (&'static str, &'static [&'static str], MethodRouter);

/// The routes below an environment's root.
pub fn routes() -> Router {
    table().into_iter().fold(Router::new(), |router, (path, _, answers)| router.route(path, answers))
}

/// The paths below an environment's root, each with its methods. What has GET has HEAD too.
pub fn places() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    table().into_iter().map(|(path, methods, _)| (path, methods))
}

fn table() -> [Route; 12] {
    let only = || MethodRouter::new().fallback(pages::method_not_allowed);
    let both: &[&str] = &["GET", "POST"];
    [
        ("/oauth2/auth", both, only().get(authorize::get).post(authorize::post)),
        ("/oauth2/token", &["POST"], only().post(token::post)),
        ("/oauth2/revoke", &["POST"], only().post(revoke::post)),
        ("/oauth2/sessions/logout", both, only().get(interaction::logout).post(interaction::logout_by_form)),
        ("/oauth2/fallbacks/error", &["GET"], only().get(pages::error)),
        ("/oauth2/fallbacks/logout/callback", &["GET"], only().get(interaction::show_logged_out)),
        ("/oauth/login", both, only().get(interaction::show_login).post(interaction::answer_login)),
        ("/oauth/connect", both, only().get(interaction::show_connect).post(interaction::answer_connect)),
        ("/userinfo", both, only().get(userinfo::get).post(userinfo::post)),
        ("/.well-known/openid-configuration", &["GET"], only().get(well_known::discovery)),
        ("/.well-known/oauth-authorization-server", &["GET"], only().get(well_known::discovery)),
        ("/.well-known/jwks.json", &["GET"], only().get(well_known::key_set)),
    ]
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use http::{Method, Request, StatusCode};
    use tower::ServiceExt;

    use super::*;
    use crate::mock::{arrived::Arrived, control::Settings, thumbtack::clients::Registry, worlds::Worlds};

    #[tokio::test]
    async fn the_methods_of_each_path_are_those_that_are_answered() {
        let worlds = Worlds::new("http://mock.example".to_owned(), Settings::default(), Registry::own(), None);
        let (site, _) = worlds.resolve("/").unwrap();
        for (path, methods) in places() {
            for method in [Method::GET, Method::POST, Method::PUT] {
                let (parts, ()) = Request::builder().method(&method).uri(path).body(()).unwrap().into_parts();
                let request = Arrived::request(parts, site.clone(), Bytes::new());
                let status = routes().oneshot(request).await.unwrap().status();
                let is_known = methods.contains(&method.as_str());
                assert_eq!(status != StatusCode::METHOD_NOT_ALLOWED, is_known, "{method} {path}: {status}");
            }
        }
    }
}
