//! `/oauth2/auth`: the checks in Hydra's order, then consent with or without pages, then the code.
//!
//! Until the redirect URI is proved, errors go to the error page; from then on to the client.

use std::borrow::Cow;

use axum::response::Response;
use http::Method;

use super::{
    consent::{self, Consent},
    errors::{Code, Error, UNDECODABLE},
    interaction::{self, Next, Visit},
    pages::to_error_page,
    pkce,
    redirect::Mode,
    redirect_uri::{is_registered, not_registered, refuse_insecure},
    token::{audience, body_form, bounded, scopes, whitelisted, words},
};
use crate::mock::{
    arrived::Arrived,
    explain,
    form::Parameters,
    issued::Kind,
    journal::Decision,
    ledger::{Authority, Code as IssuedCode, Login},
    recent::Key,
    site::Site,
    thumbtack::clients::Client,
};

const MISSING_REDIRECT: &str = "The 'redirect_uri' parameter is required when using OpenID Connect 1.0.";
const BOTH_OBJECTS: &str =
    "OpenID Connect parameters 'request' and 'request_uri' were both given, but you can use at most one.";

/// An authorization request in the query.
pub async fn get(Arrived { site, uri, headers, .. }: Arrived) -> Response {
    let form = Parameters::parse(uri.query().unwrap_or_default().as_bytes());
    match form {
        Ok(form) => respond(Visit { site: &site, method: &Method::GET, headers: &headers }, &form),
        Err(_) => to_error_page(&site, &Method::GET, &Error::hinted(Code::InvalidRequest, UNDECODABLE)),
    }
}

/// An authorization request in a form; its values come before the query's.
pub async fn post(Arrived { site, uri, headers, body, .. }: Arrived) -> Response {
    let query = Parameters::parse(uri.query().unwrap_or_default().as_bytes());
    match (body_form(&headers, &body), query) {
        (Ok(mut form), Ok(query)) => {
            form.append(&query);
            respond(Visit { site: &site, method: &Method::POST, headers: &headers }, &form)
        }
        _ => to_error_page(&site, &Method::POST, &Error::hinted(Code::InvalidRequest, UNDECODABLE)),
    }
}

/// Where an answer to the client goes.
struct Destination {
    client: &'static Client,
    uri: String,
    mode: Mode,
}

/// What a valid request leads to.
enum Outcome {
    /// A code, with the granted scope, and what is told of it.
    Code(String, String, Decision),
    /// A page on which a person answers.
    Page(Response),
}

fn respond(visit: Visit, form: &Parameters) -> Response {
    let destination = match destination(visit.site, form) {
        Ok(destination) => destination,
        Err(error) => return to_error_page(visit.site, visit.method, &error),
    };
    let state = form.bytes("state");
    match authorize(visit, &destination, form) {
        Ok(Outcome::Page(response)) => response,
        Ok(Outcome::Code(code, scope, decision)) => {
            let parameters = [("code", code.as_bytes()), ("scope", scope.as_bytes()), ("state", state)];
            let mut response = destination.mode.send(&destination.uri, &parameters);
            Decision::on(&mut response).fill(decision);
            response
        }
        Err(error) => {
            let description = error.description();
            let parameters = [
                ("error", error.code().name().as_bytes()),
                ("error_description", description.as_bytes()),
                ("state", state),
            ];
            let mut response = error.decided(destination.mode.send(&destination.uri, &parameters));
            Decision::on(&mut response).client = Some(destination.client.name);
            response
        }
    }
}

/// The checks before the redirect URI is proved.
fn destination(site: &Site, form: &Parameters) -> Result<Destination, Error> {
    let refuse = |hint: &str| Err(Error::hinted(Code::InvalidRequest, hint));
    let Some(client) = site.clients().find(form.first("client_id").as_bytes()) else {
        let why = explain::unknown_client(site.clients(), form.first("client_id").as_bytes());
        return Err(Error::hinted(Code::InvalidClient, "The requested OAuth 2.0 Client does not exist.").because(why));
    };
    let openid = words(form.first("scope")).any(|scope| scope == "openid");
    if openid && !form.first("request").is_empty() && !form.first("request_uri").is_empty() {
        return refuse(BOTH_OBJECTS);
    }
    let asked = form.first("response_mode");
    let Some(mode) = Mode::read(asked) else {
        let hint = format!("Request with unsupported response_mode '{asked}'.");
        return Err(Error::hinted(Code::UnsupportedResponseMode, hint));
    };
    let uri = match form.first("redirect_uri") {
        "" if openid => return refuse(MISSING_REDIRECT),
        "" => match client.redirect_uris {
            [only] => only,
            _ => return Err(not_registered(site.world.clients, client, "")),
        },
        uri if is_registered(client, uri) => uri,
        uri => return Err(not_registered(site.world.clients, client, uri)),
    };
    Ok(Destination { client, uri: uri.to_owned(), mode })
}

/// The checks whose errors go to the client, then the user's answer, then the code.
fn authorize(visit: Visit, destination: &Destination, form: &Parameters) -> Result<Outcome, Error> {
    let client = destination.client;
    let scopes = scopes(visit.site, client, form)?;
    let audience = audience(form)?;
    whitelisted(visit.site, &audience)?;
    if !form.first("registration").is_empty() {
        return Err(Error::plain(Code::RegistrationNotSupported));
    }
    let asked = form.first("response_type");
    match words(asked).collect::<Vec<&str>>().as_slice() {
        ["code"] => {}
        [] => {
            // The stray backtick is Hydra's.
            let hint = "`The request is missing the 'response_type' parameter.";
            return Err(Error::hinted(Code::UnsupportedResponseType, hint));
        }
        _ => {
            let hint = format!("The client is not allowed to request response_type '{asked}'.");
            return Err(Error::hinted(Code::UnsupportedResponseType, hint));
        }
    }
    refuse_weak_state(visit.site, form)?;
    for kept in ["nonce", "code_challenge"] {
        bounded(form, kept)?;
    }
    if !interaction::is_on(visit.site) {
        let consent = consent::ask(visit.site, client, form, scopes)?;
        return issue(visit.site, destination, form, consent, audience);
    }
    match interaction::proceed(visit, client, form, scopes)? {
        Next::Page(response) => Ok(Outcome::Page(response)),
        Next::Agreed(consent) => issue(visit.site, destination, form, consent, audience),
    }
}

/// The words of the refusal are Hydra's.
fn refuse_weak_state(site: &Site, form: &Parameters) -> Result<(), Error> {
    let (least, length) = (site.world.settings.state_characters, form.bytes("state").len());
    if length >= usize::from(least) {
        return Ok(());
    }
    let hint =
        format!("Request parameter 'state' must be at least be {least} characters long to ensure sufficient entropy.");
    let why = format!("the state has {length} characters, and must have {least} at least");
    Err(Error::hinted(Code::InvalidState, hint).because(why))
}

/// The code for what a user has agreed to.
fn issue(
    site: &Site,
    destination: &Destination,
    form: &Parameters,
    consent: Consent,
    audience: Cow<'static, [String]>,
) -> Result<Outcome, Error> {
    let Consent { user, scopes, login } = consent;
    refuse_insecure(site.world.clients, &destination.uri)?;
    let challenge = pkce::challenge(form)?;
    let world = &site.world;
    let scope = scopes.join(" ");
    let value = world.identifiers.opaque("ory_ac_");
    let sent = form.first("redirect_uri");
    let now = world.clock.now();
    let expires_at = now + i64::from(world.settings.code_seconds) * 1000;
    let (at, session, requested_at) = match login {
        Some((session, requested_at)) => (session.at, session.id, requested_at),
        None => (now, world.identifiers.uuid(), now),
    };
    let login = Login { nonce: form.first("nonce").to_owned(), requested_at, at, session };
    let authority =
        Authority { client: destination.client, user, scopes: scopes.into(), audience, login: Some(Box::new(login)) };
    let mut state = world.state();
    let ledger = state.ledger(site.environment);
    let (name, lineage) = (ledger.name(Kind::Code), ledger.open(authority));
    let decision = Decision {
        client: Some(destination.client.name),
        user: user.map(|user| user.name),
        grant: Some(lineage.grant.number),
        issued: [Some(name), None],
        ..Decision::default()
    };
    let code = IssuedCode {
        name,
        lineage,
        redirect_uri: (!sent.is_empty()).then(|| sent.to_owned()),
        challenge,
        expires_at,
        used_at: None,
    };
    ledger.codes.insert(Key::of(&value), code);
    Ok(Outcome::Code(value, scope, decision))
}
