//! `POST /oauth2/token`: the checks that all grants share, in Hydra's order.

use std::{borrow::Cow, sync::LazyLock};

use axum::response::Response;
use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};

use super::{
    client_authentication::authenticate,
    client_credentials, code,
    errors::{Code, DEFAULT_HINT, Error, UNDECODABLE},
    refresh, tokens,
};
use crate::mock::{
    arrived::Arrived,
    control::{AudienceMatch, TokenParameters, UngrantedScopes},
    explain,
    form::{Parameters, Undecodable},
    journal::Decision,
    ledger::Lineage,
    multipart,
    site::Site,
    thumbtack::{
        AUDIENCE,
        clients::{Client, GrantType},
    },
};

/// The most bytes of a parameter, all its repetitions together, that a grant may keep.
const LONGEST_KEPT: usize = 8192;

/// The audience of nearly every grant, which none of them needs to copy.
static WHITELISTED: LazyLock<[String; 1]> = LazyLock::new(|| [AUDIENCE.to_owned()]);

/// Grants that Hydra knows (RFC 7523 §2.1, RFC 8628 §3.4), and for which no client of the partner's is registered.
const NOBODYS_GRANTS: [&str; 2] =
    ["urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:device_code"];

/// Answers a token request.
pub async fn post(Arrived { site, uri, headers, body, .. }: Arrived) -> Response {
    let form = match posted(&uri, &headers, &body) {
        Ok(form) => form,
        Err(error) => return error.response(),
    };
    let mut decision = Decision::default();
    match grant(&site, &headers, &form, &mut decision) {
        Ok(lineage) => tokens::issue(&site, lineage),
        Err(error) => {
            for name in ["code", "refresh_token"] {
                explain::presented(&site, form.first(name), &mut decision);
            }
            let mut response = error.response();
            Decision::on(&mut response).fill(decision);
            response
        }
    }
}

fn grant(site: &Site, headers: &HeaderMap, form: &Parameters, decision: &mut Decision) -> Result<Lineage, Error> {
    // A list of words to Hydra, so that spaces around one do not matter.
    let mut words = words(form.first("grant_type"));
    let grant_type = match (words.next(), words.next()) {
        (None, _) => return Err(Error::hinted(Code::InvalidRequest, "Request parameter 'grant_type' is missing")),
        (Some("authorization_code"), None) => Ok(GrantType::AuthorizationCode),
        (Some("refresh_token"), None) => Ok(GrantType::RefreshToken),
        (Some("client_credentials"), None) => Ok(GrantType::ClientCredentials),
        (Some(known), None) if NOBODYS_GRANTS.contains(&known) => Err(not_allowed(known)),
        // An unknown grant hides a failed client authentication.
        _ => {
            let why = "`grant_type` is none of authorization_code, refresh_token, client_credentials";
            return Err(Error::hinted(Code::InvalidRequest, DEFAULT_HINT).because(why));
        }
    };
    let client = authenticate(headers, form, site.clients())?;
    decision.client = Some(client.name);
    let grant_type = grant_type?;
    require_parameters(site, grant_type, form)?;
    match grant_type {
        GrantType::AuthorizationCode => code::exchange(site, client, form),
        GrantType::RefreshToken => refresh::exchange(site, client, form),
        GrantType::ClientCredentials => client_credentials::grant(site, client, form),
    }
}

/// Refuses a user's grant without what the documents call required of some grant, if the world's settings say of all.
fn require_parameters(site: &Site, grant: GrantType, form: &Parameters) -> Result<(), Error> {
    let is_required = site.world.settings.token_parameters == TokenParameters::RequiredOfUsers;
    if !is_required || grant == GrantType::ClientCredentials {
        return Ok(());
    }
    match ["audience", "scope"].into_iter().find(|name| form.first(name).is_empty()) {
        None => Ok(()),
        Some(missing) => Err(Error::hinted(Code::InvalidRequest, format!("Request parameter '{missing}' is missing"))),
    }
}

/// The parameters of a form body. The query is not read, but must be decodable.
pub fn posted(uri: &http::Uri, headers: &HeaderMap, body: &[u8]) -> Result<Parameters, Error> {
    let undecodable = |_| Error::hinted(Code::InvalidRequest, UNDECODABLE);
    Parameters::parse(uri.query().unwrap_or_default().as_bytes()).map_err(undecodable)?;
    let form = body_form(headers, body).map_err(undecodable)?;
    if form.is_empty() {
        let error = Error::hinted(Code::InvalidRequest, "The POST body can not be empty.");
        return Err(match headers.get(CONTENT_TYPE) {
            Some(_) if body.is_empty() => error,
            Some(_) => error.because("the body is no form: its Content-Type must be application/x-www-form-urlencoded"),
            None => error.because("there is no Content-Type, so the body is no form"),
        });
    }
    Ok(form)
}

/// The form in a body; empty if its media type is not a form's.
pub fn body_form(headers: &HeaderMap, body: &[u8]) -> Result<Parameters, Undecodable> {
    let media_type = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let media_type = String::from_utf8_lossy(media_type);
    let (essence, parameters) = media_type.split_once(';').unwrap_or((&media_type, ""));
    let is = |name: &str| essence.trim().eq_ignore_ascii_case(name);
    if is("application/x-www-form-urlencoded") {
        return Parameters::parse(body);
    }
    if !is("multipart/form-data") {
        return Ok(Parameters::default());
    }
    let named = parameters.split(';').filter_map(|item| item.trim().split_once('='));
    let boundary = named.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("boundary"));
    multipart::parse(body, boundary.map_or("", |(_, value)| value.trim_matches('"')))
}

/// Refuses a client that is not registered for the grant.
pub fn grant_allowed(client: &Client, grant: GrantType) -> Result<(), Error> {
    if client.grants.contains(&grant) {
        return Ok(());
    }
    Err(not_allowed(grant.name()))
}

fn not_allowed(grant: &str) -> Error {
    let hint = format!("The OAuth 2.0 Client is not allowed to use authorization grant '{grant}'.");
    Error::hinted(Code::UnauthorizedClient, hint)
}

/// The words of a value: what stands between spaces, and nothing else parts them.
pub fn words(value: &str) -> impl Iterator<Item = &str> {
    value.split(' ').filter(|word| !word.is_empty())
}

/// Refuses a request of which a grant would have to keep more than is reasonable. This limit is not Hydra's.
pub fn bounded(form: &Parameters, name: &str) -> Result<(), Error> {
    if form.all(name).map(str::len).sum::<usize>() <= LONGEST_KEPT {
        return Ok(());
    }
    Err(Error::hinted(Code::InvalidRequest, format!("Parameter '{name}' is longer than {LONGEST_KEPT} bytes.")))
}

/// The scopes that a request asks for; the first that the client may not have is named, if it is not left out.
pub fn scopes(site: &Site, client: &Client, form: &Parameters) -> Result<Vec<&'static str>, Error> {
    bounded(form, "scope")?;
    let leaves_out = site.world.settings.ungranted_scopes == UngrantedScopes::LeftOut;
    words(form.first("scope"))
        .filter(|scope| !leaves_out || client.scopes.contains(scope))
        .map(|scope| {
            if let Some(registered) = client.scope(scope) {
                return Ok(registered);
            }
            let hint = format!("The OAuth 2.0 Client is not allowed to request scope '{scope}'.");
            let why = format!("{hint} {}.", explain::scope(client, site.clients(), scope));
            Err(Error::hinted(Code::InvalidScope, hint).because(why))
        })
        .collect()
}

/// The audiences that a request asks for: one value is split at spaces, repeated ones are taken as they are.
pub fn audience(form: &Parameters) -> Result<Cow<'static, [String]>, Error> {
    bounded(form, "audience")?;
    let is_repeated = form.all("audience").nth(1).is_some();
    let parts = form.all("audience").flat_map(|value| value.split(move |letter| letter == ' ' && !is_repeated));
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    Ok(if parts == [AUDIENCE] { Cow::Borrowed(&*WHITELISTED) } else { parts.into_iter().map(str::to_owned).collect() })
}

/// Refuses the first audience that is not the whitelisted one.
pub fn whitelisted(site: &Site, audience: &[String]) -> Result<(), Error> {
    let is_whitelisted = |audience: &str| match site.world.settings.audience_match {
        AudienceMatch::Strict => audience == AUDIENCE,
        AudienceMatch::Hydra => is_any_urn(audience),
    };
    match audience.iter().find(|audience| !is_whitelisted(audience)) {
        None => Ok(()),
        Some(wrong) => {
            let hint = format!("Requested audience '{wrong}' has not been whitelisted by the OAuth 2.0 Client.");
            Err(Error::hinted(Code::InvalidRequest, hint))
        }
    }
}

/// Whether an audience is like `urn:partner-api` if both are taken apart as URLs and only scheme, host and path count: it
/// has the scheme, and no host.
fn is_any_urn(audience: &str) -> bool {
    let Some((scheme, rest)) = audience.split_once(':') else { return false };
    let host = rest.strip_prefix("//").map_or("", |rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    scheme.eq_ignore_ascii_case("urn") && host.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_audience_is_split_and_repeated_ones_are_not() {
        let read = |text: &str| audience(&Parameters::parse(text.as_bytes()).unwrap()).unwrap();
        for (text, audiences) in [
            ("", &[][..]),
            ("audience=", &[]),
            ("audience=urn:partner-api", &[AUDIENCE]),
            ("audience=+urn:partner-api++x+", &[AUDIENCE, "x"]),
            ("audience=a+b&audience=urn:partner-api&audience=", &["a b", AUDIENCE]),
        ] {
            assert_eq!(*read(text), *audiences, "{text}");
        }
        assert!(matches!(read("audience=urn:partner-api"), Cow::Borrowed(_)));
    }

    #[test]
    fn urns_are_all_alike_to_hydra() {
        for alike in ["urn:partner-api", "urn:partner-apii", "URN:x", "urn:", "urn:/x", "urn:///x"] {
            assert!(is_any_urn(alike), "{alike}");
        }
        for other in ["", "partner-api", "https://api.thumbtack.com", "urn", "urn://host/x", "urn#:x"] {
            assert!(!is_any_urn(other), "{other}");
        }
    }
}
