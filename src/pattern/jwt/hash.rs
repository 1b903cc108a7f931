//! The hash of an access token in an id token (`OpenID` Connect Core §3.1.3.6).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};

use super::super::describe::quoted;
use super::Compact;

/// What `at_hash` must be in `token` for the access token `access`: the left half of its hash, by the algorithm that
/// signs `token`. The error says why there is none.
pub(in crate::pattern) fn token_hash(token: &Compact<'_>, access: &str) -> Result<String, String> {
    let name = token.header_text("alg").ok_or("the header has no `alg`, by which the hash is chosen")?;
    let algorithm = algorithm(name).ok_or_else(|| format!("no hash belongs to the `alg` {}", quoted(name)))?;
    let hash = digest(algorithm, access.as_bytes());
    let half = &hash.as_ref()[..algorithm.output_len() / 2];
    Ok(URL_SAFE_NO_PAD.encode(half))
}

/// The hash of a signature's algorithm (RFC 7518 §3.1).
fn algorithm(name: &str) -> Option<&'static Algorithm> {
    let bits = ["HS", "RS", "ES", "PS"].iter().find_map(|family| name.strip_prefix(family))?;
    match bits {
        "256" => Some(&SHA256),
        "384" => Some(&SHA384),
        "512" => Some(&SHA512),
        _ => None,
    }
}
