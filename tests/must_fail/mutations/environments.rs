//! The document "Environments".

use tacktest::config::{TargetDefinition, UrlName};
use tacktest::source::{Piece, Place, Template};

use super::super::edit::{asks_token, calls_api, edit_basic, edit_json, status};
use super::{Broken, answer, both, request, target};
use axum::body::Bytes;
use http::{Request, Response};
use serde_json::Value;

/// What stands in the ids and secrets of the mock's clients, staging's and production's.
const IDS: [&str; 2] = ["57a61e00", "960d0c00"];
const SECRETS: [&str; 2] = ["-staging", "-production"];
const STAGING: usize = 0;
const PRODUCTION: usize = 1;

pub const MUTATIONS: &[Broken] = &[
    target(&["env.two_environments"], "production has the addresses of staging", |targets| {
        let staging = targets.iter().find(|target| target.name == "staging").unwrap().urls.clone();
        targets.iter_mut().find(|target| target.name == "production").unwrap().urls = staging;
    }),
    target(&["env.two_environments"], "both environments have one site", |targets| {
        let site = targets.iter().find(|target| target.name == "staging").unwrap().urls[&UrlName::Site].clone();
        let production = targets.iter_mut().find(|target| target.name == "production").unwrap();
        production.urls.insert(UrlName::Site, site);
    }),
    target(&["env.production.api"], "production's API is elsewhere", |targets| {
        move_away(targets, "production", UrlName::Api);
    }),
    target(&["env.production.auth_server"], "production's authorization server is elsewhere", |targets| {
        move_away(targets, "production", UrlName::AuthServer);
    }),
    target(&["env.production.authorize_url"], "production's authorization URL is elsewhere", |targets| {
        move_away(targets, "production", UrlName::AuthorizeUrl);
    }),
    target(&["env.production.token_url"], "production's token URL is elsewhere", |targets| {
        move_away(targets, "production", UrlName::TokenUrl);
    }),
    target(&["env.production.site"], "production's site is elsewhere", |targets| {
        move_away(targets, "production", UrlName::Site);
    }),
    target(&["env.staging.api"], "staging's API is elsewhere", |targets| {
        move_away(targets, "staging", UrlName::Api);
    }),
    target(&["env.staging.auth_server"], "staging's authorization server is elsewhere", |targets| {
        move_away(targets, "staging", UrlName::AuthServer);
    }),
    target(&["env.staging.authorize_url"], "staging's authorization URL is elsewhere", |targets| {
        move_away(targets, "staging", UrlName::AuthorizeUrl);
    }),
    target(&["env.staging.token_url"], "staging's token URL is elsewhere", |targets| {
        move_away(targets, "staging", UrlName::TokenUrl);
    }),
    target(&["env.staging.site"], "staging's site is elsewhere", |targets| {
        move_away(targets, "staging", UrlName::Site);
    }),
    answer(&["env.staging.site_gate"], "the pages of staging's site are open to everyone", |request, answer| {
        if request.uri().path().contains("/site") && answer.status() == 401 {
            *answer.status_mut() = http::StatusCode::OK;
        }
    }),
    answer(&["env.staging.site_gate"], "any user name and password opens staging's site", |request, answer| {
        if request.uri().path().contains("/site") && request.headers().contains_key("authorization") {
            status(answer, 401, 200);
        }
    }),
    answer(
        &["env.staging.widgets_open"],
        "the widget URLs of staging's site are gated like its pages",
        |request, answer| {
            if request.uri().path().contains("/embed/") {
                *answer.status_mut() = http::StatusCode::UNAUTHORIZED;
            }
        },
    ),
    both(
        &["env.credentials.separate"],
        "both environments have the same clients",
        |request| {
            if asks_token(request) && is_production(request) {
                edit_basic(request, |pair| exchanged(&pair, STAGING, PRODUCTION));
            }
        },
        |request, answer| {
            if request.uri().path() == "/control/worlds" {
                edit_json(answer, |world| world["production"]["clients"] = world["staging"]["clients"].clone());
            }
        },
    ),
    request(&["env.credentials.separate"], "production does not know its own clients", |request| {
        if asks_token(request) && is_production(request) {
            edit_basic(request, |pair| exchanged(&pair, PRODUCTION, STAGING));
        }
    }),
    request(&["env.credentials.staging_in_production"], "production takes the credentials of staging", |request| {
        if asks_token(request) && is_production(request) {
            edit_basic(request, |pair| exchanged(&pair, STAGING, PRODUCTION));
        }
    }),
    request(&["env.credentials.production_in_staging"], "staging takes the credentials of production", |request| {
        if asks_token(request) && !is_production(request) {
            edit_basic(request, |pair| exchanged(&pair, PRODUCTION, STAGING));
        }
    }),
    answer(
        &["env.links.production.responses"],
        "links in production's answers lead to staging's site",
        |request, answer| {
            if calls_api(request) && is_production(request) {
                replace(answer, "/production/site/", "/site/");
            }
        },
    ),
    answer(
        &["env.links.staging.responses"],
        "links in staging's answers lead to production's site",
        |request, answer| {
            if calls_api(request) && !is_production(request) {
                replace(answer, "/site/", "/production/site/");
            }
        },
    ),
];

fn is_production(request: &Request<Bytes>) -> bool {
    request.uri().path().contains("/production/")
}

fn move_away(targets: &mut [TargetDefinition], name: &str, url: UrlName) {
    let elsewhere = Piece::Literal("https://elsewhere.example/".into());
    let elsewhere = Template { pieces: [elsewhere].into(), place: Place::start_of(0) };
    let target = targets.iter_mut().find(|target| target.name == name).unwrap();
    target.urls.insert(url, elsewhere).unwrap();
}

/// The credentials of one environment's client in place of the other's.
fn exchanged(pair: &str, from: usize, to: usize) -> String {
    pair.replace(IDS[from], IDS[to]).replace(SECRETS[from], SECRETS[to])
}

fn replace(answer: &mut Response<Bytes>, from: &str, to: &str) {
    edit_json(answer, |body| *body = serde_json::from_str::<Value>(&body.to_string().replace(from, to)).unwrap());
}
