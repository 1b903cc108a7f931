//! The registry of worlds, and how a URL path names one.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use ring::rand::{SecureRandom, SystemRandom};

use super::{
    clock::Clock,
    control::{NewWorld, Settings},
    faults::Trouble,
    identifiers::Identifiers,
    site::{Environment, Site},
    state::State,
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
    /// Its source of codes, tokens and ids.
    pub identifiers: Identifiers,
    /// What it is ordered to do wrong.
    pub trouble: Trouble,
    state: Mutex<State>,
}

impl World {
    /// Its state. A handler that panicked leaves it usable: every change is complete before the lock is let go.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All worlds of a mock.
#[derive(Debug)]
pub struct Worlds {
    public_url: String,
    settings: Settings,
    count: AtomicU64,
    by_id: RwLock<HashMap<String, Arc<World>>>,
}

impl Worlds {
    /// A registry with the default world. `public_url` has no trailing slash.
    pub fn new(public_url: String, settings: Settings) -> Self {
        let worlds = Self { public_url, settings, count: AtomicU64::new(0), by_id: RwLock::default() };
        worlds.insert(DEFAULT.to_owned(), NewWorld::default());
        worlds
    }

    /// Makes a world.
    pub fn create(&self, order: NewWorld) -> Arc<World> {
        let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        self.insert(format!("w{number}"), order)
    }

    fn insert(&self, id: String, order: NewWorld) -> Arc<World> {
        let settings = order.settings.unwrap_or_else(|| self.settings.clone());
        let seed = order.seed.unwrap_or_else(random_seed);
        let world = Arc::new(World {
            id: id.clone(),
            clock: Clock::default(),
            trouble: Trouble::new(seed, settings.rate_limit.clone()),
            settings,
            identifiers: Identifiers::new(seed),
            state: Mutex::default(),
        });
        self.by_id.write().unwrap_or_else(PoisonError::into_inner).insert(id, world.clone());
        world
    }

    /// The world with this id.
    pub fn get(&self, id: &str) -> Option<Arc<World>> {
        self.by_id.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Forgets a world; `false` if there is none.
    pub fn remove(&self, id: &str) -> bool {
        self.by_id.write().unwrap_or_else(PoisonError::into_inner).remove(id).is_some()
    }

    /// The site of an environment of `world`.
    pub fn site(&self, world: Arc<World>, environment: Environment) -> Site {
        let world_prefix = if world.id == DEFAULT { String::new() } else { format!("worlds/{}/", world.id) };
        let environment_prefix = match environment {
            Environment::Staging => "",
            Environment::Production => "production/",
        };
        let root = format!("{}/{world_prefix}{environment_prefix}", self.public_url);
        Site { world, environment, root }
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
        Some((self.site(world, environment), path))
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
        let worlds = Worlds::new("http://mock.example".to_owned(), Settings::default());
        let id = worlds.create(NewWorld::default()).id.clone();
        let root = |path: &str| worlds.resolve(path).map(|(site, rest)| (site.root, rest.to_owned()));
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
