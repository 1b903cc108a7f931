//! The error catalogue: code, status and description, word for word as Hydra's non-legacy format has them.

use std::{borrow::Cow, fmt::Write};

use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::mock::journal::Decision;

/// The codes that this server answers (RFC 6749 §4.1.2.1 and §5.2, `OpenID` Connect Core §3.1.2.6, and Hydra's own).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// `invalid_request`.
    InvalidRequest,
    /// `invalid_client`.
    InvalidClient,
    /// `invalid_grant`.
    InvalidGrant,
    /// `unauthorized_client`.
    UnauthorizedClient,
    /// `invalid_scope`.
    InvalidScope,
    /// `unsupported_response_type`.
    UnsupportedResponseType,
    /// `unsupported_response_mode`.
    UnsupportedResponseMode,
    /// `invalid_state`.
    InvalidState,
    /// `insufficient_entropy`.
    InsufficientEntropy,
    /// `login_required`.
    LoginRequired,
    /// `registration_not_supported`.
    RegistrationNotSupported,
    /// `access_denied`, as the reference login application says it.
    AccessDenied,
    /// `access_denied`, as the authorization server says it by itself.
    Denied,
    /// `consent_required`.
    ConsentRequired,
    /// `request_forbidden`.
    RequestForbidden,
    /// `server_error`.
    ServerError,
    /// `request_unauthorized`.
    RequestUnauthorized,
    /// `invalid_token`, of a token that has expired.
    TokenExpired,
    /// `error`: what has no code of its own.
    Unrecognizable,
}

impl Code {
    /// As it is written on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::InvalidScope => "invalid_scope",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::UnsupportedResponseMode => "unsupported_response_mode",
            Self::InvalidState => "invalid_state",
            Self::InsufficientEntropy => "insufficient_entropy",
            Self::LoginRequired => "login_required",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::AccessDenied | Self::Denied => "access_denied",
            Self::ConsentRequired => "consent_required",
            Self::RequestForbidden => "request_forbidden",
            Self::ServerError => "server_error",
            Self::RequestUnauthorized => "request_unauthorized",
            Self::TokenExpired => "invalid_token",
            Self::Unrecognizable => "error",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::InvalidClient | Self::RequestUnauthorized | Self::TokenExpired => StatusCode::UNAUTHORIZED,
            Self::Unrecognizable | Self::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::AccessDenied | Self::Denied | Self::RequestForbidden => StatusCode::FORBIDDEN,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::InvalidRequest => {
                "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed."
            }
            Self::InvalidClient => {
                "Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method)."
            }
            Self::InvalidGrant => {
                "The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client."
            }
            Self::UnauthorizedClient => "The client is not authorized to request a token using this method.",
            Self::InvalidScope => "The requested scope is invalid, unknown, or malformed.",
            Self::UnsupportedResponseType => {
                "The authorization server does not support obtaining a token using this method."
            }
            Self::UnsupportedResponseMode => {
                "The authorization server does not support obtaining a response using this response mode."
            }
            Self::InvalidState => {
                "The state is missing or does not have enough characters and is therefore considered too weak."
            }
            Self::InsufficientEntropy => {
                "The request used a security parameter (e.g., anti-replay, anti-csrf) with insufficient entropy."
            }
            Self::LoginRequired => "The Authorization Server requires End-User authentication.",
            Self::AccessDenied => "The resource owner denied the request",
            Self::Denied => "The resource owner or authorization server denied the request.",
            Self::ConsentRequired => "The Authorization Server requires End-User consent.",
            Self::RequestForbidden => "The request is not allowed.",
            Self::ServerError => {
                "The authorization server encountered an unexpected condition that prevented it from fulfilling the request."
            }
            Self::RequestUnauthorized => "The request could not be authorized.",
            Self::TokenExpired => "Token expired.",
            Self::Unrecognizable => "The error is unrecognizable",
            Self::RegistrationNotSupported => "The OP does not support use of the registration parameter.",
        }
    }
}

/// The hint that Hydra gives `invalid_request` where a case has none of its own.
pub const DEFAULT_HINT: &str = "Make sure that the various parameters are correct, be aware of case sensitivity and trim your parameters. Make sure that the client you are using has exactly whitelisted the redirect_uri you specified.";

/// The hint for a form that cannot be decoded.
pub const UNDECODABLE: &str = "Unable to parse HTTP body, make sure to send a properly formatted form request body.";

/// An OAuth error: a code and, mostly, a hint about the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    code: Code,
    hint: String,
    why: Option<Cow<'static, str>>,
}

impl Error {
    /// An error whose description says all.
    pub fn plain(code: Code) -> Self {
        Self { code, hint: String::new(), why: None }
    }

    /// An error with a hint behind its description.
    pub fn hinted(code: Code, hint: impl Into<String>) -> Self {
        Self { code, hint: hint.into(), why: None }
    }

    /// Tells the journal, and it alone, more than is answered.
    pub fn because(self, why: impl Into<Cow<'static, str>>) -> Self {
        Self { why: Some(why.into()), ..self }
    }

    /// Tells the journal what `other` would have told it.
    pub fn caused_by(self, other: Self) -> Self {
        let why = other.why.unwrap_or(if other.hint.is_empty() {
            Cow::Borrowed(other.code.description())
        } else {
            Cow::Owned(other.hint)
        });
        self.because(why)
    }

    /// The answer with why it was given.
    pub fn decided<B>(&self, mut answer: axum::http::Response<B>) -> axum::http::Response<B> {
        let said = if self.hint.is_empty() { self.code.description() } else { &self.hint };
        let why = self.why.as_deref().unwrap_or(said);
        Decision::on(&mut answer).because(format!("{}: {why}", self.code.name()));
        answer
    }

    /// Its code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// `error_description`: description and hint, with `'` in place of every `"`.
    pub fn description(&self) -> String {
        let separator = if self.hint.is_empty() { "" } else { " " };
        format!("{}{separator}{}", self.code.description(), self.hint).replace('"', "'")
    }

    /// The body of every JSON answer: exactly `error` and `error_description`.
    pub fn body(&self) -> String {
        format!(r#"{{"error":{},"error_description":{}}}"#, go_json(self.code.name()), go_json(&self.description()))
    }

    /// The response of the token endpoint.
    pub fn response(&self) -> Response {
        let mut response = Response::new(Body::from(self.body()));
        *response.status_mut() = self.code.status();
        json_headers(response.headers_mut());
        self.decided(response)
    }
}

/// The headers of every JSON answer of the server (RFC 6749 §5.1).
pub fn json_headers(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
    no_store(headers);
}

/// The headers that keep answers out of caches.
pub fn no_store(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
}

/// A JSON string as Go's encoder writes it: `<`, `>`, `&` and the two line separators that JavaScript trips over escaped.
fn go_json(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 2);
    for character in serde_json::Value::from(text).to_string().chars() {
        match character {
            // Writing to a String cannot fail.
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => drop(write!(written, "\\u{:04x}", u32::from(character))),
            other => written.push(other),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_escaped_as_go_does() {
        assert_eq!(go_json("a<b>&\"\n\0\u{2028}\u{2029}"), r#""a\u003cb\u003e\u0026\"\n\u0000\u2028\u2029""#);
    }

    #[test]
    fn quotes_become_apostrophes_and_hints_follow_a_space() {
        let error = Error::hinted(Code::InvalidScope, "The \"X\".");
        assert_eq!(error.description(), "The requested scope is invalid, unknown, or malformed. The 'X'.");
        assert!(Error::plain(Code::InvalidClient).description().ends_with("method)."));
    }
}
