//! How fast a target is asked, when it states a pace.

use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

use crate::config::Pace;

/// Lets requests through at the pace of a target.
#[derive(Debug, Default)]
pub struct Pacer {
    concurrency: Option<Semaphore>,
    spacing: Option<(Duration, Mutex<Option<Instant>>)>,
}

impl Pacer {
    /// A pacer for `pace`; without limits it lets everything through at once.
    pub fn new(pace: Pace) -> Self {
        let permits =
            |number: u64| Semaphore::new(usize::try_from(number).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS));
        let spacing =
            |number: u64| (Duration::from_secs(1) / u32::try_from(number).unwrap_or(u32::MAX), Mutex::new(None));
        Self { concurrency: pace.concurrency.map(permits), spacing: pace.per_second.map(spacing) }
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
