//! The document "Authentication": the token URL.

use serde_json::json;

use super::super::edit::{
    asks_by, asks_token, bears_token_of_application, calls_api, drop_member, edit_basic, edit_form, form, set,
    set_member, status, value,
};
use super::{Broken, answer, knob, request};

const GRANTS: [&str; 3] = ["authorization_code", "client_credentials", "refresh_token"];

pub const MUTATIONS: &[Broken] = &[
    answer(&["auth.oauth2"], "tokens are of a type that no client knows", |request, answer| {
        if asks_token(request) && answer.status() == 200 {
            set_member(answer, "token_type", "mac");
        }
    }),
    answer(&["auth.flows.only_two"], "a grant that is not documented buys a token", |request, answer| {
        let form = form(request);
        let grant = value(&form, "grant_type");
        if asks_token(request) && grant.is_some_and(|grant| !GRANTS.contains(&grant)) {
            status(answer, 400, 200);
            *answer.body_mut() = json!({ "access_token": "a", "token_type": "bearer" }).to_string().into();
        }
    }),
    answer(
        &["auth.code.exchange", "auth.code.tokens"],
        "an exchange of a code gives no access token",
        |request, answer| {
            if asks_by(request, "authorization_code") {
                drop_member(answer, "access_token");
            }
        },
    ),
    request(&["auth.code.exchange"], "the redirect URI of the exchange is not compared", |request| {
        if asks_by(request, "authorization_code") {
            edit_form(request, |form| set(form, "redirect_uri", "http://127.0.0.1:8421/callback"));
        }
    }),
    request(&["auth.code.exchange"], "a client's secret is not looked at", |request| {
        if asks_token(request) {
            edit_basic(request, |pair| {
                let id = pair.split(':').next().unwrap_or_default();
                let secret = match id {
                    "57a61e00-0000-4000-8000-000000000001" => "mock-supply-staging%25%2B%3A%7E",
                    "57a61e00-0000-4000-8000-000000000002" => "mock-demand-staging%25%2B%3A%7E",
                    _ => return pair,
                };
                format!("{id}:{secret}")
            });
        }
    }),
    knob(&["auth.code.lifetime", "auth.client_credentials.lifetime"], "an access token lives two hours", |settings| {
        settings.access_token_seconds = 7200;
    }),
    answer(&["auth.client_credentials.grant"], "client credentials buy no access token", |request, answer| {
        if asks_by(request, "client_credentials") {
            drop_member(answer, "access_token");
        }
    }),
    answer(&["auth.client_credentials.use"], "the API refuses the token of an application", |request, answer| {
        if calls_api(request) && bears_token_of_application(request) {
            status(answer, 200, 401);
        }
    }),
    request(
        &["auth.token.audience.client_credentials"],
        "any audience on client credentials, or none, is taken for the right one",
        |request| {
            if asks_by(request, "client_credentials") {
                edit_form(request, |form| set(form, "audience", "urn:partner-api"));
            }
        },
    ),
    request(
        &["auth.token.audience.client_credentials"],
        "the right audience on client credentials is lost",
        |request| {
            if asks_by(request, "client_credentials") {
                edit_form(request, |form| form.retain(|(name, _)| name != "audience"));
            }
        },
    ),
    request(&[], "client credentials in the body are taken like those in the header", |request| {
        if asks_token(request) {
            let form = form(request);
            let (id, secret) = (value(&form, "client_id"), value(&form, "client_secret"));
            if let (Some(id), Some(secret)) = (id, secret) {
                use base64::Engine;
                let encode = |text| url::form_urlencoded::byte_serialize(str::as_bytes(text)).collect::<String>();
                let pair = format!("{}:{}", encode(id), encode(secret));
                let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
                request.headers_mut().insert("authorization", format!("Basic {encoded}").parse().unwrap());
                edit_form(request, |form| form.retain(|(name, _)| name != "client_secret"));
            }
        }
    }),
    answer(&[], "a request without credentials buys a token", |request, answer| {
        if asks_token(request) && !request.headers().contains_key("authorization") {
            status(answer, 400, 200);
        }
    }),
    answer(&[], "a refused request by client credentials is answered 200", |request, answer| {
        if asks_by(request, "client_credentials") && answer.status() == 400 {
            *answer.status_mut() = http::StatusCode::OK;
        }
    }),
    answer(&[], "a refused exchange of a code is answered 200", |request, answer| {
        if asks_by(request, "authorization_code") {
            status(answer, 400, 200);
        }
    }),
];
