//! The document that describes what the mock serves below an environment's root (`OpenAPI` 3.0.3): every operation of the
//! table and every endpoint of the authorization server, with all their answers.
//!
//! It says what this mock does: answers as in every position of the knobs, requests as in their default one. What of that
//! is documented, reported or guessed stands beside the operations themselves, and at the knobs.
//! Schemas of answers are closed where their members are known; those of requests are open, as unknown members are passed
//! over.

mod answers;
mod authorization;
mod demand;
mod describe;
mod document;
mod leads;
mod problems;
mod schema;
mod supply;
mod webhooks;

pub use document::routes;
