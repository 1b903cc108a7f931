//! A world: what it is made of, and how it describes itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ClientMethod, Knobs};

/// The body of `POST /control/worlds`.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct NewWorld {
    /// Makes codes, opaque tokens, `jti`s, message ids and trace ids the same in every world with this seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// The knobs that are turned otherwise than the mock's own.
    #[serde(default, skip_serializing_if = "Knobs::is_empty")]
    pub settings: Knobs,
}

/// A world as the control API describes it.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// Its id, as it stands in its URLs; `default` for the one at the root.
    pub id: String,
    /// Its staging environment.
    pub staging: Environment,
    /// Its production environment.
    pub production: Environment,
}

/// One environment of a world: where it is, and what is provisioned there.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// API base URL, ending in `/api/`.
    pub api: String,
    /// Authorization URL.
    pub authorize_url: String,
    /// Token URL.
    pub token_url: String,
    /// Revocation URL.
    pub revoke_url: String,
    /// Key set URL.
    pub jwks_url: String,
    /// Userinfo URL.
    pub userinfo_url: String,
    /// Root URL of the authorization server; also the `iss` of its tokens.
    pub auth_server: String,
    /// Root URL of the web site, ending in `/`. Links in API answers lead below it, and nothing else is there.
    pub site: String,
    /// What opens the site's pages, if they are gated: HTTP Basic (RFC 7617), and neither a client's nor a user's
    /// credentials. Widgets, below `embed/`, are open in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<Gate>,
    /// The one audience that is whitelisted.
    pub audience: String,
    /// Provisioned clients by name (`supply`, `demand`).
    pub clients: BTreeMap<String, Client>,
    /// Names of the users; the first is who logs in by default.
    pub users: Vec<String>,
    /// Ids of the data that is there (`business`, `negotiation`, …).
    pub fixtures: BTreeMap<String, String>,
}

/// The credentials of a gated site.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// User name.
    pub user: String,
    /// Password.
    pub password: String,
}

/// A provisioned client.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// Client id.
    pub id: String,
    /// Client secret; empty for a public client. The mock's own have characters that must be form-encoded in HTTP Basic (RFC 6749 §2.3.1).
    pub secret: String,
    /// The first registered redirect URI, or empty text.
    pub redirect_uri: String,
    /// All registered redirect URIs.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// The one way in which it authenticates.
    #[serde(default)]
    pub auth: ClientMethod,
    /// The scopes that the client may ask for.
    pub scopes: Vec<String>,
}
