//! The deliveries of one path, from their arrival until somebody takes them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::Delivery;
use super::unguessable::unguessable;

/// The most deliveries that wait in one inbox.
pub(super) const MOST_KEPT: usize = 1_000;

/// The most bytes that wait in one inbox, targets and headers included.
pub(super) const MOST_BYTES: usize = 16 * 1024 * 1024;

/// The most refusals that are kept to be told.
const MOST_REFUSALS: usize = 10;

/// How deliveries are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// How long the answer is held back.
    pub delay: Duration,
}

/// What is received is answered at once.
impl Default for Reply {
    fn default() -> Self {
        Self { status: 200, delay: Duration::ZERO }
    }
}

/// The deliveries of one path. When it is dropped, the path is unknown.
#[derive(Debug)]
pub struct Inbox {
    id: String,
    queue: Arc<Queue>,
    all: Arc<Inboxes>,
}

/// All inboxes that are open, by the segment of a path that leads to each.
#[derive(Debug, Default)]
pub(super) struct Inboxes {
    open: Mutex<HashMap<String, Arc<Queue>>>,
}

/// What the listener and the inbox share.
#[derive(Debug, Default)]
pub(super) struct Queue {
    content: Mutex<Content>,
    arrival: Notify,
}

#[derive(Debug, Default)]
struct Content {
    waiting: VecDeque<Delivery>,
    bytes: usize,
    reply: Reply,
    refusals: Vec<String>,
}

impl Inboxes {
    /// Opens an inbox.
    pub(super) fn open(self: &Arc<Self>) -> Inbox {
        let (id, queue) = (unguessable(), Arc::<Queue>::default());
        self.lock().insert(id.clone(), Arc::clone(&queue));
        Inbox { id, queue, all: Arc::clone(self) }
    }

    /// The inbox to which `path` leads, if one of its segments names one.
    pub(super) fn of(&self, path: &str) -> Option<Arc<Queue>> {
        let open = self.lock();
        path.split('/').find_map(|segment| open.get(segment)).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Queue>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.all.lock().remove(&self.id);
    }
}

impl Inbox {
    /// The segment of a path that leads here. What follows it in a path makes no difference.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Takes the oldest delivery that is `wanted`, and waits for one until `within` is over.
    pub async fn take(&self, wanted: impl Fn(&Delivery) -> bool, within: Duration) -> Option<Delivery> {
        let end = Instant::now() + within;
        loop {
            // Made before the look, so that what comes between the two is not missed.
            let arrival = self.queue.arrival.notified();
            if let Some(delivery) = self.queue.lock().take(&wanted) {
                return Some(delivery);
            }
            timeout_at(end, arrival).await.ok()?;
        }
    }

    /// From now on deliveries are answered with `reply`.
    pub fn reply(&self, reply: Reply) {
        self.queue.lock().reply = reply;
    }

    /// The deliveries that wait, oldest first.
    pub fn waiting(&self) -> Vec<Delivery> {
        self.queue.lock().waiting.iter().cloned().collect()
    }

    /// What came here and was not kept, each in a few words; the first ten.
    pub fn refusals(&self) -> Vec<String> {
        self.queue.lock().refusals.clone()
    }
}

impl Queue {
    /// How the next delivery is answered.
    pub(super) fn reply(&self) -> Reply {
        self.lock().reply
    }

    /// Puts `delivery` behind the others; `false` if there is no room for it.
    pub(super) fn put(&self, delivery: Delivery) -> bool {
        let mut content = self.lock();
        let bytes = content.bytes + delivery.size();
        if content.waiting.len() >= MOST_KEPT || bytes > MOST_BYTES {
            return false;
        }
        content.bytes = bytes;
        content.waiting.push_back(delivery);
        drop(content);
        self.arrival.notify_waiters();
        true
    }

    /// Keeps in mind that something was refused, for this reason.
    pub(super) fn refuse(&self, reason: String) {
        let mut content = self.lock();
        if content.refusals.len() < MOST_REFUSALS {
            content.refusals.push(reason);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Content {
    fn take(&mut self, wanted: &impl Fn(&Delivery) -> bool) -> Option<Delivery> {
        let at = self.waiting.iter().position(wanted)?;
        let delivery = self.waiting.remove(at)?;
        self.bytes -= delivery.size();
        Some(delivery)
    }
}
