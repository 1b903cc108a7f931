//! What stands before and behind every request: the one place where requests are refused, wait for their turn, and are
//! sent again.

use futures_util::future::BoxFuture;
use tokio::sync::SemaphorePermit;

use super::{Exchange, Request};

/// The wait for a turn: the request is under way while the permit lives. The error says why none will come.
pub type Turn<'a> = BoxFuture<'a, Result<Option<SemaphorePermit<'a>>, String>>;

/// Stands before a [`super::Transport`], and sees every request that is sent by it, whoever makes it.
///
/// A function that tells why a request may not be sent is one that lets all others through at once.
pub trait Guard: Send + Sync {
    /// Looks at a request before it is sent; the error says why it may not be, and nothing is sent.
    fn refuse(&self, request: &Request) -> Result<(), String>;

    /// The wait for the turn of a request that is not refused; `None` if nothing is to be waited for.
    fn turn(&self) -> Option<Turn<'_>> {
        None
    }

    /// Sees an exchange, which was sent `before` times already, and tells whether the same request is to be sent once
    /// more, at its next turn.
    fn saw(&self, exchange: &Exchange, before: usize) -> bool {
        let _ = (exchange, before);
        false
    }
}

impl<F: Fn(&Request) -> Result<(), String> + Send + Sync> Guard for F {
    fn refuse(&self, request: &Request) -> Result<(), String> {
        self(request)
    }
}
