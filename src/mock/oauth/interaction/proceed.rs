//! The authorization URL's part in a login by pages: which page comes next, and when the user has agreed.

use axum::response::Response;
use http::{HeaderMap, Method};

use super::{
    browser::{self, BROWSER, SESSION, cookies},
    flows::{Flow, Session, Stage, secret},
};
use crate::mock::{
    control,
    form::Parameters,
    oauth::{
        consent::{self, Consent, NO_SESSION, OTHER_SUBJECT},
        errors::{Code, Error},
        pages::found,
        token::words,
    },
    site::Site,
    thumbtack::clients::Client,
};

const TOO_OLD: &str = "Request failed because prompt is set to 'none' and authentication time reached 'max_age'.";
const NO_CONSENT: &str = "Prompt 'none' was requested, but no previous consent was found.";
const LOGIN_USED: &str = "The login verifier has already been used, has not been granted, or is invalid.";
const CONSENT_USED: &str = "The consent verifier has already been used, has not been granted, or is invalid.";
const LOGIN_EXPIRED: &str = "The login request has expired, please try again.";
const CONSENT_EXPIRED: &str = "The consent request has expired, please try again.";
const NO_COOKIE: &str = "No CSRF value available in the session cookie.";
const OTHER_COOKIE: &str = "The CSRF value from the token does not match the CSRF value from the data store.";
const TOO_LONG: &str = "The authorization request is longer than 8192 bytes.";

/// The longest authorization request in bytes that is carried through the pages.
const LONGEST: usize = 8192;

/// A browser at the authorization URL.
#[derive(Clone, Copy)]
pub struct Visit<'a> {
    /// Where it came.
    pub site: &'a Site,
    /// How it came.
    pub method: &'a Method,
    /// What it brought.
    pub headers: &'a HeaderMap,
}

/// What becomes of a valid authorization request.
pub enum Next {
    /// The browser goes on to a page.
    Page(Response),
    /// The user has agreed.
    Agreed(Consent),
}

/// Whether people log in at `site` by pages. An ordered login goes before them.
pub fn is_on(site: &Site) -> bool {
    site.world.settings.login == control::Login::Pages && site.world.state().next_login.is_none()
}

/// Leads a login by pages on, for a request that has passed all checks before it.
pub fn proceed(
    visit: Visit,
    client: &'static Client,
    form: &Parameters,
    scopes: Vec<&'static str>,
) -> Result<Next, Error> {
    let request = form.encoded_without(&["login_verifier", "consent_verifier"]);
    match (form.first("login_verifier"), form.first("consent_verifier")) {
        ("", "") => begin(visit, form, request, client, scopes).map(Next::Page),
        (verifier, _) if !verifier.is_empty() => {
            let taken = visit.ledger(|logins| logins.take(verifier, |stage| matches!(stage, Stage::LoggedIn(_))));
            let flow = visit.resume(taken, &request, [LOGIN_USED, LOGIN_EXPIRED])?;
            logged_in(visit, form, flow).map(Next::Page)
        }
        (_, verifier) => {
            let taken = visit.ledger(|logins| logins.take(verifier, |stage| matches!(stage, Stage::Consented(..))));
            let flow = visit.resume(taken, &request, [CONSENT_USED, CONSENT_EXPIRED])?;
            agreed(visit.site, form, flow).map(Next::Agreed)
        }
    }
}

impl Visit<'_> {
    fn ledger<T>(self, act: impl FnOnce(&mut super::Interactions) -> T) -> T {
        act(self.site.world.state().interactions(self.site.environment))
    }

    /// The flow of a verifier, if it is the flow of this request and of this browser.
    fn resume(self, taken: Option<Flow>, request: &str, [used, expired]: [&str; 2]) -> Result<Flow, Error> {
        let Some(flow) = taken.filter(|flow| flow.request == request) else {
            let why = "the verifier is unknown, was used before, or belongs to another authorization request";
            return Err(Error::hinted(Code::Denied, used).because(why));
        };
        if flow.is_over(self.site.world.clock.now()) {
            return Err(Error::hinted(Code::RequestUnauthorized, expired));
        }
        let brought: Vec<&str> = cookies(self.headers, BROWSER).collect();
        if brought.is_empty() {
            let why = "the browser came back without the cookie that it was given when the login began";
            return Err(Error::hinted(Code::RequestForbidden, NO_COOKIE).because(why));
        }
        if !brought.contains(&flow.browser.as_str()) {
            return Err(Error::hinted(Code::RequestForbidden, OTHER_COOKIE).because("another browser began this login"));
        }
        Ok(flow)
    }

    /// Sends the browser to a page of the mock's own.
    fn to(self, page: &str, challenge: &str) -> Response {
        found(self.method, &format!("{}{page}={challenge}", self.site.root()))
    }
}

/// An authorization request that comes for the first time: off to the login page.
fn begin(
    visit: Visit,
    form: &Parameters,
    request: String,
    client: &'static Client,
    scopes: Vec<&'static str>,
) -> Result<Response, Error> {
    if request.len() > LONGEST {
        return Err(Error::hinted(Code::InvalidRequest, TOO_LONG));
    }
    let session = usable_session(visit, form)?;
    // One secret for all tabs of the browser, so that a second login does not spoil the first.
    let known = cookies(visit.headers, BROWSER).find(|cookie| cookie.len() == 43);
    let browser = known.map_or_else(secret, |known| Ok(known.to_owned()))?;
    let started_at = visit.site.world.clock.now();
    let flow = Flow { started_at, browser: browser.clone(), request, client, scopes, stage: Stage::Login(session) };
    let challenge = visit.ledger(|logins| logins.keep(flow))?;
    let mut response = visit.to("oauth/login?login_challenge", &challenge);
    browser::set_cookie(&mut response, visit.site, BROWSER, &browser);
    Ok(response)
}

/// The browser's session, if this request lets it stand for a login.
fn usable_session(visit: Visit, form: &Parameters) -> Result<Option<Session>, Error> {
    let prompt: Vec<&str> = words(form.first("prompt")).collect();
    if prompt.contains(&"login") {
        return Ok(None);
    }
    let silent = prompt.contains(&"none");
    let Some(session) = visit.ledger(|logins| logins.session(cookies(visit.headers, SESSION))) else {
        return if silent { Err(Error::hinted(Code::LoginRequired, NO_SESSION)) } else { Ok(None) };
    };
    let now = visit.site.world.clock.now();
    match form.first("max_age") {
        "" => {}
        // Hydra lets the parser's own error out.
        age => match age.parse::<i64>().map_err(|_| Error::plain(Code::Unrecognizable))? {
            age if age >= 0 && session.at.saturating_add(age.saturating_mul(1000)) < now => {
                return if silent { Err(Error::hinted(Code::LoginRequired, TOO_OLD)) } else { Ok(None) };
            }
            _ => {}
        },
    }
    match consent::hinted_subject(visit.site, form.first("id_token_hint"))? {
        Some(subject) if subject != session.user.id => Err(Error::hinted(Code::LoginRequired, OTHER_SUBJECT)),
        _ => Ok(Some(session)),
    }
}

/// Back from the login page: off to the consent page.
fn logged_in(visit: Visit, form: &Parameters, flow: Flow) -> Result<Response, Error> {
    let Stage::LoggedIn(Some(session)) = flow.stage.clone() else {
        return Err(Error::plain(Code::AccessDenied).because("the user cancelled on the login page"));
    };
    let prompt: Vec<&str> = words(form.first("prompt")).collect();
    let remembered =
        if prompt.contains(&"consent") { None } else { agreed_before(visit.site, session.user.name, flow.client.name) };
    if prompt.contains(&"none") && remembered.is_none() {
        return Err(Error::hinted(Code::ConsentRequired, NO_CONSENT));
    }
    let keep = session.keep;
    let stage = Stage::Consent(session.clone(), remembered);
    let challenge = visit.ledger(|logins| logins.keep(Flow { stage, ..flow }))?;
    let mut response = visit.to("oauth/connect?consent_challenge", &challenge);
    // A new login ends the browser's session before it.
    if keep.is_some() {
        let old: Vec<&str> = cookies(visit.headers, SESSION).collect();
        visit.ledger(|logins| old.iter().for_each(|cookie| logins.log_out(cookie)));
    }
    match keep {
        Some(true) => {
            let cookie = visit.ledger(|logins| logins.log_in(session))?;
            browser::set_cookie(&mut response, visit.site, SESSION, &cookie);
        }
        Some(false) => browser::forget_cookie(&mut response, visit.site, SESSION),
        None => {}
    }
    Ok(response)
}

/// What the user agreed to before for this client: on a page, or because it was ordered so.
fn agreed_before(site: &Site, user: &str, client: &str) -> Option<Vec<&'static str>> {
    let mut state = site.world.state();
    let given = state.given.remembered(user, client).map(<[&'static str]>::to_vec);
    let on_page = state.interactions(site.environment).remembered(user, client).map(<[&'static str]>::to_vec);
    match (given, on_page) {
        (Some(mut given), Some(on_page)) => {
            given.extend(on_page);
            Some(given)
        }
        (one, other) => one.or(other),
    }
}

/// Back from the consent page: the checks that Hydra makes only now, then the agreement.
fn agreed(site: &Site, form: &Parameters, flow: Flow) -> Result<Consent, Error> {
    let Stage::Consented(session, Some(scopes)) = flow.stage else {
        return Err(Error::plain(Code::AccessDenied).because("the user denied on the consent page"));
    };
    if words(form.first("prompt")).ne(["none"]) {
        consent::prompt(form.first("prompt"))?;
    }
    let hinted = consent::hinted_subject(site, form.first("id_token_hint"))?;
    if hinted.is_some_and(|subject| subject != session.user.id) {
        return Err(Error::hinted(Code::LoginRequired, OTHER_SUBJECT));
    }
    Ok(Consent { user: Some(session.user), scopes, login: Some((session, flow.started_at)) })
}
