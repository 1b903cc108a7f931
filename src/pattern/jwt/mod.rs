//! JSON Web Tokens as JSON: taken apart (RFC 7519), verified with a key set (RFC 7515, RFC 7517), hashed (`OpenID`
//! Connect Core §3.1.3.6).
//!
//! What is wrong is told in words that hold no token. Nothing here knows patterns or what a claim must be.

mod compact;
mod hash;
mod keys;

pub(super) use compact::Compact;
pub(super) use hash::token_hash;
pub(super) use keys::verify;

#[cfg(test)]
mod tests;
