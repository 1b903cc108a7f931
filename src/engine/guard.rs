//! What stands before and behind each request of one scenario: the interlock, the pace of the run, and what the answer
//! asks of all.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::time::timeout;

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
    /// Whether the request that was looked at last may do something.
    may_act: AtomicBool,
    /// Whether it is with the target, and its answer is awaited.
    acts: AtomicBool,
    /// Whether the scenario starts nothing any more, but to clean up.
    ends: AtomicBool,
}

/// How long the answer of a request is waited for that may have created something, when its scenario is to end.
pub(super) const LAST_WORD: Duration = Duration::from_secs(5);

impl ScenarioGuard {
    /// The guard of a scenario with this interlock, in a run at this pace.
    pub(super) fn new(interlock: Interlock, pacer: &Arc<Pacer>) -> Self {
        Self {
            interlock,
            pacer: Arc::clone(pacer),
            waits: Arc::default(),
            expected: Mutex::default(),
            cleans_up: AtomicBool::new(false),
            may_act: AtomicBool::new(false),
            acts: AtomicBool::new(false),
            ends: AtomicBool::new(false),
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

    /// Whether no further step may start, but to clean up.
    pub(super) fn is_ending(&self) -> bool {
        self.ends.load(Ordering::Relaxed) && !self.cleans_up.load(Ordering::Relaxed)
    }

    /// Lets `scenario` go on while an answer is awaited of a request that may have created something, so that it is known
    /// what is to be removed; for a short time, and without any further request.
    pub(super) async fn let_end<T>(&self, mut scenario: Pin<&mut impl Future<Output = T>>) {
        self.ends.store(true, Ordering::Relaxed);
        let end = poll_fn(|context| {
            let goes_on = self.acts.load(Ordering::Relaxed)
                && scenario.as_mut().poll(context).is_pending()
                && self.acts.load(Ordering::Relaxed);
            if goes_on { Poll::Pending } else { Poll::Ready(()) }
        });
        // Who answers too late is not waited for.
        let _ = timeout(LAST_WORD, end).await;
        self.acts.store(false, Ordering::Relaxed);
    }
}

impl Guard for ScenarioGuard {
    fn refuse(&self, request: &Request) -> Result<(), String> {
        if self.is_ending() {
            return Err("the scenario was to end before".to_owned());
        }
        self.interlock.refuse(request)?;
        let may_act = !matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS");
        self.may_act.store(may_act, Ordering::Relaxed);
        self.acts.store(may_act && self.pacer.is_free(), Ordering::Relaxed);
        Ok(())
    }

    fn turn(&self) -> Option<Turn<'_>> {
        if self.pacer.is_free() {
            return None;
        }
        Some(Box::pin(async {
            let _waiting = self.waits.begin();
            let permit = self.pacer.turn(self.cleans_up.load(Ordering::Relaxed)).await?;
            self.acts.store(self.may_act.load(Ordering::Relaxed), Ordering::Relaxed);
            Ok(permit)
        }))
    }

    fn saw(&self, exchange: &Exchange, before: usize) -> bool {
        self.acts.store(false, Ordering::Relaxed);
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
