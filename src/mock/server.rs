//! The listener: accepts connections, reads whole requests, finds the world, applies faults, hands on to the router.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    response::IntoResponse,
};
use http::{
    HeaderValue, Request, Response, StatusCode, Uri, Version,
    header::{CONNECTION, CONTENT_LENGTH, HOST},
    uri::PathAndQuery,
};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    task::{JoinHandle, JoinSet},
};
use tower::ServiceExt;

use super::{
    control::Settings,
    control_api, faults, form,
    mutation::Mutation,
    oauth,
    problem::Problem,
    thumbtack::{operations, website},
    worlds::Worlds,
};

/// The longest request body in bytes; a longer one is answered by 413.
const LONGEST_BODY: usize = 1024 * 1024;

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
        let shared = Arc::new(Shared {
            worlds: Worlds::new(url.clone(), options.settings),
            router: oauth::routes()
                .merge(operations::routes())
                .merge(website::routes())
                .fallback(oauth::pages::not_found),
            mutation,
        });
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

struct Shared {
    worlds: Worlds,
    router: Router,
    mutation: Option<Mutation>,
}

/// Accepts until it is aborted; the connections are its own, so that they end with it.
async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, shared.clone()));
                }
                // Out of descriptors, mostly: another try at once would spin.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    // A socket without the option answers all the same, only later.
    drop(stream.set_nodelay(true));
    let service = hyper::service::service_fn(move |request| {
        let shared = shared.clone();
        async move { Ok::<_, Infallible>(respond(request, &shared).await) }
    });
    let mut connection = hyper::server::conn::http1::Builder::new();
    // Who has said all that they will say waits for an answer all the same.
    connection.half_close(true);
    // A broken connection concerns the client alone, who sees it too.
    drop(connection.serve_connection(TokioIo::new(stream), service).await);
}

async fn respond(request: Request<Incoming>, shared: &Shared) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, LONGEST_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return unread(&*error),
    };
    let request = Request::from_parts(parts, body);
    match shared.mutation {
        None => answer(request, shared).await,
        Some(mutation) => broken(request, shared, mutation).await,
    }
}

/// The answer of a mock that is broken by `mutation`.
async fn broken(request: Request<Bytes>, shared: &Shared, mutation: Mutation) -> Response<Body> {
    let mut seen = request.clone();
    (mutation.request)(&mut seen);
    let (mut parts, body) = answer(seen, shared).await.into_parts();
    // The length may not stay what it was.
    parts.headers.remove(CONTENT_LENGTH);
    // Bodies of the mock are whole: nothing of them can be lost.
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let mut answer = Response::from_parts(parts, body);
    (mutation.answer)(&request, &mut answer);
    answer.map(Body::from)
}

async fn answer(request: Request<Bytes>, shared: &Shared) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let hosts = parts.headers.get_all(HOST).iter().count();
    if hosts > 1 || hosts == 0 && parts.version == Version::HTTP_11 {
        // RFC 9112 §3.2; before HTTP/1.1 there was no such header.
        let detail = format!("a request has one `Host` header, and this one has {hosts}");
        return Problem::new(StatusCode::BAD_REQUEST, detail).into_response();
    }
    let path = parts.uri.path().to_owned();
    if path == "/control" || path.starts_with("/control/") {
        return control_api::respond(&parts.method, &path, &body, &shared.worlds);
    }
    let Some((site, rest)) = shared.worlds.resolve(&path) else {
        return Problem::new(StatusCode::NOT_FOUND, "there is no world of this id; it may have been deleted")
            .into_response();
    };
    let rest = faults::without_trailing_slash(rest);
    let place = rest.strip_prefix("/api").filter(|below| below.starts_with('/')).unwrap_or(rest);
    let fault = site.world.state().faults.take(&parts.method, place);
    if let Some(fault) = fault {
        if let Some(delay) = fault.delay_milliseconds {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
        if let Some(answer) = faults::answer(&fault, &site, &parts.headers) {
            return answer
                .unwrap_or_else(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error).into_response());
        }
    }
    let badly_escaped = place != rest && form::decode(place.as_bytes()).is_err();
    match below(&parts.uri, rest).filter(|_| !badly_escaped) {
        Some(uri) => parts.uri = uri,
        None => return Problem::new(StatusCode::BAD_REQUEST, "the URL is badly formed").into_response(),
    }
    parts.extensions.insert(site);
    let request = Request::from_parts(parts, Body::from(body));
    match shared.router.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// A body that is too long, or that broke off. The rest of it is still on the wire, so the connection ends.
fn unread(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Response<Body> {
    let mut response = if error.is::<http_body_util::LengthLimitError>() {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is longer than {LONGEST_BODY} bytes"))
    } else {
        Problem::new(StatusCode::BAD_REQUEST, format!("the body could not be read: {error}"))
    }
    .into_response();
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// The request's URI with `path` in place of its own.
fn below(uri: &Uri, path: &str) -> Option<Uri> {
    let path = if path.is_empty() { "/" } else { path };
    let text = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    PathAndQuery::from_maybe_shared(Bytes::from(text)).ok().map(Uri::from)
}
