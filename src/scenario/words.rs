//! The closed vocabularies of scenario files.

use crate::mock::control::{
    Answer, Author, Claim, CodeForm, EventType, KeyId, LimitHeaders, LimitedBy, Moment, Order, Preset, RetryAfter,
    Signature, StateChange,
};

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
pub(super) const PRESET_WORDS: &[(&str, Preset)] = Preset::WORDS;

/// When an answer is lost.
pub(super) const MOMENT_WORDS: &[(&str, Moment)] = &[("before", Moment::Before), ("after", Moment::After)];

/// What lets a request of a sequence pass.
pub(super) const PASS_WORDS: &[(&str, ())] = &[("pass", ())];

/// How an id token is signed.
pub(super) const SIGNATURE_WORDS: &[(&str, Signature)] = &[
    ("none", Signature::None),
    ("wrong", Signature::Wrong),
    ("hs256_client_secret", Signature::Hs256ClientSecret),
    ("hs256_public_key", Signature::Hs256PublicKey),
];

/// Which key an id token names.
pub(super) const KEY_ID_WORDS: &[(&str, KeyId)] = &[("unknown", KeyId::Unknown), ("absent", KeyId::Absent)];

/// The claims that can be wrong.
pub(super) const CLAIM_WORDS: &[(&str, Claim)] = &[
    ("iss", Claim::Iss),
    ("aud", Claim::Aud),
    ("exp", Claim::Exp),
    ("iat", Claim::Iat),
    ("nonce", Claim::Nonce),
    ("sub", Claim::Sub),
    ("at_hash", Claim::AtHash),
];

/// What becomes of `state` at the redirect URI.
pub(super) const STATE_WORDS: &[(&str, StateChange)] = &[("tamper", StateChange::Tamper), ("drop", StateChange::Drop)];

/// Other forms of a code.
pub(super) const CODE_WORDS: &[(&str, CodeForm)] = &[("long", CodeForm::Long), ("special", CodeForm::Special)];

/// Whose requests a limit counts together.
pub(super) const LIMITED_BY_WORDS: &[(&str, LimitedBy)] =
    &[("client", LimitedBy::Client), ("token", LimitedBy::Token), ("address", LimitedBy::Address)];

/// What `Retry-After` says.
pub(super) const RETRY_AFTER_WORDS: &[(&str, RetryAfter)] =
    &[("seconds", RetryAfter::Seconds), ("date", RetryAfter::Date), ("none", RetryAfter::None)];

/// Which headers tell how much a limit leaves.
pub(super) const LIMIT_HEADER_WORDS: &[(&str, LimitHeaders)] =
    &[("none", LimitHeaders::None), ("draft11", LimitHeaders::Draft11), ("legacy_x", LimitHeaders::LegacyX)];

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
