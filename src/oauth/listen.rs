//! The loopback end of a redirect URI: a listener that takes the one redirect that was asked for (RFC 8252 §7.3).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;
use url::{Host, Url};

use crate::http::answer_one;

/// How long a browser may take to send a request: it opens connections in advance.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// What a browser shows afterwards. It repeats nothing of the request.
const PAGE: &str = "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>tacktest</title>\
    <p>tacktest has received the answer. You can close this window.</p></html>\n";

/// What it shows where something else than the answer came, such as a page's attempt to end the login.
const STRAY_PAGE: &str = "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>tacktest</title>\
    <p>This answer belongs to another login: it does not carry the state that tacktest sent. tacktest goes on waiting for \
    its own.</p></html>\n";

/// Listens where a redirect URI leads.
#[derive(Debug)]
pub(super) struct Listener {
    listeners: Vec<TcpListener>,
    expected: Expected,
    strays: Arc<AtomicBool>,
}

/// The redirect that is waited for.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    redirect_uri: Url,
    /// The `state` of the authorization request, one of which comes back (RFC 6749 §4.1.2); none if none was sent.
    states: Vec<String>,
}

/// What came to a redirect URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    /// The answer to the authorization request.
    Answer,
    /// That of another login, or nobody's.
    Stray,
    /// Something that does not lead to the redirect URI.
    Elsewhere,
}

impl Expected {
    /// The redirect to `redirect_uri` that answers the authorization request `asked`.
    pub(super) fn of(asked: &Url, redirect_uri: &Url) -> Self {
        Self { redirect_uri: redirect_uri.clone(), states: states(asked) }
    }

    /// What `url` is.
    pub(super) fn came(&self, url: &Url) -> Came {
        match states(url).as_slice() {
            _ if !leads_to(url, &self.redirect_uri) => Came::Elsewhere,
            _ if self.states.is_empty() => Came::Answer,
            [state] if self.states.contains(state) => Came::Answer,
            _ => Came::Stray,
        }
    }
}

fn states(url: &Url) -> Vec<String> {
    url.query_pairs().filter(|(name, _)| name == "state").map(|(_, value)| value.into_owned()).collect()
}

impl Listener {
    /// A listener for the redirect `expected`; `None` if that is not to an `http` address of this machine.
    pub(super) async fn bind(expected: &Expected) -> Option<io::Result<Self>> {
        let redirect_uri = &expected.redirect_uri;
        let port = redirect_uri.port_or_known_default()?;
        let addresses: Vec<IpAddr> = match redirect_uri.host()? {
            _ if redirect_uri.scheme() != "http" => return None,
            Host::Ipv4(address) if address.is_loopback() => vec![address.into()],
            Host::Ipv6(address) if address.is_loopback() => vec![address.into()],
            // A browser may try either.
            Host::Domain("localhost") => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
            _ => return None,
        };
        let mut listeners = Vec::new();
        let mut failed = None;
        for address in addresses {
            match TcpListener::bind(SocketAddr::new(address, port)).await {
                Ok(listener) => listeners.push(listener),
                Err(error) => failed = Some(error),
            }
        }
        match failed {
            // A machine without IPv6 still has `localhost`; what another program listens at is not ours.
            Some(error) if listeners.is_empty() || error.kind() == io::ErrorKind::AddrInUse => Some(Err(error)),
            _ => Some(Ok(Self { listeners, expected: expected.clone(), strays: Arc::default() })),
        }
    }

    /// Tells, also later, whether something came to the redirect URI that was not the answer.
    pub(super) fn strays(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.strays)
    }

    /// Waits for the redirect and gives its URL. Requests to anything else are refused, and so is what another login's
    /// redirect may be.
    pub(super) async fn redirected(self) -> io::Result<Url> {
        let (send, mut received) = mpsc::channel(1);
        // Ends with all of its connections when this does.
        let mut work = JoinSet::new();
        for listener in self.listeners {
            let (send, expected, strays) = (send.clone(), self.expected.clone(), Arc::clone(&self.strays));
            work.spawn(async move {
                let mut connections = JoinSet::new();
                loop {
                    let Ok((stream, _)) = listener.accept().await else { return };
                    let (send, expected, strays) = (send.clone(), expected.clone(), Arc::clone(&strays));
                    connections.spawn(async move {
                        match timeout(REQUEST_TIMEOUT, answer(stream, &expected)).await {
                            Ok(Some((url, Came::Answer))) => drop(send.send(url).await),
                            Ok(Some((_, Came::Stray))) => strays.store(true, Ordering::Relaxed),
                            _ => {}
                        }
                    });
                }
            });
        }
        drop(send);
        received.recv().await.ok_or_else(|| io::Error::other("the listener has ended"))
    }
}

/// Answers one request, and gives its URL if it leads to the redirect URI, and what it is.
async fn answer(stream: TcpStream, expected: &Expected) -> Option<(Url, Came)> {
    let mut came = None;
    let page = |head: &str| {
        came = redirect(head, &expected.redirect_uri).map(|url| (expected.came(&url), url));
        let (status, page) = match came {
            Some((Came::Answer, _)) => ("200 OK", PAGE),
            Some((Came::Stray, _)) => ("400 Bad Request", STRAY_PAGE),
            Some((Came::Elsewhere, _)) | None => ("404 Not Found", ""),
        };
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
             cache-control: no-store\r\nreferrer-policy: no-referrer\r\nconnection: close\r\n\r\n{page}",
            page.len()
        )
    };
    // Whether or not the browser gets its page, the redirect is here.
    let _ = answer_one(stream, page).await;
    came.map(|(came, url)| (url, came))
}

/// The URL that the request with this `head` is for, if it is a `GET` of `redirect_uri`, by host, port and path.
fn redirect(head: &str, redirect_uri: &Url) -> Option<Url> {
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let target = (first.next()? == "GET").then(|| first.next())??;
    let host = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("host").then(|| value.trim())
    })?;
    let url = Url::parse(&format!("http://{host}{target}")).ok()?;
    (target.starts_with('/') && leads_to(&url, redirect_uri)).then_some(url)
}

/// Whether `url` is `redirect_uri` with parameters; those of its own query stay (RFC 6749 §3.1.2).
pub(super) fn leads_to(url: &Url, redirect_uri: &Url) -> bool {
    // The origin of a scheme of one's own is like no other (RFC 8252 §7.1), so that its parts are compared.
    let place = |url: &Url| {
        (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port_or_known_default(), url.path().to_owned())
    };
    let mut given = url.query_pairs();
    place(url) == place(redirect_uri) && redirect_uri.query_pairs().all(|pair| given.any(|other| other == pair))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_redirect_uri_itself_is_taken() {
        let uri = Url::parse("http://127.0.0.1:8421/callback").unwrap();
        let of = |first: &str, host: &str| redirect(&format!("{first} HTTP/1.1\r\nHost: {host}\r\n\r\n"), &uri);
        let url = of("GET /callback?code=a%20b&state=c", "127.0.0.1:8421").unwrap();
        assert_eq!(url.as_str(), "http://127.0.0.1:8421/callback?code=a%20b&state=c");
        for (first, host) in [
            ("GET /callback/?code=a", "127.0.0.1:8421"),
            ("GET /favicon.ico", "127.0.0.1:8421"),
            ("POST /callback?code=a", "127.0.0.1:8421"),
            ("GET http://127.0.0.1:8421/callback?code=a", "127.0.0.1:8421"),
            ("GET /callback?code=a", "localhost:8421"),
            ("GET /callback?code=a", "127.0.0.1:8422"),
            ("GET /callback?code=a", "rebound.example.com:8421"),
        ] {
            assert_eq!(of(first, host), None, "{first} {host}");
        }
        assert_eq!(redirect("GET /callback?code=a HTTP/1.1\r\n\r\n", &uri), None);
        let with_query = Url::parse("http://127.0.0.1:8421/callback?via=a").unwrap();
        assert!(leads_to(&Url::parse("http://127.0.0.1:8421/callback?via=a&code=b").unwrap(), &with_query));
        assert!(!leads_to(&Url::parse("http://127.0.0.1:8421/callback?code=b").unwrap(), &with_query));
        for (url, uri, leads) in [
            ("com.example.partner:/callback?code=b", "com.example.partner:/callback", true),
            ("com.example.other:/callback?code=b", "com.example.partner:/callback", false),
            ("https://partner.example.com/?code=b", "https://partner.example.com", true),
            ("https://partner.example.com:443/a", "https://partner.example.com/a", true),
            ("https://partner.example.com/a/b", "https://partner.example.com/a", false),
            ("http://partner.example.com/a", "https://partner.example.com/a", false),
        ] {
            assert_eq!(leads_to(&Url::parse(url).unwrap(), &Url::parse(uri).unwrap()), leads, "{url} {uri}");
        }
    }

    #[test]
    fn the_answer_is_known_by_the_state_that_was_sent() {
        let url = |text: &str| Url::parse(text).unwrap();
        let uri = url("http://127.0.0.1:8421/callback");
        let came = |asked: &str, query: &str| {
            let expected = Expected::of(&url(&format!("http://127.0.0.1:1/auth?{asked}")), &uri);
            expected.came(&url(&format!("http://127.0.0.1:8421/callback{query}")))
        };
        for (asked, query, expected) in [
            ("state=one", "?code=a&state=one", Came::Answer),
            ("state=one", "?error=access_denied&state=one", Came::Answer),
            ("state=one&state=two", "?code=a&state=two", Came::Answer),
            ("scope=a", "?code=a", Came::Answer),
            ("state=one", "", Came::Stray),
            ("state=one", "?code=a&state=two", Came::Stray),
            ("state=one", "?code=a&state=one&state=two", Came::Stray),
            ("state=one", "x?code=a&state=one", Came::Elsewhere),
        ] {
            assert_eq!(came(asked, query), expected, "{asked} {query}");
        }
    }

    #[tokio::test]
    async fn what_is_not_on_this_machine_is_not_listened_for() {
        for uri in ["https://127.0.0.1:1/", "http://192.0.2.1/", "http://partner.example.com/", "https://localhost/"] {
            let expected = Expected { redirect_uri: Url::parse(uri).unwrap(), states: Vec::new() };
            assert!(Listener::bind(&expected).await.is_none(), "{uri}");
        }
    }
}
