//! The positions of the knobs that are words.

use serde::{Deserialize, Serialize};

/// Form of access tokens.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum AccessTokenForm {
    /// A JWT signed with ES256, about 1 190 characters long.
    JwtEs256,
    /// `ory_at_…`, 94 characters.
    Opaque,
}

/// When a refresh token that came of an exchange is over.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum RefreshWindow {
    /// A whole life after the exchange.
    Restarted,
    /// When the login's first one would be.
    Fixed,
}

/// Where a wrong audience on client credentials is refused.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum WrongAudience {
    /// The token is issued, and the API answers 502 `proxy_oauth_failed`, as documented.
    Api,
    /// The token endpoint answers 400 `invalid_request`, as Hydra does.
    TokenEndpoint,
}

/// What becomes of a token without an audience; it is issued in any case.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum MissingAudience {
    /// The API answers 502 `proxy_oauth_failed` naming `''`.
    Refused,
    /// The API takes the token.
    Accepted,
}

/// Whether the 401 `token is not active` carries a `traceID`.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum InactiveTokenTrace {
    /// No `traceID`: the documents' literal body.
    Absent,
    /// With `traceID`, like every other problem document.
    Present,
}

/// Status of a successfully sent message.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum MessageCreatedStatus {
    /// 200.
    Ok,
    /// 201.
    Created,
}

/// How a search is answered that fits no category.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum UnmatchedSearch {
    /// 400, naming the member that fits none.
    BadRequest,
    /// 404.
    NotFound,
}

/// What becomes of members of `utmData` besides those that partners agree about.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum OtherUtmMembers {
    /// They are taken.
    Accepted,
    /// The request is refused with 400.
    Refused,
}

/// Whether an answer that a fault or a limit has touched says so in the header `x-mock-fault`.
#[derive(Serialize, Deserialize, schemars::JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum FaultHeader {
    /// It does not: no client can tell it from a real one.
    Absent,
    /// It does, for people who look at traffic.
    Present,
}
