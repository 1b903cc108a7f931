//! The listener: accepts connections, and serves each until it ends.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use super::{control::Settings, dispatch::Shared, mutation::Mutation, wire, worlds::Worlds};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// Connections that may wait to be accepted: a thousand clients may come at once.
const BACKLOG: u32 = 4096;

/// How a mock is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The URL under which clients reach the mock, if it is not `http://ADDRESS:PORT`; without trailing slash.
    pub public_url: Option<String>,
    /// The knobs of the default world, and of every world that brings none.
    pub settings: Settings,
}

/// A running mock. Dropping it closes the listener and all connections.
#[derive(Debug)]
pub struct Mock {
    address: SocketAddr,
    url: String,
    task: JoinHandle<()>,
}

impl Mock {
    /// Starts to listen. Fails if the address cannot be had, such as a port in use.
    pub async fn start(options: Options) -> io::Result<Self> {
        Self::start_as(options, None).await
    }

    /// As [`Mock::start`], but broken on purpose.
    pub async fn start_broken(options: Options, mutation: Mutation) -> io::Result<Self> {
        Self::start_as(options, Some(mutation)).await
    }

    #[expect(clippy::unused_async, reason = "it must be called inside the runtime that serves, and says so")]
    async fn start_as(options: Options, mutation: Option<Mutation>) -> io::Result<Self> {
        let socket = if options.listen.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // Else a port stays refused for a minute after the mock that had it; on Windows the option would share it.
        #[cfg(not(windows))]
        socket.set_reuseaddr(true)?;
        socket.bind(options.listen)?;
        let listener = socket.listen(BACKLOG)?;
        let address = listener.local_addr()?;
        let url = options.public_url.unwrap_or_else(|| format!("http://{address}"));
        let shared = Arc::new(Shared::new(Worlds::new(url.clone(), options.settings), mutation));
        let task = tokio::spawn(accept(listener, shared));
        Ok(Self { address, url, task })
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its root URL, without trailing slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Closes the listener and all connections, and waits until they are closed.
    pub async fn stop(mut self) {
        self.task.abort();
        // An aborted task reports its cancellation; there is nothing to do about it.
        drop((&mut self.task).await);
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Accepts until it is aborted; the connections are its own, so that they end with it.
async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(serve(stream, peer, shared.clone()));
                }
                // Out of descriptors, mostly: another try at once would spin.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, peer: SocketAddr, shared: Arc<Shared>) {
    // A socket without the option answers all the same, only later.
    drop(stream.set_nodelay(true));
    let service = hyper::service::service_fn(move |request| {
        let shared = shared.clone();
        async move { shared.respond(request, peer.ip()).await }
    });
    let mut connection = hyper::server::conn::http1::Builder::new();
    // Who has said all that they will say waits for an answer all the same.
    connection.half_close(true);
    let mut connection = connection.serve_connection(TokioIo::new(stream), service);
    // A broken connection concerns the client alone, who sees it too; one that was ordered to end is ended here.
    if let Err(error) = (&mut connection).await
        && let Some(how) = wire::abandoned(&error)
    {
        let stream = connection.into_parts().io.into_inner();
        wire::abandon(&stream, how).await;
    }
}
