//! The order to end a run early, which every scenario under way hears.

use std::sync::Arc;

use tokio::sync::watch;

/// The order to end a run early. Clones share it; once given, it stays.
#[derive(Debug, Clone)]
pub struct Interrupt {
    given: Arc<watch::Sender<bool>>,
}

impl Default for Interrupt {
    fn default() -> Self {
        Self { given: Arc::new(watch::Sender::new(false)) }
    }
}

impl Interrupt {
    /// Gives the order.
    pub fn give(&self) {
        self.given.send_replace(true);
    }

    /// Whether it was given.
    pub fn is_given(&self) -> bool {
        *self.given.borrow()
    }

    /// Waits until it is given.
    pub async fn wait(&self) {
        // The sender lives as long as `self`, so this ends by the order only.
        let _ = self.given.subscribe().wait_for(|given| *given).await;
    }

    /// What `future` comes to; `None` if the order came before, and then `future` is dropped where it waits.
    pub(super) async fn or<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = future => Some(done),
            () = self.wait() => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_done_counts_and_what_waits_is_dropped() {
        let interrupt = Interrupt::default();
        assert_eq!(interrupt.or(async { 1 }).await, Some(1));
        let other = interrupt.clone();
        let (waited, ()) = tokio::join!(interrupt.or(std::future::pending::<u8>()), async move { other.give() });
        assert_eq!(waited, None);
        assert!(interrupt.is_given());
        assert_eq!(interrupt.or(async { 1 }).await, Some(1));
    }
}
