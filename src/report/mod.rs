//! One stream of events in, one way of telling them out.
//!
//! Reporters hold no secret and decide nothing: what they are told was scrubbed and judged before.

mod failure;
mod summary;
mod terminal;

pub use failure::explain;
pub use summary::Summary;
pub use terminal::Terminal;
