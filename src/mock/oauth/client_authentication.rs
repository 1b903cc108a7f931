//! Client authentication at the token and revocation endpoints (RFC 6749 §2.3), in Hydra's order.
//!
//! Every client here is registered for `client_secret_basic`.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use http::{HeaderMap, header::AUTHORIZATION};
use serde_json::Value;

use super::errors::{Code, Error};
use crate::mock::{
    explain,
    form::{Parameters, decode},
    site::Environment,
    thumbtack::clients::{self, Client},
};

const MISSING: &str = "Client credentials missing or malformed in both HTTP Authorization header and HTTP POST body.";
const POST_REFUSED: &str = "The OAuth 2.0 Client supports client authentication method 'client_secret_basic', but method 'client_secret_post' was requested. You must configure the OAuth 2.0 client's 'token_endpoint_auth_method' value to accept 'client_secret_post'.";
const SECRET_JWT_REFUSED: &str =
    "This authorization server does not support client authentication method 'client_secret_jwt'.";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The client that a request proves to come from.
pub fn authenticate(
    headers: &HeaderMap,
    form: &Parameters,
    environment: Environment,
) -> Result<&'static Client, Error> {
    assertion(form)?;
    let basic = basic(headers);
    let (id, secret) = match &basic {
        Some((id, secret)) => {
            (unescape(id, "client id", environment)?, unescape(secret, "client secret", environment)?)
        }
        None if form.first("client_id").is_empty() => {
            let why = match headers.get(AUTHORIZATION) {
                None => "the request has no client credentials: neither HTTP Basic nor `client_id` in the form",
                Some(_) => "the Authorization header is not usable as HTTP Basic, and the form has no `client_id`",
            };
            return Err(Error::hinted(Code::InvalidRequest, MISSING).because(why));
        }
        None => (form.first("client_id").into(), Vec::new()),
    };
    let client = clients::find(environment, &id)
        .ok_or_else(|| Error::plain(Code::InvalidClient).because(explain::unknown_client(environment, &id)))?;
    if !form.first("client_secret").is_empty() {
        let why = format!("the client is {}, and it must send its secret by HTTP Basic, not in the form", client.name);
        return Err(Error::hinted(Code::InvalidClient, POST_REFUSED).because(why));
    }
    if secret != client.secret.as_bytes() {
        let why = explain::wrong_secret(environment, client, &secret);
        return Err(Error::plain(Code::InvalidClient).because(why));
    }
    Ok(client)
}

/// The client that a request names as its own, whether or not it proves to be that one.
pub fn claimed_client(headers: &HeaderMap, form: &Parameters, environment: Environment) -> Option<&'static Client> {
    match basic(headers) {
        Some((id, _)) => clients::find(environment, &decode(&id).ok()?),
        None => clients::find(environment, form.bytes("client_id")),
    }
}

/// Refuses client assertions (RFC 7523), which no client here is registered for. That one with another algorithm than
/// HMAC gets the bare error is a guess.
fn assertion(form: &Parameters) -> Result<(), Error> {
    match form.first("client_assertion_type") {
        "" => Ok(()),
        JWT_BEARER => {
            let header = form.first("client_assertion").split('.').next().unwrap_or_default();
            let header = URL_SAFE_NO_PAD.decode(header).unwrap_or_default();
            let header: Value = serde_json::from_slice(&header).unwrap_or_default();
            let shared_secret = header.get("alg").and_then(Value::as_str).is_some_and(|name| name.starts_with("HS"));
            let hint = if shared_secret { SECRET_JWT_REFUSED } else { "" };
            Err(Error::hinted(Code::InvalidClient, hint))
        }
        other => Err(Error::hinted(Code::InvalidRequest, format!("Unknown client_assertion_type '{other}'."))),
    }
}

/// Both parts of HTTP Basic (RFC 7617), still form-encoded. `None` if the header is absent or not usable.
fn basic(headers: &HeaderMap) -> Option<(Vec<u8>, Vec<u8>)> {
    let (scheme, encoded) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = STANDARD.decode(encoded).ok()?;
    let colon = pair.iter().position(|byte| *byte == b':')?;
    Some((pair.get(..colon)?.to_vec(), pair.get(colon + 1..)?.to_vec()))
}

fn unescape(part: &[u8], name: &str, environment: Environment) -> Result<Vec<u8>, Error> {
    decode(part).map_err(|_| {
        let hint = format!(
            "The {name} in the HTTP authorization header could not be decoded from 'application/x-www-form-urlencoded'."
        );
        Error::hinted(Code::InvalidRequest, hint).because(explain::undecodable(environment, part))
    })
}
