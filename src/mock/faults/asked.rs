//! Who asks for what: what a fault is ordered for, as far as a request tells.

use axum::body::Bytes;
use http::request::Parts;

use crate::mock::{
    control::{EnvironmentName, Fault, GrantName},
    form::Parameters,
    ledger::Authority,
    oauth::claimed_client,
    recent::Key,
    resource::bearer,
    site::{Environment, Site},
    thumbtack::people,
};

/// Where people are asked for an authorization.
const AUTHORIZE: &str = "/oauth2/auth";

/// Where grants are exchanged for tokens.
pub const TOKEN: &str = "/oauth2/token";

/// A request before anything has looked at it.
pub struct Asked<'a> {
    /// Where it arrived.
    pub site: &'a Site,
    /// Its head.
    pub parts: &'a Parts,
    /// Its body.
    pub body: &'a Bytes,
    /// Its path below the API base or the authorization server, without trailing slash.
    pub place: &'a str,
    /// Whether it is for the API.
    pub is_for_api: bool,
}

/// Who asks, as far as the request tells: nothing is checked.
#[derive(Debug, Default)]
pub struct Who {
    /// The name of the client.
    pub client: Option<&'static str>,
    /// The name of the user.
    pub user: Option<&'static str>,
    /// The grant at the token URL.
    pub grant: Option<GrantName>,
}

impl Who {
    /// Whether `fault` is for them.
    pub fn is_meant_by(&self, fault: &Fault) -> bool {
        fault.client.as_deref().is_none_or(|name| self.client == Some(name))
            && fault.user.as_deref().is_none_or(|name| self.user == Some(name))
            && fault.grant.is_none_or(|grant| self.grant == Some(grant))
    }
}

impl Asked<'_> {
    /// Whether the request arrived in the environment of this name.
    pub fn is_in(&self, environment: EnvironmentName) -> bool {
        let arrived = match self.site.environment {
            Environment::Staging => EnvironmentName::Staging,
            Environment::Production => EnvironmentName::Production,
        };
        arrived == environment
    }

    /// Who asks. It locks the world's state.
    pub fn who(&self) -> Who {
        let query = || Parameters::readable(self.parts.uri.query().unwrap_or_default().as_bytes());
        if self.place == AUTHORIZE {
            let mut form = Parameters::readable(self.body);
            form.append(&query());
            return self.at_authorize(&form);
        }
        if self.place.starts_with("/oauth2/") {
            return self.at_token(&Parameters::readable(self.body));
        }
        let token = bearer(&self.parts.headers).map_or_else(|| query().first("access_token").to_owned(), str::to_owned);
        let mut state = self.site.world.state();
        let lineage = state.ledger(self.site.environment).lineage(&token);
        lineage.map(|lineage| told_by(lineage.authority())).unwrap_or_default()
    }

    fn at_authorize(&self, form: &Parameters) -> Who {
        let client = claimed_client(&self.parts.headers, form, self.site.clients());
        let [first, ..] = people::USERS;
        let next = self.site.world.state().next_login.as_ref().map(|(name, _)| *name);
        Who { client: client.map(|client| client.name), user: Some(next.unwrap_or(first)), grant: None }
    }

    fn at_token(&self, form: &Parameters) -> Who {
        let environment = self.site.environment;
        let grant = match form.first("grant_type").trim() {
            "authorization_code" => Some(GrantName::AuthorizationCode),
            "client_credentials" => Some(GrantName::ClientCredentials),
            "refresh_token" => Some(GrantName::RefreshToken),
            _ => None,
        };
        let client = claimed_client(&self.parts.headers, form, self.site.clients()).map(|client| client.name);
        let mut state = self.site.world.state();
        let ledger = state.ledger(environment);
        let lineage = match grant {
            Some(GrantName::AuthorizationCode) => {
                ledger.codes.get(Key::of(form.first("code"))).map(|code| &code.lineage)
            }
            Some(GrantName::RefreshToken) => ledger.lineage(form.first("refresh_token")),
            Some(GrantName::ClientCredentials) => None,
            // Revocation, or what nobody knows.
            None => ledger.lineage(form.first("token")),
        };
        let user = lineage.and_then(|lineage| told_by(lineage.authority()).user);
        Who { client, user, grant }
    }
}

fn told_by(authority: &Authority) -> Who {
    Who { client: Some(authority.client.name), user: authority.user.map(|user| user.name), grant: None }
}
