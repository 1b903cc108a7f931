//! `/oauth2/sessions/logout` (`OpenID` Connect RP-Initiated Logout 1.0): ends a browser's session.
//!
//! Hydra lets the user confirm on a page of the partner's own, of which nothing is known; here nobody is asked. No client
//! has registered where its users go afterwards, so that all end on the same page.

use askama::Template;
use axum::response::Response;
use http::{HeaderMap, Method, StatusCode};

use super::browser::{SESSION, cookies, forget_cookie};
use crate::mock::{
    arrived::Arrived,
    form::Parameters,
    oauth::{
        consent::hinted_subject,
        errors::{Code, Error},
        frame::framed,
        pages::{found, to_error_page},
        token::body_form,
    },
    site::Site,
};

const STATE_ALONE: &str = "Logout failed because query parameter state is set but id_token_hint is missing.";
const URI_ALONE: &str =
    "Logout failed because query parameter post_logout_redirect_uri is set but id_token_hint is missing.";
const OTHER_URI: &str = "Logout failed because query parameter post_logout_redirect_uri is not a whitelisted as a post_logout_redirect_uri for the client.";

#[derive(Template)]
#[template(path = "oauth/logged_out.html")]
struct LoggedOut;

/// A logout whose parameters are in the query.
pub async fn get(Arrived { site, uri, headers, .. }: Arrived) -> Response {
    respond(&site, &Method::GET, &headers, Parameters::parse(uri.query().unwrap_or_default().as_bytes()).ok())
}

/// A logout by a form, whose values come before the query's.
pub async fn post(Arrived { site, uri, headers, body, .. }: Arrived) -> Response {
    let query = Parameters::parse(uri.query().unwrap_or_default().as_bytes());
    let form = match (body_form(&headers, &body), query) {
        (Ok(mut form), Ok(query)) => {
            form.append(&query);
            Some(form)
        }
        _ => None,
    };
    respond(&site, &Method::POST, &headers, form)
}

/// Where a browser comes to after it.
pub async fn page() -> Response {
    framed(StatusCode::OK, &LoggedOut)
}

fn respond(site: &Site, method: &Method, headers: &HeaderMap, form: Option<Parameters>) -> Response {
    let checked = match form {
        Some(form) => check(site, &form),
        None => Err(refusal(&format!("Logout failed because the '{method}' request could not be parsed."))),
    };
    let hinted = match checked {
        Ok(hinted) => hinted,
        Err(error) => return to_error_page(site, method, &error),
    };
    let mut response = found(method, &format!("{}oauth2/fallbacks/logout/callback", site.root()));
    let mut state = site.world.state();
    let logins = state.interactions(site.environment);
    if let Some(session) = logins.session(cookies(headers, SESSION))
        && hinted.is_none_or(|subject| subject == session.user.id)
    {
        cookies(headers, SESSION).for_each(|cookie| logins.log_out(cookie));
        forget_cookie(&mut response, site, SESSION);
    }
    response
}

/// The checks in Hydra's order; gives the user whom `id_token_hint` names.
fn check(site: &Site, form: &Parameters) -> Result<Option<String>, Error> {
    let is_sent = |name: &str| !form.first(name).is_empty();
    let hinted = hinted_subject(site, form.first("id_token_hint"))?;
    match hinted {
        None if is_sent("state") => Err(refusal(STATE_ALONE)),
        None if is_sent("post_logout_redirect_uri") => Err(refusal(URI_ALONE)),
        Some(_) if is_sent("post_logout_redirect_uri") => Err(refusal(OTHER_URI)),
        hinted => Ok(hinted),
    }
}

fn refusal(hint: &str) -> Error {
    Error::hinted(Code::InvalidRequest, hint)
}
