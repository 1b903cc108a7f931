//! Which world and environment a request is for.

use std::sync::Arc;

use super::{thumbtack::clients::Directory, worlds::World};

/// The two environments of the documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// Staging.
    Staging,
    /// Production.
    Production,
}

impl Environment {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }
}

/// Where a request arrived.
#[derive(Clone, Debug)]
pub struct Site {
    /// The world.
    pub world: Arc<World>,
    /// The environment in it.
    pub environment: Environment,
}

impl Site {
    /// The environment's root URL, ending in `/`.
    pub fn root(&self) -> &str {
        self.world.root(self.environment)
    }

    /// The environment's clients.
    pub fn clients(&self) -> Directory {
        self.world.clients.of(self.environment)
    }

    /// Root URL of the environment's web site, ending in `/`. No other URL of the environment lies below it, and no page
    /// of the one environment below the other's.
    pub fn website(&self) -> String {
        format!("{}site/", self.root())
    }
}
