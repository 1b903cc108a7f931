//! The operators, one file a family: how an argument is compiled, and what it asks of a value.

mod check;
pub(super) mod format;
pub(super) mod jwt;
pub(super) mod kind;
pub(super) mod list;
pub(super) mod logic;
pub(super) mod number;
pub(super) mod path;
pub(super) mod presence;
pub(super) mod text;

#[cfg(test)]
mod tests;

pub(super) use check::{Check, compile};
