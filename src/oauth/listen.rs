//! The loopback end of a redirect URI: a listener that takes one redirect (RFC 8252 §7.3).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
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

/// Listens where a redirect URI leads.
#[derive(Debug)]
pub(super) struct Listener {
    listeners: Vec<TcpListener>,
    redirect_uri: Url,
}

impl Listener {
    /// A listener for `redirect_uri`; `None` if that is not an `http` address of this machine.
    pub(super) async fn bind(redirect_uri: &Url) -> Option<io::Result<Self>> {
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
            _ => Some(Ok(Self { listeners, redirect_uri: redirect_uri.clone() })),
        }
    }

    /// Waits for a request to the redirect URI and gives its URL. Requests to anything else are refused.
    pub(super) async fn redirected(self) -> io::Result<Url> {
        let (send, mut received) = mpsc::channel(1);
        // Ends with all of its connections when this does.
        let mut work = JoinSet::new();
        for listener in self.listeners {
            let (send, redirect_uri) = (send.clone(), self.redirect_uri.clone());
            work.spawn(async move {
                let mut connections = JoinSet::new();
                loop {
                    let Ok((stream, _)) = listener.accept().await else { return };
                    let (send, redirect_uri) = (send.clone(), redirect_uri.clone());
                    connections.spawn(async move {
                        if let Ok(Some(url)) = timeout(REQUEST_TIMEOUT, answer(stream, &redirect_uri)).await {
                            let _ = send.send(url).await;
                        }
                    });
                }
            });
        }
        drop(send);
        received.recv().await.ok_or_else(|| io::Error::other("the listener has ended"))
    }
}

/// Answers one request, and gives its URL if it is the redirect.
async fn answer(stream: TcpStream, redirect_uri: &Url) -> Option<Url> {
    let mut url = None;
    let page = |head: &str| {
        url = redirect(head, redirect_uri);
        let (status, page) = if url.is_some() { ("200 OK", PAGE) } else { ("404 Not Found", "") };
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
             cache-control: no-store\r\nreferrer-policy: no-referrer\r\nconnection: close\r\n\r\n{page}",
            page.len()
        )
    };
    // Whether or not the browser gets its page, the redirect is here.
    let _ = answer_one(stream, page).await;
    url
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

    #[tokio::test]
    async fn what_is_not_on_this_machine_is_not_listened_for() {
        for uri in ["https://127.0.0.1:1/", "http://192.0.2.1/", "http://partner.example.com/", "https://localhost/"] {
            assert!(Listener::bind(&Url::parse(uri).unwrap()).await.is_none(), "{uri}");
        }
    }
}
