//! One request over one connection, and so much of its answer as somebody needs. Redirects are answers like others.

use std::net::SocketAddr;

use futures_util::future::{Either, select};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::{Bytes, Incoming},
    client::conn::http1,
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

/// The longest head of an answer in bytes.
const LONGEST_HEAD: usize = 64 * 1024;

/// The most bytes of a body that are read; what follows is left unread.
pub const MOST_READ: usize = 64 * 1024;

/// An answer: its status, and the beginning of its body.
pub type Answer = (StatusCode, Vec<u8>);

/// Connects to the first of `addresses` that takes it.
pub async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, String> {
    let mut failure = "the host has no address".to_owned();
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                // A socket without the option sends all the same, only later.
                drop(stream.set_nodelay(true));
                return Ok(stream);
            }
            Err(error) => failure = format!("can't connect to {address}: {error}"),
        }
    }
    Err(failure)
}

/// Sends a request over TLS with the host `name`. The error says why there is no answer.
pub async fn over_tls(
    stream: TcpStream,
    connector: &TlsConnector,
    name: ServerName<'static>,
    request: Request<Full<Bytes>>,
) -> Result<Answer, String> {
    let stream = connector.connect(name, stream).await.map_err(|error| {
        format!(
            "TLS failed: {error}; besides the system's roots, the mock trusts the authorities that it was started with"
        )
    })?;
    over(stream, request).await
}

/// Sends a request over a connection. The error says why there is no answer.
pub async fn over<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Answer, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = http1::Builder::new();
    builder.max_buf_size(LONGEST_HEAD);
    let (mut sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(|error| told(&error))?;
    let answered = async move {
        let response = sender.send_request(request).await.map_err(|error| told(&error))?;
        let status = response.status();
        Ok((status, beginning(response.into_body()).await))
    };
    // The connection must be driven beside the exchange, and may end before it was read.
    match select(Box::pin(answered), Box::pin(connection)).await {
        Either::Left((answer, _)) => answer,
        Either::Right((_, answered)) => answered.await,
    }
}

/// The beginning of a body; that it breaks off changes nothing about the status.
async fn beginning(mut body: Incoming) -> Vec<u8> {
    let mut read = Vec::new();
    while read.len() < MOST_READ
        && let Some(Ok(frame)) = body.frame().await
    {
        if let Some(bytes) = frame.data_ref() {
            read.extend(bytes.iter().take(MOST_READ - read.len()));
        }
    }
    read
}

fn told(error: &hyper::Error) -> String {
    if error.is_parse() {
        format!("the answer is no HTTP: {error}")
    } else if error.is_incomplete_message() {
        "the connection was closed before there was an answer".to_owned()
    } else {
        format!("the connection broke: {error}")
    }
}
