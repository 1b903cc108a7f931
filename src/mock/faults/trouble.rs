//! What a world is ordered to do wrong, behind one atomic check.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use super::{
    asked::Asked,
    limiter::{Counted, Limiter},
    orders::{Met, Orders},
};
use crate::mock::{
    control::{Fault, RateLimit},
    identifiers::Identifiers,
    thumbtack::clients::Registry,
};

/// Keeps the draws of percentages apart from a world's other values of the same seed.
const DRAWS: u64 = 0x5eed_fa17;

/// What a world is ordered to do wrong.
#[derive(Debug)]
pub struct Trouble {
    ordered: AtomicBool,
    draws: Identifiers,
    clients: &'static Registry,
    inside: Mutex<Inside>,
}

#[derive(Debug, Default)]
struct Inside {
    faults: Orders,
    limiter: Option<Limiter>,
}

impl Trouble {
    /// None, but for `limit`, in a world of this seed and these clients.
    pub fn new(seed: u64, limit: Option<RateLimit>, clients: &'static Registry) -> Self {
        let limiter = limit.map(Limiter::new);
        Self {
            ordered: AtomicBool::new(limiter.is_some()),
            draws: Identifiers::new(seed ^ DRAWS),
            clients,
            inside: Mutex::new(Inside { faults: Orders::default(), limiter }),
        }
    }

    /// Whether there may be any: all that a request pays where nothing was ordered.
    pub fn is_ordered(&self) -> bool {
        self.ordered.load(Ordering::Relaxed)
    }

    /// Orders a fault. Errors say what is wrong with it.
    pub fn order(&self, fault: Fault) -> Result<(), String> {
        let mut inside = self.inside();
        let added = inside.faults.add(fault, self.clients);
        self.note(&inside);
        added
    }

    /// Forgets all faults.
    pub fn clear(&self) {
        let mut inside = self.inside();
        inside.faults.clear();
        self.note(&inside);
    }

    /// Limits requests from now on, or lifts the limit.
    pub fn limit(&self, limit: Option<RateLimit>) {
        let mut inside = self.inside();
        inside.limiter = limit.map(Limiter::new);
        self.note(&inside);
    }

    /// Counts this request at the limit, if there is one for it.
    pub fn count(&self, asked: &Asked<'_>) -> Option<Counted> {
        self.inside().limiter.as_mut().filter(|limiter| limiter.is_for(asked)).map(|limiter| limiter.count(asked))
    }

    /// The fault that this request meets, if any; it is used up by one.
    pub fn take(&self, asked: &Asked<'_>) -> Option<Met> {
        let mut inside = self.inside();
        let met = inside.faults.take(asked, || self.draws.next() % 100);
        self.note(&inside);
        met
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, inside: &Inside) {
        self.ordered.store(!inside.faults.is_empty() || inside.limiter.is_some(), Ordering::Relaxed);
    }
}
