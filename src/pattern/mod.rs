//! Patterns: expected JSON, written as YAML, compiled while a file is loaded and matched while a scenario runs.
//!
//! A scalar equals, a mapping needs at least its members, a sequence exactly its elements; a mapping whose keys begin
//! with `$` holds operators. Compiling collects every problem as a diagnostic with its place, matching collects every
//! mismatch as a [`Finding`] with the place of the expectation and the path in the response.
//!
//! This room is pure: it sends nothing, waits for nothing and reads no file. It alone names the `JSONPath` crate. Signatures of
//! tokens are verified with keys that the caller gives. It must
//! not know what it compares; that a value is a body, a header or a status is told by the caller's `root`.
//!
//! ```text
//! Node ─ compile ─▶ Pattern ─ compare (with a Scope) ─▶ Findings
//! ```

mod compare;
mod compile;
mod describe;
mod finding;
mod jsonpath;
mod jwt;
mod model;
mod operators;
mod vocabulary;

pub use compare::compare;
pub use finding::Finding;
pub use jsonpath::{Path, push_index, push_name};
pub use model::Pattern;
pub use vocabulary::OPERATORS;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
