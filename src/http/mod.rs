//! Sends a request and returns an exchange: facts, never an opinion.
//!
//! This room alone names `reqwest` and the TLS library. It also holds the [`Scrubber`], through which every text about an exchange passes,
//! the two ways to show one ([`describe()`] and [`curl()`]), and the little that answers where a redirect
//! is awaited ([`answer_one()`]). It must not know scenarios, targets or OAuth, must not
//! follow a redirect, keep a cookie or send anything twice unless a [`Guard`] wants it, and must not judge an answer.

mod answer;
mod connection;
mod curl;
mod cut;
mod describe;
mod exchange;
mod explain;
mod failure;
mod form;
mod guard;
mod mask;
mod needle;
mod network;
mod people;
mod reach;
mod request;
mod resolve;
mod scrubber;
mod tls;
mod transport;

pub use answer::answer_one;
pub use connection::credentials_of_environment;
pub use curl::curl;
pub use describe::{describe, spoken};
pub use exchange::{Exchange, Response};
pub use failure::{Failure, Phase, ProxyTrouble, TlsTrouble};
pub use form::form_encode;
pub use guard::{Guard, Turn};
pub use hyper::body::Bytes;
pub use network::{Network, Proxy, Timeouts};
pub use people::{is_id, withheld, without_sent_values, without_values};
pub use reach::Hosts;
pub use request::Request;
pub use scrubber::Scrubber;
pub use transport::{LARGEST_BODY, Transport};

pub use crate::source::is_loopback;
