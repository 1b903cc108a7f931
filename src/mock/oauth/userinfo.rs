//! `/userinfo` (`OpenID` Connect Core §5.3): what an access token tells about its user. As with Hydra it needs no scope,
//! and its 401s are the only ones of this server with `WWW-Authenticate`.

use std::sync::Arc;

use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use serde_json::Value;

use super::{
    claims::shared,
    errors::{Code, Error},
    pages::page,
    token::body_form,
    well_known::JSON,
};
use crate::mock::{
    arrived::Arrived,
    clock::rfc3339,
    explain,
    form::Parameters,
    journal::Decision,
    ledger::{Grant, Ledger},
    recent::Key,
    resource::bearer,
    site::Site,
};

const BAD_CREDENTIALS: &str = "Check that you provided valid credentials in the right format.";
const REFRESH_TOKEN: &str = "Only access tokens are allowed in the authorization header.";

/// A request with the token in the header or the query.
pub async fn get(Arrived { site, uri, headers, .. }: Arrived) -> Response {
    respond(&site, &token(&uri, &headers, &[]))
}

/// A request with the token in the header or a form; a form's values come before the query's. That no cache may keep
/// the answer is said here too, while Hydra says it to GET alone.
pub async fn post(Arrived { site, uri, headers, body, .. }: Arrived) -> Response {
    respond(&site, &token(&uri, &headers, &body))
}

/// The token of a request (RFC 6750 §2), or empty text. The header comes first; parameters that cannot be decoded hold
/// none.
fn token(uri: &Uri, headers: &HeaderMap, body: &[u8]) -> String {
    if let Some(token) = bearer(headers) {
        return token.to_owned();
    }
    let query = Parameters::parse(uri.query().unwrap_or_default().as_bytes());
    let (Ok(mut form), Ok(query)) = (body_form(headers, body), query) else { return String::new() };
    form.append(&query);
    form.first("access_token").to_owned()
}

fn respond(site: &Site, token: &str) -> Response {
    let now = site.world.clock.now();
    let known = look_up(site.world.state().ledger(site.environment), token, now);
    let mut response = match known {
        Ok((grant, issued_at)) => {
            let claims = Value::Object(shared(site, &grant.authority, issued_at));
            page(StatusCode::OK, JSON, claims.to_string())
        }
        Err(refusal) => {
            let mut response = refusal.response();
            Decision::on(&mut response).fill(explain::inactive(site, token));
            response
        }
    };
    explain::presented(site, token, Decision::on(&mut response));
    response
}

/// Why a token is refused.
enum Refusal {
    /// It is missing, unknown or revoked.
    Unauthorized,
    /// It expired at this time, in milliseconds since the epoch.
    Expired(i64),
    /// It is a refresh token.
    Refresh,
}

/// What an access token stands for, and when it was issued.
fn look_up(ledger: &Ledger, token: &str, now: i64) -> Result<(Arc<Grant>, i64), Refusal> {
    let key = Key::of(token);
    if let Some(access) = ledger.access_tokens.get(key) {
        return match access {
            access if !access.active || !access.lineage.is_alive() => Err(Refusal::Unauthorized),
            access if now >= access.expires_at => Err(Refusal::Expired(access.expires_at)),
            access => Ok((access.lineage.grant.clone(), access.issued_at)),
        };
    }
    match ledger.refresh_tokens.get(key) {
        Some(refresh) if now < refresh.expires_at && refresh.lineage.is_alive() => Err(Refusal::Refresh),
        _ => Err(Refusal::Unauthorized),
    }
}

impl Refusal {
    /// 401, with the error in the header and in the body.
    fn response(&self) -> Response {
        let (body, name, description) = match self {
            Self::Refresh => (Error::plain(Code::Unrecognizable), "invalid_token", REFRESH_TOKEN.to_owned()),
            Self::Unauthorized => told(Error::hinted(Code::RequestUnauthorized, BAD_CREDENTIALS)),
            Self::Expired(at) => {
                let at = rfc3339(*at).replace('T', " ").replace('Z', " +0000 UTC");
                told(Error::hinted(Code::TokenExpired, format!("Access token expired at '{at}'.")))
            }
        };
        let mut response = page(StatusCode::UNAUTHORIZED, "application/json", body.body());
        let challenge = format!("Bearer error=\"{name}\",error_description=\"{description}\"");
        if let Ok(challenge) = HeaderValue::try_from(challenge) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// An error that header and body tell alike.
fn told(error: Error) -> (Error, &'static str, String) {
    let (name, description) = (error.code().name(), error.description());
    (error, name, description)
}
