//! The closed vocabularies that targets and scenarios share.

/// What a target is, and so which rules of safety apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A mock: each scenario gets a world of its own.
    Mock,
    /// A test environment of a real service.
    Staging,
    /// The real service.
    Production,
}

impl Kind {
    /// The words of the project file.
    pub const WORDS: &[(&str, Self)] =
        &[("mock", Self::Mock), ("staging", Self::Staging), ("production", Self::Production)];
}

/// The two environments of the source documents: which of those that a target holds a scenario speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EnvironmentWord {
    /// The one for tests: the target itself.
    #[default]
    Staging,
    /// The real one: the target's `other`, unless the target is the real one itself.
    Production,
}

impl EnvironmentWord {
    /// The words of `environment`.
    pub const WORDS: &[(&str, Self)] = &[("staging", Self::Staging), ("production", Self::Production)];
}

/// What a target offers and a scenario may need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// What happens there reaches nobody and costs nothing: the target is a mock.
    Mock,
    /// Time can be moved.
    Clock,
    /// Faults can be ordered, and tokens expired or revoked at will.
    Faults,
    /// A user's token can be had.
    Login,
    /// A user can be walked through the authorization URL.
    Consent,
    /// A user's token has just the scopes that are asked for, as each login is a new one.
    NarrowScope,
    /// Data can be given that no operation of the API brings about.
    Given,
    /// There is a second environment.
    Environments,
    /// The site's pages ask for a user and a password, and the harness has them.
    Gate,
    /// Webhooks can be registered, and those that are sent reach the harness.
    Webhooks,
}

impl Capability {
    /// The words of `needs` and `offers`.
    pub const WORDS: &[(&str, Self)] = &[
        ("mock", Self::Mock),
        ("clock", Self::Clock),
        ("faults", Self::Faults),
        ("login", Self::Login),
        ("consent", Self::Consent),
        ("narrow_scope", Self::NarrowScope),
        ("given", Self::Given),
        ("environments", Self::Environments),
        ("gate", Self::Gate),
        ("webhooks", Self::Webhooks),
    ];

    /// The word that is written for it.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, capability)| *capability == self).map_or("", |(word, _)| word)
    }
}

/// What a scenario does to the world, from harmless to harmful.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Nothing.
    None,
    /// Changes data of its own and undoes it in `finally`.
    OwnData,
    /// May notify or charge a person.
    Contacts,
    /// Ends or endangers a stored login.
    SpendsLogin,
    /// Sends credentials that are wrong on purpose.
    WrongCredentials,
    /// Sends many requests at once.
    Load,
}

impl Effect {
    /// The words of `effects`.
    pub const WORDS: &[(&str, Self)] = &[
        ("none", Self::None),
        ("own_data", Self::OwnData),
        ("contacts", Self::Contacts),
        ("spends_login", Self::SpendsLogin),
        ("wrong_credentials", Self::WrongCredentials),
        ("load", Self::Load),
    ];

    /// The word that is written for it.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, effect)| *effect == self).map_or("", |(word, _)| word)
    }
}

/// How a client authenticates at the token URL (RFC 6749 §2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ClientAuthentication {
    /// In the `Authorization` header.
    #[default]
    Basic,
    /// In the body of the request.
    Post,
}

impl ClientAuthentication {
    /// The words of `auth`.
    pub const WORDS: &[(&str, Self)] = &[("basic", Self::Basic), ("post", Self::Post)];
}
