//! Where entries are kept: a ring, bounded in number and in bytes.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Notify, watch},
    time::timeout,
};

use super::entry::{Entry, Event};
use crate::mock::connection::told_to_stop;

/// The entries of a world.
pub struct Journal {
    ring: Mutex<Ring>,
    changed: Notify,
    stopping: watch::Receiver<bool>,
    most: usize,
    most_bytes: usize,
}

#[derive(Default)]
struct Ring {
    last: u64,
    entries: VecDeque<Arc<Entry>>,
    bytes: usize,
}

impl Journal {
    /// An empty one that keeps `most` entries, and no more of them than fit into `most_bytes`.
    /// Nobody waits for an entry once `stopping` is true.
    pub fn new(most: usize, most_bytes: usize, stopping: watch::Receiver<bool>) -> Self {
        Self { ring: Mutex::default(), changed: Notify::new(), stopping, most, most_bytes }
    }

    /// Keeps what began `at` the world's time and in `real` time, both in milliseconds since the epoch.
    pub fn keep(&self, at: i64, real: i64, event: Event) {
        let size = event.size();
        let mut ring = self.ring();
        ring.last += 1;
        let entry = Entry { number: ring.last, at, real, size, event };
        ring.bytes += size;
        ring.entries.push_back(Arc::new(entry));
        let mut oldest = None;
        while ring.entries.len() > self.most || ring.bytes > self.most_bytes {
            oldest = ring.entries.pop_front();
            ring.bytes -= oldest.as_ref().map_or(0, |entry| entry.size);
        }
        drop(ring);
        // Freeing takes longer than the rest: nobody is to wait for the lock meanwhile.
        drop(oldest);
        self.changed.notify_waiters();
    }

    /// The entries after number `after`, oldest first.
    pub fn after(&self, after: u64) -> Vec<Arc<Entry>> {
        let ring = self.ring();
        let older = ring.entries.partition_point(|entry| entry.number <= after);
        ring.entries.iter().skip(older).cloned().collect()
    }

    /// As [`Self::after`], but waits for the next entry if there is none yet, for `longest` at most, and not
    /// beyond the end of the mock.
    pub async fn next_after(&self, after: u64, longest: Duration) -> Vec<Arc<Entry>> {
        let arrived = async {
            loop {
                // Listens before it looks, so that nothing comes in between unseen.
                let mut changed = std::pin::pin!(self.changed.notified());
                changed.as_mut().enable();
                let entries = self.after(after);
                if !entries.is_empty() {
                    return entries;
                }
                changed.await;
            }
        };
        let mut stopping = self.stopping.clone();
        tokio::select! {
            entries = timeout(longest, arrived) => entries.unwrap_or_default(),
            () = told_to_stop(&mut stopping) => self.after(after),
        }
    }

    /// The number of the last entry; 0 if there never was one.
    pub fn last(&self) -> u64 {
        self.ring().last
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        // Every change is complete before the lock is let go.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What was seen may hold secrets until it is told.
        formatter.debug_struct("Journal").field("last", &self.last()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn order(journal: &Journal, text: &str) {
        journal.keep(1, 1, Event::Order(json!(text), None));
    }

    fn numbers(journal: &Journal, after: u64) -> Vec<u64> {
        journal.after(after).iter().map(|entry| entry.number).collect()
    }

    #[test]
    fn the_oldest_make_room() {
        let journal = Journal::new(3, 1_000_000, watch::channel(false).1);
        assert!(numbers(&journal, 0).is_empty());
        for _ in 0..5 {
            order(&journal, "rotate_keys");
        }
        assert_eq!(numbers(&journal, 0), [3, 4, 5]);
        assert_eq!(numbers(&journal, 4), [5]);
        assert!(numbers(&journal, 9).is_empty());
    }

    #[test]
    fn bytes_are_bounded_too() {
        let journal = Journal::new(1_000, 10_000, watch::channel(false).1);
        for _ in 0..50 {
            order(&journal, &"x".repeat(1_000));
        }
        let kept = numbers(&journal, 0);
        assert!((5..10).contains(&kept.len()), "{kept:?}");
        assert_eq!(kept.last(), Some(&50));
        order(&journal, &"x".repeat(20_000));
        assert!(numbers(&journal, 0).is_empty());
        journal.keep(1, 1, Event::Order(json!("x"), Some("x".repeat(20_000).into())));
        assert!(numbers(&journal, 0).is_empty());
        assert_eq!(journal.ring().bytes, 0);
    }
}
