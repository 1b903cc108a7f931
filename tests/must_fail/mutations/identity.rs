//! The document "Authentication": who the user is.

use axum::body::Bytes;
use http::{Method, Request, Response};
use serde_json::Value;

use super::super::edit::{
    asks_by, asks_token, authorizes, calls, drop_claim, drop_member, edit_json, edit_query, set, set_claim, set_member,
    value,
};
use super::{Broken, answer, request};

/// A client's id, which is nobody's.
const CLIENT: &str = "57a61e00-0000-4000-8000-000000000001";

pub const MUTATIONS: &[Broken] = &[
    answer(&["auth.oidc.id_token"], "no id_token comes along", |request, answer| {
        if asks_token(request) {
            drop_member(answer, "id_token");
        }
    }),
    answer(&["auth.oidc.code_flow_only"], "client credentials buy an id_token", |request, answer| {
        if asks_by(request, "client_credentials") && answer.status() == 200 {
            set_member(answer, "id_token", "e30.e30.");
        }
    }),
    answer(&["auth.oidc.sub_is_user_id"], "the id_token names the client where the user belongs", |_, answer| {
        set_claim(answer, "sub", CLIENT);
    }),
    answer(&["auth.oidc.standard_claims"], "the id_token has no `sub`", |_, answer| drop_claim(answer, "sub")),
    answer(&["auth.oidc.standard_claims"], "its `iss` is another server", |_, answer| {
        set_claim(answer, "iss", "https://elsewhere.example/");
    }),
    answer(&["auth.oidc.standard_claims"], "its `aud` is another client", |_, answer| {
        set_claim(answer, "aud", serde_json::json!([CLIENT.replace('1', "2")]));
    }),
    answer(&["auth.oidc.standard_claims"], "its `exp` is long past", |_, answer| set_claim(answer, "exp", 1)),
    answer(&["auth.oidc.standard_claims"], "it has no `iat`", |_, answer| drop_claim(answer, "iat")),
    answer(&["auth.oidc.standard_claims"], "its `at_hash` is that of another token", |_, answer| {
        set_claim(answer, "at_hash", "AAAAAAAAAAAAAAAAAAAAAA");
    }),
    answer(&["auth.oidc.profile"], "the user's `name` is not told", |_, answer| drop_claim(answer, "name")),
    answer(&["auth.oidc.profile"], "the user's `given_name` is not told", |_, answer| drop_claim(answer, "given_name")),
    answer(&["auth.oidc.profile"], "the user's `family_name` is not told", |_, answer| {
        drop_claim(answer, "family_name");
    }),
    answer(&["auth.oidc.profile"], "the user's `picture` is not told", |_, answer| drop_claim(answer, "picture")),
    answer(&["auth.oidc.profile"], "the user's `zoneinfo` is not told", |_, answer| drop_claim(answer, "zoneinfo")),
    answer(&["auth.oidc.email"], "the user's `email` is not told", |_, answer| drop_claim(answer, "email")),
    answer(&["auth.oidc.email"], "the user's `email_verified` is not told", |_, answer| {
        drop_claim(answer, "email_verified");
    }),
    answer(&["auth.oidc.phone"], "the user's `phone_number` is not told", |_, answer| {
        drop_claim(answer, "phone_number");
    }),
    request(&["auth.oidc.openid_required"], "`openid` need not be asked for", |request| {
        if authorizes(request) {
            edit_query(request, |parameters| {
                let scopes = value(parameters, "scope").unwrap_or_default().to_owned();
                set(parameters, "scope", &format!("openid {scopes}"));
            });
        }
    }),
    answer(&["auth.users_api"], "the Users API does not tell the user's id", |request, answer| {
        hide(request, answer, "userID");
    }),
    answer(&["auth.users_api"], "the Users API does not tell the e-mail address", |request, answer| {
        hide(request, answer, "email");
    }),
    answer(&["auth.users_api"], "the Users API does not tell the telephone number", |request, answer| {
        hide(request, answer, "phoneNumber");
    }),
    answer(&["auth.users_api"], "the Users API does not tell the first name", |request, answer| {
        hide(request, answer, "firstName");
    }),
    answer(&["auth.users_api"], "the Users API does not tell the last name", |request, answer| {
        hide(request, answer, "lastName");
    }),
    answer(&[], "the signature of the id_token is that of another one", |_, answer| {
        set_claim(answer, "jti", "another");
    }),
    answer(&[], "the key set lacks the key that signs now", |request, answer| unpublish(request, answer, 0)),
    answer(&[], "the key set forgets a key that was replaced", |request, answer| unpublish(request, answer, 1)),
    answer(&[], "userinfo tells of another user", |request, answer| {
        if calls(request, &Method::GET, "/userinfo") {
            set_member(answer, "sub", CLIENT);
        }
    }),
    answer(&[], "the discovery document names another token URL", |request, answer| {
        if calls(request, &Method::GET, "/.well-known/openid-configuration") {
            set_member(answer, "token_endpoint", "https://elsewhere.example/oauth2/token");
        }
    }),
];

/// Takes a member out of what the Users API tells.
fn hide(request: &Request<Bytes>, answer: &mut Response<Bytes>, member: &str) {
    if calls(request, &Method::GET, "/v4/users/self") {
        drop_member(answer, member);
    }
}

/// Takes the RSA key at this place out of the key set; the newest stands first.
fn unpublish(request: &Request<Bytes>, answer: &mut Response<Bytes>, place: usize) {
    if !calls(request, &Method::GET, "/.well-known/jwks.json") {
        return;
    }
    edit_json(answer, |body| {
        let Some(keys) = body["keys"].as_array_mut() else { return };
        let is_rsa = |key: &Value| key["kty"] == "RSA";
        let at = keys.iter().enumerate().filter(|(_, key)| is_rsa(key)).map(|(at, _)| at).nth(place);
        at.map(|at| keys.remove(at));
    });
}
