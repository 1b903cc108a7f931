//! The login page: which of the mock's users it is.

use askama::Template;
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use super::{
    browser::{BROWSER, cookies, see_other},
    connect::Over,
    flows::{Flow, Session, Stage},
};
use crate::mock::{
    arrived::Arrived,
    form::Parameters,
    journal::Decision,
    oauth::{frame::framed, token::body_form},
    site::Site,
    thumbtack::people::{self, User},
};

#[derive(Template)]
#[template(path = "oauth/login.html")]
struct Page<'a> {
    environment: &'static str,
    client: &'static str,
    action: String,
    challenge: &'a str,
    email: &'a str,
    complains: bool,
    users: &'static [User],
}

/// Shows the page of a challenge; a browser with a session goes on at once.
pub async fn show(Arrived { site, uri, headers, .. }: Arrived) -> Response {
    let query = Parameters::readable(uri.query().unwrap_or_default().as_bytes());
    let challenge = query.first("login_challenge");
    let Some(flow) = open(&site, &headers, challenge) else { return Over::page() };
    if let Stage::Login(Some(session)) = &flow.stage {
        return go_on(&site, challenge, Some(session.clone()));
    }
    let request = Parameters::readable(flow.request.as_bytes());
    page(&site, &flow, challenge, request.first("login_hint"), false)
}

/// Takes the answer. Who has no account here, or another password, sees the page again.
pub async fn answer(Arrived { site, headers, body, .. }: Arrived) -> Response {
    let form = body_form(&headers, &body).unwrap_or_default();
    let challenge = form.first("login_challenge");
    let Some(flow) = open(&site, &headers, challenge) else { return Over::page() };
    if form.first("answer") == "deny" {
        return go_on(&site, challenge, None);
    }
    let email = form.first("email").trim();
    let users = people::users(site.environment).iter();
    let mut known = users.filter(|user| user.email.eq_ignore_ascii_case(email));
    let Some(user) = known.find(|user| user.password == form.first("password")) else {
        return page(&site, &flow, challenge, email, true);
    };
    let keep = Some(form.first("remember") == "yes");
    let session = Session { user, at: site.world.clock.now(), id: site.world.identifiers.uuid(), keep };
    go_on(&site, challenge, Some(session))
}

/// The login under way that a challenge stands for, in the browser that began it.
fn open(site: &Site, headers: &HeaderMap, challenge: &str) -> Option<Flow> {
    let mut state = site.world.state();
    let flow = state.interactions(site.environment).flow(challenge)?;
    let is_open = matches!(flow.stage, Stage::Login(_)) && !flow.is_over(site.world.clock.now());
    (is_open && cookies(headers, BROWSER).any(|cookie| cookie == flow.browser)).then(|| flow.clone())
}

/// Uses the challenge up, and sends the browser back to the authorization URL.
fn go_on(site: &Site, challenge: &str, session: Option<Session>) -> Response {
    let mut state = site.world.state();
    let logins = state.interactions(site.environment);
    let Some(flow) = logins.take(challenge, |stage| matches!(stage, Stage::Login(_))) else { return Over::page() };
    let (request, client) = (flow.request.clone(), flow.client.name);
    let user = session.as_ref().map(|session| session.user.name);
    match logins.keep(Flow { stage: Stage::LoggedIn(session), ..flow }) {
        Ok(verifier) => {
            let mut back = see_other(&format!("{}oauth2/auth?{request}&login_verifier={verifier}", site.root()));
            let decision = Decision::on(&mut back);
            (decision.client, decision.user) = (Some(client), user);
            back
        }
        Err(error) => error.response(),
    }
}

fn page(site: &Site, flow: &Flow, challenge: &str, email: &str, complains: bool) -> Response {
    let page = Page {
        environment: site.environment.name(),
        client: flow.client.title,
        action: format!("{}oauth/login", site.root()),
        challenge,
        email,
        complains,
        users: people::users(site.environment),
    };
    let mut response = framed(if complains { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page);
    let decision = Decision::on(&mut response);
    decision.client = Some(flow.client.name);
    if complains {
        decision.because("no account has this e-mail address and this password");
    }
    response
}
