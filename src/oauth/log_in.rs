//! A login by a person: from the authorization URL to tokens that can be kept.

use std::time::Duration;

use oauth2::CsrfToken;
use secrecy::ExposeSecret;
use url::Url;

use super::{
    AuthorizationRequest, Fetched, Grant, Login, NoRedirect, Parameter, Person, Sender, TokenRequest,
    authorization_url, exchange,
};

/// How long the token endpoint may take.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(30);

/// What a login is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The name of the user who is to log in.
    pub user: String,
    /// The scopes that are asked for.
    pub scopes: Vec<String>,
    /// The audience that tokens are asked for.
    pub audience: Option<String>,
}

/// Has `person` log in, by authorization code with state and PKCE, and exchanges the code. Nothing is kept.
pub async fn log_in(sender: &Sender, person: &Person, wanted: &Wanted) -> Result<Login, NoRedirect> {
    let Some(redirect_uri) = sender.credentials.redirect_uri.clone() else {
        return Err(NoRedirect::Unusable("the client has no `redirect_uri`".to_owned()));
    };
    let audience = wanted.audience.clone().map_or(Parameter::LeftOut, Parameter::Value);
    let state = CsrfToken::new_random().into_secret();
    let request = AuthorizationRequest {
        scope: Parameter::from(wanted.scopes.join(" ")),
        state: Parameter::from(state.as_str()),
        audience: audience.clone(),
        redirect_uri: Parameter::from(redirect_uri.as_str()),
        response_type: Parameter::from("code"),
        pkce: true,
        ..AuthorizationRequest::default()
    };
    let (url, verifier) = authorization_url(&sender.endpoints, &sender.credentials, &request);
    let purpose = format!("log in as `{}` and approve", wanted.user);
    let redirected = person.visit(&url, &redirect_uri, &purpose).await?;
    let code = code(&redirected, &state).map_err(NoRedirect::Missing)?;
    sender.scrubber.learn("code", &code);
    let verifier = verifier.map_or(Parameter::LeftOut, |verifier| Parameter::from(verifier.expose_secret()));
    let request = TokenRequest {
        code: Parameter::from(code),
        redirect_uri: Parameter::from(redirect_uri),
        code_verifier: verifier,
        audience,
        ..TokenRequest::new(Grant::AuthorizationCode)
    };
    let answer = exchange(&sender.transport, &sender.endpoints, &sender.credentials, &request, EXCHANGE_TIMEOUT).await;
    let fetched = Fetched::read(answer).map_err(|no_token| {
        let error = no_token.exchange.as_ref().and_then(error_of).unwrap_or_default();
        NoRedirect::Missing(format!("the code was not exchanged: {}{error}", no_token.reason))
    })?;
    Ok(Login::of(&fetched, &wanted.scopes))
}

/// The `error` of a token response (RFC 6749 §5.2), in brackets, if it is one that a server may give.
pub(super) fn error_of(exchange: &crate::http::Exchange) -> Option<String> {
    let error = exchange.response()?.json()?.get("error")?.as_str()?;
    is_error_code(error).then(|| format!(" (`{error}`)"))
}

/// Whether `text` looks like an error code, so that it can be shown.
fn is_error_code(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// The code that a redirect carries; the error says in words why it carries none. What did not come from the request
/// with `state` is not looked at (RFC 6749 §10.12).
fn code(redirected: &Url, state: &str) -> Result<String, String> {
    let value = |name: &str| {
        let mut values =
            redirected.query_pairs().filter(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        values.next().filter(|_| values.next().is_none())
    };
    if value("state").as_deref() != Some(state) {
        return Err(
            "the redirect does not carry the `state` of this login, so it may be somebody else's; nothing was \
                    exchanged; begin again"
                .to_owned(),
        );
    }
    match value("error").as_deref() {
        None => value("code").ok_or_else(|| "the redirect carries no `code`; begin again".to_owned()),
        Some("access_denied") => Err("the user did not approve (`access_denied`)".to_owned()),
        Some("invalid_scope") => {
            Err("the client may not ask for one of these scopes (`invalid_scope`); ask for fewer by `--scope`"
                .to_owned())
        }
        Some("login_required" | "consent_required" | "interaction_required") => {
            Err("the server wants the user to log in or to approve first; begin again".to_owned())
        }
        Some("temporarily_unavailable" | "server_error") => {
            Err("the authorization server has a problem of its own; try again later".to_owned())
        }
        Some(error) if is_error_code(error) => Err(format!(
            "the authorization server refused the request (`{error}`); check the client and its redirect URI"
        )),
        Some(_) => Err("the authorization server refused the request".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_taken_by_its_state_and_told_in_words() {
        let of = |query: &str| code(&Url::parse(&format!("http://127.0.0.1:1/?{query}")).unwrap(), "right");
        assert_eq!(of("code=a&state=right"), Ok("a".to_owned()));
        let other = "the redirect does not carry the `state`";
        for (query, told) in [
            ("code=a&state=wrong", other),
            ("code=a", other),
            ("code=a&state=right&state=right", other),
            ("error=access_denied&state=wrong", other),
            ("state=right", "no `code`"),
            ("code=a&code=b&state=right", "no `code`"),
            ("error=access_denied&state=right", "did not approve"),
            ("error=invalid_scope&state=right", "`--scope`"),
            ("error=unauthorized_client&state=right", "(`unauthorized_client`)"),
            ("error=%1b%5b31m&state=right", "refused the request"),
        ] {
            let error = of(query).unwrap_err();
            assert!(error.contains(told) && !error.contains('\u{1b}'), "{query}: {error}");
        }
    }
}
