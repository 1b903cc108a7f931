//! What becomes of a request: read whole, its world found, met by a fault or handed on to the router.

use std::{
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    response::IntoResponse,
};
use futures_util::future::poll_immediate;
use http::{
    HeaderValue, Request, Response, StatusCode, Uri, Version,
    header::{ALLOW, CONNECTION, CONTENT_LENGTH, HOST},
    request::Parts,
    uri::PathAndQuery,
};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use tokio::time::timeout;
use tower::ServiceExt;

use super::{
    arrived::Arrived,
    control, control_api,
    control_guard::ControlGuard,
    faults::{self, Asked},
    form,
    journal::{Decision, Recording},
    live,
    mutation::Mutation,
    oauth,
    problem::Problem,
    site::{Environment, Site},
    thumbtack::{openapi, operations, website},
    wire::{self, Abandoned},
    worlds::{DEFAULT, World, Worlds},
};

/// The longest request body in bytes; a longer one is answered by 413.
const LONGEST_BODY: usize = 1024 * 1024;

/// Why a request is refused before it is read: a status, and what to do about it.
type Refused = (StatusCode, String);

/// Why a URL is refused that no endpoint could read.
const BADLY_FORMED: &str = "the URL is badly formed";

/// What all connections share.
#[derive(Debug)]
pub struct Shared {
    worlds: Worlds,
    guard: ControlGuard,
    router: Router,
    mutation: Option<Mutation>,
}

impl Shared {
    /// Serves `worlds`, which whoever `guard` lets pass may control, broken on purpose if there is a `mutation`.
    pub fn new(worlds: Worlds, guard: ControlGuard, mutation: Option<Mutation>) -> Self {
        let router = oauth::routes()
            .merge(operations::routes())
            .merge(openapi::routes())
            .merge(website::routes())
            .fallback(oauth::pages::not_found);
        Self { worlds, guard, router, mutation }
    }

    /// The default world.
    pub fn default_world(&self) -> Option<Arc<World>> {
        self.worlds.get(DEFAULT)
    }

    /// The default world, as it is described to whoever controls it.
    pub fn described(&self) -> Option<control::World> {
        self.worlds.get(DEFAULT).map(|world| control_api::described(&world))
    }

    /// Orders a fault of the default world. The error says what is wrong with it.
    pub fn order(&self, fault: control::Fault) -> Result<(), String> {
        let world = self.worlds.get(DEFAULT).ok_or("the mock has lost its default world")?;
        world.trouble.order(fault)
    }

    /// Answers a request as it comes off a connection; its body may take as long as `patience`. The error says how the
    /// connection ends without an answer, because it was ordered to.
    pub async fn respond(&self, request: Request<Incoming>, patience: Duration) -> Result<Response<Body>, Abandoned> {
        let began = Instant::now();
        let (parts, body) = request.into_parts();
        let read = {
            let mut whole = pin!(Limited::new(body, LONGEST_BODY).collect());
            // Most bodies come together with the head; a timer is for those that do not.
            match poll_immediate(&mut whole).await {
                Some(read) => Ok(read),
                None => timeout(patience, whole).await,
            }
        };
        let body = match read {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(error)) => return Ok(last(self.refuse(&parts, began, unread(&*error)).await)),
            Err(_) => return Ok(last(self.refuse(&parts, began, too_slow(patience)).await)),
        };
        let request = Request::from_parts(parts, body);
        let response = match self.mutation {
            None => answer(request, self).await,
            Some(mutation) => broken(request, self, mutation).await,
        };
        wire::send(response).await
    }

    /// The answer to a request that was not read and has no right answer. If its path is in a world, the journal of that
    /// one tells of it.
    async fn refuse(&self, parts: &Parts, began: Instant, (status, why): Refused) -> Response<Body> {
        let path = parts.uri.path();
        match self.worlds.resolve(path).filter(|_| !is_control(path)) {
            Some((site, rest)) if !is_live(&site, rest) => {
                let mut response = problem(&site, rest, status, &why);
                Decision::on(&mut response).because(why);
                Recording::unread(&site, parts, rest, began).end(response).await
            }
            _ => Problem::new(status, why).into_response(),
        }
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
    let (parts, body) = request.into_parts();
    let hosts = parts.headers.get_all(HOST).iter().count();
    if hosts > 1 || hosts == 0 && parts.version == Version::HTTP_11 {
        // RFC 9112 §3.2; before HTTP/1.1 there was no such header.
        let detail = format!("a request has one `Host` header, and this one has {hosts}");
        return shared.refuse(&parts, Instant::now(), (StatusCode::BAD_REQUEST, detail)).await;
    }
    let path = parts.uri.path().to_owned();
    if is_control(&path) {
        return match shared.guard.refuse(&parts) {
            Some(refused) => refused,
            None => control_api::respond(&parts, &body, &shared.worlds).await,
        };
    }
    let Some((site, rest)) = shared.worlds.resolve(&path) else {
        return Problem::new(StatusCode::NOT_FOUND, "there is no world of this id; it may have been deleted")
            .into_response();
    };
    if is_live(&site, rest) {
        return live::respond(site.world, rest, (&parts, &body), &shared.guard).await;
    }
    let recording = Recording::begin(&site, &parts, rest, &body);
    let response = at_site(site, rest, Request::from_parts(parts, body), shared).await;
    recording.end(response).await
}

/// The problem at `rest` below the root of `site`. All that the API answers have a `traceID` (changelog, 2026-01-16).
fn problem(site: &Site, rest: &str, status: StatusCode, detail: &str) -> Response<Body> {
    let problem = Problem::new(status, detail);
    if rest.starts_with("/api/") {
        return problem.traced(site.world.identifiers.trace()).answer(&site.world.settings);
    }
    problem.into_response()
}

fn is_control(path: &str) -> bool {
    path == "/control" || path.starts_with("/control/")
}

/// Whether `rest` below the root of `site` is of the live page.
fn is_live(site: &Site, rest: &str) -> bool {
    site.environment == Environment::Staging && live::is_live(rest)
}

/// The answer to a request that arrived at `rest` below the root of `site`.
async fn at_site(site: Site, rest: &str, request: Request<Bytes>, shared: &Shared) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let rest = faults::without_trailing_slash(rest);
    let place = rest.strip_prefix("/api").filter(|below| below.starts_with('/')).unwrap_or(rest);
    let is_for_api = place != rest;
    let is_badly_escaped = is_for_api && form::decode(place.as_bytes()).is_err();
    // Most requests to a mock that stands alone are for the world at its root, and their URL is as it must be.
    let uri = if rest == parts.uri.path() { Some(parts.uri.clone()) } else { below(&parts.uri, rest) };
    let uri = uri.filter(|_| !is_badly_escaped);
    if !site.world.trouble.is_ordered() {
        return route(shared, site, Request::from_parts(parts, body), uri).await;
    }
    let real = route(shared, site.clone(), Request::from_parts(parts.clone(), body.clone()), uri);
    faults::carry_out(Asked { site: &site, parts: &parts, body: &body, place, is_for_api }, real).await
}

/// The answer of the real endpoint at `uri`, which is `None` if the URL is badly formed.
async fn route(shared: &Shared, site: Site, request: Request<Bytes>, uri: Option<Uri>) -> Response<Body> {
    let Some(uri) = uri else {
        let rest = shared.worlds.resolve(request.uri().path()).map_or("", |(_, rest)| rest);
        let mut response = problem(&site, rest, StatusCode::BAD_REQUEST, BADLY_FORMED);
        Decision::on(&mut response).because(BADLY_FORMED);
        return response;
    };
    let (mut parts, body) = request.into_parts();
    parts.uri = uri;
    match shared.router.clone().oneshot(Arrived::request(parts, site, body)).await {
        Ok(mut response) => {
            // The router adds it where no method fits, also if the answer is that nothing is there.
            if response.status() == StatusCode::NOT_FOUND {
                response.headers_mut().remove(ALLOW);
            }
            response
        }
        Err(never) => match never {},
    }
}

/// A body that is too long, or that broke off.
fn unread(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Refused {
    if error.is::<http_body_util::LengthLimitError>() {
        (StatusCode::PAYLOAD_TOO_LARGE, format!("the body is longer than {LONGEST_BODY} bytes"))
    } else {
        (StatusCode::BAD_REQUEST, format!("the body could not be read: {error}"))
    }
}

/// A body that did not come in time.
fn too_slow(patience: Duration) -> Refused {
    (StatusCode::REQUEST_TIMEOUT, format!("the body did not come within {} s", patience.as_secs_f64()))
}

/// An answer to a request of which the rest is still on the wire, so that the connection ends.
fn last(mut response: Response<Body>) -> Response<Body> {
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
