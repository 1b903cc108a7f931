//! What the authorization server of one environment has issued: grants, codes, access tokens, refresh tokens.

use std::{
    borrow::Cow,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use super::{
    issued::{Counts, Issued, Kind},
    recent::{Key, Recent},
    thumbtack::{clients::Client, people::User},
};

/// How many tokens of each kind are kept. An older one is forgotten, and then not active; partners that ask for so many
/// within a token's life are testing the mock.
const KEPT_TOKENS: usize = 50_000;

/// How many codes are kept.
const KEPT_CODES: usize = 10_000;

/// What one environment has issued.
#[derive(Debug)]
pub struct Ledger {
    grants: u64,
    counts: Counts,
    /// Authorization codes.
    pub codes: Recent<Code>,
    /// Access tokens.
    pub access_tokens: Recent<AccessToken>,
    /// Refresh tokens.
    pub refresh_tokens: Recent<RefreshToken>,
}

/// One authorization and all that descends from it. It lives as long as anything of it.
#[derive(Debug)]
pub struct Grant {
    /// Its number in this environment, from 1.
    pub number: u64,
    /// What its tokens stand for.
    pub authority: Authority,
    active: AtomicBool,
    generation: AtomicU32,
    ending: OnceLock<Ending>,
}

/// When and why a grant was revoked.
#[derive(Clone, Copy, Debug)]
pub struct Ending {
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// Why, in words that follow "revoked: ".
    pub why: &'static str,
}

/// What an access token is good for.
#[derive(Clone, Debug)]
pub struct Access {
    /// Its name.
    pub name: Issued,
    /// What it was issued in exchange for; `None` for client credentials.
    pub from: Option<Issued>,
    /// Its grant.
    pub grant: Arc<Grant>,
}

/// What a token stands for.
#[derive(Debug)]
pub struct Authority {
    /// The client that it was issued to.
    pub client: &'static Client,
    /// The user, unless it is for the application itself.
    pub user: Option<&'static User>,
    /// Granted scopes.
    pub scopes: Cow<'static, [&'static str]>,
    /// Granted audiences.
    pub audience: Cow<'static, [String]>,
    /// How the user logged in for it, unless it is for the application itself.
    pub login: Option<Box<Login>>,
}

/// The login behind a user's grant. All `id_token`s of the grant tell the same about it.
#[derive(Debug)]
pub struct Login {
    /// The nonce of the authorization request, or empty text.
    pub nonce: String,
    /// When the authorization request came, in milliseconds since the epoch.
    pub requested_at: i64,
    /// When the user logged in, in milliseconds since the epoch.
    pub at: i64,
    /// The id of the login session, a UUID.
    pub session: String,
}

/// Membership in a grant.
#[derive(Clone, Debug)]
pub struct Lineage {
    /// The grant.
    pub grant: Arc<Grant>,
    /// What it was issued in exchange for; `None` for codes and client credentials.
    pub from: Option<Issued>,
    generation: u32,
}

/// An authorization code.
#[derive(Debug)]
pub struct Code {
    /// Its name.
    pub name: Issued,
    /// Where it belongs.
    pub lineage: Lineage,
    /// The redirect URI, if the authorization request sent one.
    pub redirect_uri: Option<String>,
    /// The PKCE challenge; `Some("")` if only a method was sent.
    pub challenge: Option<String>,
    /// End of life in milliseconds since the epoch.
    pub expires_at: i64,
    /// When it was exchanged, in milliseconds since the epoch.
    pub used_at: Option<i64>,
}

/// An access token.
#[derive(Debug)]
pub struct AccessToken {
    /// Its name.
    pub name: Issued,
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
    /// Its name.
    pub name: Issued,
    /// Where it belongs.
    pub lineage: Lineage,
    /// End of life in milliseconds since the epoch.
    pub expires_at: i64,
    /// When it was first exchanged, in milliseconds since the epoch.
    pub first_used_at: Option<i64>,
    /// The access token that was issued together with it.
    pub access_token: Key,
    /// The name of that one.
    pub access_name: Issued,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            grants: 0,
            counts: Counts::default(),
            codes: Recent::new(KEPT_CODES),
            access_tokens: Recent::new(KEPT_TOKENS),
            refresh_tokens: Recent::new(KEPT_TOKENS),
        }
    }
}

impl Ledger {
    /// Opens a grant.
    pub fn open(&mut self, authority: Authority) -> Lineage {
        self.grants += 1;
        let grant = Grant {
            number: self.grants,
            authority,
            active: AtomicBool::new(true),
            generation: AtomicU32::new(0),
            ending: OnceLock::new(),
        };
        Lineage { grant: Arc::new(grant), from: None, generation: 0 }
    }

    /// The name of a value that is about to be issued.
    pub fn name(&mut self, kind: Kind) -> Issued {
        self.counts.next(kind)
    }

    /// What an access token is good for, if it may be used at `now`.
    pub fn access(&self, access_token: &str, now: i64) -> Option<Access> {
        let token = self.access_tokens.get(Key::of(access_token))?;
        (token.active && now < token.expires_at && token.lineage.is_alive()).then(|| token.access())
    }

    /// The name and the lineage of a value of any kind.
    pub fn known(&self, value: &str) -> Option<(Issued, &Lineage)> {
        let key = Key::of(value);
        let code = || self.codes.get(key).map(|code| (code.name, &code.lineage));
        let access = || self.access_tokens.get(key).map(|token| (token.name, &token.lineage));
        let refresh = || self.refresh_tokens.get(key).map(|token| (token.name, &token.lineage));
        access().or_else(refresh).or_else(code)
    }

    /// The refresh token that came with an access token.
    pub fn refreshed_from(&self, access_token: Issued) -> Option<Issued> {
        self.refresh_tokens.values().rev().find(|token| token.access_name == access_token).map(|token| token.name)
    }

    /// Lets a code be known by another value from now on.
    pub fn rename_code(&mut self, code: &str, another: &str) {
        self.codes.rename(Key::of(code), Key::of(another));
    }

    /// The lineage of an access or refresh token.
    pub fn lineage(&self, token: &str) -> Option<&Lineage> {
        let key = Key::of(token);
        let access = self.access_tokens.get(key).map(|token| &token.lineage);
        access.or_else(|| self.refresh_tokens.get(key).map(|token| &token.lineage))
    }

    /// Ends the life of an access or refresh token; `false` if there is none.
    pub fn expire(&mut self, token: &str, now: i64) -> bool {
        let key = Key::of(token);
        if let Some(token) = self.access_tokens.get_mut(key) {
            token.expires_at = token.expires_at.min(now);
            return true;
        }
        let Some(token) = self.refresh_tokens.get_mut(key) else { return false };
        token.expires_at = token.expires_at.min(now);
        true
    }
}

impl Lineage {
    /// Whether what belongs here is still good: its grant was not revoked, nor its generation ended.
    pub fn is_alive(&self) -> bool {
        self.grant.active.load(Ordering::Relaxed) && self.generation >= self.grant.generation.load(Ordering::Relaxed)
    }

    /// What its tokens stand for.
    pub fn authority(&self) -> &Authority {
        &self.grant.authority
    }

    /// The next generation of the grant; everything of the earlier ones ends.
    pub fn next_generation(&self) -> Self {
        let generation = self.grant.generation.fetch_add(1, Ordering::Relaxed) + 1;
        Self { grant: self.grant.clone(), from: self.from, generation }
    }

    /// The lineage of what is issued in exchange for `name`, which belongs here.
    pub fn through(&self, name: Issued) -> Self {
        Self { from: Some(name), ..self.clone() }
    }
}

impl AccessToken {
    /// What it is good for.
    pub fn access(&self) -> Access {
        Access { name: self.name, from: self.lineage.from, grant: self.lineage.grant.clone() }
    }
}

impl Grant {
    /// Ends everything that descends from it. The first reason is kept.
    pub fn revoke(&self, at: i64, why: &'static str) {
        self.ending.get_or_init(|| Ending { at, why });
        self.active.store(false, Ordering::Relaxed);
    }

    /// When and why it was revoked, if it was.
    pub fn ending(&self) -> Option<Ending> {
        self.ending.get().copied()
    }
}
