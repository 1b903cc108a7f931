//! `application/x-www-form-urlencoded`.

use url::form_urlencoded::Serializer;

/// The pairs as a form body or query, in their order, repeated names kept (WHATWG URL §5; RFC 6749 appendix B).
pub fn form_encode(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}
