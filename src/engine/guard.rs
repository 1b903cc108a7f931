//! What stands before and behind each request of one scenario: the interlock, the pace of the run, and what the answer
//! asks of all.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::http::{Exchange, Guard, Request, Turn};
use crate::plan::{Expectation, Status, Step};
use crate::target::Pacer;

use super::interlock::Interlock;
use super::limit::Waits;

/// The guard of one scenario. Whatever action makes a request, it passes here; only a mock's control API is spoken to
/// without.
#[derive(Debug)]
pub(super) struct ScenarioGuard {
    interlock: Interlock,
    pacer: Arc<Pacer>,
    /// What the scenario waited for its turns.
    pub(super) waits: Arc<Waits>,
    /// The statuses that the step under way names, and judges itself; kept for real targets only.
    expected: Mutex<Vec<u16>>,
    cleans_up: AtomicBool,
}

impl ScenarioGuard {
    /// The guard of a scenario with this interlock, in a run at this pace.
    pub(super) fn new(interlock: Interlock, pacer: &Arc<Pacer>) -> Self {
        Self {
            interlock,
            pacer: Arc::clone(pacer),
            waits: Arc::default(),
            expected: Mutex::default(),
            cleans_up: AtomicBool::new(false),
        }
    }

    /// From now on `step` is under way: it judges an answer whose status it names as it is. A class of statuses names
    /// none.
    pub(super) fn expect_of(&self, step: &Step) {
        if !self.pacer.is_real() {
            return;
        }
        let own = match &step.expect {
            Expectation::Given(expect) => expect.status.as_ref(),
            Expectation::None => None,
        };
        let awaited = step.until.as_ref().and_then(|until| until.expect.status.as_ref());
        let statuses = own.into_iter().chain(awaited).flat_map(|statuses| statuses.value.iter());
        let named = statuses.filter_map(|status| match status {
            Status::Exactly(status) => Some(*status),
            Status::Class(_) => None,
        });
        *self.expected.lock().unwrap_or_else(PoisonError::into_inner) = named.collect();
    }

    /// From now on the scenario cleans up, which it may also after the run was stopped.
    pub(super) fn clean_up(&self) {
        self.cleans_up.store(true, Ordering::Relaxed);
    }
}

impl Guard for ScenarioGuard {
    fn refuse(&self, request: &Request) -> Result<(), String> {
        self.interlock.refuse(request)
    }

    fn turn(&self) -> Option<Turn<'_>> {
        if self.pacer.is_free() {
            return None;
        }
        Some(Box::pin(async {
            let _waiting = self.waits.begin();
            self.pacer.turn(self.cleans_up.load(Ordering::Relaxed)).await
        }))
    }

    fn saw(&self, exchange: &Exchange, before: usize) -> bool {
        if !self.pacer.is_real() {
            return false;
        }
        let is_expected = exchange
            .status()
            .is_some_and(|status| self.expected.lock().unwrap_or_else(PoisonError::into_inner).contains(&status));
        let may_repeat = !is_expected && self.interlock.may_repeat(&exchange.request);
        self.pacer.saw(exchange, before, may_repeat)
    }
}
