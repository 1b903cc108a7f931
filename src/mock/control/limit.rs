//! A limit of how often the API, or another place, may be asked.

use std::{num::NonZeroU32, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error};

use super::{At, Span};
use crate::mock::faults;

/// How often the API, or another place, may be asked; whoever asks more often is answered 429. That there is a limit is
/// documented (HTTP response codes), its number and its headers are not: all of this is a guess.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// Which requests are counted, all together, as a fault says it: `METHOD PATH`, several, or `any`. Without it those for
    /// the API.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "places")]
    #[schemars(with = "At")]
    pub at: Option<At>,
    /// How many requests are answered in each window.
    pub requests: NonZeroU32,
    /// How long a window is, by the world's clock: a second to a day. It begins with its first request.
    #[schemars(with = "String")]
    #[serde(deserialize_with = "window")]
    pub per: Span,
    /// Whose requests are counted together.
    #[serde(default)]
    pub by: LimitedBy,
    /// What `Retry-After` says (RFC 9110 §10.2.3).
    #[serde(default)]
    pub retry_after: RetryAfter,
    /// Which headers tell every client how much is left.
    #[serde(default)]
    pub headers: LimitHeaders,
}

fn places<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<At>, D::Error> {
    let at = At::deserialize(deserializer)?;
    faults::places(&at).map_err(D::Error::custom)?;
    Ok(Some(at))
}

fn window<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
    let window = Span::deserialize(deserializer)?;
    if (Duration::from_secs(1)..=Duration::from_hours(24)).contains(&window.0) {
        return Ok(window);
    }
    Err(D::Error::custom("`per` of `rate_limit` is from 1s to 1d"))
}

/// Whose requests are counted together.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum LimitedBy {
    /// Those of a client: by its tokens, and at the authorization server by whom they claim to come from, whatever the secret.
    /// Requests that name nobody count by address.
    #[default]
    Client,
    /// Those with the same token; requests without one count by address.
    Token,
    /// Those of an address.
    Address,
}

/// What `Retry-After` says.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// A number of seconds.
    Seconds,
    /// A date.
    Date,
    /// It is not there: no document or partner tells of one.
    #[default]
    None,
}

/// Which headers tell how much is left.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum LimitHeaders {
    /// None.
    #[default]
    None,
    /// `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11).
    Draft11,
    /// `X-RateLimit-Limit`, `X-RateLimit-Remaining` and `X-RateLimit-Reset`, which is in seconds since the epoch.
    LegacyX,
}
