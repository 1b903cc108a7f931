//! The time that a scenario may take, of which what it waits for its turns is no part.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout};

/// How long a limit sleeps at least before it is looked at again.
const SHORTEST_LOOK: Duration = Duration::from_millis(5);

/// What a scenario has waited for the sake of its target: for its turns, and for others who fetch what it needs.
#[derive(Debug, Default)]
pub(super) struct Waits(Mutex<Account>);

#[derive(Debug, Default)]
struct Account {
    before: Duration,
    since: Option<Instant>,
}

/// A wait that ends when this is dropped.
#[derive(Debug)]
pub(super) struct Waiting(Arc<Waits>);

impl Waits {
    /// A wait begins; a scenario has one at a time.
    pub(super) fn begin(self: &Arc<Self>) -> Waiting {
        self.account().since.get_or_insert_with(Instant::now);
        Waiting(Arc::clone(self))
    }

    /// All waits together up to now.
    pub(super) fn so_far(&self) -> Duration {
        let account = self.account();
        account.before + account.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut account = self.0.account();
        if let Some(since) = account.since.take() {
            account.before += since.elapsed();
        }
    }
}

/// A time limit that does not run during waits.
#[derive(Debug)]
pub(super) struct Limit {
    longest: Duration,
    started: Instant,
    waits: Arc<Waits>,
    waited_before: Duration,
}

impl Limit {
    /// A limit that runs from now on.
    pub(super) fn new(longest: Duration, waits: &Arc<Waits>) -> Self {
        Self { longest, started: Instant::now(), waits: Arc::clone(waits), waited_before: waits.so_far() }
    }

    /// What has run of it: the time since its start without the waits.
    pub(super) fn elapsed(&self) -> Duration {
        let waited = self.waits.so_far().saturating_sub(self.waited_before);
        self.started.elapsed().saturating_sub(waited)
    }

    /// What `future` comes to; `None` if the limit is reached before.
    pub(super) async fn hold<T>(&self, mut future: Pin<&mut impl Future<Output = T>>) -> Option<T> {
        loop {
            let left = self.longest.saturating_sub(self.elapsed());
            if let Ok(done) = timeout(left.max(SHORTEST_LOOK), future.as_mut()).await {
                return Some(done);
            }
            if self.elapsed() >= self.longest {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use tokio::time::sleep;

    use super::*;

    const SHORT: Duration = Duration::from_millis(60);

    #[tokio::test]
    async fn work_is_limited_and_waits_are_not() {
        let waits = Arc::new(Waits::default());
        assert_eq!(Limit::new(SHORT, &waits).hold(pin!(async { 7 })).await, Some(7));
        assert_eq!(Limit::new(SHORT, &waits).hold(pin!(sleep(SHORT * 50))).await, None);
        let waiting = async {
            let waiting = waits.begin();
            sleep(SHORT * 4).await;
            drop(waiting);
            8
        };
        let limit = Limit::new(SHORT, &waits);
        assert_eq!(limit.hold(pin!(waiting)).await, Some(8));
        assert!(limit.elapsed() < SHORT * 3, "{:?}", limit.elapsed());
        // What is left after a wait is no more than before it.
        assert_eq!(limit.hold(pin!(sleep(SHORT * 50))).await, None);
        assert!(waits.so_far() >= SHORT * 4 && waits.so_far() < SHORT * 40);
    }
}
