//! The document "Authentication": the authorization URL.

use super::super::edit::{
    authorizes, edit_asked, edit_query, edit_redirect, ignore_order, keep_scopes, orders, set, value,
};
use super::{Broken, answer, request};

pub const MUTATIONS: &[Broken] = &[
    request(&["auth.code.login_and_consent"], "someone else is logged in than the user who came", |request| {
        if orders(request, "next_login") {
            let body = String::from_utf8_lossy(request.body()).into_owned();
            let other = match body.as_str() {
                body if body.contains("\"other_pro\"") => body.replace("\"other_pro\"", "\"customer\""),
                body if body.contains("\"customer\"") => body.replace("\"customer\"", "\"pro\""),
                body => body.replace("\"pro\"", "\"other_pro\""),
            };
            *request.body_mut() = other.into();
        }
    }),
    request(&["auth.code.login_and_consent"], "a user who refuses counts as one who agrees", |request| {
        if orders(request, "next_login") {
            *request.body_mut() = String::from_utf8_lossy(request.body()).replace("\"deny\"", "\"approve\"").into();
        }
    }),
    answer(&["auth.code.returned"], "the redirect has no code", |request, answer| {
        if authorizes(request) {
            edit_redirect(answer, |parameters| parameters.retain(|(name, _)| name != "code"));
        }
    }),
    answer(
        &["auth.authorize.redirect_uri"],
        "the user is sent to another address than was asked for",
        |request, answer| {
            if authorizes(request) && answer.status() == 303 {
                let location =
                    answer.headers()["location"].to_str().unwrap().replace("127.0.0.1:8421", "127.0.0.1:8422");
                answer.headers_mut().insert("location", location.parse().unwrap());
            }
        },
    ),
    request(&["auth.authorize.redirect_uri"], "an address that is not registered is not refused", |request| {
        if authorizes(request) {
            edit_query(request, |parameters| {
                if value(parameters, "redirect_uri").is_some() {
                    set(parameters, "redirect_uri", "http://127.0.0.1:8421/callback");
                }
            });
        }
    }),
    request(&["auth.authorize.response_type"], "any response type, or none, is taken for `code`", |request| {
        if authorizes(request) {
            edit_query(request, |parameters| set(parameters, "response_type", "code"));
        }
    }),
    request(&["auth.authorize.state.min_length"], "a short state, or none, is good enough", |request| {
        if authorizes(request) {
            edit_query(request, |parameters| {
                if value(parameters, "state").is_none_or(|state| state.len() < 8) {
                    set(parameters, "state", "long enough");
                }
            });
        }
    }),
    request(&["auth.authorize.state.min_length"], "no state is long enough", |request| {
        if authorizes(request) {
            edit_query(request, |parameters| set(parameters, "state", "short"));
        }
    }),
    answer(&["auth.authorize.state.returned"], "the redirect has no state", |request, answer| {
        if authorizes(request) {
            edit_redirect(answer, |parameters| parameters.retain(|(name, _)| name != "state"));
        }
    }),
    request(&["auth.authorize.audience"], "any audience is taken for the right one", |request| {
        if authorizes(request) {
            edit_query(request, |parameters| set(parameters, "audience", "urn:partner-api"));
        }
    }),
    request(&["auth.authorize.scope"], "only the first of several scopes is read", |request| {
        if authorizes(request) {
            edit_query(request, |parameters| keep_scopes(parameters, |index, _| index == 0));
        }
    }),
    answer(
        &[],
        "a user whose application is not known is sent to the address that was asked for",
        |request, answer| {
            let location = answer.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default();
            if authorizes(request) && location.contains("/oauth2/fallbacks/error") {
                let asked = url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
                let uri = asked.into_owned().find(|(name, _)| name == "redirect_uri").map(|(_, uri)| uri).unwrap();
                answer.headers_mut().insert("location", uri.parse().unwrap());
            }
        },
    ),
    request(&[], "a user's earlier consent is forgotten", |request| ignore_order(request, "given")),
    request(&[], "no verifier is the right one", |request| {
        edit_asked(request, |parameters| {
            if value(parameters, "code_verifier").is_some() {
                set(parameters, "code_verifier", &"another-verifier".repeat(4));
            }
        });
    }),
    request(&[], "PKCE is not looked at", |request| {
        edit_asked(request, |parameters| parameters.retain(|(name, _)| !name.starts_with("code_")));
    }),
];
