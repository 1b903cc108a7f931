//! The resource server's side of tokens: who calls, and whether the token opens this operation.

use axum::response::Response;
use http::{HeaderMap, StatusCode, header::AUTHORIZATION};
use serde::Serialize;

use super::{
    control::{InactiveTokenTrace, MissingAudience, TokenRefusals},
    explain,
    journal::Decision,
    ledger::Access,
    problem::{Problem, json},
    site::Site,
    thumbtack::AUDIENCE,
};

/// Why an operation is refused before it begins; each answers on its own.
#[derive(Debug)]
pub enum Refusal {
    /// No token, or none that is active.
    Inactive(Box<Inactive>),
    /// The token is for another audience; empty text for none.
    Audience(String, Access),
    /// None of these scopes was granted.
    Scope(&'static [&'static str], Access),
}

/// What is known of a token that is not active.
#[derive(Debug)]
pub struct Inactive {
    /// What the journal is told.
    decision: Decision,
    /// Whether there is one.
    pub is_token: bool,
}

/// The documented 502 body.
#[derive(Serialize)]
struct ProxyFailure {
    error: &'static str,
    detail: String,
}

impl Refusal {
    /// The answer. For a missing scope, several names stand between the brackets with spaces, which is a guess: only
    /// single ones have been seen.
    pub fn response(self, site: &Site) -> Response {
        let decision = self.decision();
        let mut response = match site.world.settings.token_refusals {
            TokenRefusals::Observed => self.answer(site),
            TokenRefusals::Rfc6750 => self.challenge(site),
        };
        Decision::on(&mut response).fill(decision);
        response
    }

    /// What the journal is told.
    fn decision(&self) -> Decision {
        let (access, why) = match self {
            Self::Inactive(inactive) => return inactive.decision.clone(),
            Self::Audience(audience, access) if audience.is_empty() => (access, missing_audience(access)),
            Self::Audience(audience, access) => {
                (access, format!("{} is for the audience `{audience}`, and the API is {AUDIENCE}", access.name))
            }
            Self::Scope(scopes, access) => (access, missing_scope(scopes, access)),
        };
        let mut decision = Decision::of(access);
        decision.because(why);
        decision
    }

    /// The answer as it is stated or reported.
    pub fn answer(self, site: &Site) -> Response {
        let trace = || site.world.identifiers.trace();
        let settings = &site.world.settings;
        match self {
            Self::Inactive(_) => {
                let detail = "invalid token. failure reason(s): [token is not active]";
                let problem = Problem::new(StatusCode::UNAUTHORIZED, detail);
                match settings.inactive_token_trace {
                    InactiveTokenTrace::Absent => problem.answer(settings),
                    InactiveTokenTrace::Present => problem.traced(trace()).answer(settings),
                }
            }
            Self::Audience(audience, _) => proxy_failed(&audience),
            Self::Scope(scopes, _) => {
                let detail = format!("required scope(s) [{}] not found", scopes.join(" "));
                Problem::new(StatusCode::UNAUTHORIZED, detail).traced(trace()).answer(settings)
            }
        }
    }
}

fn missing_audience(access: &Access) -> String {
    format!("audience missing: {} was asked for without `audience={AUDIENCE}`", access.name)
}

fn missing_scope(scopes: &[&str], access: &Access) -> String {
    let authority = &access.grant.authority;
    if authority.scopes.iter().any(|scope| scopes.contains(scope)) {
        return match authority.user {
            None => format!("the operation acts for a user, and {} is the application's own", access.name),
            Some(user) => {
                format!("the operation acts for the application, and {} is of the user `{}`", access.name, user.name)
            }
        };
    }
    let granted = if authority.scopes.is_empty() { "none".to_owned() } else { authority.scopes.join(" ") };
    format!("required scope not granted: one of {}; {} has {granted}", scopes.join(" "), access.name)
}

/// 502 with the documented body for `audience`.
pub fn proxy_failed(audience: &str) -> Response {
    let detail = format!(
        "Error: oauth_400:invalid_request: The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Requested audience '{audience}' has not been whitelisted by the Auth 2.0 Client."
    );
    json(StatusCode::BAD_GATEWAY, "application/json", &ProxyFailure { error: "proxy_oauth_failed", detail })
}

/// What the token is good for, if it is active, for this audience, and has one of `scopes`.
pub fn authorize(site: &Site, headers: &HeaderMap, scopes: &'static [&'static str]) -> Result<Access, Refusal> {
    let now = site.world.clock.now();
    let active = bearer(headers).and_then(|token| site.world.state().ledger(site.environment).access(token, now));
    let Some(access) = active else {
        let (decision, is_token) = (explain::no_bearer(site, headers), bearer(headers).is_some());
        return Err(Refusal::Inactive(Box::new(Inactive { decision, is_token })));
    };
    let authority = &access.grant.authority;
    if let Some(wrong) = authority.audience.iter().find(|audience| *audience != AUDIENCE) {
        return Err(Refusal::Audience(wrong.clone(), access));
    }
    if authority.audience.is_empty() && site.world.settings.missing_audience == MissingAudience::Refused {
        return Err(Refusal::Audience(String::new(), access));
    }
    if !authority.scopes.iter().any(|scope| scopes.contains(scope)) {
        return Err(Refusal::Scope(scopes, access));
    }
    Ok(access)
}

/// The token of `Authorization: Bearer` (RFC 6750 §2.1).
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
