//! The consent page: what the client may do for the user.

use askama::Template;
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use super::{
    browser::{BROWSER, cookies, see_other},
    flows::{Flow, Session, Stage},
};
use crate::mock::{
    arrived::Arrived,
    form::Parameters,
    journal::Decision,
    oauth::{frame::framed, token::body_form},
    site::Site,
    thumbtack::{people::User, scope_words},
};

/// The scope without which there is no login to tell of; it cannot be unticked.
const ALWAYS: &str = "openid";

#[derive(Template)]
#[template(path = "oauth/connect.html")]
struct Page<'a> {
    environment: &'static str,
    client: &'static str,
    email: &'static str,
    destination: &'a str,
    action: String,
    challenge: &'a str,
    scopes: Vec<Scope<'a>>,
}

struct Scope<'a> {
    name: &'a str,
    words: &'static str,
    always: bool,
}

/// The page of a challenge or verifier that is good no more.
#[derive(Template)]
#[template(path = "oauth/over.html")]
pub struct Over;

impl Over {
    /// The page: 410, as Hydra calls a challenge that was answered before.
    pub fn page() -> Response {
        let mut response = framed(StatusCode::GONE, &Self);
        Decision::on(&mut response).because(
            "the challenge is unknown, was answered before, is older than half an hour, or is another browser's",
        );
        response
    }
}

/// Shows the page of a challenge; who agreed before goes on at once.
pub async fn show(Arrived { site, uri, headers, .. }: Arrived) -> Response {
    let query = Parameters::readable(uri.query().unwrap_or_default().as_bytes());
    let challenge = query.first("consent_challenge");
    let Some((flow, session, remembered)) = open(&site, &headers, challenge) else { return Over::page() };
    if let Some(remembered) = remembered {
        // What is new is silently left out, as a partner observed.
        return go_on(&site, challenge, Some(kept(&flow, |scope| remembered.contains(&scope))));
    }
    let request = Parameters::readable(flow.request.as_bytes());
    let redirect_uri = request.first("redirect_uri");
    let registered = flow.client.redirect_uris.first().copied().unwrap_or_default();
    let page = Page {
        environment: site.environment.name(),
        client: flow.client.title,
        email: session.user.email,
        destination: if redirect_uri.is_empty() { registered } else { redirect_uri },
        action: format!("{}oauth/connect", site.root()),
        challenge,
        scopes: flow
            .scopes
            .iter()
            .map(|name| Scope { name, words: scope_words::of(name), always: *name == ALWAYS })
            .collect(),
    };
    told(framed(StatusCode::OK, &page), &flow, session.user)
}

/// Takes the answer. Whatever is no approval is a refusal.
pub async fn answer(Arrived { site, headers, body, .. }: Arrived) -> Response {
    let form = body_form(&headers, &body).unwrap_or_default();
    let challenge = form.first("consent_challenge");
    let Some((flow, session, _)) = open(&site, &headers, challenge) else { return Over::page() };
    if form.first("answer") != "approve" {
        return go_on(&site, challenge, None);
    }
    let granted = kept(&flow, |scope| scope == ALWAYS || form.all("scope").any(|ticked| ticked == scope));
    {
        let mut state = site.world.state();
        // Where it was ordered that a consent is remembered, it grows by what is agreed to.
        state.given.agree_again(session.user.name, flow.client.name, &granted);
        if form.first("remember") == "yes" {
            state.interactions(site.environment).remember(session.user.name, flow.client.name, &granted);
        }
    }
    go_on(&site, challenge, Some(granted))
}

/// Those of the scopes asked for that are wanted, in their order.
fn kept(flow: &Flow, wanted: impl Fn(&str) -> bool) -> Vec<&'static str> {
    flow.scopes.iter().copied().filter(|scope| wanted(scope)).collect()
}

/// The login under way that a challenge stands for, in the browser that began it, with its user and what was agreed to
/// before.
fn open(site: &Site, headers: &HeaderMap, challenge: &str) -> Option<(Flow, Session, Option<Vec<&'static str>>)> {
    let mut state = site.world.state();
    let flow = state.interactions(site.environment).flow(challenge)?;
    let Stage::Consent(session, remembered) = &flow.stage else { return None };
    let is_open = !flow.is_over(site.world.clock.now()) && cookies(headers, BROWSER).any(|it| it == flow.browser);
    is_open.then(|| (flow.clone(), session.clone(), remembered.clone()))
}

/// Uses the challenge up, and sends the browser back to the authorization URL.
fn go_on(site: &Site, challenge: &str, granted: Option<Vec<&'static str>>) -> Response {
    let mut state = site.world.state();
    let logins = state.interactions(site.environment);
    let Some(flow) = logins.take(challenge, |stage| matches!(stage, Stage::Consent(..))) else { return Over::page() };
    let Stage::Consent(session, _) = flow.stage.clone() else { return Over::page() };
    let user = session.user;
    match logins.keep(Flow { stage: Stage::Consented(session, granted), ..flow.clone() }) {
        Ok(verifier) => {
            let back = format!("{}oauth2/auth?{}&consent_verifier={verifier}", site.root(), flow.request);
            told(see_other(&back), &flow, user)
        }
        Err(error) => error.response(),
    }
}

/// Tells the journal whose login it is.
fn told(mut response: Response, flow: &Flow, user: &'static User) -> Response {
    let decision = Decision::on(&mut response);
    (decision.client, decision.user) = (Some(flow.client.name), Some(user.name));
    response
}
