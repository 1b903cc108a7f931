//! Who may control the mock: this machine, or whoever shows the token if there is one; and no web site in a browser.
//!
//! A browser on this machine is this machine too. So that no web site can have it order something, a `Host` that is none
//! of the mock's own is refused (a site whose name was made to lead here, DNS rebinding), and so is what a browser says
//! comes from another origin.

use axum::response::{IntoResponse, Response};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use url::{Host, Url};

use super::{connection::Peer, problem::Problem};

/// The cookie by which a browser shows that the token was entered.
const COOKIE: &str = "tacktest-mock";

/// Where a request comes from, as browsers tell it (Fetch Metadata).
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Guards what is no part of the API: orders to the mock, and what it tells about itself.
#[derive(Debug)]
pub struct ControlGuard {
    token: Option<SecretString>,
    hosts: Vec<String>,
}

impl ControlGuard {
    /// A guard of the mock that is reached under `hosts`, which asks for `token`; `None`: it lets this machine pass and
    /// nobody else.
    pub fn new(token: Option<SecretString>, hosts: Vec<String>) -> Self {
        Self { token, hosts }
    }

    /// The answer to a request that may not pass. With a token everybody must show it, as requests from elsewhere can
    /// come by way of this machine, such as through a published port of a container.
    pub fn refuse(&self, request: &Parts) -> Option<Response> {
        match &self.token {
            Some(token) if !shows(&request.headers, token) => Some(unauthorized()),
            None if !request.extensions.get::<Peer>().is_some_and(|peer| is_here(*peer)) => Some(forbidden(
                "only the machine on which the mock runs may control it: start the mock with a control \
                 token, by `--control-token-file` or `TACKTEST_CONTROL_TOKEN`, and send it as a bearer token",
            )),
            // Who shows the token is no web site that was made to lead here: its pages do not know the token.
            None if !self.is_own(&request.headers) => Some(forbidden(
                "the `Host` header names another machine, as it does when a web site is made to lead to this one: \
                 control the mock under `localhost` or its own URL, or start it with `--public-url` or a control token",
            )),
            _ if is_foreign(request) => {
                Some(forbidden("the request comes from a page of another origin, which may not control the mock"))
            }
            _ => None,
        }
    }

    /// The cookie for a browser whose user has entered this token, if it is the right one.
    pub fn cookie(&self, entered: &str) -> Option<HeaderValue> {
        let token = self.token.as_ref()?;
        let right = Sha256::digest(entered) == Sha256::digest(token.expose_secret());
        let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict", pass(token));
        HeaderValue::try_from(cookie).ok().filter(|_| right)
    }

    /// Whether the request was sent to a name of the mock's own. One without a dot is nobody's on the internet, and one
    /// below `localhost` is this machine (RFC 6761 §6.3).
    fn is_own(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        // Without the header it is no browser.
        let Some(host) = host else { return true };
        let Ok(url) = Url::parse(&format!("http://{host}/")) else { return false };
        let known = |name: &str| self.hosts.iter().any(|host| host.eq_ignore_ascii_case(name));
        match url.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback() || known(&ip.to_string()),
            Some(Host::Ipv6(ip)) => ip.to_canonical().is_loopback() || known(&ip.to_string()),
            Some(Host::Domain(name)) => !name.contains('.') || name.ends_with(".localhost") || known(name),
            None => false,
        }
    }
}

/// Whether a connection comes from this machine; a listener of IPv6 sees IPv4 in its own clothes (RFC 4291 §2.5.5.2).
fn is_here(peer: Peer) -> bool {
    peer.0.ip().to_canonical().is_loopback()
}

/// Whether a browser sends the request for a page of another origin. What only reads may be followed from elsewhere, as
/// its answer stays unread there.
fn is_foreign(request: &Parts) -> bool {
    if [Method::GET, Method::HEAD].contains(&request.method) {
        return false;
    }
    let text = |name: HeaderName| request.headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(FETCH_SITE) {
        return !["same-origin", "none"].contains(&site);
    }
    match (request.headers.get(header::ORIGIN), text(header::HOST)) {
        (None, _) => false,
        (Some(origin), Some(host)) => {
            let origin = origin.to_str().unwrap_or_default();
            origin.split_once("://").is_none_or(|(_, origin)| !origin.eq_ignore_ascii_case(host))
        }
        (Some(_), None) => true,
    }
}

/// Whether the request carries `token` (RFC 6750 §2.1), or the cookie for it. Digests are compared, so that the time
/// tells nothing.
fn shows(headers: &HeaderMap, token: &SecretString) -> bool {
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.split_once(' '));
    let bearer = sent.is_some_and(|(scheme, sent)| {
        scheme.eq_ignore_ascii_case("bearer") && Sha256::digest(sent) == Sha256::digest(token.expose_secret())
    });
    bearer
        || cookies(headers).any(|(name, value)| name == COOKIE && Sha256::digest(value) == Sha256::digest(pass(token)))
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

/// What a cookie holds in place of the token.
fn pass(token: &SecretString) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("page {}", token.expose_secret())))
}

fn forbidden(detail: &'static str) -> Response {
    Problem::new(StatusCode::FORBIDDEN, detail).into_response()
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

    const HERE: &str = "127.0.0.1:1";

    fn guard(token: Option<&str>) -> ControlGuard {
        ControlGuard::new(token.map(|token| token.to_owned().into()), vec!["mock.example.com".to_owned()])
    }

    /// The status of a POST with these headers.
    fn status(token: Option<&str>, peer: Option<&str>, headers: &[(&str, &str)]) -> u16 {
        let mut request = Request::post("/control/worlds");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(()).unwrap();
        if let Some(peer) = peer {
            request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        }
        guard(token).refuse(&request.into_parts().0).map_or(200, |response| response.status().as_u16())
    }

    #[test]
    fn without_a_token_this_machine_passes() {
        for (peer, told) in [
            (Some(HERE), 200),
            (Some("127.9.9.9:1"), 200),
            (Some("[::1]:1"), 200),
            (Some("[::ffff:127.0.0.1]:1"), 200),
            (Some("192.0.2.7:1"), 403),
            (Some("[::ffff:192.0.2.7]:1"), 403),
            (None, 403),
        ] {
            assert_eq!(status(None, peer, &[("authorization", "Bearer x")]), told, "{peer:?}");
        }
    }

    #[test]
    fn with_a_token_whoever_shows_it_passes() {
        for (authorization, told) in [
            ("Bearer fictional", 200),
            ("bearer fictional", 200),
            ("Bearer Fictional", 401),
            ("Bearer fictional2", 401),
            ("Bearer ", 401),
            ("Basic fictional", 401),
            ("fictional", 401),
            ("", 401),
        ] {
            for peer in [HERE, "192.0.2.7:1"] {
                let told_there = status(Some("fictional"), Some(peer), &[("authorization", authorization)]);
                assert_eq!(told_there, told, "{authorization:?} {peer}");
            }
        }
    }

    #[test]
    fn a_name_of_another_machine_is_refused_unless_the_token_is_shown() {
        for (host, told) in [
            ("127.0.0.1:4600", 200),
            ("[::1]:4600", 200),
            ("localhost", 200),
            ("a.localhost:80", 200),
            ("mock", 200),
            ("Mock.Example.com:4600", 200),
            ("evil.example.com", 403),
            ("evil.example.com:4600", 403),
            ("192.0.2.7", 403),
            ("127.0.0.1.evil.example.com", 403),
            ("localhost.evil.example.com", 403),
            ("127.0.0.1@evil.example.com", 403),
            ("a b", 403),
        ] {
            assert_eq!(status(None, Some(HERE), &[("host", host)]), told, "{host}");
            let shown = [("host", host), ("authorization", "Bearer fictional")];
            assert_eq!(status(Some("fictional"), Some(HERE), &shown), 200, "{host}");
        }
    }

    #[test]
    fn orders_from_pages_of_other_origins_are_refused() {
        for (name, value, told) in [
            ("sec-fetch-site", "same-origin", 200),
            ("sec-fetch-site", "none", 200),
            ("sec-fetch-site", "cross-site", 403),
            ("sec-fetch-site", "same-site", 403),
            ("origin", "http://localhost:4600", 200),
            ("origin", "http://localhost:4601", 403),
            ("origin", "https://evil.example.com", 403),
            ("origin", "null", 403),
        ] {
            assert_eq!(status(None, Some(HERE), &[("host", "localhost:4600"), (name, value)]), told, "{name}: {value}");
        }
    }

    #[test]
    fn the_cookie_is_for_who_entered_the_token_and_does_not_hold_it() {
        let guard = guard(Some("fictional"));
        assert!(guard.cookie("Fictional").is_none() && super::ControlGuard::new(None, Vec::new()).cookie("").is_none());
        let cookie = guard.cookie("fictional").unwrap();
        let cookie = cookie.to_str().unwrap();
        assert!(!cookie.contains("fictional") && cookie.ends_with("HttpOnly; SameSite=Strict"), "{cookie}");
        let (pair, _) = cookie.split_once(';').unwrap();
        assert_eq!(status(Some("fictional"), Some(HERE), &[("cookie", &format!("a=b; {pair}"))]), 200);
        assert_eq!(status(Some("fictional"), Some(HERE), &[("cookie", &format!("{pair}0"))]), 401);
        assert_eq!(status(Some("other"), Some(HERE), &[("cookie", pair)]), 401);
    }
}
