//! Client authentication at the token and revocation endpoints (RFC 6749 §2.3), in Hydra's order.
//!
//! A client authenticates in the one way that it is registered for; those that the mock has by itself do it by
//! `client_secret_basic`.

use std::borrow::Cow;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use http::{HeaderMap, header::AUTHORIZATION};
use serde_json::Value;

use super::errors::{Code, Error};
use crate::mock::{
    control::ClientMethod,
    explain,
    form::{Parameters, decode},
    thumbtack::clients::{Client, Directory},
};

const MISSING: &str = "Client credentials missing or malformed in both HTTP Authorization header and HTTP POST body.";
const SECRET_JWT_REFUSED: &str =
    "This authorization server does not support client authentication method 'client_secret_jwt'.";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The client that a request proves to come from.
pub fn authenticate(headers: &HeaderMap, form: &Parameters, clients: Directory) -> Result<&'static Client, Error> {
    assertion(form)?;
    let basic = basic(headers);
    let (id, secret) = match &basic {
        Some((id, secret)) => (unescape(id, "client id", clients)?, unescape(secret, "client secret", clients)?),
        None if form.first("client_id").is_empty() => {
            let why = match headers.get(AUTHORIZATION) {
                None => "the request has no client credentials: neither HTTP Basic nor `client_id` in the form",
                Some(_) => "the Authorization header is not usable as HTTP Basic, and the form has no `client_id`",
            };
            return Err(Error::hinted(Code::InvalidRequest, MISSING).because(why));
        }
        None => (form.first("client_id").as_bytes().into(), Cow::default()),
    };
    let client = clients
        .find(&id)
        .ok_or_else(|| Error::plain(Code::InvalidClient).because(explain::unknown_client(clients, &id)))?;
    let posted = form.bytes("client_secret");
    if !posted.is_empty() && client.method != ClientMethod::Post {
        return Err(other_method(client, ClientMethod::Post));
    }
    if !secret.is_empty() && client.method != ClientMethod::Basic {
        return Err(other_method(client, ClientMethod::Basic));
    }
    let secret = if client.method == ClientMethod::Post { posted } else { &secret };
    if secret != client.secret.as_bytes() {
        let why = explain::wrong_secret(clients, client, secret);
        return Err(Error::plain(Code::InvalidClient).because(why));
    }
    Ok(client)
}

/// The client that a request names as its own, whether or not it proves to be that one.
pub fn claimed_client(headers: &HeaderMap, form: &Parameters, clients: Directory) -> Option<&'static Client> {
    match basic(headers) {
        Some((id, _)) => clients.find(&decode(&id).ok()?),
        None => clients.find(form.bytes("client_id")),
    }
}

/// The refusal of a client that authenticates otherwise than it is registered for.
fn other_method(client: &Client, tried: ClientMethod) -> Error {
    let (own, tried_name) = (client.method.name(), tried.name());
    let hint = format!(
        "The OAuth 2.0 Client supports client authentication method '{own}', but method '{tried_name}' was requested. You \
         must configure the OAuth 2.0 client's 'token_endpoint_auth_method' value to accept '{tried_name}'."
    );
    let must = match client.method {
        ClientMethod::Basic => "send its secret by HTTP Basic",
        ClientMethod::Post => "send its secret in the form",
        ClientMethod::None => "send no secret, as it is public",
    };
    let did = if tried == ClientMethod::Post { "in the form" } else { "by HTTP Basic" };
    let why = format!("the client is {}, and it must {must}, and the request has a secret {did}", client.name);
    Error::hinted(Code::InvalidClient, hint).because(why)
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

fn unescape<'a>(part: &'a [u8], name: &str, clients: Directory) -> Result<Cow<'a, [u8]>, Error> {
    decode(part).map_err(|_| {
        let hint = format!(
            "The {name} in the HTTP authorization header could not be decoded from 'application/x-www-form-urlencoded'."
        );
        Error::hinted(Code::InvalidRequest, hint).because(explain::undecodable(clients, part))
    })
}
