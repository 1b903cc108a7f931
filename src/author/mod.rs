//! What authors of scenarios do besides running them: pending shapes are reviewed, accepted, rejected.
//!
//! This room walks through what `snapshot` finds pending, shows each as a difference to what is accepted, asks, and has
//! `snapshot` do what was answered. It writes only to the writer that it is given, and asks only whom it is given.
//! It must not run a scenario, send anything, read the environment, or touch a snapshot's file by itself.

mod decide;
mod diff;
mod review;

pub use decide::{Decided, accept, reject, select};
pub use review::{review, show};
