//! How fast a target is asked, and when no more: its pace, the cap of the run, and the stop.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

use crate::config::Pace;
use crate::http::{Exchange, Guard, Request, Turn};

use super::block::Block;
use super::pushback::Pushback;

/// So many answers in a row that are blocks stop a run.
const MOST_BLOCKS: usize = 3;

/// Lets the requests of a run through at the pace of its target, as long as there are to be any.
#[derive(Debug, Default)]
pub struct Pacer {
    is_real: bool,
    most_at_once: Option<usize>,
    concurrency: Option<Semaphore>,
    spacing: Option<Duration>,
    per_run: Option<u64>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When the next request may start by the pace.
    next: Option<Instant>,
    /// Nobody starts a request before, as the target asked for it.
    quiet_until: Option<Instant>,
    begun: u64,
    /// How many answers in a row were blocks.
    blocks: usize,
    stopped: Option<String>,
}

impl State {
    /// Counts a block.
    fn block(&mut self, what: Block) {
        self.blocks += 1;
        if self.blocks >= MOST_BLOCKS && self.stopped.is_none() {
            self.stopped = Some(format!(
                "{MOST_BLOCKS} answers in a row were blocks, the last one {what}; ask the target's operator to allow \
                 your address, and run again later"
            ));
        }
    }
}

impl Pacer {
    /// A pacer for `pace`; without limits it lets everything through at once. That the target is a real one makes it
    /// wait where the answers ask for it, and stop the run where they are blocks.
    pub fn new(pace: &Pace, is_real: bool) -> Self {
        let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let permits = |number: u64| Semaphore::new(size(number).min(Semaphore::MAX_PERMITS));
        let spacing = |number: u64| Duration::from_secs(1) / u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            is_real,
            most_at_once: pace.concurrency.into_iter().chain(pace.per_second).min().map(size),
            concurrency: pace.concurrency.map(permits),
            spacing: pace.per_second.map(spacing),
            per_run: pace.per_run,
            state: Mutex::default(),
        }
    }

    /// Whether the rules for real targets hold.
    pub fn is_real(&self) -> bool {
        self.is_real
    }

    /// Whether every request may start at once, so that nobody need ask for a turn.
    pub fn is_free(&self) -> bool {
        !self.is_real && self.concurrency.is_none() && self.spacing.is_none() && self.per_run.is_none()
    }

    /// How many scenarios may be under way at one time: as many as are let through at once or in a second. Of more, most
    /// would only wait for their turns.
    pub fn most_at_once(&self) -> Option<usize> {
        self.most_at_once
    }

    /// Waits until a request may start; it is under way while the permit lives. The error says why none may start any
    /// more; one that cleans up may also after the run was stopped.
    pub async fn turn(&self, cleans_up: bool) -> Result<Option<SemaphorePermit<'_>>, String> {
        let permit = match &self.concurrency {
            // The semaphore is never closed, so acquiring it can't fail.
            Some(semaphore) => semaphore.acquire().await.ok(),
            None => None,
        };
        loop {
            let start = {
                let mut state = self.state();
                self.refuse(&state, cleans_up)?;
                let now = Instant::now();
                let start = [state.next, state.quiet_until].into_iter().flatten().fold(now, Instant::max);
                state.next = self.spacing.map(|spacing| start + spacing);
                start
            };
            sleep_until(start).await;
            let mut state = self.state();
            self.refuse(&state, cleans_up)?;
            // Meanwhile somebody else may have been told to wait.
            if state.quiet_until.is_none_or(|until| until <= Instant::now()) {
                state.begun += 1;
                return Ok(permit);
            }
        }
    }

    fn refuse(&self, state: &State, cleans_up: bool) -> Result<(), String> {
        if let Some(reason) = state.stopped.as_ref().filter(|_| !cleans_up) {
            return Err(format!("the run was stopped: {reason}"));
        }
        match self.per_run {
            Some(most) if state.begun >= most => Err(format!(
                "the run's {most} requests are used up; select fewer scenarios, or agree on more with the target's operator \
                 (`pace.agreed`)"
            )),
            _ => Ok(()),
        }
    }

    /// Sees the exchange of a request that was sent `before` times already, and tells whether it is to be sent once more
    /// at its next turn, which it is only if it `may_repeat`. What the target asks of all holds in any case.
    pub fn saw(&self, exchange: &Exchange, before: usize, may_repeat: bool) -> bool {
        let Some(response) = exchange.response().filter(|_| self.is_real) else { return false };
        let mut state = self.state();
        match Pushback::of(response, before) {
            Pushback::None => state.blocks = 0,
            Pushback::Later(wait) => {
                let until = Instant::now() + wait;
                state.quiet_until = Some(state.quiet_until.map_or(until, |known| known.max(until)));
                if may_repeat {
                    return true;
                }
                // Nobody asks again, so that this is the last word.
                if let Some(what) = Block::of(response) {
                    state.block(what);
                }
            }
            Pushback::Block(what) => state.block(what),
        }
        false
    }

    /// Why the run was stopped, if it was.
    pub fn stopped(&self) -> Option<String> {
        if self.is_real { self.state().stopped.clone() } else { None }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stands before requests that no scenario makes, of which no status is expected to be a block.
impl Guard for Pacer {
    fn refuse(&self, _: &Request) -> Result<(), String> {
        Ok(())
    }

    fn turn(&self) -> Option<Turn<'_>> {
        (!self.is_free()).then(|| Box::pin(Self::turn(self, false)) as Turn<'_>)
    }

    fn saw(&self, exchange: &Exchange, before: usize) -> bool {
        Self::saw(self, exchange, before, exchange.request.method.is_safe())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Response;

    fn pacer(concurrency: Option<u64>, per_second: Option<u64>, per_run: Option<u64>) -> Pacer {
        Pacer::new(&Pace { concurrency, per_second, per_run, agreed: None }, true)
    }

    fn answer(status: u16, headers: &[(&str, &str)]) -> Exchange {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Exchange {
            request: Request::new(::http::Method::GET, "http://127.0.0.1/".parse().unwrap()),
            outcome: Ok(Response::new(status, headers, "{}")),
            started: jiff::Timestamp::UNIX_EPOCH,
            elapsed: Duration::ZERO,
        }
    }

    #[test]
    fn as_many_scenarios_run_as_the_pace_has_turns_for() {
        let most = |concurrency, per_second| pacer(concurrency, per_second, None).most_at_once();
        assert_eq!(most(None, None), None);
        assert_eq!(most(Some(3), None), Some(3));
        assert_eq!(most(None, Some(4)), Some(4));
        assert_eq!(most(Some(9), Some(4)), Some(4));
    }

    #[test]
    fn only_a_target_without_limits_on_this_machine_is_free() {
        let free = |pace: Pace, is_real| Pacer::new(&pace, is_real).is_free();
        assert!(free(Pace::default(), false) && !free(Pace::default(), true));
        assert!(!free(Pace { per_run: Some(9), ..Pace::default() }, false));
        assert!(!free(Pace { per_second: Some(9), ..Pace::default() }, false));
    }

    #[tokio::test]
    async fn requests_start_no_faster_than_the_pace() {
        let pacer = pacer(None, Some(100), None);
        let started = Instant::now();
        for _ in 0..4 {
            pacer.turn(false).await.unwrap();
        }
        assert!(started.elapsed() >= Duration::from_millis(30), "{:?}", started.elapsed());
    }

    #[tokio::test]
    async fn no_more_requests_than_allowed_are_under_way() {
        let pacer = pacer(Some(1), None, None);
        let first = pacer.turn(false).await.unwrap();
        let second = tokio::time::timeout(Duration::from_millis(20), pacer.turn(false)).await;
        assert!(second.is_err(), "the second must wait for the first");
        drop(first);
        assert!(tokio::time::timeout(Duration::from_secs(5), pacer.turn(false)).await.is_ok());
    }

    #[tokio::test]
    async fn a_run_has_no_more_requests_than_its_cap() {
        let pacer = pacer(None, None, Some(2));
        assert!(pacer.turn(false).await.is_ok() && pacer.turn(false).await.is_ok());
        assert!(pacer.turn(false).await.unwrap_err().starts_with("the run's 2 requests are used up"));
        assert!(pacer.turn(true).await.is_err());
    }

    #[tokio::test]
    async fn who_waits_for_a_turn_already_waits_for_the_target_too() {
        let pacer = std::sync::Arc::new(pacer(None, Some(20), None));
        pacer.turn(false).await.unwrap();
        let (other, started) = (std::sync::Arc::clone(&pacer), Instant::now());
        let waiting = tokio::spawn(async move { other.turn(false).await.map(drop) });
        tokio::task::yield_now().await;
        assert!(pacer.saw(&answer(429, &[("retry-after", "1")]), 0, true));
        waiting.await.unwrap().unwrap();
        assert!(started.elapsed() >= Duration::from_millis(900), "{:?}", started.elapsed());
    }

    #[tokio::test]
    async fn what_is_not_asked_again_is_a_block_and_waited_for_all_the_same() {
        let pacer = pacer(None, None, None);
        let (busy, down) = (answer(429, &[("retry-after", "1")]), answer(503, &[("retry-after", "0")]));
        assert!(!pacer.saw(&busy, 0, false));
        let started = Instant::now();
        pacer.turn(false).await.unwrap();
        assert!(started.elapsed() >= Duration::from_millis(900), "{:?}", started.elapsed());
        // A target that is down says nothing about who asks.
        assert!(!pacer.saw(&busy, 0, false) && !pacer.saw(&down, 0, false));
        assert_eq!(pacer.stopped(), None);
        assert!(!pacer.saw(&busy, 0, false));
        assert!(pacer.stopped().unwrap().contains("the last one 429, too many requests"));
    }

    #[tokio::test]
    async fn three_blocks_in_a_row_stop_the_run_and_cleaning_up_may_go_on() {
        let (blocked, fine) = (answer(451, &[]), answer(200, &[]));
        let pacer = pacer(None, None, None);
        for exchange in [&blocked, &blocked, &fine, &blocked, &blocked] {
            assert!(!pacer.saw(exchange, 0, true));
        }
        assert_eq!(pacer.stopped(), None);
        pacer.saw(&blocked, 0, true);
        assert!(pacer.stopped().unwrap().contains("the last one 451, refused by country"));
        assert!(pacer.turn(false).await.unwrap_err().starts_with("the run was stopped: 3 answers in a row"));
        assert!(pacer.turn(true).await.is_ok());
        let here = Pacer::new(&Pace::default(), false);
        (0..9).for_each(|_| assert!(!here.saw(&blocked, 0, true)));
        assert_eq!(here.stopped(), None);
    }
}
