//! What becomes of a request: read whole, its world found, met by a fault or handed on to the router.

use std::net::IpAddr;

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
use tower::ServiceExt;

use super::{
    control_api,
    faults::{self, Asked},
    form,
    mutation::Mutation,
    oauth,
    problem::Problem,
    site::Site,
    thumbtack::{operations, website},
    wire::{self, Abandoned},
    worlds::Worlds,
};

/// The longest request body in bytes; a longer one is answered by 413.
const LONGEST_BODY: usize = 1024 * 1024;

/// What all connections share.
pub struct Shared {
    worlds: Worlds,
    router: Router,
    mutation: Option<Mutation>,
}

impl Shared {
    /// Serves `worlds`, broken on purpose if there is a `mutation`.
    pub fn new(worlds: Worlds, mutation: Option<Mutation>) -> Self {
        let router =
            oauth::routes().merge(operations::routes()).merge(website::routes()).fallback(oauth::pages::not_found);
        Self { worlds, router, mutation }
    }

    /// Answers a request as it comes off the connection of `peer`. The error says how the connection ends without an
    /// answer, because it was ordered to.
    pub async fn respond(&self, request: Request<Incoming>, peer: IpAddr) -> Result<Response<Body>, Abandoned> {
        let (parts, body) = request.into_parts();
        let body = match Limited::new(body, LONGEST_BODY).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => return Ok(unread(&*error)),
        };
        let request = Request::from_parts(parts, body);
        let response = match self.mutation {
            None => answer(request, self, peer).await,
            Some(mutation) => broken(request, self, mutation, peer).await,
        };
        wire::send(response).await
    }
}

/// The answer of a mock that is broken by `mutation`.
async fn broken(request: Request<Bytes>, shared: &Shared, mutation: Mutation, peer: IpAddr) -> Response<Body> {
    let mut seen = request.clone();
    (mutation.request)(&mut seen);
    let (mut parts, body) = answer(seen, shared, peer).await.into_parts();
    // The length may not stay what it was.
    parts.headers.remove(CONTENT_LENGTH);
    // Bodies of the mock are whole: nothing of them can be lost.
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let mut answer = Response::from_parts(parts, body);
    (mutation.answer)(&request, &mut answer);
    answer.map(Body::from)
}

async fn answer(request: Request<Bytes>, shared: &Shared, peer: IpAddr) -> Response<Body> {
    let (parts, body) = request.into_parts();
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
    let is_for_api = place != rest;
    let is_badly_escaped = is_for_api && form::decode(place.as_bytes()).is_err();
    let uri = below(&parts.uri, rest).filter(|_| !is_badly_escaped);
    if !site.world.trouble.is_ordered() {
        return route(shared, site, Request::from_parts(parts, body), uri).await;
    }
    let real = route(shared, site.clone(), Request::from_parts(parts.clone(), body.clone()), uri);
    faults::carry_out(Asked { site: &site, parts: &parts, body: &body, place, is_for_api, peer }, real).await
}

/// The answer of the real endpoint at `uri`, which is `None` if the URL is badly formed.
async fn route(shared: &Shared, site: Site, mut request: Request<Bytes>, uri: Option<Uri>) -> Response<Body> {
    match uri {
        Some(uri) => *request.uri_mut() = uri,
        None => return Problem::new(StatusCode::BAD_REQUEST, "the URL is badly formed").into_response(),
    }
    request.extensions_mut().insert(site);
    match shared.router.clone().oneshot(request.map(Body::from)).await {
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
