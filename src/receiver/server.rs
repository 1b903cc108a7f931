//! The listener: HTTP/1.1 (RFC 9112), each connection served until it ends.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::header::{ALLOW, CONNECTION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::delivery::event_of;
use super::inbox::{Inboxes, Queue};
use super::unguessable::unguessable;
use super::{Delivery, Inbox};

/// The longest head of a request in bytes; a longer one is answered by 431.
const LONGEST_HEAD: usize = 64 * 1024;

/// The longest body in bytes; a longer one is answered by 413.
const LONGEST_BODY: usize = 1024 * 1024;

/// How long a request may take from its first byte to its last: a sender that stalls is not waited for.
const LONGEST_REQUEST: Duration = Duration::from_secs(10);

/// The most connections at one time; others wait to be accepted.
const MOST_CONNECTIONS: usize = 256;

/// Below this path a nonce is asked for.
const NONCE_PATH: &str = ".well-known/tacktest/";

/// The longest nonce in characters.
const LONGEST_NONCE: usize = 128;

/// A running listener. Dropping it closes all connections.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    desk: Arc<Desk>,
    task: JoinHandle<()>,
}

impl Receiver {
    /// Starts to listen at `listen`; port 0 takes a free one. Fails if the address can't be had.
    pub async fn start(listen: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let desk = Arc::new(Desk { nonce: unguessable(), was_asked: AtomicBool::new(false), inboxes: Arc::default() });
        let task = tokio::spawn(accept(listener, Arc::clone(&desk)));
        Ok(Self { address, desk, task })
    }

    /// The address at which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL by which this machine reaches it, without a slash at its end.
    pub fn url(&self) -> String {
        let ip = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        format!("http://{}", SocketAddr::new(ip, self.address.port()))
    }

    /// A nonce of its own, and the path below its address at which it is asked for.
    pub fn nonce(&self) -> (&str, String) {
        (&self.desk.nonce, format!("{NONCE_PATH}{}", self.desk.nonce))
    }

    /// Whether it was asked for that nonce. Every receiver answers any nonce, so the answer alone does not tell that it
    /// was this one.
    pub fn was_asked(&self) -> bool {
        self.desk.was_asked.load(Ordering::Relaxed)
    }

    /// Opens an inbox; what is sent to a path with its id is kept there.
    pub fn open(&self) -> Inbox {
        self.desk.inboxes.open()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What all connections share.
#[derive(Debug)]
struct Desk {
    nonce: String,
    was_asked: AtomicBool,
    inboxes: Arc<Inboxes>,
}

/// Accepts until it is aborted; the connections are its own, so that they end with it.
async fn accept(listener: TcpListener, desk: Arc<Desk>) {
    let mut connections = JoinSet::new();
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        // The semaphore is never closed, so there is a place sooner or later.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, Arc::clone(&desk), place));
                }
                // Out of descriptors, mostly: another try at once would spin.
                Err(_) => sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, desk: Arc<Desk>, place: OwnedSemaphorePermit) {
    let service = hyper::service::service_fn(move |request| {
        let desk = Arc::clone(&desk);
        async move { Ok::<_, Infallible>(desk.respond(request).await) }
    });
    let mut connection = http1::Builder::new();
    // Who has said all that they will say waits for an answer all the same.
    connection.half_close(true).timer(TokioTimer::new()).header_read_timeout(LONGEST_REQUEST);
    connection.max_header_size(LONGEST_HEAD);
    // A broken connection concerns the sender alone, who sees it too.
    drop(connection.serve_connection(TokioIo::new(stream), service).await);
    drop(place);
}

type Answer = Response<Full<Bytes>>;

impl Desk {
    async fn respond(&self, request: Request<Incoming>) -> Answer {
        let path = request.uri().path();
        if let Some(nonce) = nonce_in(path).filter(|_| request.method() == Method::GET) {
            if nonce == self.nonce {
                self.was_asked.store(true, Ordering::Relaxed);
            }
            let mut answer = Response::new(Full::from(nonce.to_owned()));
            answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
            return answer;
        }
        let Some(queue) = self.inboxes.of(path) else { return empty(StatusCode::NOT_FOUND) };
        if request.method() != Method::POST {
            queue.refuse(format!("a {}: only a POST is a delivery", request.method()));
            let mut answer = empty(StatusCode::METHOD_NOT_ALLOWED);
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
            return answer;
        }
        receive(request, &queue).await
    }
}

/// The nonce for which `path` asks: to answer it says that webhooks are expected here. A proxy before may have put something
/// before the path, or taken a part of it away.
fn nonce_in(path: &str) -> Option<&str> {
    let (before, nonce) = path.rsplit_once('/')?;
    let is_nonce = (1..=LONGEST_NONCE).contains(&nonce.len()) && nonce.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_nonce && format!("{before}/").ends_with(&format!("/{NONCE_PATH}"))).then_some(nonce)
}

/// Reads a delivery, keeps it, and answers as the inbox says.
async fn receive(request: Request<Incoming>, queue: &Queue) -> Answer {
    let (parts, body) = request.into_parts();
    let body = match timeout(LONGEST_REQUEST, Limited::new(body, LONGEST_BODY).collect()).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            queue.refuse(format!("a body of more than {LONGEST_BODY} bytes"));
            return last(StatusCode::PAYLOAD_TOO_LARGE);
        }
        Ok(Err(error)) => {
            queue.refuse(format!("a body that broke off: {error}"));
            return last(StatusCode::BAD_REQUEST);
        }
        Err(_) => {
            queue.refuse(format!("a body that did not end within {LONGEST_REQUEST:?}"));
            return last(StatusCode::REQUEST_TIMEOUT);
        }
    };
    let reply = queue.reply();
    let headers = parts.headers.iter();
    let headers =
        headers.map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let kept = queue.put(Delivery {
        arrived: Timestamp::now(),
        target: parts.uri.path_and_query().map_or_else(String::new, |target| target.as_str().to_owned()),
        headers: headers.collect(),
        event: event_of(&body),
        body,
        status: reply.status,
    });
    if !kept {
        queue.refuse("more deliveries than are kept".to_owned());
        return empty(StatusCode::SERVICE_UNAVAILABLE);
    }
    sleep(reply.delay).await;
    empty(StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK))
}

fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    answer
}

/// An answer to what was not read to its end: the rest of it is still on the wire, so the connection ends.
fn last(status: StatusCode) -> Answer {
    let mut answer = empty(status);
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}
