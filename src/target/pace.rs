//! How fast a target is asked, when it states a pace.

use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

use crate::config::Pace;

/// Lets requests through at the pace of a target.
#[derive(Debug, Default)]
pub struct Pacer {
    most_at_once: Option<usize>,
    concurrency: Option<Semaphore>,
    spacing: Option<(Duration, Mutex<Option<Instant>>)>,
}

impl Pacer {
    /// A pacer for `pace`; without limits it lets everything through at once.
    pub fn new(pace: Pace) -> Self {
        let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let permits = |number: u64| Semaphore::new(size(number).min(Semaphore::MAX_PERMITS));
        let spacing =
            |number: u64| (Duration::from_secs(1) / u32::try_from(number).unwrap_or(u32::MAX), Mutex::new(None));
        let most_at_once = pace.concurrency.into_iter().chain(pace.per_second).min().map(size);
        Self { most_at_once, concurrency: pace.concurrency.map(permits), spacing: pace.per_second.map(spacing) }
    }

    /// How many scenarios may be under way at one time: as many as are let through at once or in a second. Of more, each
    /// would spend its `timeout` on waiting for its turn, and fail without fault.
    pub fn most_at_once(&self) -> Option<usize> {
        self.most_at_once
    }

    /// Waits until a request may start; it is under way while the permit lives.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        let permit = match &self.concurrency {
            // The semaphore is never closed, so acquiring it can't fail.
            Some(semaphore) => semaphore.acquire().await.ok(),
            None => None,
        };
        if let Some((spacing, next)) = &self.spacing {
            let start = {
                let mut next = next.lock().await;
                let start = next.map_or_else(Instant::now, |next| next.max(Instant::now()));
                *next = Some(start + *spacing);
                start
            };
            sleep_until(start).await;
        }
        permit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_scenarios_run_as_the_pace_has_turns_for() {
        let most = |concurrency, per_second| Pacer::new(Pace { concurrency, per_second }).most_at_once();
        assert_eq!(most(None, None), None);
        assert_eq!(most(Some(3), None), Some(3));
        assert_eq!(most(None, Some(4)), Some(4));
        assert_eq!(most(Some(9), Some(4)), Some(4));
    }

    #[tokio::test]
    async fn requests_start_no_faster_than_the_pace() {
        let pacer = Pacer::new(Pace { concurrency: None, per_second: Some(100) });
        let started = Instant::now();
        for _ in 0..4 {
            pacer.turn().await;
        }
        assert!(started.elapsed() >= Duration::from_millis(30), "{:?}", started.elapsed());
    }

    #[tokio::test]
    async fn no_more_requests_than_allowed_are_under_way() {
        let pacer = Pacer::new(Pace { concurrency: Some(1), per_second: None });
        let first = pacer.turn().await;
        let second = tokio::time::timeout(Duration::from_millis(20), pacer.turn()).await;
        assert!(second.is_err(), "the second must wait for the first");
        drop(first);
        assert!(tokio::time::timeout(Duration::from_secs(5), pacer.turn()).await.is_ok());
    }
}
