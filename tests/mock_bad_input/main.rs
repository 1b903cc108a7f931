//! Bad input at every endpoint of the mock's authorization server and at the API: by tables, by chance, and below HTTP.
//!
//! A row whose name begins with `a guess` is settled by nothing but the spirit of the rest.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

#[path = "../mock_support/mod.rs"]
mod mock_support;

mod api;
mod arbitrary;
mod authorize;
mod catalogue;
mod client_authentication;
mod control;
mod forms;
mod generated;
mod requests;
mod wire;
