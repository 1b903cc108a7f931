//! The authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3).

use std::time::Duration;

use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl, ResponseType, Scope};
use secrecy::SecretString;
use url::Url;

use super::walk::{Walked, walk};
use super::{Credentials, Endpoints, Parameter, Walk};
use crate::http::{Exchange, Transport};

/// What is asked of the authorization endpoint. Nothing is added to it but `client_id` and the PKCE challenge.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthorizationRequest {
    /// `scope`, its words joined by spaces.
    pub scope: Parameter,
    /// `state`; the caller draws it.
    pub state: Parameter,
    /// `audience`, which is no part of RFC 6749.
    pub audience: Parameter,
    /// `redirect_uri`.
    pub redirect_uri: Parameter,
    /// `response_type`, ordinarily `code`.
    pub response_type: Parameter,
    /// `nonce` (`OpenID` Connect Core §3.1.2.1).
    pub nonce: Parameter,
    /// `prompt` (`OpenID` Connect Core §3.1.2.1).
    pub prompt: Parameter,
    /// Whether a PKCE challenge by S256 is sent.
    pub pkce: bool,
}

/// What came of an authorization request, with what its sequel needs.
#[derive(Debug)]
pub struct Authorization {
    /// The exchange that ended the walk.
    pub exchange: Exchange,
    /// Whether the walk's visitor has told the password.
    pub told_password: bool,
    /// Whether the walk's visitor has pressed a button that refuses.
    pub denied: bool,
    /// The URL of the authorization request.
    pub url: Url,
    /// The `redirect_uri` that was sent, the first if there were several.
    pub redirect_uri: Option<String>,
    /// The verifier behind the PKCE challenge, if one was sent.
    pub code_verifier: Option<SecretString>,
}

/// Asks for an authorization by one GET, or walks through the login.
pub async fn authorize(
    transport: &Transport,
    endpoints: &Endpoints,
    credentials: &Credentials,
    request: &AuthorizationRequest,
    how_far: &Walk,
    timeout: Duration,
) -> Authorization {
    let (url, code_verifier) = authorization_url(endpoints, credentials, request);
    let redirect_uri = request.redirect_uri.first().map(str::to_owned);
    let expected = redirect_uri.as_deref().or(credentials.redirect_uri.as_deref());
    let Walked { exchange, told_password, denied } = walk(transport, url.clone(), how_far, expected, timeout).await;
    Authorization { exchange, told_password, denied, url, redirect_uri, code_verifier }
}

/// The URL of an authorization request, and the verifier behind its PKCE challenge, if it has one. The URL is the
/// `oauth2` crate's if the request is an ordinary one, else written by hand in the same order.
pub fn authorization_url(
    endpoints: &Endpoints,
    credentials: &Credentials,
    request: &AuthorizationRequest,
) -> (Url, Option<SecretString>) {
    let pkce = request.pkce.then(PkceCodeChallenge::new_random_sha256);
    let (challenge, verifier) = pkce.unzip();
    let url = crate_url(endpoints, credentials, request, challenge.as_ref())
        .unwrap_or_else(|| url_by_hand(endpoints, credentials, request, challenge.as_ref()));
    (url, verifier.map(|verifier| SecretString::from(verifier.into_secret())))
}

/// The URL as the crate writes it; `None` if the request is not one that the crate would make.
fn crate_url(
    endpoints: &Endpoints,
    credentials: &Credentials,
    request: &AuthorizationRequest,
    challenge: Option<&PkceCodeChallenge>,
) -> Option<Url> {
    let AuthorizationRequest { scope, state, redirect_uri, response_type, .. } = request;
    let [(_, audience), (_, nonce), (_, prompt)] = extras(request);
    if ![scope, state, redirect_uri, response_type, audience, nonce, prompt].into_iter().all(Parameter::is_ordinary) {
        return None;
    }
    let state = CsrfToken::new(state.first()?.to_owned());
    let response_type = ResponseType::new(response_type.first()?.to_owned());
    let mut client = BasicClient::new(ClientId::new(credentials.id.clone()))
        .set_auth_uri(AuthUrl::from_url(endpoints.authorize_url.clone()));
    if let Some(uri) = redirect_uri.first() {
        client = client.set_redirect_uri(RedirectUrl::new(uri.to_owned()).ok()?);
    }
    let mut asked = client.authorize_url(|| state).set_response_type(&response_type);
    if let Some(challenge) = challenge {
        asked = asked.set_pkce_challenge(challenge.clone());
    }
    // The crate drops an empty scope, so one is written by hand.
    if let Some(scope) = scope.first() {
        if scope.is_empty() {
            return None;
        }
        asked = asked.add_scope(Scope::new(scope.to_owned()));
    }
    for (name, parameter) in extras(request) {
        if let Some(value) = parameter.first() {
            asked = asked.add_extra_param(name, value);
        }
    }
    Some(asked.url().0)
}

/// The URL in the crate's order, with what the crate cannot leave out or repeat.
fn url_by_hand(
    endpoints: &Endpoints,
    credentials: &Credentials,
    request: &AuthorizationRequest,
    challenge: Option<&PkceCodeChallenge>,
) -> Url {
    let mut url = endpoints.authorize_url.clone();
    let mut query = url.query_pairs_mut();
    let mut add = |name: &str, parameter: &Parameter| {
        for value in parameter.values() {
            query.append_pair(name, value);
        }
    };
    add("response_type", &request.response_type);
    add("client_id", &Parameter::from(credentials.id.as_str()));
    add("state", &request.state);
    if let Some(challenge) = challenge {
        add("code_challenge", &Parameter::from(challenge.as_str()));
        add("code_challenge_method", &Parameter::from(challenge.method().as_str()));
    }
    add("redirect_uri", &request.redirect_uri);
    add("scope", &request.scope);
    for (name, parameter) in extras(request) {
        add(name, parameter);
    }
    drop(query);
    url
}

/// The parameters that RFC 6749 does not know.
fn extras(request: &AuthorizationRequest) -> [(&'static str, &Parameter); 3] {
    [("audience", &request.audience), ("nonce", &request.nonce), ("prompt", &request.prompt)]
}
