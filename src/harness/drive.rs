//! The tests on their way: which begins when, and how many at a time.

use std::io::Write;
use std::panic::AssertUnwindSafe;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use futures_util::FutureExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::engine::{Context, Interrupt, panic_message, run};
use crate::event::{Event, Outcome, Verdict};
use crate::plan::Test;

use super::Tally;

/// Starts the tests, in order, and hands their outcomes to those who wait.
pub(super) struct Driver {
    pub(super) context: Arc<Context>,
    pub(super) tests: Arc<Vec<Test>>,
    pub(super) waiting: Vec<oneshot::Sender<Arc<Outcome>>>,
    pub(super) report: Option<Sender<Event>>,
    pub(super) tally: Arc<Mutex<Tally>>,
    pub(super) concurrency: usize,
    /// Dropped when the last test has ended.
    pub(super) alive: Sender<()>,
}

impl Driver {
    pub(super) async fn drive(mut self) {
        let places = Arc::new(Semaphore::new(self.concurrency));
        let mut waiting: Vec<_> = std::mem::take(&mut self.waiting).into_iter().enumerate().collect();
        waiting.sort_by_key(|(index, _)| self.turn(*index));
        let asking = self.tests.iter().filter(|test| asks_person(test, &self.context)).count();
        let mut announced = false;
        for (index, waiting) in waiting {
            let wanted = if self.turn(index) == Turn::Any { 1 } else { self.concurrency };
            let wanted = u32::try_from(wanted).unwrap_or(u32::MAX);
            let place = place(&places, wanted, &self.context.interrupt).await;
            let asks = self.tests.get(index).is_some_and(|test| asks_person(test, &self.context));
            if asks && !std::mem::replace(&mut announced, true) {
                // Whoever closed stderr sees no URL either, and the steps say that nobody came.
                let _ = writeln!(anstream::stderr(), "tacktest: {}", announcement(asking));
            }
            self.start(index, waiting, place);
        }
    }

    fn turn(&self, index: usize) -> Turn {
        let is_real = self.context.target.pacer.is_real();
        match self.tests.get(index) {
            Some(test) if is_real && test.spends_login() => Turn::Last,
            Some(test) if asks_person(test, &self.context) => Turn::WithPerson,
            _ => Turn::Any,
        }
    }

    /// Starts the test `index`, which holds `place` until it is done.
    fn start(&self, index: usize, waiting: oneshot::Sender<Arc<Outcome>>, place: Option<OwnedSemaphorePermit>) {
        let (context, tests) = (Arc::clone(&self.context), Arc::clone(&self.tests));
        let (report, tally, alive) = (self.report.clone(), Arc::clone(&self.tally), self.alive.clone());
        tokio::spawn(async move {
            let _alive = alive;
            let Some(test) = tests.get(index) else { return };
            if let Some(report) = &report {
                let _ = report.send(Event::TestStarted { name: test.name.clone() });
            }
            let outcome = Arc::new(guarded(&context, test).await);
            drop(place);
            {
                let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
                tally.summary.count(&outcome);
                tally.notes.extend(outcome.notes.iter().map(|note| (outcome.name.clone(), note.clone())));
            }
            if let Some(report) = &report {
                let _ = report.send(Event::TestFinished(Arc::clone(&outcome)));
            }
            let _ = waiting.send(outcome);
            for told in context.settled().await {
                // The outcome tells it too, unless the scenario did not wait for it.
                let _ = writeln!(anstream::stderr(), "tacktest: {told}");
            }
        });
    }
}

/// When a test begins; all but the first kind run alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// When there is a place.
    Any,
    /// When all that needs no person is done, as a person does one thing at a time.
    WithPerson,
    /// When all others are done, as it ends a login.
    Last,
}

/// Whether `test` asks a person to log in when it runs with `context`.
fn asks_person(test: &Test, context: &Context) -> bool {
    test.attended && test.skip.is_none() && context.person.is_some()
}

/// What is told before the first of so many scenarios.
fn announcement(number: usize) -> String {
    if number == 1 {
        "1 scenario asks a person to log in".to_owned()
    } else {
        format!("{number} scenarios ask a person to log in, one after the other")
    }
}

/// As many places among those under way as are `wanted`. Once the run is interrupted none is
/// needed, as tests then say only that they do not run.
async fn place(places: &Arc<Semaphore>, wanted: u32, interrupt: &Interrupt) -> Option<OwnedSemaphorePermit> {
    tokio::select! {
        biased;
        () = interrupt.wait() => None,
        // The semaphore is never closed, so this can't fail.
        place = Arc::clone(places).acquire_many_owned(wanted) => place.ok(),
    }
}

/// Runs one test; a panic is a bug of ours and ends only this test.
async fn guarded(context: &Context, test: &Test) -> Outcome {
    let started = Instant::now();
    match AssertUnwindSafe(Box::pin(run(context, test))).catch_unwind().await {
        Ok(outcome) => outcome,
        Err(panic) => {
            let message = context.target.scrubber.scrub(panic_message(&*panic));
            Outcome {
                name: test.name.clone(),
                verdict: Verdict::Bug(message),
                elapsed: started.elapsed(),
                notes: Vec::new(),
            }
        }
    }
}
