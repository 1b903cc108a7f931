//! The gate of a web site: HTTP Basic (RFC 7617) as a server asks for it. The parts are compared as they are; form-encoded
//! ones, as the token endpoint wants them, do not open it.

use axum::response::{Html, IntoResponse, Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{
    HeaderMap, StatusCode,
    header::{AUTHORIZATION, WWW_AUTHENTICATE},
};

use super::{control::Gate, journal::Decision};

const CHALLENGE: &str = r#"Basic realm="staging partner site""#;

const PAGE: &str = "<!DOCTYPE html><html><head><title>401 - Unauthorized</title></head><body><p>This page asks for a user name and password of its own.</p></body></html>";

/// Whether a request with these headers may pass.
pub fn opens(gate: &Gate, headers: &HeaderMap) -> bool {
    let Some((scheme, encoded)) = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|authorization| authorization.split_once(' '))
    else {
        return false;
    };
    let pair = STANDARD.decode(encoded.trim());
    scheme.eq_ignore_ascii_case("basic")
        && pair.is_ok_and(|pair| pair == format!("{}:{}", gate.user, gate.password).as_bytes())
}

/// 401 with the challenge that makes a browser ask.
pub fn challenge() -> Response {
    let mut response = (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, CHALLENGE)], Html(PAGE)).into_response();
    Decision::on(&mut response).because("the site's gate asks for a user and a password of its own by HTTP Basic");
    response
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_the_exact_pair_opens() {
        let gate = Gate { user: "user".to_owned(), password: "a%+:~".to_owned() };
        let opens = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
            opens(&gate, &headers)
        };
        let basic = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
        assert!(opens(&basic("user:a%+:~")));
        assert!(opens(&basic("user:a%+:~").replace("Basic", "bASIC")));
        for wrong in ["", ":", "user", "user:", "user:a%+:~ ", "User:a%+:~", "user:a%25%2B%3A~"] {
            assert!(!opens(&basic(wrong)), "{wrong}");
        }
        for wrong in
            ["Basic", "Basic ", "Basic user:a%+:~", "Basic \u{e9}", &basic("user:a%+:~").replace("Basic", "Bearer")]
        {
            assert!(!opens(wrong), "{wrong}");
        }
        assert!(!super::opens(&gate, &HeaderMap::new()));
    }
}
