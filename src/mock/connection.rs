//! One connection: TLS if the listener speaks it, then HTTP/1.1 request after request, with bounded patience.

use std::{convert::Infallible, net::SocketAddr, pin::Pin, sync::Arc, time::Duration};

use axum::{body::Body, response::IntoResponse};
use http::{HeaderValue, Request, Response, StatusCode, header::CONNECTION};
use hyper::{body::Incoming, server::conn::http1::Builder, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::watch,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

use super::{dispatch::Shared, problem::Problem, wire};

/// The longest head of a request in bytes; a longer one is answered by 431.
const LONGEST_HEAD: usize = 64 * 1024;

/// The first byte of a TLS connection: a record of the handshake (RFC 8446 §5.1).
const HANDSHAKE: u8 = 0x16;

/// How long a client may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For the TLS handshake, its first byte included.
    pub handshake: Duration,
    /// For the head of a request, counted from the answer to the one before: an idle connection lives as long.
    pub head: Duration,
    /// For the body of a request; who takes longer is answered by 408.
    pub body: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        // Longer than clients keep idle connections (90 seconds are usual), so that it is they who close them.
        let head = Duration::from_mins(2);
        Self { handshake: Duration::from_secs(10), head, body: Duration::from_mins(1) }
    }
}

/// Who sent a request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// How the socket below a stream is reached.
type Socket<S> = fn(&S) -> &TcpStream;

/// What all connections of a listener have in common.
#[derive(Clone)]
pub struct Terms {
    /// What answers.
    pub shared: Arc<Shared>,
    /// Takes TLS connections; without it the listener speaks plain HTTP.
    pub tls: Option<TlsAcceptor>,
    /// How long clients may take.
    pub patience: Patience,
    /// Turns true when no further request is to be taken.
    pub stopping: watch::Receiver<bool>,
}

impl Terms {
    /// Serves a connection until it ends. A broken one concerns the client alone, who sees it too.
    pub async fn serve(self, stream: TcpStream, peer: SocketAddr) {
        // A socket without the option answers all the same, only later.
        drop(stream.set_nodelay(true));
        match self.tls.clone() {
            None => self.answer(stream, |stream| stream, peer).await,
            Some(tls) => self.secured(tls, stream, peer).await,
        }
    }

    async fn secured(self, tls: TlsAcceptor, stream: TcpStream, peer: SocketAddr) {
        let patience = self.patience.handshake;
        let mut first = [0];
        match timeout(patience, stream.peek(&mut first)).await {
            Ok(Ok(1)) if first != [HANDSHAKE] => {
                let refused = service_fn(|_| async { Ok::<_, Infallible>(not_secure()) });
                self.speak(stream, |stream| stream, refused).await;
            }
            Ok(Ok(1)) => {
                if let Ok(Ok(stream)) = timeout(patience, tls.accept(stream)).await {
                    self.answer(stream, |stream| stream.get_ref().0, peer).await;
                }
            }
            _ => {}
        }
    }

    /// Answers what comes by `stream`, of which `socket` is the lowest layer.
    async fn answer<S: AsyncRead + AsyncWrite + Unpin>(self, stream: S, socket: Socket<S>, peer: SocketAddr) {
        let (shared, patience) = (self.shared.clone(), self.patience.body);
        let service = service_fn(move |mut request: Request<Incoming>| {
            let shared = shared.clone();
            async move {
                request.extensions_mut().insert(Peer(peer));
                shared.respond(request, patience).await
            }
        });
        self.speak(stream, socket, service).await;
    }

    /// Speaks HTTP/1.1 on `stream` until it ends, until the answer under way is given once the mock is stopping, or until
    /// the service says that the connection is to end without an answer.
    async fn speak<S, A>(mut self, stream: S, socket: Socket<S>, service: A)
    where
        S: AsyncRead + AsyncWrite + Unpin,
        A: hyper::service::Service<Request<Incoming>, Response = Response<Body>>,
        A::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut http = Builder::new();
        // Who has said all that they will say waits for an answer all the same.
        http.half_close(true).timer(TokioTimer::new()).header_read_timeout(self.patience.head);
        http.max_header_size(LONGEST_HEAD);
        let mut connection = http.serve_connection(TokioIo::new(stream), service);
        let ended = tokio::select! {
            ended = &mut connection => Some(ended),
            () = told_to_stop(&mut self.stopping) => None,
        };
        let ended = if let Some(ended) = ended {
            ended
        } else {
            Pin::new(&mut connection).graceful_shutdown();
            (&mut connection).await
        };
        if let Some(how) = ended.err().as_ref().and_then(wire::abandoned) {
            let stream = connection.into_parts().io.into_inner();
            tokio::select! {
                () = wire::abandon(socket(&stream), how) => {}
                () = told_to_stop(&mut self.stopping) => {}
            }
        }
    }
}

/// Waits until the mock is told to stop, or is no more.
pub async fn told_to_stop(stopping: &mut watch::Receiver<bool>) {
    drop(stopping.wait_for(|stopping| *stopping).await);
}

/// The answer to who speaks plain HTTP where TLS is spoken.
fn not_secure() -> Response<Body> {
    let detail = "this port speaks https, and the request came in plain http: write https:// in the URL";
    let mut response = Problem::new(StatusCode::BAD_REQUEST, detail).into_response();
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
