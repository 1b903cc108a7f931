//! Faults by script: which requests meet one, and how often. What happens then is an [`Effect`].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Effect, EnvironmentName};

/// A fault by script. Where several meet a request, the one that was ordered first does.
///
/// The same words order it in a scenario's `mock: {fault: …}`, in the file of `tacktest mock --faults` and here.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Where it meets requests.
    pub at: At,
    /// The name of the only client whose requests it meets: who authenticates, for whom the token is, or who asks for an
    /// authorization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The name of the only user whose requests it meets: for whom a token or a code is, or who logs in next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The only grant that it meets at the token URL; it meets nothing else then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantName>,
    /// The only environment in which it meets requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<EnvironmentName>,
    /// How many requests it meets; `None`: every one until it is cleared or the world ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// How many of a hundred requests it meets, 1 to 100, chosen by the world's seed; `None`: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percentage: Option<u8>,
    /// What the first request meets, what the second, and so on; the fault ends with the last. Neither `times` nor
    /// `percentage` nor an effect stands beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<Vec<Turn>>,
    /// What happens.
    #[serde(flatten)]
    pub effect: Effect,
}

/// Where a fault meets requests, or a limit counts them: `METHOD PATH`, several of them, or `any`.
///
/// The path is below the API base (`/v4/keywords/search`) or of the authorization server (`/oauth2/token`), without
/// query. A segment `*` or `{name}` stands for any one segment, the method `*` for any method.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq)]
#[serde(untagged, expecting = "`at` is METHOD PATH, a list of them, or `any`")]
pub enum At {
    /// One place, or `any`.
    One(String),
    /// Several places.
    Several(Vec<String>),
}

impl At {
    /// The places as they are written.
    pub fn written(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Several(several) => several,
        }
    }
}

/// A grant at the token URL, by its name on the wire (RFC 6749 §4.1.3, §4.4.2, §6).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum GrantName {
    /// A code is exchanged.
    AuthorizationCode,
    /// The client acts for itself.
    ClientCredentials,
    /// A refresh token is exchanged.
    RefreshToken,
}

/// What one request of a `sequence` meets: the word `pass`, or an effect.
#[derive(Clone, Debug, PartialEq)]
pub enum Turn {
    /// Nothing: the request is answered as if there were no fault.
    Pass,
    /// This.
    Effect(Box<Effect>),
}
