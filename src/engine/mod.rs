//! Runs a plan: steps, saved values, polling, cleanup.
//!
//! The engine talks and records; whether an answer is right it asks of `pattern`, between exchanges. It decides nothing
//! by itself but whose fault a failure is, by the fixed rules of `blame`.

mod attended;
mod blame;
mod bounds;
mod context;
mod failure;
mod generated;
mod guard;
mod interlock;
mod interrupt;
mod invariants;
mod judge;
mod limit;
mod login;
mod oauth_steps;
mod orders;
mod people;
mod request;
mod run;
mod save;
mod shapes;
mod spent;
mod step;
mod stored_login;
mod values;

pub use context::Context;
pub use interrupt::Interrupt;
pub use run::{panic_message, run};
