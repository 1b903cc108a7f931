//! The built-in targets: the mock, and the two environments of the document "Environments" (2026-04-24).

use std::collections::BTreeMap;

use crate::source::{Located, Piece, Place, Template};

use super::{Capability, Kind, Pace, TargetDefinition, UrlName, UserDefinition};

/// The clients of the mock; a test holds them to what its worlds tell.
pub const MOCK_CLIENTS: &[&str] = &["demand", "supply"];

/// The users of the mock, the first being the default; a test holds them to what its worlds tell.
pub const MOCK_USERS: &[&str] = &["pro", "other_pro", "customer"];

/// The fixtures of the mock; a test holds them to what its worlds tell.
pub const MOCK_FIXTURES: &[&str] = &[
    "business",
    "second_business",
    "other_business",
    "negotiation",
    "other_negotiation",
    "full_negotiation",
    "message",
    "customer",
    "phone_number",
    "review",
];

/// What every mock offers.
pub(super) const MOCK_OFFERS: [Capability; 7] = [
    Capability::Mock,
    Capability::Clock,
    Capability::Faults,
    Capability::Login,
    Capability::Consent,
    Capability::Given,
    Capability::Webhooks,
];

/// The built-in targets.
pub fn builtin_targets() -> Vec<TargetDefinition> {
    vec![
        TargetDefinition { offers: MOCK_OFFERS.to_vec(), ..empty("mock", Kind::Mock) },
        TargetDefinition {
            urls: urls(
                "https://staging-api.thumbtack.com/api/",
                "https://staging-auth.thumbtack.com/",
                "https://staging-partner.thumbtack.com",
            ),
            audience: Some(literal("urn:partner-api")),
            other: Some(other("production")),
            offers: vec![Capability::Webhooks],
            users: vec![user()],
            ..empty("staging", Kind::Staging)
        },
        TargetDefinition {
            urls: urls("https://api.thumbtack.com/api/", "https://auth.thumbtack.com/", "https://thumbtack.com"),
            audience: Some(literal("urn:partner-api")),
            other: Some(other("staging")),
            offers: vec![Capability::Webhooks],
            users: vec![user()],
            ..empty("production", Kind::Production)
        },
    ]
}

/// A target `name` of `kind` that has nothing yet.
pub(super) fn empty(name: &str, kind: Kind) -> TargetDefinition {
    TargetDefinition {
        name: name.to_owned(),
        kind,
        urls: BTreeMap::new(),
        audience: None,
        other: None,
        gate: None,
        offers: Vec::new(),
        real: false,
        pace: Pace::default(),
        control_token: None,
        network: None,
        fixtures: BTreeMap::new(),
        users: Vec::new(),
        clients: BTreeMap::new(),
    }
}

fn other(name: &str) -> Located<String> {
    Located::new(name.to_owned(), Place::start_of(0))
}

/// The user whom scenarios mean when they name none: a pro, as on the mock.
fn user() -> UserDefinition {
    UserDefinition { name: MOCK_USERS[0].to_owned(), login: None, password: None, own_account: false }
}

fn literal(text: &str) -> Template {
    Template { pieces: [Piece::Literal(text.into())].into(), place: Place::start_of(0) }
}

fn urls(api: &str, auth_server: &str, site: &str) -> BTreeMap<UrlName, Template> {
    BTreeMap::from([
        (UrlName::Api, literal(api)),
        (UrlName::AuthServer, literal(auth_server)),
        (UrlName::AuthorizeUrl, literal(&format!("{auth_server}oauth2/auth"))),
        (UrlName::TokenUrl, literal(&format!("{auth_server}oauth2/token"))),
        (UrlName::Site, literal(site)),
    ])
}
