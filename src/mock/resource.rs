//! The resource server's side of tokens: who calls, and whether the token opens this operation.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header::AUTHORIZATION};
use serde::Serialize;

use super::{
    control::{InactiveTokenTrace, MissingAudience},
    ledger::Grant,
    problem::{Problem, json},
    site::Site,
    thumbtack::AUDIENCE,
};

/// Why an operation is refused before it begins; each answers on its own.
#[derive(Debug)]
pub enum Refusal {
    /// No token, or none that is active.
    Inactive,
    /// The token is for another audience; empty text for none.
    Audience(String),
    /// None of these scopes was granted.
    Scope(&'static [&'static str]),
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
        let trace = || site.world.identifiers.trace();
        match self {
            Self::Inactive => {
                let detail = "invalid token. failure reason(s): [token is not active]";
                let problem = Problem::new(StatusCode::UNAUTHORIZED, detail);
                match site.world.settings.inactive_token_trace {
                    InactiveTokenTrace::Absent => problem.into_response(),
                    InactiveTokenTrace::Present => problem.traced(trace()).into_response(),
                }
            }
            Self::Audience(audience) => proxy_failed(&audience),
            Self::Scope(scopes) => {
                let detail = format!("required scope(s) [{}] not found", scopes.join(" "));
                Problem::new(StatusCode::UNAUTHORIZED, detail).traced(trace()).into_response()
            }
        }
    }
}

/// 502 with the documented body for `audience`.
pub fn proxy_failed(audience: &str) -> Response {
    let detail = format!(
        "Error: oauth_400:invalid_request: The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Requested audience '{audience}' has not been whitelisted by the Auth 2.0 Client."
    );
    json(StatusCode::BAD_GATEWAY, "application/json", &ProxyFailure { error: "proxy_oauth_failed", detail })
}

/// The token's grant, if it is active, for this audience, and has one of `scopes`.
pub fn authorize(site: &Site, headers: &HeaderMap, scopes: &'static [&'static str]) -> Result<Arc<Grant>, Refusal> {
    let now = site.world.clock.now();
    let token = bearer(headers).ok_or(Refusal::Inactive)?;
    let grant = site.world.state().ledger(site.environment).grant_of(token, now).ok_or(Refusal::Inactive)?;
    let authority = &grant.authority;
    if let Some(wrong) = authority.audience.iter().find(|audience| *audience != AUDIENCE) {
        return Err(Refusal::Audience(wrong.clone()));
    }
    if authority.audience.is_empty() && site.world.settings.missing_audience == MissingAudience::Refused {
        return Err(Refusal::Audience(String::new()));
    }
    if !authority.scopes.iter().any(|scope| scopes.contains(&scope.as_str())) {
        return Err(Refusal::Scope(scopes));
    }
    Ok(grant)
}

/// The token of `Authorization: Bearer` (RFC 6750 §2.1).
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
