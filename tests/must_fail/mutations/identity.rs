//! The document "Authentication": who the user is.

use http::Method;

use super::super::edit::{
    asks_by, asks_token, authorizes, calls, drop_member, edit_claims, edit_query, set, set_member, value,
};
use super::{Broken, answer, request};

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
        edit_claims(answer, |claims| {
            claims.insert("sub".to_owned(), "57a61e00-0000-4000-8000-000000000001".into());
        });
    }),
    answer(&["auth.oidc.standard_claims"], "the at_hash is that of another token", |_, answer| {
        edit_claims(answer, |claims| drop(claims.insert("at_hash".to_owned(), "AAAAAAAAAAAAAAAAAAAAAA".into())));
    }),
    answer(&["auth.oidc.profile"], "the user's name is not told", |_, answer| {
        edit_claims(answer, |claims| drop(claims.remove("given_name")));
    }),
    answer(&["auth.oidc.email"], "it is not told whether the e-mail address is verified", |_, answer| {
        edit_claims(answer, |claims| drop(claims.remove("email_verified")));
    }),
    answer(&["auth.oidc.phone"], "the user's telephone number is not told", |_, answer| {
        edit_claims(answer, |claims| drop(claims.remove("phone_number")));
    }),
    request(&["auth.oidc.openid_required"], "`openid` need not be asked for", |request| {
        if authorizes(request) {
            edit_query(request, |parameters| {
                let scopes = value(parameters, "scope").unwrap_or_default().to_owned();
                set(parameters, "scope", &format!("openid {scopes}"));
            });
        }
    }),
    answer(&[], "the signature of the id_token is that of another one", |_, answer| {
        edit_claims(answer, |claims| drop(claims.insert("jti".to_owned(), "another".into())));
    }),
    answer(&[], "the discovery document names another token URL", |request, answer| {
        if calls(request, &Method::GET, "/.well-known/openid-configuration") {
            set_member(answer, "token_endpoint", "https://elsewhere.example/oauth2/token");
        }
    }),
    answer(&["auth.users_api"], "the Users API does not tell the user's id", |request, answer| {
        if calls(request, &Method::GET, "/v4/users/self") {
            drop_member(answer, "userID");
        }
    }),
];
