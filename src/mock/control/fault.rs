//! Faults by script.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A fault by script. It answers before any check of the real endpoint.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// `METHOD PATH`: the path below the API base (`/v4/keywords/search`) or on the authorization server
    /// (`/oauth2/token`), without query.
    pub at: String,
    /// How many requests it meets; `None`: every one until the world ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// The answer to give; `None` lets the real endpoint answer, after the delay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respond: Option<Respond>,
    /// The answer to give, by name. Not together with `respond`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
    /// How long to wait before answering, in real milliseconds (at most ten minutes).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_milliseconds: Option<u64>,
}

/// The answers of the response table (HTTP response codes, 2025-12-09) that no request of a client's can bring about.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// 202: the firewall's silent challenge. Its headers and its body, a page for who accepts `text/html` and nothing
    /// else, are the firewall's usual ones, not documented.
    WafChallenge,
    /// 403 without any body, as the firewall blocks: a blocked address or user agent.
    WafBlock,
    /// 429 with a problem document and `Retry-After`; both are guesses.
    RateLimit,
    /// 451: a sanctioned country. The problem document and the link to who blocks (RFC 7725 §4) are guesses.
    GeoBlock,
    /// 502: the documented body for a wrong audience, whatever the token's audience is.
    ProxyOauthFailed,
    /// 500 with a problem document, which is a guess: a fault of the server.
    ServerError,
}

/// The answer of a fault.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Respond {
    /// HTTP status, 200 to 599.
    pub status: u16,
    /// Response headers by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// A JSON body, sent as `application/json` unless `headers` says otherwise. Not together with `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// A text body, sent as `text/plain; charset=utf-8` unless `headers` says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}
