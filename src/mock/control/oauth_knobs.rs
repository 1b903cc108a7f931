//! The positions of the knobs about the authorization server's habits, and about how the API refuses a token.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `expires_in` of a token response.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ExpiresIn {
    /// The whole seconds that are left a moment after issuing: with client credentials one less than the token's life.
    Left,
    /// The token's life.
    Exact,
}

/// Which audiences the authorization server takes for the whitelisted one.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum AudienceMatch {
    /// The same text alone.
    Strict,
    /// Every one with the same scheme and host, and with a path below: every `urn:…`.
    Hydra,
}

/// What a code is bound to after an exchange with a wrong code verifier, which is refused in any case.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum FailedVerifier {
    /// To its challenge, as before.
    KeepsChallenge,
    /// To none: the next exchange is good without any verifier.
    DropsChallenge,
}

/// What the authorization server answers to a method that a path does not know.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum UnknownMethod {
    /// 405 with `Allow`.
    MethodNotAllowed,
    /// 404, as to a path that is not there.
    NotFound,
}

/// How the API refuses a token.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum TokenRefusals {
    /// 401 without `WWW-Authenticate`, also if a scope is missing; 502 if the audience is another.
    Observed,
    /// By RFC 6750 §3: with `WWW-Authenticate`, 403 `insufficient_scope` if a scope is missing, 401 `invalid_token` if the
    /// audience is another.
    Rfc6750,
}
