//! `tacktest`: a declarative conformance harness for the Thumbtack Partner API, and for any API behind OAuth 2.0.

pub mod config;
pub mod engine;
pub mod event;
pub mod http;
pub mod mock;
pub mod oauth;
pub mod pattern;
pub mod plan;
pub mod scenario;
pub mod snapshot;
pub mod source;
pub mod target;
