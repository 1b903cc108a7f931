//! The provisioned clients and their scopes.

use std::{borrow::Cow, collections::BTreeMap, sync::LazyLock};

use crate::mock::{
    control::{ClientGrant, ClientMethod, Provisions, Registration, Registrations},
    site::Environment,
};

/// The redirect URI that the mock's own clients have registered.
pub const REDIRECT_URI: &str = "http://127.0.0.1:8421/callback";

/// Scopes of a supply-side client. The first thirteen are reported by partners; the older aliases are among them.
const SUPPLY: [&str; 18] = [
    "supply::users.read",
    "supply::users.disconnect",
    "supply::businesses.list",
    "supply::negotiations.read",
    "supply::negotiations.write",
    "supply::messages.read",
    "supply::messages.write",
    "supply::webhooks.read",
    "supply::webhooks.write",
    "supply::businesses/associate-phone-numbers.read",
    "supply::businesses/associate-phone-numbers.write",
    "supply::associate-phone-numbers.read",
    "supply::associate-phone-numbers.write",
    "openid",
    "profile",
    "email",
    "phone",
    "offline_access",
];

/// Scopes of a demand-side client.
const DEMAND: [&str; 23] = [
    "demand::businesses/search.read",
    "demand::businesses/reviews.read",
    "demand::businesses/media.read",
    "demand::categories.read",
    "demand::categories/request-form.read",
    "demand::keywords.read",
    "demand::requests.write",
    "demand::negotiations.read",
    "demand::messages.read",
    "demand::messages.write",
    "demand::users.read",
    "demand::users.write",
    "demand::users.disconnect",
    "demand::webhooks.read",
    "demand::webhooks.write",
    "demand::orders.read",
    "demand::orders.write",
    "demand::orders/availability.read",
    "openid",
    "profile",
    "email",
    "phone",
    "offline_access",
];

/// The grants that the token endpoint knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantType {
    /// `authorization_code`.
    AuthorizationCode,
    /// `refresh_token`.
    RefreshToken,
    /// `client_credentials`.
    ClientCredentials,
}

impl GrantType {
    /// As it is written on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
        }
    }
}

impl From<ClientGrant> for GrantType {
    fn from(grant: ClientGrant) -> Self {
        match grant {
            ClientGrant::AuthorizationCode => Self::AuthorizationCode,
            ClientGrant::RefreshToken => Self::RefreshToken,
            ClientGrant::ClientCredentials => Self::ClientCredentials,
        }
    }
}

/// A client.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// Its name in the control API.
    pub name: &'static str,
    /// What it is called on pages.
    pub title: &'static str,
    /// Client id, a UUID as in reality.
    pub id: &'static str,
    /// Client secret; plainly a fake, and with characters that HTTP Basic must form-encode.
    pub secret: &'static str,
    /// The grants it may use.
    pub grants: &'static [GrantType],
    /// The scopes it may ask for.
    pub scopes: &'static [&'static str],
    /// The one way in which it authenticates.
    pub method: ClientMethod,
    /// Its registered redirect URIs.
    pub redirect_uris: &'static [&'static str],
}

impl Client {
    /// The scope of this name, if it may ask for it.
    pub fn scope(&self, name: &str) -> Option<&'static str> {
        self.scopes.iter().copied().find(|scope| *scope == name)
    }

    /// These scopes as they are registered, where they follow each other there as well: most grants have one scope or
    /// all, and then nothing is kept for it.
    pub fn as_registered(&self, scopes: Vec<&'static str>) -> Cow<'static, [&'static str]> {
        let registered = scopes.len().checked_sub(1).and_then(|more| {
            let first = self.scopes.iter().position(|scope| scopes.first() == Some(scope))?;
            self.scopes.get(first..=first + more).filter(|run| *run == scopes)
        });
        registered.map_or(Cow::Owned(scopes), Cow::Borrowed)
    }
}

const CODE_GRANTS: &[GrantType] = &[GrantType::AuthorizationCode, GrantType::RefreshToken];
const ALL_GRANTS: &[GrantType] = &[GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::ClientCredentials];

static STAGING: [Client; 2] = [
    Client {
        name: "supply",
        title: "Example Supply Partner",
        id: "57a61e00-0000-4000-8000-000000000001",
        secret: "mock-supply-staging%+:~",
        grants: CODE_GRANTS,
        scopes: &SUPPLY,
        method: ClientMethod::Basic,
        redirect_uris: &[REDIRECT_URI],
    },
    Client {
        name: "demand",
        title: "Example Demand Partner",
        id: "57a61e00-0000-4000-8000-000000000002",
        secret: "mock-demand-staging%+:~",
        grants: ALL_GRANTS,
        scopes: &DEMAND,
        method: ClientMethod::Basic,
        redirect_uris: &[REDIRECT_URI],
    },
];

static PRODUCTION: [Client; 2] = [
    Client {
        name: "supply",
        title: "Example Supply Partner",
        id: "960d0c00-0000-4000-8000-000000000001",
        secret: "mock-supply-production%+:~",
        grants: CODE_GRANTS,
        scopes: &SUPPLY,
        method: ClientMethod::Basic,
        redirect_uris: &[REDIRECT_URI],
    },
    Client {
        name: "demand",
        title: "Example Demand Partner",
        id: "960d0c00-0000-4000-8000-000000000002",
        secret: "mock-demand-production%+:~",
        grants: ALL_GRANTS,
        scopes: &DEMAND,
        method: ClientMethod::Basic,
        redirect_uris: &[REDIRECT_URI],
    },
];

/// The clients of one environment of a mock, with those of the other at hand.
#[derive(Clone, Copy, Debug)]
pub struct Directory {
    registry: &'static Registry,
    environment: Environment,
}

impl Directory {
    /// Whose clients they are.
    pub fn environment(self) -> Environment {
        self.environment
    }

    /// All clients.
    pub fn all(self) -> &'static [Client] {
        match self.environment {
            Environment::Staging => &self.registry.staging,
            Environment::Production => &self.registry.production,
        }
    }

    /// The client with this id, if it is known here.
    pub fn find(self, id: &[u8]) -> Option<&'static Client> {
        self.all().iter().find(|client| client.id.as_bytes() == id)
    }

    /// The clients of the other environment.
    pub fn other(self) -> Self {
        let environment = match self.environment {
            Environment::Staging => Environment::Production,
            Environment::Production => Environment::Staging,
        };
        Self { environment, ..self }
    }
}

/// All clients of a mock.
#[derive(Debug)]
pub struct Registry {
    staging: Vec<Client>,
    production: Vec<Client>,
}

static OWN: LazyLock<Registry> =
    LazyLock::new(|| Registry { staging: STAGING.to_vec(), production: PRODUCTION.to_vec() });

impl Registry {
    /// The mock's own clients.
    pub fn own() -> &'static Self {
        &OWN
    }

    /// The mock's own clients with what is provisioned. It lives as long as the process, as all that is ever issued
    /// names its client: what a mock is started with is little, and nothing is added later.
    pub fn provisioned(provisions: &Provisions) -> &'static Self {
        if *provisions == Provisions::default() {
            return Self::own();
        }
        let Registrations { staging, production } = &provisions.clients;
        Box::leak(Box::new(Self {
            staging: provisioned(&STAGING, staging, &provisions.redirect_uris),
            production: provisioned(&PRODUCTION, production, &provisions.redirect_uris),
        }))
    }

    /// The clients of an environment.
    pub fn of(&'static self, environment: Environment) -> Directory {
        Directory { registry: self, environment }
    }
}

fn provisioned(own: &[Client], written: &BTreeMap<String, Registration>, uris: &[String]) -> Vec<Client> {
    let mut clients = own.to_vec();
    for (name, registration) in written {
        match clients.iter_mut().find(|client| client.name == name) {
            Some(client) => replace(client, registration),
            None => clients.push(client(name, registration)),
        }
    }
    for client in &mut clients {
        let own = client.redirect_uris.iter().copied();
        let more = uris.iter().filter(|uri| !client.redirect_uris.contains(&uri.as_str())).map(|uri| kept(uri));
        client.redirect_uris = own.chain(more).collect::<Vec<&str>>().leak();
    }
    clients
}

/// A client that is not one of the mock's own.
fn client(name: &str, registration: &Registration) -> Client {
    let scopes = registration.scopes.as_deref().unwrap_or_default();
    let for_itself =
        registration.auth != ClientMethod::None && scopes.iter().any(|scope| scope.starts_with("demand::"));
    let mut client = Client {
        name: kept(name),
        title: kept(name),
        id: kept(name),
        secret: "",
        grants: if for_itself { ALL_GRANTS } else { CODE_GRANTS },
        scopes: &[],
        method: ClientMethod::Basic,
        redirect_uris: &[REDIRECT_URI],
    };
    replace(&mut client, registration);
    client
}

fn replace(client: &mut Client, registration: &Registration) {
    let list = |texts: &[String]| -> &'static [&'static str] {
        texts.iter().map(|text| kept(text)).collect::<Vec<&str>>().leak()
    };
    client.method = registration.auth;
    client.id = registration.id.as_deref().map_or(client.id, kept);
    client.secret = registration.secret.as_deref().map_or(client.secret, kept);
    client.scopes = registration.scopes.as_deref().map_or(client.scopes, list);
    client.redirect_uris = registration.redirect_uris.as_deref().map_or(client.redirect_uris, list);
    if let Some(grants) = &registration.grants {
        client.grants = grants.iter().copied().map(GrantType::from).collect::<Vec<GrantType>>().leak();
    }
    if client.method == ClientMethod::None {
        client.secret = "";
    }
}

fn kept(text: &str) -> &'static str {
    text.to_owned().leak()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_that_follow_each_other_are_not_copied() {
        let client = &STAGING[0];
        for range in [0..1, 3..5, 0..SUPPLY.len(), SUPPLY.len() - 1..SUPPLY.len()] {
            let kept = client.as_registered(SUPPLY[range.clone()].to_vec());
            assert!(matches!(kept, Cow::Borrowed(_)), "{range:?}");
            assert_eq!(*kept, SUPPLY[range]);
        }
        for scopes in [vec![], vec![SUPPLY[1], SUPPLY[0]], vec![SUPPLY[0]; 2], vec![SUPPLY[SUPPLY.len() - 1]; 2]] {
            assert_eq!(*client.as_registered(scopes.clone()), *scopes);
        }
    }
}
