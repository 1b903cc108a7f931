//! The provisioned clients and their scopes.

use std::sync::LazyLock;

use crate::mock::site::Environment;

/// The redirect URI that every client has registered.
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

/// A confidential client, registered for `client_secret_basic`.
#[derive(Debug)]
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
    },
    Client {
        name: "demand",
        title: "Example Demand Partner",
        id: "57a61e00-0000-4000-8000-000000000002",
        secret: "mock-demand-staging%+:~",
        grants: ALL_GRANTS,
        scopes: &DEMAND,
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
    },
    Client {
        name: "demand",
        title: "Example Demand Partner",
        id: "960d0c00-0000-4000-8000-000000000002",
        secret: "mock-demand-production%+:~",
        grants: ALL_GRANTS,
        scopes: &DEMAND,
    },
];

/// The redirect URI, parsed once.
pub static REDIRECT: LazyLock<Option<url::Url>> = LazyLock::new(|| url::Url::parse(REDIRECT_URI).ok());

/// The clients of an environment.
pub fn all(environment: Environment) -> &'static [Client] {
    match environment {
        Environment::Staging => &STAGING,
        Environment::Production => &PRODUCTION,
    }
}

/// The client with this id, if it is known in this environment.
pub fn find(environment: Environment, id: &[u8]) -> Option<&'static Client> {
    all(environment).iter().find(|client| client.id.as_bytes() == id)
}
