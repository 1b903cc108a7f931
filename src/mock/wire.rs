//! What HTTP can't say: answers that come in pieces or not whole, and connections that end without one.
//!
//! A response says in an extension how it is to be sent; [`send`] is the last that is done with it. How a connection ends
//! without an answer is told to whoever serves it, who still has the socket: [`abandon`] does it there, below TLS.

use std::time::{Duration, Instant};

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use futures_util::stream;
use http::{HeaderValue, header::CONTENT_LENGTH};
use http_body_util::BodyExt;
use tokio::{net::TcpStream, time};

/// The longest that a client is kept waiting.
const LONGEST: Duration = Duration::from_mins(10);

/// Lets what was written leave, before the connection ends.
const FLUSHED: Duration = Duration::from_millis(20);

/// How a response is to be sent; an extension of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// Not at all.
    Abandoned(Abandoned),
    /// Its body in pieces, or not whole.
    Body {
        /// The pieces; `None` for one.
        pieces: Option<Pieces>,
        /// How many bytes of it are sent, fewer than `Content-Length` says; `None` for all.
        sent: Option<u64>,
    },
}

/// How a connection ends without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abandoned {
    /// By a TCP RST.
    Reset,
    /// By the client, who gives up.
    Hanging,
}

/// The pieces of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pieces {
    /// The pause before each.
    pub every: Duration,
    /// The bytes of each, one at least.
    pub bytes: u32,
}

impl std::fmt::Display for Abandoned {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("the connection ends without an answer, as ordered")
    }
}

impl std::error::Error for Abandoned {}

/// Whether a response is never sent.
pub fn is_lost(response: &Response) -> bool {
    matches!(response.extensions().get(), Some(Wire::Abandoned(_)))
}

/// The response as it is to be sent; the error says how the connection ends without it.
pub async fn send(mut response: Response) -> Result<Response, Abandoned> {
    match response.extensions_mut().remove::<Wire>() {
        None => Ok(response),
        Some(Wire::Abandoned(how)) => Err(how),
        Some(Wire::Body { pieces, sent }) => Ok(in_pieces(response, pieces, sent).await),
    }
}

async fn in_pieces(response: Response, pieces: Option<Pieces>, sent: Option<u64>) -> Response {
    let (mut parts, body) = response.into_parts();
    // Bodies of the mock are whole: nothing of them can be lost.
    let whole = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let sent = sent.map(|sent| usize::try_from(sent).unwrap_or(usize::MAX).min(whole.len().saturating_sub(1)));
    // An empty body promises a byte, so that it can be cut as well.
    let promised = if sent.is_some() { whole.len().max(1) } else { whole.len() };
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(promised));
    let rest = whole.slice(..sent.unwrap_or(whole.len()));
    let sending = Sending { rest, pieces, is_cut: sent.is_some(), began: Instant::now() };
    Response::from_parts(parts, Body::from_stream(stream::unfold(sending, next)))
}

/// A body under way.
struct Sending {
    rest: Bytes,
    pieces: Option<Pieces>,
    is_cut: bool,
    began: Instant,
}

/// The next piece. After the last one of a body that is cut an error ends the connection.
async fn next(mut sending: Sending) -> Option<(Result<Bytes, Cut>, Sending)> {
    if sending.rest.is_empty() {
        if !sending.is_cut {
            return None;
        }
        time::sleep(FLUSHED).await;
        return Some((Err(Cut), sending));
    }
    let left = LONGEST.saturating_sub(sending.began.elapsed());
    let piece = match sending.pieces.filter(|pieces| pieces.every <= left) {
        None => std::mem::take(&mut sending.rest),
        Some(pieces) => {
            time::sleep(pieces.every).await;
            let length = usize::try_from(pieces.bytes).unwrap_or(usize::MAX).min(sending.rest.len());
            sending.rest.split_to(length)
        }
    };
    Some((Ok(piece), sending))
}

/// A body ends before its end.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("the body is cut, as ordered")
    }
}

impl std::error::Error for Cut {}

/// How a connection is to end, if `error` is what came of [`send`] in its service.
pub fn abandoned(error: &hyper::Error) -> Option<Abandoned> {
    std::error::Error::source(error)?.downcast_ref().copied()
}

/// Ends the connection of `socket`, which is closed afterwards and on which nothing more is sent.
pub async fn abandon(socket: &TcpStream, how: Abandoned) {
    if how == Abandoned::Hanging {
        // It makes no difference whether the client gave up or the time is over.
        drop(time::timeout(LONGEST, until_closed(socket)).await);
    }
    // Whoever still waits is told by a reset.
    drop(socket.set_zero_linger());
}

/// Reads until the client has closed, and forgets what it reads.
async fn until_closed(socket: &TcpStream) {
    let mut forgotten = [0; 1024];
    while socket.readable().await.is_ok() {
        match socket.try_read(&mut forgotten) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}
