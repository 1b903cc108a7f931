//! The searches that were made: what a request that names one of them goes back to.

use super::{negotiations::Detail, profiles::Category};
use crate::mock::recent::{Key, Recent};

/// How many searches are kept; a request that names an older one is answered as if its search had expired.
const MOST: usize = 5_000;

/// How long a search may be named, in milliseconds: seven days (reported for the MCP server's searches, a guess here).
pub const LIFE: i64 = 7 * 24 * 3600 * 1000;

/// A search that was answered.
#[derive(Clone, Debug)]
pub struct Made {
    /// What was searched for.
    pub category: &'static Category,
    /// Where.
    pub zip_code: String,
    /// What was answered to the category's request form.
    pub details: Vec<Detail>,
    /// When, in milliseconds since the epoch.
    pub at: i64,
}

/// The searches of one environment.
#[derive(Debug)]
pub struct Searches(Recent<Made>);

impl Default for Searches {
    fn default() -> Self {
        Self(Recent::new(MOST))
    }
}

impl Searches {
    /// Keeps a search.
    pub fn add(&mut self, id: &str, made: Made) {
        self.0.insert(Key::of(id), made);
    }

    /// The search of this id, unless it is forgotten.
    pub fn find(&self, id: &str) -> Option<&Made> {
        self.0.get(Key::of(id))
    }
}
