//! Clients as whoever starts a mock provisions them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

/// What is provisioned besides the mock's own clients.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provisions {
    /// Redirect URIs that every client has registered in both environments, besides its own.
    pub redirect_uris: Vec<String>,
    /// Further clients, and what replaces something of the mock's own.
    pub clients: Registrations,
}

/// The clients of both environments by name.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Registrations {
    /// Those of staging.
    pub staging: BTreeMap<String, Registration>,
    /// Those of production.
    pub production: BTreeMap<String, Registration>,
}

/// What is provisioned for a client. A client besides `supply` and `demand` needs `id`, `scopes`, and a `secret` unless
/// it is public.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Registration {
    /// Client id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Client secret. It opens nothing but a mock, so it is written here; a real one does not belong here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// How the client authenticates (RFC 6749 §2.3).
    pub auth: ClientMethod,
    /// The scopes that it may ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// The grants that it may use. Without it all that its kind has: client credentials are for `demand::` scopes and
    /// no public client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grants: Option<Vec<ClientGrant>>,
    /// Redirect URIs, compared letter by letter; only the port of a loopback address is free (RFC 8252 §7.3). Without it
    /// the one that the mock's own clients have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uris: Option<Vec<String>>,
}

/// How a client authenticates at the token endpoint. The mock refuses any other way, as Hydra does.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ClientMethod {
    /// By HTTP Basic, both parts form-encoded: `client_secret_basic`.
    #[default]
    Basic,
    /// In the form of the request: `client_secret_post`.
    Post,
    /// By its id alone: a public client.
    None,
}

impl ClientMethod {
    /// The words of `auth`.
    pub const WORDS: &[(&str, Self)] = &[("basic", Self::Basic), ("post", Self::Post), ("none", Self::None)];

    /// `token_endpoint_auth_method` (RFC 7591 §2).
    pub fn name(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::None => "none",
        }
    }
}

/// A grant that a client may use.
#[derive(Serialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ClientGrant {
    /// A user's login.
    AuthorizationCode,
    /// New tokens for old ones.
    RefreshToken,
    /// The application itself.
    ClientCredentials,
}

impl ClientGrant {
    /// The words of `grants`.
    pub const WORDS: &[(&str, Self)] = &[
        ("authorization_code", Self::AuthorizationCode),
        ("refresh_token", Self::RefreshToken),
        ("client_credentials", Self::ClientCredentials),
    ];
}

/// Why `uri` can't be registered as a redirect URI (RFC 6749 §3.1.2), if it can't.
pub fn refuse_redirect_uri(uri: &str) -> Result<(), &'static str> {
    match Url::parse(uri) {
        Err(_) => Err("a redirect URI is absolute, such as `https://app.example.com/callback`"),
        Ok(_) if uri.contains('#') => Err("a redirect URI has no fragment"),
        Ok(_) if !uri.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Err("a redirect URI has no spaces and no letters beyond ASCII; encode them by %XX")
        }
        Ok(_) => Ok(()),
    }
}
