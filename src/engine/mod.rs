//! Runs a plan: steps, saved values, polling, cleanup.
//!
//! The engine talks and records; whether an answer is right it asks of `pattern`, between exchanges. It decides two things
//! by itself, each by fixed rules: what may be sent to a real target (`interlock` and `bounds`, asked by `guard` before
//! every request), and whose fault a failure is (`blame`).

mod attended;
mod blame;
mod bounds;
mod cleanup;
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
mod receive;
mod receiving;
mod request;
mod run;
mod save;
mod shapes;
mod spent;
mod step;
mod stored_login;
mod strangers;
mod values;

pub use context::Context;
pub use interrupt::Interrupt;
pub use receiving::Receiving;
pub use run::{panic_message, run};
