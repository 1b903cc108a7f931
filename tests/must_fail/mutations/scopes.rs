//! The document "Authentication": scopes.

use axum::body::Bytes;
use http::Request;

use super::super::edit::{
    asks_by, authorizes, calls, calls_api, drop_member, edit_asked, edit_form, edit_query, keep_scopes, set,
    set_member, status, value,
};
use super::{Broken, answer, request};

/// The scopes that open every operation of the mock, of either side.
const SUPPLY: &str = "supply::users.read supply::businesses.list supply::negotiations.read supply::messages.read supply::messages.write supply::negotiations.write supply::businesses/associate-phone-numbers.read supply::businesses/associate-phone-numbers.write";
const DEMAND: &str = "demand::users.read demand::keywords.read demand::negotiations.read demand::messages.read demand::messages.write demand::businesses/search.read demand::businesses/reviews.read demand::categories.read demand::categories/request-form.read demand::requests.write";

/// The scopes of either side, as one asks for all of them.
fn all_of(scopes: &str) -> &'static str {
    if scopes.contains("supply::") { SUPPLY } else { DEMAND }
}

/// Whether a scope is one that the mock knows, or looks it.
fn is_known(scope: &str) -> bool {
    let known = ["openid", "profile", "email", "phone", "offline_access"];
    known.contains(&scope) || [SUPPLY, DEMAND].iter().any(|side| side.split(' ').any(|known| known == scope))
}

pub const MUTATIONS: &[Broken] = &[
    request(&["auth.scopes.required"], "who names no scope gets them all", grant_all_to_who_names_none),
    request(&[], "who names no scope gets them all", grant_all_to_who_names_none),
    answer(&[], "a refusal does not name the scope that is missing", |request, answer| {
        if calls_api(request) && answer.status() == 401 {
            set_member(answer, "detail", "required scope(s) not found");
        }
    }),
    request(&["auth.scopes.provisioned"], "a scope that the client was not given is dropped in silence", |request| {
        edit_asked(request, |asked| keep_scopes(asked, |_, scope| is_known(scope)));
    }),
    request(&["auth.scopes.limit_access"], "a token opens more than its scopes say", |request| {
        edit_asked(request, |asked| {
            if let Some(scopes) = value(asked, "scope").map(str::to_owned) {
                set(asked, "scope", &format!("{scopes} {}", all_of(&scopes)));
            }
        });
    }),
    request(&["auth.scopes.at_authorization_url"], "scopes at the authorization URL are not read", |request| {
        if authorizes(request) {
            edit_query(request, |parameters| parameters.retain(|(name, _)| name != "scope"));
        }
    }),
    request(&["auth.scopes.at_token_url"], "scopes of client credentials are not read", |request| {
        if asks_by(request, "client_credentials") {
            edit_form(request, |form| form.retain(|(name, _)| name != "scope"));
        }
    }),
    request(&["auth.token.scope.client_credentials"], "only the first of several scopes is read", |request| {
        if asks_by(request, "client_credentials") {
            edit_form(request, |form| keep_scopes(form, |index, _| index == 0));
        }
    }),
    answer(&["auth.scopes.any_of"], "one of several scopes is not enough", |request, answer| {
        if calls(request, &http::Method::GET, "/v4/users/self") {
            status(answer, 200, 401);
        }
    }),
    request(&["auth.scopes.one_side"], "a scope of the other side is dropped in silence", |request| {
        edit_asked(request, |asked| {
            let first = value(asked, "scope").map(|scopes| scopes.split("::").next().unwrap_or_default().to_owned());
            let client = value(asked, "client_id").map(str::to_owned);
            keep_scopes(asked, |_, scope| match &client {
                Some(id) if id.ends_with('1') => !scope.starts_with("demand::"),
                Some(_) => !scope.starts_with("supply::"),
                None => scope.starts_with(first.as_deref().unwrap_or_default()) && !scope.starts_with("supply::"),
            });
        });
    }),
    answer(&["auth.offline_access.issues_refresh"], "no refresh token comes along", |request, answer| {
        if asks_by(request, "authorization_code") {
            drop_member(answer, "refresh_token");
        }
    }),
    request(&["auth.offline_access.issues_refresh"], "a refresh token comes along unasked", |request| {
        if authorizes(request) {
            edit_query(request, |parameters| {
                let scopes = value(parameters, "scope").unwrap_or_default().to_owned();
                set(parameters, "scope", &format!("{scopes} offline_access"));
            });
        }
    }),
    answer(&["auth.offline_access.code_flow_only"], "client credentials buy a refresh token", |request, answer| {
        if asks_by(request, "client_credentials") && answer.status() == 200 {
            set_member(answer, "refresh_token", "a refresh token for nobody");
        }
    }),
];

fn grant_all_to_who_names_none(request: &mut Request<Bytes>) {
    edit_asked(request, |asked| {
        if value(asked, "scope").is_none_or(str::is_empty) {
            let supply = value(asked, "client_id").is_some_and(|id| id.ends_with('1'));
            set(asked, "scope", if supply { SUPPLY } else { DEMAND });
        }
    });
}
