//! A target as defined: URLs, clients and fixtures, with references not yet resolved.

use std::collections::BTreeMap;
use std::fmt;

use crate::source::{Located, Template};
use std::path::PathBuf;

use super::pace::Pace;
use super::{Capability, ClientAuthentication, Kind, NetworkDefinition, Reference};

/// The URLs that scenarios may name below `target.`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UrlName {
    /// Base of the API.
    Api,
    /// Where users log in and approve.
    AuthorizeUrl,
    /// Where tokens are bought.
    TokenUrl,
    /// Where tokens are revoked (RFC 7009).
    RevokeUrl,
    /// The key set that signs id tokens.
    JwksUrl,
    /// The `OpenID` Connect user info endpoint.
    UserinfoUrl,
    /// Base of the authorization server.
    AuthServer,
    /// Base of the web site.
    Site,
}

impl UrlName {
    /// The words of the project file and of `target.`.
    pub const WORDS: &[(&str, Self)] = &[
        ("api", Self::Api),
        ("authorize_url", Self::AuthorizeUrl),
        ("token_url", Self::TokenUrl),
        ("revoke_url", Self::RevokeUrl),
        ("jwks_url", Self::JwksUrl),
        ("userinfo_url", Self::UserinfoUrl),
        ("auth_server", Self::AuthServer),
        ("site", Self::Site),
    ];
}

/// A place where scenarios may run.
#[derive(Debug, Clone)]
pub struct TargetDefinition {
    /// Its name.
    pub name: String,
    /// Which rules of safety apply.
    pub kind: Kind,
    /// Its URLs.
    pub urls: BTreeMap<UrlName, Template>,
    /// The audience that tokens are asked for.
    pub audience: Option<Template>,
    /// The target that is its second environment. A mock holds both environments itself and has none.
    pub other: Option<Located<String>>,
    /// What opens the pages of its site, if they are gated.
    pub gate: Option<GateDefinition>,
    /// What it offers beyond plain requests.
    pub offers: Vec<Capability>,
    /// Whether it is a real host also where its addresses are on this machine, such as the near end of a tunnel.
    pub real: bool,
    /// How fast it may be asked.
    pub pace: Pace,
    /// What a mock that runs on its own, maybe elsewhere, is controlled with.
    pub control_token: Option<Reference>,
    /// How its hosts are reached; `None` for the ways of the system.
    pub network: Option<NetworkDefinition>,
    /// Ids of test data there.
    pub fixtures: BTreeMap<String, Template>,
    /// Test users there, the first being the default.
    pub users: Vec<UserDefinition>,
    /// The client credentials to use there.
    pub clients: BTreeMap<String, ClientDefinition>,
}

impl TargetDefinition {
    /// The user whom scenarios mean when they name none.
    pub fn default_user(&self) -> &str {
        self.users.first().map_or(DEFAULT_USER, |user| &user.name)
    }

    /// Whether the target offers `capability`: by its kind, by what is defined of it, or by its `offers`.
    pub fn has(&self, capability: Capability) -> bool {
        match capability {
            Capability::Environments => self.kind == Kind::Mock || self.other.is_some(),
            Capability::Gate => self.kind == Kind::Mock || self.gate.is_some(),
            // A login that is walked is made for the scopes that a scenario asks for.
            Capability::NarrowScope => self.offers.contains(&Capability::Login),
            _ => self.offers.contains(&capability),
        }
    }
}

/// The user of a login at a target that names no users.
pub const DEFAULT_USER: &str = "default";

/// The command that makes a login of `client` at `target`; without a `user`, that of the target's first one.
pub fn login_command(target: &str, client: &str, user: Option<&str>) -> String {
    let user = user.map_or_else(String::new, |user| format!(" --user {user}"));
    format!("tacktest login --target {target} --client {client}{user}")
}

/// A set of client credentials.
#[derive(Debug, Clone)]
pub struct ClientDefinition {
    /// The client id.
    pub id: Reference,
    /// The client secret.
    pub secret: Reference,
    /// Where users are sent back to.
    pub redirect_uri: Option<Template>,
    /// How the client authenticates.
    pub authentication: ClientAuthentication,
    /// The scopes that the client was given, if that is known: those that a login asks for.
    pub scopes: Vec<String>,
}

/// What opens the pages of a site: HTTP Basic, and neither a client's nor a user's credentials.
#[derive(Debug, Clone)]
pub struct GateDefinition {
    /// The user.
    pub user: Reference,
    /// The password.
    pub password: Reference,
}

/// A user of a target. Its login and password are filled into the login pages of a target of one's own on this machine;
/// at a real one a person logs in.
#[derive(Debug, Clone)]
pub struct UserDefinition {
    /// The name scenarios use.
    pub name: String,
    /// The login name.
    pub login: Option<Reference>,
    /// The password.
    pub password: Option<Reference>,
    /// Whether the account is declared to be the partner's own, which a login to production asks for.
    pub own_account: bool,
}

/// A store of logins that is another program's: commands, each a line of the shell, that read and write
/// JSON.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginCommands {
    /// Writes the login as JSON to its stdout; nothing, if there is none.
    pub load: String,
    /// Takes the login as JSON from its stdin.
    pub save: String,
    /// The folder of the project file, in which both are run.
    pub folder: PathBuf,
}

/// A command may hold a secret.
impl fmt::Debug for LoginCommands {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("LoginCommands")
    }
}
