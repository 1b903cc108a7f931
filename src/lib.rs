//! `tacktest`: a declarative conformance harness for the Thumbtack Partner API, and for any API behind OAuth 2.0.
//!
//! Data flows one way; each module is a room with one job, told in its own documentation:
//!
//! ```text
//! *.yaml ─ source ─▶ scenario ─▶ plan ─▶ engine ─▶ Exchange ─▶ pattern ─▶ Finding ─▶ event ─▶ report
//!         (places)  (as written) (valid)  (talks)   (facts)     (pure)    (places)
//! ```
//!
//! `mock` is the second opinion: it shares no code with `oauth` or `pattern`. `cli` and `harness` are the doors.
//! `tests/architecture.rs` holds which room may import which.

pub mod author;
pub mod cli;
pub mod config;
pub mod doctor;
pub mod engine;
pub mod event;
pub mod harness;
pub mod http;
pub mod mock;
pub mod oauth;
pub mod pattern;
pub mod plan;
pub mod receiver;
pub mod report;
pub mod runtime;
pub mod scenario;
pub mod shell;
pub mod snapshot;
pub mod source;
pub mod target;
