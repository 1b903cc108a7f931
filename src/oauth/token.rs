//! The token request (RFC 6749 §4.1.3, §4.4.2 and §6).

use std::time::Duration;

use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, PkceCodeVerifier, RedirectUrl, RefreshToken, Scope, TokenUrl,
};
use secrecy::ExposeSecret;

use super::record::Recorder;
use super::{ClientAuthentication, Credentials, Endpoints, Parameter, basic_header};
use crate::http::{Exchange, Request, Transport};

/// The grants that the harness itself asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grant {
    /// RFC 6749 §4.1.
    AuthorizationCode,
    /// RFC 6749 §4.4.
    ClientCredentials,
    /// RFC 6749 §6.
    RefreshToken,
}

impl Grant {
    /// The value of `grant_type`.
    pub fn name(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::ClientCredentials => "client_credentials",
            Self::RefreshToken => "refresh_token",
        }
    }
}

/// What is asked of the token endpoint. Nothing is added to it but the client's authentication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// `grant_type`.
    pub grant: Grant,
    /// `scope`, its words joined by spaces.
    pub scope: Parameter,
    /// `audience`, which is no part of RFC 6749.
    pub audience: Parameter,
    /// `code`.
    pub code: Parameter,
    /// `redirect_uri`.
    pub redirect_uri: Parameter,
    /// `refresh_token`.
    pub refresh_token: Parameter,
    /// `code_verifier` (RFC 7636 §4.5).
    pub code_verifier: Parameter,
    /// How the client authenticates, if not as its credentials say.
    pub authentication: Option<ClientAuthentication>,
}

impl TokenRequest {
    /// A request of which every parameter is left out.
    pub fn new(grant: Grant) -> Self {
        Self {
            grant,
            scope: Parameter::LeftOut,
            audience: Parameter::LeftOut,
            code: Parameter::LeftOut,
            redirect_uri: Parameter::LeftOut,
            refresh_token: Parameter::LeftOut,
            code_verifier: Parameter::LeftOut,
            authentication: None,
        }
    }
}

/// Asks for a token: through the `oauth2` crate if the request is an ordinary one, else by a form of the same order and
/// headers. What the crate makes of the answer is left aside, as the exchange is what others judge.
pub async fn exchange(
    transport: &Transport,
    endpoints: &Endpoints,
    credentials: &Credentials,
    request: &TokenRequest,
    timeout: Duration,
) -> Exchange {
    let recorder = Recorder::new(transport, timeout);
    ask_crate(&recorder, endpoints, credentials, request).await;
    match recorder.into_exchange() {
        Some(exchange) => exchange,
        None => transport.send(by_hand(endpoints, credentials, request), timeout).await,
    }
}

/// Sends the request if it is one that the crate can send. The crate's own answer is a strict client's opinion, which
/// is no fact, so it ends here.
async fn ask_crate(recorder: &Recorder<'_>, endpoints: &Endpoints, credentials: &Credentials, request: &TokenRequest) {
    let TokenRequest { scope, audience, code, redirect_uri, refresh_token, code_verifier, .. } = request;
    let parameters = [scope, audience, code, redirect_uri, refresh_token, code_verifier];
    if !parameters.into_iter().all(Parameter::is_ordinary) {
        return;
    }
    let (scope, audience) = (scope.first(), audience.first());
    let left_out = |parameters: &[&Parameter]| parameters.iter().all(|parameter| **parameter == Parameter::LeftOut);
    let client = BasicClient::new(ClientId::new(credentials.id.clone()))
        .set_client_secret(ClientSecret::new(credentials.secret.expose_secret().to_owned()))
        .set_token_uri(TokenUrl::from_url(endpoints.token_url.clone()))
        .set_auth_type(match request.authentication.unwrap_or(credentials.authentication) {
            ClientAuthentication::Basic => AuthType::BasicAuth,
            ClientAuthentication::Post => AuthType::RequestBody,
        });
    match request.grant {
        Grant::ClientCredentials if left_out(&[code, redirect_uri, refresh_token, code_verifier]) => {
            let mut asked = client.exchange_client_credentials();
            asked = asked.add_scopes(scope.map(|scope| Scope::new(scope.to_owned())));
            if let Some(audience) = audience {
                asked = asked.add_extra_param("audience", audience);
            }
            let _ = asked.request_async(recorder).await;
        }
        Grant::RefreshToken if left_out(&[code, redirect_uri, code_verifier]) => {
            let Some(refresh_token) = refresh_token.first() else { return };
            let refresh_token = RefreshToken::new(refresh_token.to_owned());
            let mut asked = client.exchange_refresh_token(&refresh_token);
            asked = asked.add_scopes(scope.map(|scope| Scope::new(scope.to_owned())));
            if let Some(audience) = audience {
                asked = asked.add_extra_param("audience", audience);
            }
            let _ = asked.request_async(recorder).await;
        }
        Grant::AuthorizationCode if left_out(&[refresh_token]) => {
            let Some(code) = code.first() else { return };
            let client = match redirect_uri.first().map(|uri| RedirectUrl::new(uri.to_owned())) {
                None => client,
                Some(Ok(redirect_uri)) => client.set_redirect_uri(redirect_uri),
                Some(Err(_)) => return,
            };
            let mut asked = client.exchange_code(AuthorizationCode::new(code.to_owned()));
            if let Some(verifier) = code_verifier.first() {
                asked = asked.set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()));
            }
            // The crate has no scope here, as RFC 6749 §4.1.3 has none; Thumbtack's documents do.
            for (name, value) in [("scope", scope), ("audience", audience)] {
                if let Some(value) = value {
                    asked = asked.add_extra_param(name, value);
                }
            }
            let _ = asked.request_async(recorder).await;
        }
        _ => {}
    }
}

/// The same request as the crate would write it, were it able to leave out and repeat.
fn by_hand(endpoints: &Endpoints, credentials: &Credentials, request: &TokenRequest) -> Request {
    let mut pairs = vec![("grant_type", request.grant.name())];
    let code_grant = request.grant == Grant::AuthorizationCode;
    push(&mut pairs, "code", &request.code);
    push(&mut pairs, "code_verifier", &request.code_verifier);
    push(&mut pairs, "refresh_token", &request.refresh_token);
    if !code_grant {
        push(&mut pairs, "scope", &request.scope);
    }
    let secret = credentials.secret.expose_secret();
    let authentication = request.authentication.unwrap_or(credentials.authentication);
    if authentication == ClientAuthentication::Post {
        pairs.extend([("client_id", credentials.id.as_str()), ("client_secret", secret)]);
    }
    push(&mut pairs, "redirect_uri", &request.redirect_uri);
    if code_grant {
        push(&mut pairs, "scope", &request.scope);
    }
    push(&mut pairs, "audience", &request.audience);
    let mut form = Request::post_form(endpoints.token_url.clone(), &pairs);
    form.headers.insert(0, ("accept".to_owned(), "application/json".to_owned()));
    match authentication {
        ClientAuthentication::Basic => form.with_header("authorization", basic_header(&credentials.id, secret)),
        ClientAuthentication::Post => form,
    }
}

fn push<'a>(pairs: &mut Vec<(&'static str, &'a str)>, name: &'static str, parameter: &'a Parameter) {
    pairs.extend(parameter.values().iter().map(|value| (name, value.as_str())));
}
