//! What a world remembers: grants, codes, tokens and sent messages of each environment; who logs in next.

use std::{collections::HashMap, sync::Arc};

use super::{
    control::Answer,
    given::Changes,
    site::Environment,
    thumbtack::{clients::Client, messages::Message, people::User},
};

/// Everything in a world that changes, behind its one lock.
#[derive(Debug, Default)]
pub struct State {
    /// The user and the answer of the next authorization.
    pub next_login: Option<(&'static str, Answer)>,
    /// Data that was ordered to be otherwise.
    pub given: Changes,
    /// How often the keys that sign `id_token`s were replaced.
    pub key_rotations: u32,
    staging: Ledger,
    production: Ledger,
}

impl State {
    /// The ledger of an environment.
    pub fn ledger(&mut self, environment: Environment) -> &mut Ledger {
        match environment {
            Environment::Staging => &mut self.staging,
            Environment::Production => &mut self.production,
        }
    }

    /// Both ledgers, for orders that name a token and not an environment.
    pub fn ledgers(&mut self) -> [&mut Ledger; 2] {
        [&mut self.staging, &mut self.production]
    }
}

/// What one environment has issued and received.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Grants; the index is the grant's number.
    pub grants: Vec<Grant>,
    /// Authorization codes.
    pub codes: HashMap<String, Code>,
    /// Access tokens.
    pub access_tokens: HashMap<String, AccessToken>,
    /// Refresh tokens.
    pub refresh_tokens: HashMap<String, RefreshToken>,
    /// Messages sent since the start, by negotiation, oldest first.
    pub sent_messages: HashMap<&'static str, Vec<Message>>,
}

/// One authorization and all that descends from it.
#[derive(Debug)]
pub struct Grant {
    /// Whether it has not been revoked.
    pub active: bool,
    /// Tokens of an earlier generation are dead. Strict rotation raises it.
    pub generation: u32,
}

/// What a token stands for.
#[derive(Debug)]
pub struct Authority {
    /// The client that it was issued to.
    pub client: &'static Client,
    /// The user, unless it is for the application itself.
    pub user: Option<&'static User>,
    /// Granted scopes.
    pub scopes: Vec<String>,
    /// Granted audiences.
    pub audience: Vec<String>,
    /// How the user logged in for it, unless it is for the application itself.
    pub login: Option<Login>,
}

/// The login behind a user's grant. All `id_token`s of the grant tell the same about it.
#[derive(Debug)]
pub struct Login {
    /// The nonce of the authorization request, or empty text.
    pub nonce: String,
    /// When the request came and the user logged in, which is one moment here, in milliseconds since the epoch.
    pub at: i64,
    /// The id of the login session, a UUID.
    pub session: String,
}

/// Membership in a grant.
#[derive(Clone, Debug)]
pub struct Lineage {
    /// The grant's number.
    pub grant: usize,
    /// The generation in which it was issued.
    pub generation: u32,
    /// What it stands for.
    pub authority: Arc<Authority>,
}

/// An authorization code.
#[derive(Debug)]
pub struct Code {
    /// Where it belongs.
    pub lineage: Lineage,
    /// The redirect URI, if the authorization request sent one.
    pub redirect_uri: Option<String>,
    /// The PKCE challenge; `Some("")` if only a method was sent.
    pub challenge: Option<String>,
    /// End of life in milliseconds since the epoch.
    pub expires_at: i64,
    /// Whether it has been exchanged.
    pub used: bool,
}

/// An access token.
#[derive(Debug)]
pub struct AccessToken {
    /// Where it belongs.
    pub lineage: Lineage,
    /// When it was issued, in milliseconds since the epoch.
    pub issued_at: i64,
    /// End of life in milliseconds since the epoch.
    pub expires_at: i64,
    /// Whether it was not taken away by itself.
    pub active: bool,
}

/// A refresh token.
#[derive(Debug)]
pub struct RefreshToken {
    /// Where it belongs.
    pub lineage: Lineage,
    /// End of life in milliseconds since the epoch.
    pub expires_at: i64,
    /// When it was first exchanged, in milliseconds since the epoch.
    pub first_used_at: Option<i64>,
    /// The access token that was issued together with it.
    pub access_token: String,
}

impl Ledger {
    /// Opens a grant.
    pub fn open(&mut self, authority: Authority) -> Lineage {
        self.grants.push(Grant { active: true, generation: 0 });
        Lineage { grant: self.grants.len() - 1, generation: 0, authority: Arc::new(authority) }
    }

    /// Lets a code be known by another value from now on.
    pub fn rename_code(&mut self, code: &str, another: &str) {
        if let Some(known) = self.codes.remove(code) {
            self.codes.insert(another.to_owned(), known);
        }
    }

    /// Whether the grant and generation of something issued are still good.
    pub fn alive(&self, lineage: &Lineage) -> bool {
        self.grants.get(lineage.grant).is_some_and(|grant| grant.active && lineage.generation >= grant.generation)
    }

    /// Kills everything that descends from a grant.
    pub fn revoke(&mut self, grant: usize) {
        if let Some(grant) = self.grants.get_mut(grant) {
            grant.active = false;
        }
    }

    /// The authority of an access token that may be used at `now`.
    pub fn authority(&self, access_token: &str, now: i64) -> Option<Arc<Authority>> {
        let token = self.access_tokens.get(access_token)?;
        (token.active && now < token.expires_at && self.alive(&token.lineage)).then(|| token.lineage.authority.clone())
    }

    /// The lineage of an access or refresh token.
    pub fn lineage(&self, token: &str) -> Option<&Lineage> {
        let access = self.access_tokens.get(token).map(|token| &token.lineage);
        access.or_else(|| self.refresh_tokens.get(token).map(|token| &token.lineage))
    }

    /// Ends the life of an access or refresh token; `false` if there is none.
    pub fn expire(&mut self, token: &str, now: i64) -> bool {
        if let Some(token) = self.access_tokens.get_mut(token) {
            token.expires_at = token.expires_at.min(now);
            return true;
        }
        let Some(token) = self.refresh_tokens.get_mut(token) else { return false };
        token.expires_at = token.expires_at.min(now);
        true
    }
}
