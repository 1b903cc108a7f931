//! The one way to the network.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant as Clock};

use ::http::{HeaderMap, HeaderName, HeaderValue};
use hyper::body::Bytes;
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};

use super::connection::Way;
use super::explain::explain;
use super::network::address;
use super::reach::{Hosts, Reach};
use super::{Exchange, Failure, Guard, Phase, ProxyTrouble, Request, Response};

/// The most bytes of a body that are read: 8 MiB.
pub const LARGEST_BODY: usize = 8 * 1024 * 1024;

/// What a first read reserves at most, so that a false `content-length` costs no memory.
const LARGEST_RESERVATION: usize = 256 * 1024;

/// What names the program in every request that does not name another.
const USER_AGENT: &str = concat!("tacktest/", env!("CARGO_PKG_VERSION"));

/// Sends requests over pools of connections. One is made for a run; clones share the pools.
///
/// Redirects, retries, cookies, `Referer` and decompression are off. This machine is reached by http and https, the hosts
/// of the target by https, and nothing else.
#[derive(Debug, Clone)]
pub struct Transport {
    reach: Arc<Reach>,
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
    /// A transport with empty pools that reaches this machine only.
    ///
    /// # Errors
    /// If the HTTP client cannot be set up.
    pub fn new() -> Result<Self, Failure> {
        Self::reaching(Vec::new())
    }

    /// The same, but `hosts` are reached as well, each by its own network.
    ///
    /// # Errors
    /// If the HTTP client cannot be set up.
    pub fn reaching(hosts: Vec<Hosts>) -> Result<Self, Failure> {
        Ok(Self { reach: Reach::new(hosts)?, guard: None, user_agent: USER_AGENT.into() })
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
        let way = self.reach.way_to(&request.url)?;
        let prepared = prepare(request)?;
        // A timeout beyond what the clock can tell is as good as a year.
        let deadline = Instant::now() + timeout.min(Duration::from_hours(365 * 24));
        let slow = |phase, after, status| match after {
            None => Failure::TimedOut { after: timeout, status },
            Some(after) => Failure::TooSlow { phase, address: address(&request.url), after, status },
        };
        let (end, after) = earlier(deadline, way.timeouts.answer);
        let head = timeout_at(end, way.client.execute(prepared))
            .await
            .map_err(|_| slow(Phase::Answer, after, None))?
            .map_err(|error| explain(&error, None, &request.url, &way))?;
        let (status, version) = (head.status().as_u16(), head.version());
        if let Some(proxy) = way.proxy.as_ref().filter(|_| status == 407) {
            return Err(Failure::Proxy { proxy: proxy.clone(), trouble: ProxyTrouble::CredentialsWanted });
        }
        let headers = head.headers().iter().map(|(name, value)| (name.as_str().to_owned(), lossy(value))).collect();
        let (end, after) = earlier(deadline, way.timeouts.body);
        let body =
            timeout_at(end, read(head, request, &way)).await.map_err(|_| slow(Phase::Body, after, Some(status)))??;
        let mut response = Response::new(status, headers, body);
        response.version = version;
        Ok(response)
    }
}

fn unsent(request: Request, failure: Failure) -> Exchange {
    Exchange { request, outcome: Err(failure), started: Timestamp::now(), elapsed: Duration::ZERO }
}

/// When a phase that begins now ends, and the time that it was given, if that is over before `deadline`.
fn earlier(deadline: Instant, phase: Option<Duration>) -> (Instant, Option<Duration>) {
    let end = phase.and_then(|after| Instant::now().checked_add(after)).filter(|end| *end < deadline);
    end.map_or((deadline, None), |end| (end, phase))
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
async fn read(mut response: reqwest::Response, request: &Request, way: &Way) -> Result<Bytes, Failure> {
    let status = response.status().as_u16();
    let too_large = || Failure::BodyTooLarge { limit: LARGEST_BODY, status };
    let announced = usize::try_from(response.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
    if announced > LARGEST_BODY {
        return Err(too_large());
    }
    let failed = |error: reqwest::Error| explain(&error, Some(status), &request.url, way);
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

fn lossy(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{Transport, header_map};

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
