//! The journal: what a world saw and did, and why.
//!
//! Whoever decides something about a request puts a [`Decision`] on its answer; nobody reads it but this room.

mod decision;

pub use decision::Decision;
