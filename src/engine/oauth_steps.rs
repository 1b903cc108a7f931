//! Token and authorize steps: parameters with their defaults, through the `oauth` room.

use std::time::Duration;

use ::http::Method;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::http::{Exchange, Request, Scrubber, Transport};
use crate::mock::control::Answer;
use crate::oauth::{self, AuthorizationRequest, Credentials, Endpoints, Sender, TokenRequest, Visitor, Walk};
use crate::plan::{Authorize, Grant, Parameter, Token};
use crate::target::UrlName;

use super::interlock::sent;
use super::run::Run;
use super::values::Values;

/// An authorization request that was made: what the exchange of its code carries.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// The URL of the request.
    pub(super) url: Url,
    /// The code that came back, if one did.
    pub(super) code: Option<String>,
    /// The redirect URI that was sent, if one was.
    pub(super) redirect_uri: Option<String>,
    /// The PKCE verifier, if PKCE was used.
    pub(super) code_verifier: Option<String>,
}

impl Asked {
    /// The authorization request itself.
    pub(super) fn request(&self) -> Request {
        Request::new(Method::GET, self.url.clone())
    }
}

/// A visit to the authorization URL.
pub(super) struct Visit {
    pub(super) exchange: Exchange,
    pub(super) asked: Asked,
}

impl Asked {
    /// The visit that ended with `exchange`.
    pub(super) fn visited(self, exchange: Exchange) -> Visit {
        Visit { asked: Self { code: code_in(&exchange), ..self }, exchange }
    }
}

/// The client and endpoints of a scenario, as the `oauth` room takes them.
pub(super) struct Party {
    transport: Transport,
    /// A mock answers at once, and a real target's login is a person's; elsewhere the login's redirects are followed.
    is_one: bool,
    endpoints: Endpoints,
    credentials: Credentials,
}

impl Party {
    /// The party of the client of `run`; the error says what is missing.
    pub(super) fn of(run: &Run<'_>) -> Result<Self, String> {
        let environment = &run.values.environment;
        let client = run.values.client.as_ref().ok_or("the target has no credentials for the scenario's client")?;
        let url = |name: UrlName, word: &str| {
            environment.url(name).cloned().ok_or_else(|| format!("the target has no `{word}`"))
        };
        let token_url = url(UrlName::TokenUrl, "token_url")?;
        Ok(Self {
            transport: run.transport.clone(),
            is_one: run.session.is_mock() || environment.is_real,
            endpoints: Endpoints {
                authorize_url: url(UrlName::AuthorizeUrl, "authorize_url").unwrap_or_else(|_| token_url.clone()),
                token_url,
            },
            credentials: client.clone(),
        })
    }

    /// The party as one who refreshes stored logins and tells `scrubber` their tokens.
    pub(super) fn sender(&self, scrubber: Scrubber) -> Sender {
        let (endpoints, credentials) = (self.endpoints.clone(), self.credentials.clone());
        Sender { transport: self.transport.clone(), endpoints, credentials, scrubber }
    }

    /// Visits the authorization URL as `step` says.
    pub(super) async fn visit(
        &self,
        step: &Authorize,
        values: &Values<'_>,
        timeout: Duration,
    ) -> Result<Visit, String> {
        let request = self.request(step, values)?;
        let walk = self.walk(step, values);
        let authorization =
            oauth::authorize(&self.transport, &self.endpoints, &self.credentials, &request, &walk, timeout).await;
        let asked = asked(authorization.url, &request, authorization.code_verifier);
        let exchange = sent(authorization.exchange)?;
        is_the_right_user(step, values, &exchange, authorization.told_password || self.is_one)?;
        is_the_right_answer(step, values, &exchange, authorization.denied || self.is_one)?;
        Ok(asked.visited(exchange))
    }

    /// The authorization request that `step` says, before it is made.
    pub(super) fn ask(&self, step: &Authorize, values: &Values<'_>) -> Result<Asked, String> {
        let request = self.request(step, values)?;
        let (url, verifier) = oauth::authorization_url(&self.endpoints, &self.credentials, &request);
        Ok(asked(url, &request, verifier))
    }

    fn request(&self, step: &Authorize, values: &Values<'_>) -> Result<AuthorizationRequest, String> {
        let part = |name: &str, default: Option<String>| parameter(&step.parameters, name, default, values);
        Ok(AuthorizationRequest {
            scope: part("scope", None)?,
            state: part("state", Some(values.generator.state()))?,
            audience: part("audience", values.environment.audience.clone())?,
            redirect_uri: part("redirect_uri", self.credentials.redirect_uri.clone())?,
            response_type: part("response_type", Some("code".to_owned()))?,
            nonce: part("nonce", None)?,
            prompt: part("prompt", None)?,
            pkce: step.pkce,
        })
    }

    /// Visits the URL of `asked` once more.
    pub(super) async fn visit_again(
        &self,
        asked: Asked,
        step: &Authorize,
        values: &Values<'_>,
        timeout: Duration,
    ) -> Result<Visit, String> {
        let expected = asked.redirect_uri.as_deref().or(self.credentials.redirect_uri.as_deref());
        let walk = self.walk(step, values);
        let walked = oauth::walk(&self.transport, asked.url.clone(), &walk, expected, timeout).await;
        let exchange = sent(walked.exchange)?;
        is_the_right_user(step, values, &exchange, walked.told_password || self.is_one)?;
        is_the_right_answer(step, values, &exchange, walked.denied || self.is_one)?;
        Ok(asked.visited(exchange))
    }

    /// Asks `url` once, which needs nobody.
    pub(super) async fn look_at(&self, url: Url, timeout: Duration) -> Result<Exchange, String> {
        sent(oauth::walk(&self.transport, url, &Walk::One, None, timeout).await.exchange)
    }

    /// The client's redirect URI, if it has one.
    pub(super) fn redirect_uri(&self) -> Option<String> {
        self.credentials.redirect_uri.clone()
    }

    fn walk(&self, step: &Authorize, values: &Values<'_>) -> Walk {
        if self.is_one {
            return Walk::One;
        }
        let login = user(step, values).and_then(|user| values.environment.login(user));
        let visitor = login.map(|login| Visitor {
            login: login.name.clone(),
            password: login.password.clone(),
            denies: step.answer == Answer::Deny,
        });
        Walk::Follow { origin: self.endpoints.authorize_url.clone(), visitor }
    }

    /// Asks the token URL as `step` says; a code is exchanged with what it was asked with, found in `asked`.
    pub(super) async fn token(
        &self,
        step: &Token,
        asked: &[Asked],
        values: &Values<'_>,
        timeout: Duration,
    ) -> Result<Exchange, String> {
        let part = |name: &str, default: Option<String>| parameter(&step.parameters, name, default, values);
        let code = part("code", None)?;
        let with = asked.iter().rev().find(|asked| asked.code.is_some() && asked.code.as_deref() == code.first());
        let exchanges_code = step.grant == Grant::AuthorizationCode;
        let redirect_uri = match with {
            Some(asked) => asked.redirect_uri.clone(),
            None => self.credentials.redirect_uri.clone(),
        };
        let request = TokenRequest {
            scope: part("scope", None)?,
            audience: part("audience", values.environment.audience.clone())?,
            redirect_uri: part("redirect_uri", redirect_uri.filter(|_| exchanges_code))?,
            code_verifier: part("code_verifier", with.and_then(|asked| asked.code_verifier.clone()))?,
            refresh_token: part("refresh_token", None)?,
            code,
            authentication: step.authentication,
            ..TokenRequest::new(grant(step.grant))
        };
        sent(oauth::exchange(&self.transport, &self.endpoints, &self.credentials, &request, timeout).await)
    }
}

/// What is known of an authorization request before it has an answer.
fn asked(url: Url, request: &AuthorizationRequest, verifier: Option<SecretString>) -> Asked {
    Asked {
        url,
        code: None,
        redirect_uri: request.redirect_uri.first().map(str::to_owned),
        code_verifier: verifier.map(|verifier| verifier.expose_secret().to_owned()),
    }
}

/// Who logs in: the user that `step` names, or the target's first.
fn user<'v>(step: &'v Authorize, values: &'v Values<'_>) -> Option<&'v str> {
    let named = step.user.as_ref().map(|user| user.value.as_str());
    named.or_else(|| values.environment.users.first().map(String::as_str))
}

/// Refuses a code that may be another user's: a login by redirects alone is that of the target's first user.
fn is_the_right_user(
    step: &Authorize,
    values: &Values<'_>,
    exchange: &Exchange,
    told_password: bool,
) -> Result<(), String> {
    let first = values.environment.users.first().map(String::as_str);
    match user(step, values) {
        Some(user) if !told_password && Some(user) != first && code_in(exchange).is_some() => Err(format!(
            "the login of `{}` gave a code without asking for a password, so that nobody can tell whether `{user}` was \
             logged in",
            values.environment.name
        )),
        _ => Ok(()),
    }
}

/// Refuses a code that nobody could have refused: the login had no page with a button that does.
fn is_the_right_answer(step: &Authorize, values: &Values<'_>, exchange: &Exchange, denied: bool) -> Result<(), String> {
    if step.answer == Answer::Deny && !denied && code_in(exchange).is_some() {
        return Err(format!(
            "the login of `{}` gave a code without asking for consent, so that nobody could deny",
            values.environment.name
        ));
    }
    Ok(())
}

/// The code that a redirect carries, if it carries one.
fn code_in(exchange: &Exchange) -> Option<String> {
    oauth::redirect_parameters(exchange).and_then(|redirect| redirect.parameters.get("code")?.first().cloned())
}

/// The grant as the `oauth` room names it.
pub(super) fn grant(grant: Grant) -> oauth::Grant {
    match grant {
        Grant::AuthorizationCode => oauth::Grant::AuthorizationCode,
        Grant::ClientCredentials => oauth::Grant::ClientCredentials,
        Grant::RefreshToken => oauth::Grant::RefreshToken,
    }
}

/// The parameter `name` as written, or its default.
fn parameter(
    written: &[(&str, Parameter)],
    name: &str,
    default: Option<String>,
    values: &Values<'_>,
) -> Result<oauth::Parameter, String> {
    let Some((_, parameter)) = written.iter().find(|(known, _)| *known == name) else {
        return Ok(default.map_or(oauth::Parameter::LeftOut, oauth::Parameter::Value));
    };
    let mut all = match parameter {
        Parameter::Many(all) => {
            let all = all.iter().map(|template| template.text(values).map_err(super::request::no_value));
            all.collect::<Result<Vec<String>, String>>()?
        }
        _ => parameter.values(values)?,
    };
    Ok(match (parameter, all.len()) {
        (Parameter::Many(_), _) | (_, 2..) => oauth::Parameter::Repeated(all),
        (_, 1) => oauth::Parameter::Value(all.remove(0)),
        _ => oauth::Parameter::LeftOut,
    })
}
