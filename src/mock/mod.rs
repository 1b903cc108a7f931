//! The built-in mock: a second implementation of the contract, served over HTTP on one listener.
//!
//! Every [`control::World`] is a mock of one's own below its own URL prefix: two environments (staging and
//! production) with separate clients, tokens and data, one clock, and faults by script. The authorization server
//! follows Ory Hydra's semantics except where the partner documents say otherwise; whatever neither states is a knob
//! in [`control::Settings`], and its documentation says that it is a guess. Each environment has a small web site of its
//! own, to which the links in its API answers lead; staging's is gated.
//!
//! This room shares no code with the harness's own client side: it is the second opinion. It decides nothing about
//! verdicts, and sends nothing by itself but webhooks to those who registered them. What it saw, decided and did stands in
//! its journal, which the live page shows to people.

pub mod control;

mod arrived;
mod challenge;
mod client_settings;
mod clock;
mod connection;
mod control_api;
mod control_guard;
mod dispatch;
mod explain;
mod faults;
mod form;
mod gate;
mod given;
mod identifiers;
mod issued;
mod journal;
mod ledger;
mod live;
mod multipart;
mod mutation;
mod oauth;
mod presets;
mod problem;
mod profile;
mod read_clients;
mod recent;
mod resource;
mod server;
mod site;
mod state;
mod thumbtack;
mod tls;
mod webhooks;
mod wire;
mod worlds;

pub use client_settings::{variable, variables};
pub use connection::Patience;
pub use journal::JournalFile;
pub use mutation::Mutation;
pub use profile::{Profile, ReadFaults};
pub use server::{Mock, Options};
pub use tls::{AUTHORITY, Certificate};
