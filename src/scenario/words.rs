//! The closed vocabularies of scenario files.

use crate::mock::control::{Answer, Author, EventType, Order, Preset};

/// The grants that the harness knows (RFC 6749 §4.1, §4.4, §6); any other is a raw post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// A code is exchanged.
    AuthorizationCode,
    /// The client acts for itself.
    ClientCredentials,
    /// A refresh token is exchanged.
    RefreshToken,
}

impl Grant {
    /// The words of `grant`.
    pub const WORDS: &[(&str, Self)] = &[
        ("authorization_code", Self::AuthorizationCode),
        ("client_credentials", Self::ClientCredentials),
        ("refresh_token", Self::RefreshToken),
    ];
}

/// The methods of a request step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
    /// HEAD.
    Head,
    /// OPTIONS.
    Options,
}

impl Method {
    /// The words that begin a request step.
    pub const WORDS: &[(&str, Self)] = &[
        ("get", Self::Get),
        ("post", Self::Post),
        ("put", Self::Put),
        ("patch", Self::Patch),
        ("delete", Self::Delete),
        ("head", Self::Head),
        ("options", Self::Options),
    ];

    /// The method as HTTP writes it.
    pub fn http(self) -> ::http::Method {
        match self {
            Self::Get => ::http::Method::GET,
            Self::Post => ::http::Method::POST,
            Self::Put => ::http::Method::PUT,
            Self::Patch => ::http::Method::PATCH,
            Self::Delete => ::http::Method::DELETE,
            Self::Head => ::http::Method::HEAD,
            Self::Options => ::http::Method::OPTIONS,
        }
    }
}

/// What snapshots of a scenario pin.
pub(super) const SNAPSHOT_WORDS: &[(&str, bool)] = &[("shapes", true), ("none", false)];

/// Whether the invariants are checked.
pub(super) const INVARIANT_WORDS: &[(&str, bool)] = &[("all", true), ("none", false)];

/// The only way of PKCE (RFC 7636 §4.2).
pub(super) const PKCE_WORDS: &[(&str, bool)] = &[("S256", true)];

/// What the user answers when asked for consent.
pub(super) const ANSWER_WORDS: &[(&str, Answer)] = &[("approve", Answer::Approve), ("deny", Answer::Deny)];

/// The answers of a fault by name.
pub(super) const PRESET_WORDS: &[(&str, Preset)] = &[
    ("waf_challenge", Preset::WafChallenge),
    ("waf_block", Preset::WafBlock),
    ("rate_limit", Preset::RateLimit),
    ("geo_block", Preset::GeoBlock),
    ("proxy_oauth_failed", Preset::ProxyOauthFailed),
    ("server_error", Preset::ServerError),
];

/// The events that the mock lets happen, as deliveries name them.
pub(super) const EVENT_WORDS: &[(&str, EventType)] = &[
    ("NegotiationCreatedV4", EventType::NegotiationCreated),
    ("MessageCreatedV4", EventType::MessageCreated),
    ("ReviewCreatedV4", EventType::ReviewCreated),
    ("IncentiveUsedV4", EventType::IncentiveUsed),
    ("PresetJobMatchedV4", EventType::PresetJobMatched),
    ("PresetJobStatusChangedV4", EventType::PresetJobStatusChanged),
    ("PresetJobCancelledV4", EventType::PresetJobCancelled),
    ("PresetJobUpdatedV4", EventType::PresetJobUpdated),
    ("PresetJobCompletedV4", EventType::PresetJobCompleted),
];

/// Who writes a message.
pub(super) const AUTHOR_WORDS: &[(&str, Author)] = &[("business", Author::Business), ("customer", Author::Customer)];

/// When an event comes that belongs to another one.
pub(super) const ORDER_WORDS: &[(&str, Order)] = &[("before", Order::Before), ("after", Order::After)];
