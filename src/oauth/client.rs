//! Who asks, and where.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::Url;
use url::form_urlencoded::byte_serialize;

/// The authorization server's addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// The authorization endpoint (RFC 6749 §3.1).
    pub authorize_url: Url,
    /// The token endpoint (RFC 6749 §3.2).
    pub token_url: Url,
}

/// The `authorization` header of a client, with both parts form-encoded before base64 (RFC 6749 §2.3.1).
pub fn basic_header(id: &str, secret: &str) -> String {
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    plain_basic_header(&encode(id), &encode(secret))
}

/// The `authorization` header of HTTP Basic, with both parts as they are, in UTF-8 (RFC 7617).
pub fn plain_basic_header(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

#[cfg(test)]
mod tests {
    use super::{basic_header, plain_basic_header};

    #[test]
    fn a_client_is_form_encoded_and_a_user_is_not() {
        // "a%3Ab%25%7E%2B+%C3%BC:s" and "a:b%~+ ü:s".
        assert_eq!(basic_header("a:b%~+ ü", "s"), "Basic YSUzQWIlMjUlN0UlMkIrJUMzJUJDOnM=");
        assert_eq!(plain_basic_header("a:b%~+ ü", "s"), "Basic YTpiJX4rIMO8OnM=");
    }

    #[test]
    fn the_example_of_rfc_7617() {
        assert_eq!(plain_basic_header("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    }
}
