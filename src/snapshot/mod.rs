//! What answers look like, pinned: shapes, insta's file format and its update policy.
//!
//! A shape is an answer with its values replaced by types, so a snapshot never holds a value. This room makes shapes,
//! writes and reads them as text, keeps them in files that `cargo insta` can review, compares, and accepts or rejects what is pending. It alone names insta.
//! It must not send anything, print anything, read the environment by itself, or decide what a test's verdict is: it
//! hands out an [`Outcome`].
//!
//! ```text
//! JSON ─ shape ─▶ Shapes ─ text ─▶ file ─ read ─▶ Shapes
//!                    └─ store: the accepted text (mock) or the accepted structure (other targets: compare) ─▶ Outcome
//! ```

mod compare;
mod error;
mod file;
mod name;
mod outcome;
mod pending;
mod policy;
mod read;
mod shape;
mod steps;
mod store;
mod text;

pub use compare::{Comparison, compare};
pub use error::StoreError;
pub use name::SnapshotName;
pub use outcome::Outcome;
pub use pending::{Before, Pending, PendingFiles, Proposal};
pub use policy::{Policy, Update};
pub use shape::Shape;
pub use steps::{Body, Shapes, StepShape};
pub use store::{On, Store};
