//! The registry of worlds, and how a URL path names one.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use ring::rand::{SecureRandom, SystemRandom};
use tokio::sync::watch;

use super::{
    clock::Clock,
    control::{Delivery, Settings},
    faults::Trouble,
    identifiers::Identifiers,
    journal::{Event, Journal},
    site::{Environment, Site},
    state::State,
    thumbtack::clients::Registry,
    webhooks::{Outbox, Sender},
};

/// The id of the world at the root.
pub const DEFAULT: &str = "default";

/// One world. Its fixtures are shared with all others; only what it changes is its own.
#[derive(Debug)]
pub struct World {
    /// Its id.
    pub id: String,
    /// Its clock.
    pub clock: Clock,
    /// Its knobs.
    pub settings: Settings,
    /// Its clients.
    pub clients: &'static Registry,
    /// Its source of codes, tokens and ids.
    pub identifiers: Identifiers,
    /// What it saw and did.
    pub journal: Journal,
    /// Root URLs of staging and production, ending in `/`.
    roots: [String; 2],
    /// The webhooks that it sends.
    pub outbox: Outbox,
    /// What it is ordered to do wrong.
    pub trouble: Trouble,
    state: Mutex<State>,
}

impl World {
    fn new(id: String, root: &str, made: (Settings, Option<u64>), common: Common) -> Self {
        let (settings, seed) = made;
        let seed = seed.unwrap_or_else(random_seed);
        // The one that people look at for weeks, and those that are many.
        let (most, most_bytes) = if id == DEFAULT { (10_000, 16 << 20) } else { (1_000, 2 << 20) };
        let journal = Journal::new(most, most_bytes, common.stopping.subscribe());
        Self {
            id,
            journal,
            clock: Clock::default(),
            trouble: Trouble::new(seed, settings.rate_limit.clone(), common.clients),
            settings,
            clients: common.clients,
            identifiers: Identifiers::new(seed),
            outbox: Outbox::new(common.sender),
            roots: [root.to_owned(), format!("{root}production/")],
            state: Mutex::default(),
        }
    }

    /// An environment of it.
    pub fn site(self: Arc<Self>, environment: Environment) -> Site {
        Site { world: self, environment }
    }

    /// The root URL of an environment of it, ending in `/`.
    pub fn root(&self, environment: Environment) -> &str {
        let [staging, production] = &self.roots;
        match environment {
            Environment::Staging => staging,
            Environment::Production => production,
        }
    }

    /// Tells the journal how far a delivery has come.
    pub fn tell_of(&self, delivery: Option<Delivery>) {
        if let Some(delivery) = delivery {
            let (at, real) = self.clock.both();
            self.journal.keep(at, real, Event::Delivery(Box::new(delivery)));
        }
    }

    /// Its state. A handler that panicked leaves it usable: every change is complete before the lock is let go.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What all worlds of a mock have in common.
#[derive(Clone, Debug)]
struct Common {
    sender: Arc<Sender>,
    clients: &'static Registry,
    /// Turns true when the mock is told to stop, so that nobody waits for what happens next.
    stopping: watch::Sender<bool>,
}

/// All worlds of a mock.
#[derive(Debug)]
pub struct Worlds {
    public_url: String,
    settings: Settings,
    common: Common,
    count: AtomicU64,
    /// The world at the root, which most requests to a mock that stands alone are for.
    default: Arc<World>,
    by_id: RwLock<HashMap<String, Arc<World>>>,
}

impl Worlds {
    /// A registry with the default world, of this seed. `public_url` has no trailing slash; all worlds have these clients.
    pub fn new(public_url: String, settings: Settings, clients: &'static Registry, seed: Option<u64>) -> Self {
        let common = Common { sender: Arc::default(), clients, stopping: watch::Sender::new(false) };
        let root = format!("{public_url}/");
        let default = World::new(DEFAULT.to_owned(), &root, (settings.clone(), seed), common.clone());
        let (count, by_id) = (AtomicU64::new(0), RwLock::default());
        Self { public_url, settings, common, count, default: Arc::new(default), by_id }
    }

    /// The clients of all worlds.
    pub fn clients(&self) -> &'static Registry {
        self.common.clients
    }

    /// What sends the webhooks of all worlds.
    pub fn sender(&self) -> &Sender {
        &self.common.sender
    }

    /// Told `true`, ends all waits for what happens next in a world.
    pub fn stopping(&self) -> &watch::Sender<bool> {
        &self.common.stopping
    }

    /// How worlds are set for which nothing else is ordered.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Makes a world with `settings`, whose ids are drawn from `seed` if there is one.
    pub fn create(&self, settings: Settings, seed: Option<u64>) -> Arc<World> {
        let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let id = format!("w{number}");
        let root = format!("{}/worlds/{id}/", self.public_url);
        let world = Arc::new(World::new(id.clone(), &root, (settings, seed), self.common.clone()));
        self.by_id.write().unwrap_or_else(PoisonError::into_inner).insert(id, world.clone());
        world
    }

    /// The world with this id.
    pub fn get(&self, id: &str) -> Option<Arc<World>> {
        if id == DEFAULT {
            return Some(self.default.clone());
        }
        self.by_id.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Forgets a world; `false` if there is none.
    pub fn remove(&self, id: &str) -> bool {
        self.by_id.write().unwrap_or_else(PoisonError::into_inner).remove(id).is_some()
    }

    /// Splits a request path into its site and the path below the site's root. `None`: there is no such world.
    pub fn resolve<'a>(&self, path: &'a str) -> Option<(Site, &'a str)> {
        let (id, path) = match path.strip_prefix("/worlds/") {
            None => (DEFAULT, path),
            Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        };
        let world = self.get(id)?;
        let (environment, path) = match path.strip_prefix("/production") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => (Environment::Production, rest),
            _ => (Environment::Staging, path),
        };
        Some((world.site(environment), path))
    }
}

/// A seed that differs between worlds; a failing source of randomness leaves a fixed one, as distinctness across
/// worlds is a convenience.
fn random_seed() -> u64 {
    let mut bytes = [0; 8];
    match SystemRandom::new().fill(&mut bytes) {
        Ok(()) => u64::from_be_bytes(bytes),
        Err(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_worlds_and_environments() {
        let worlds = Worlds::new("http://mock.example".to_owned(), Settings::default(), Registry::own(), None);
        let id = worlds.create(Settings::default(), None).id.clone();
        let root = |path: &str| worlds.resolve(path).map(|(site, rest)| (site.root().to_string(), rest.to_owned()));
        let pair = |root: &str, rest: &str| Some((format!("http://mock.example/{root}"), rest.to_owned()));
        assert_eq!(root("/oauth2/token"), pair("", "/oauth2/token"));
        assert_eq!(root("/production/api/v4/a"), pair("production/", "/api/v4/a"));
        assert_eq!(root("/productions"), pair("", "/productions"));
        assert_eq!(root(&format!("/worlds/{id}/oauth2/auth")), pair(&format!("worlds/{id}/"), "/oauth2/auth"));
        assert_eq!(root(&format!("/worlds/{id}/production")), pair(&format!("worlds/{id}/production/"), ""));
        assert_eq!(root("/worlds/none/oauth2/token"), None);
        assert!(worlds.remove(&id));
        assert!(!worlds.remove(&id));
    }
}
