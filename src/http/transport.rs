//! The one way to the network.

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant as Clock};

use ::http::{HeaderMap, HeaderName, HeaderValue};
use hyper::body::Bytes;
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

use super::{Exchange, Failure, Guard, Request, Response};

/// The most bytes of a body that are read: 8 MiB.
pub const LARGEST_BODY: usize = 8 * 1024 * 1024;

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an unused connection is kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// What a first read reserves at most, so that a false `content-length` costs no memory.
const LARGEST_RESERVATION: usize = 256 * 1024;

/// What names the program in every request that does not name another.
const USER_AGENT: &str = concat!("tacktest/", env!("CARGO_PKG_VERSION"));

/// Sends requests over one pool of connections. One is made for a run; clones share the pool.
///
/// Redirects, retries, cookies, proxies, `Referer` and decompression are off. Only loopback is reached, by plain HTTP.
#[derive(Debug, Clone)]
pub struct Transport {
    client: reqwest::Client,
    guard: Option<Before>,
    user_agent: Arc<str>,
}

#[derive(Clone)]
struct Before(Arc<dyn Guard>);

impl fmt::Debug for Before {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Guard")
    }
}

impl Transport {
    /// A transport with an empty pool.
    ///
    /// # Errors
    /// If the HTTP client cannot be set up.
    pub fn new() -> Result<Self, Failure> {
        let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .tcp_nodelay(true)
            // Whatever the resolver of this machine says, `localhost` is loopback (RFC 6761 §6.3).
            .resolve_to_addrs("localhost", &loopback.map(|address| SocketAddr::new(address, 0)))
            .build()
            .map_err(|error| Failure::Unsendable { reason: format!("the HTTP client cannot be set up: {error}") })?;
        Ok(Self { client, guard: None, user_agent: USER_AGENT.into() })
    }

    /// The same, but what it sends tells whom to ask about it: `contact` is the comment of its `User-Agent`
    /// (RFC 9110 §10.1.5).
    #[must_use]
    pub fn with_contact(self, contact: &str) -> Self {
        Self { user_agent: format!("{USER_AGENT} ({contact})").into(), ..self }
    }

    /// The same, but `guard` stands before it. A guard that this one has is replaced.
    #[must_use]
    pub fn guarded(&self, guard: impl Guard + 'static) -> Self {
        self.guarded_by(Arc::new(guard))
    }

    /// The same with a guard that others speak to, too.
    #[must_use]
    pub fn guarded_by(&self, guard: Arc<dyn Guard>) -> Self {
        Self { guard: Some(Before(guard)), ..self.clone() }
    }

    /// Sends `request` and reads the whole answer, both within `timeout`, which runs from the request's turn on. It is
    /// sent once, unless the guard wants it sent again; the exchange is the last one.
    pub async fn send(&self, mut request: Request, timeout: Duration) -> Exchange {
        request.default_header("user-agent", &self.user_agent);
        request.default_header("accept", "*/*");
        let Some(Before(guard)) = &self.guard else { return self.exchange(request, timeout).await };
        if let Err(reason) = guard.refuse(&request) {
            return unsent(request, Failure::NotAllowed { reason });
        }
        let mut before = 0;
        loop {
            let turn = match guard.turn() {
                Some(turn) => turn.await,
                None => Ok(None),
            };
            let permit = match turn {
                Ok(permit) => permit,
                Err(reason) => return unsent(request, Failure::HeldBack { reason }),
            };
            let exchange = self.exchange(request, timeout).await;
            drop(permit);
            if !guard.saw(&exchange, before) {
                return exchange;
            }
            before += 1;
            request = exchange.request;
        }
    }

    async fn exchange(&self, request: Request, timeout: Duration) -> Exchange {
        let started = Timestamp::now();
        let clock = Clock::now();
        let outcome = self.answer(&request, timeout).await;
        Exchange { request, outcome, started, elapsed: clock.elapsed() }
    }

    async fn answer(&self, request: &Request, timeout: Duration) -> Result<Response, Failure> {
        allowed(&request.url)?;
        let prepared = prepare(request)?;
        // A timeout beyond what the clock can tell is as good as a year.
        let deadline = Instant::now() + timeout.min(Duration::from_hours(365 * 24));
        let head = timeout_at(deadline, self.client.execute(prepared))
            .await
            .map_err(|_| Failure::TimedOut { after: timeout, status: None })?
            .map_err(|error| explain(&error, None, &request.url))?;
        let status = head.status().as_u16();
        let headers = head.headers().iter().map(|(name, value)| (name.as_str().to_owned(), lossy(value))).collect();
        let body = timeout_at(deadline, read(head, &request.url))
            .await
            .map_err(|_| Failure::TimedOut { after: timeout, status: Some(status) })??;
        Ok(Response::new(status, headers, body))
    }
}

fn unsent(request: Request, failure: Failure) -> Exchange {
    Exchange { request, outcome: Err(failure), started: Timestamp::now(), elapsed: Duration::ZERO }
}

/// Whether the host of `url` is this machine by its address or as `localhost`, whatever a resolver says of other names.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Holds the rule that this version talks to loopback only, and refuses what would be sent otherwise than written.
fn allowed(url: &Url) -> Result<(), Failure> {
    let reason = match (url.scheme(), url.host()) {
        ("http", Some(_)) if is_loopback(url) => None,
        ("http", Some(_)) => Some(format!(
            "real hosts are not supported yet, and {} is not this machine; for now a target must be on loopback, such as 127.0.0.1 or localhost",
            url.host_str().unwrap_or_default()
        )),
        ("https", _) => Some(
            "https is not supported yet; for now a target must be on loopback and speak plain http, such as http://127.0.0.1:4600/"
                .to_owned(),
        ),
        (scheme, _) => Some(format!("`{scheme}:` is not a scheme that can be requested; write an http:// URL")),
    };
    let reason = reason.or_else(|| {
        let credentials = !url.username().is_empty() || url.password().is_some();
        credentials.then(|| "the URL holds a user or a password; write them as `basic` instead".to_owned())
    });
    reason.map_or(Ok(()), |reason| Err(Failure::NotAllowed { reason }))
}

fn prepare(request: &Request) -> Result<reqwest::Request, Failure> {
    let mut prepared = reqwest::Request::new(request.method.clone(), request.url.clone());
    *prepared.headers_mut() = header_map(&request.headers)?;
    if !request.body.is_empty() {
        *prepared.body_mut() = Some(request.body.clone().into());
    }
    Ok(prepared)
}

fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, Failure> {
    let mut map = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let bad_name = |_| Failure::Unsendable {
            reason: format!("{name:?} is no header name (RFC 9110 §5.1); use letters, digits and `-`"),
        };
        // The value may be a secret, so the message names only the header.
        let bad_value = |_| Failure::Unsendable {
            reason: format!("the value of header `{name}` has a line break or another control character; remove it"),
        };
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(bad_name)?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(bad_value)?;
        map.append(key, value);
    }
    Ok(map)
}

/// Reads the body. A body of one piece, which most are, is not copied.
async fn read(mut response: reqwest::Response, url: &Url) -> Result<Bytes, Failure> {
    let status = response.status().as_u16();
    let too_large = || Failure::BodyTooLarge { limit: LARGEST_BODY, status };
    let announced = usize::try_from(response.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
    if announced > LARGEST_BODY {
        return Err(too_large());
    }
    let failed = |error: reqwest::Error| explain(&error, Some(status), url);
    let first = response.chunk().await.map_err(failed)?.unwrap_or_default();
    let Some(second) = response.chunk().await.map_err(failed)? else {
        return if first.len() > LARGEST_BODY { Err(too_large()) } else { Ok(first) };
    };
    let mut body = Vec::with_capacity(announced.min(LARGEST_RESERVATION).max(first.len() + second.len()));
    body.extend_from_slice(&first);
    let mut next = Some(second);
    while let Some(piece) = next {
        if body.len() + piece.len() > LARGEST_BODY {
            return Err(too_large());
        }
        body.extend_from_slice(&piece);
        next = response.chunk().await.map_err(failed)?;
    }
    Ok(body.into())
}

/// Finds the reason behind the client's error, which is deep in its chain of sources.
fn explain(error: &reqwest::Error, status: Option<u16>, url: &Url) -> Failure {
    let address = || format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(80));
    let mut deepest: &dyn Error = error;
    loop {
        if let Some(found) = deepest.downcast_ref::<hyper::Error>()
            && (found.is_parse() || found.is_parse_too_large())
        {
            return Failure::BadHttp { detail: found.to_string() };
        }
        if let Some(found) = deepest.downcast_ref::<hyper::Error>()
            && (found.is_incomplete_message() || found.is_closed())
        {
            return Failure::Closed { status };
        }
        if let Some(found) = deepest.downcast_ref::<io::Error>() {
            match found.kind() {
                ErrorKind::ConnectionRefused => return Failure::Refused { address: address() },
                ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof
                    if !error.is_connect() =>
                {
                    return Failure::Closed { status };
                }
                _ => {}
            }
        }
        match deepest.source() {
            Some(source) => deepest = source,
            None => break,
        }
    }
    let detail = deepest.to_string();
    if error.is_connect() {
        let detail = if error.is_timeout() { format!("not established within {CONNECT_TIMEOUT:?}") } else { detail };
        Failure::Unreachable { address: address(), detail }
    } else if error.is_builder() || error.is_request() && status.is_none() && deepest.is::<::http::Error>() {
        Failure::Unsendable { reason: format!("the request cannot be written as HTTP/1.1: {detail}") }
    } else {
        Failure::BadHttp { detail }
    }
}

fn lossy(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{Transport, allowed, header_map};
    use crate::http::Failure;

    #[test]
    fn only_plain_http_to_loopback_is_allowed() {
        for url in ["http://127.0.0.1:1/", "http://127.9.8.7/", "http://[::1]:80/", "http://LOCALHOST:4600/x"] {
            assert_eq!(allowed(&Url::parse(url).unwrap()), Ok(()), "{url}");
        }
        for url in [
            "http://example.com/",
            "http://10.0.0.1/",
            "http://0.0.0.0/",
            "http://[::ffff:127.0.0.1]/",
            "http://localhost.example.com/",
            "http://127.0.0.1.example.com/",
            "https://127.0.0.1/",
            "ftp://127.0.0.1/",
            "data:text/plain,x",
            "http://user@127.0.0.1/",
            "http://:password@127.0.0.1/",
        ] {
            assert!(matches!(allowed(&Url::parse(url).unwrap()), Err(Failure::NotAllowed { .. })), "{url}");
        }
    }

    #[test]
    fn a_real_host_is_refused_in_kind_words() {
        let refusal = allowed(&Url::parse("http://example.com/").unwrap()).unwrap_err().to_string();
        assert!(refusal.contains("real hosts are not supported yet"), "{refusal}");
    }

    #[test]
    fn a_bad_header_is_told_without_its_value() {
        let told =
            |name: &str, value: &str| header_map(&[(name.to_owned(), value.to_owned())]).unwrap_err().to_string();
        assert!(told("a b", "x").contains("is no header name"));
        assert!(told("", "x").contains("is no header name"));
        let bad_value = told("authorization", "Bearer fictional\r\nx: y");
        assert!(bad_value.contains("`authorization`") && !bad_value.contains("fictional"), "{bad_value}");
    }

    #[test]
    fn a_transport_is_made_in_no_time() {
        // The quickest of several, as a machine that is busy holds up any of them, and with much room.
        let quickest = (0..20).map(|_| {
            let clock = std::time::Instant::now();
            Transport::new().unwrap();
            clock.elapsed()
        });
        let quickest = quickest.min().unwrap();
        assert!(quickest.as_millis() < 100, "{quickest:?}");
    }
}
