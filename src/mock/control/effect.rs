//! What happens to a request that meets a fault.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{CallbackChange, IdTokenChange, Members, Span};

/// What happens to a request that meets a fault. At most one of `respond`, `redirect_to`, `hang` and `reset` is there,
/// and beside each only what still can be seen.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// The request is not looked at: this is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respond: Option<FaultAnswer>,
    /// The request is not looked at: it is sent elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_to: Option<Redirect>,
    /// Nothing is answered, until the client gives up or ten minutes have passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hang: Option<Moment>,
    /// The connection is reset (a TCP RST) in place of an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reset: Option<Moment>,
    /// How long to wait before anything else, in real time (at most ten minutes).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<Span>,
    /// The body of the answer comes in small pieces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dribble: Option<Dribble>,
    /// How many bytes of the body are sent, though `Content-Length` says more; then the connection is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncate: Option<u64>,
    /// Members of a successful JSON answer are left out or are others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Members>,
    /// As `body`, for what the token URL answers: `expires_in`, `token_type`, `scope` and the like. What it says is not
    /// what holds: the tokens themselves stay as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Members>,
    /// The `id_token` of a token response is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<IdTokenChange>,
    /// What the client is told at its redirect URI is otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback: Option<CallbackChange>,
}

/// When an answer is lost.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Before the request was looked at: nothing has happened.
    Before,
    /// After the request was processed: what it asked for has happened, and the client does not hear of it.
    After,
}

/// A body in small pieces. After ten minutes the rest comes at once.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Dribble {
    /// The pause before each piece, in real time.
    pub every: Span,
    /// How many bytes a piece has.
    #[serde(default = "one_byte")]
    pub bytes: u32,
}

fn one_byte() -> u32 {
    1
}

/// A redirect in place of the answer.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    /// Where to, an absolute http or https URL; it is sent as it is written.
    pub url: String,
    /// HTTP status: 301, 302, 303, 307 or 308 (RFC 9110 §15.4).
    #[serde(default = "found")]
    pub status: u16,
}

fn found() -> u16 {
    302
}

/// The answer of a fault: a word, or an answer written out.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultAnswer {
    /// One of the documents' answers, by name.
    Named(Preset),
    /// This one.
    Written(Respond),
}

/// The answers of the response table (HTTP response codes, 2025-12-09) that no request of a client's can bring about.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// 202: the firewall's silent challenge. Its headers and its body, a page for who accepts `text/html` and nothing
    /// else, are the firewall's usual ones, not documented.
    WafChallenge,
    /// 405: the firewall's puzzle for people, as AWS WAF poses it; the documents do not name it.
    WafCaptcha,
    /// 403 without any body, as the firewall blocks: a blocked address or user agent.
    WafBlock,
    /// 429 with a problem document, which is a guess. It has no `Retry-After`, as the documents tell of none.
    RateLimit,
    /// 451: a sanctioned country. The problem document and the link to who blocks (RFC 7725 §4) are guesses.
    GeoBlock,
    /// 502: the documented body for a wrong audience, whatever the token's audience is.
    ProxyOauthFailed,
    /// 500 with a problem document, which is a guess: a fault of the server.
    ServerError,
}

impl Preset {
    /// All of them, with their words.
    pub const WORDS: &[(&str, Self)] = &[
        ("waf_challenge", Self::WafChallenge),
        ("waf_captcha", Self::WafCaptcha),
        ("waf_block", Self::WafBlock),
        ("rate_limit", Self::RateLimit),
        ("geo_block", Self::GeoBlock),
        ("proxy_oauth_failed", Self::ProxyOauthFailed),
        ("server_error", Self::ServerError),
    ];
}

/// An answer written out.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Respond {
    /// HTTP status, 200 to 599.
    pub status: u16,
    /// Response headers by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, HeaderTexts>,
    /// A JSON body, sent as `application/json` unless `headers` says otherwise. Not together with `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// A text body, sent as `text/plain; charset=utf-8` unless `headers` says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

/// A text; a whole number stands for its digits.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(untagged, expecting = "a text is expected")]
pub enum Text {
    /// Text.
    Text(String),
    /// A whole number.
    Number(u64),
}

impl Text {
    /// As it is sent.
    pub fn sent(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// The values of a header: a text, several to repeat it, or none to leave it out.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(untagged, expecting = "a header is a text, a list of texts, or null")]
pub enum HeaderTexts {
    /// Once.
    One(Text),
    /// Once for each.
    Several(Vec<Text>),
    /// Not at all.
    LeftOut(()),
}

impl HeaderTexts {
    /// The values as they are sent.
    pub fn sent(&self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text.sent()],
            Self::Several(texts) => texts.iter().map(Text::sent).collect(),
            Self::LeftOut(()) => Vec::new(),
        }
    }
}
