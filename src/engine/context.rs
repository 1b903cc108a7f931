//! What all scenarios of a run share.

use std::collections::BTreeMap;

use secrecy::SecretString;

use crate::oauth::{Logins, Person, TokenCache};
use crate::plan::Allowed;
use crate::snapshot::Store;
use crate::target::Usable;

use super::{Interrupt, Receiving};

/// What all scenarios of a run share.
#[derive(Debug)]
pub struct Context {
    /// Where they run.
    pub target: Usable,
    /// Where shapes are pinned.
    pub store: Store,
    /// The tokens that scenarios carry on a target that is no mock.
    pub tokens: TokenCache,
    /// What may be done to real targets beyond what harms nobody; nothing, unless it is set.
    pub allowed: Allowed,
    /// The stored logins, for the tokens that scenarios carry on a real target.
    pub logins: Option<Logins>,
    /// The access tokens that were over when the run was planned, by the names of their real targets and clients.
    pub spent: BTreeMap<(String, String), SecretString>,
    /// Who logs in where a step of a scenario on a real target asks for it.
    pub person: Option<Person>,
    /// What generated values are made of.
    pub seed: u64,
    /// Where webhooks are received.
    pub receiving: Receiving,
    /// Ends the run early.
    pub interrupt: Interrupt,
    /// The values of `targets.NAME.`, by full name.
    pub(super) definitions: BTreeMap<String, String>,
}

impl Context {
    /// Waits until nothing is under way any more that must not be cut short, and gives what must be told of it.
    pub async fn settled(&self) -> Vec<String> {
        match &self.logins {
            Some(logins) => logins.settled().await,
            None => Vec::new(),
        }
    }

    /// The context of a run on `target`; `definitions` are the values of `targets.NAME.` by full name.
    pub fn new(target: Usable, store: Store, seed: u64, definitions: BTreeMap<String, String>) -> Self {
        Self {
            target,
            store,
            tokens: TokenCache::default(),
            allowed: Allowed::default(),
            logins: None,
            spent: BTreeMap::new(),
            person: None,
            seed,
            receiving: Receiving::default(),
            interrupt: Interrupt::default(),
            definitions,
        }
    }
}
