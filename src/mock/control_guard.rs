//! Who may control the mock: this machine, or whoever shows the token if there is one.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::{connection::Peer, problem::Problem};

/// Guards what is no part of the API: orders to the mock, and what it tells about itself.
#[derive(Debug)]
pub struct ControlGuard {
    token: Option<SecretString>,
}

impl ControlGuard {
    /// A guard that asks for `token`; `None`: it lets this machine pass and nobody else.
    pub fn new(token: Option<SecretString>) -> Self {
        Self { token }
    }

    /// The answer to a request that may not pass. With a token everybody must show it, as requests from elsewhere can
    /// come by way of this machine, such as through a published port of a container.
    pub fn refuse(&self, request: &Parts) -> Option<Response> {
        match &self.token {
            Some(token) if shows(&request.headers, token) => None,
            Some(_) => Some(unauthorized()),
            None if request.extensions.get::<Peer>().is_some_and(|peer| is_here(*peer)) => None,
            None => {
                let detail = "only the machine on which the mock runs may control it: start the mock with a control \
                              token, by `--control-token-file` or `TACKTEST_CONTROL_TOKEN`, and send it as a bearer token";
                Some(Problem::new(StatusCode::FORBIDDEN, detail).into_response())
            }
        }
    }
}

/// Whether a connection comes from this machine; a listener of IPv6 sees IPv4 in its own clothes (RFC 4291 §2.5.5.2).
fn is_here(peer: Peer) -> bool {
    peer.0.ip().to_canonical().is_loopback()
}

/// Whether the request carries `token` (RFC 6750 §2.1). Digests are compared, so that the time tells nothing.
fn shows(headers: &HeaderMap, token: &SecretString) -> bool {
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.split_once(' '));
    sent.is_some_and(|(scheme, sent)| {
        scheme.eq_ignore_ascii_case("bearer") && Sha256::digest(sent) == Sha256::digest(token.expose_secret())
    })
}

fn unauthorized() -> Response {
    let detail = "the mock is controlled with its control token, sent as `Authorization: Bearer TOKEN`";
    let mut response = Problem::new(StatusCode::UNAUTHORIZED, detail).into_response();
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn status(token: Option<&str>, peer: Option<&str>, authorization: Option<&str>) -> u16 {
        let mut request = Request::new(());
        if let Some(peer) = peer {
            request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        }
        if let Some(authorization) = authorization {
            request.headers_mut().insert(header::AUTHORIZATION, authorization.parse().unwrap());
        }
        let guard = ControlGuard::new(token.map(|token| token.to_owned().into()));
        guard.refuse(&request.into_parts().0).map_or(200, |response| response.status().as_u16())
    }

    #[test]
    fn without_a_token_this_machine_passes() {
        for (peer, told) in [
            (Some("127.0.0.1:1"), 200),
            (Some("127.9.9.9:1"), 200),
            (Some("[::1]:1"), 200),
            (Some("[::ffff:127.0.0.1]:1"), 200),
            (Some("192.0.2.7:1"), 403),
            (Some("[::ffff:192.0.2.7]:1"), 403),
            (None, 403),
        ] {
            assert_eq!(status(None, peer, Some("Bearer x")), told, "{peer:?}");
        }
    }

    #[test]
    fn with_a_token_whoever_shows_it_passes() {
        for (authorization, told) in [
            (Some("Bearer fictional"), 200),
            (Some("bearer fictional"), 200),
            (Some("Bearer Fictional"), 401),
            (Some("Bearer fictional2"), 401),
            (Some("Bearer "), 401),
            (Some("Basic fictional"), 401),
            (Some("fictional"), 401),
            (None, 401),
        ] {
            for peer in ["127.0.0.1:1", "192.0.2.7:1"] {
                assert_eq!(status(Some("fictional"), Some(peer), authorization), told, "{authorization:?} {peer}");
            }
        }
    }
}
