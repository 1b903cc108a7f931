//! A request as the handlers of the endpoints take it. Nothing of it is copied on its way through the router.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
};
use http::{HeaderMap, Method, StatusCode, Uri, request::Parts};

use super::site::Site;

/// A request, read whole.
pub struct Arrived {
    /// Where it arrived.
    pub site: Site,
    /// Its method.
    pub method: Method,
    /// Its path below the environment's root, and its query.
    pub uri: Uri,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// What goes through the router beside a request's head.
#[derive(Clone)]
struct Beside {
    site: Site,
    body: Bytes,
}

impl Arrived {
    /// The request that hands `body`, and that it arrived at `site`, through the router.
    pub fn request(mut parts: Parts, site: Site, body: Bytes) -> Request {
        parts.extensions.insert(Beside { site, body });
        Request::from_parts(parts, Body::empty())
    }
}

impl<S: Sync> FromRequest<S> for Arrived {
    type Rejection = StatusCode;

    /// The request that [`Arrived::request`] made; another one is a mistake of the mock's own.
    async fn from_request(request: Request, _: &S) -> Result<Self, StatusCode> {
        let (mut parts, _) = request.into_parts();
        let Beside { site, body } = parts.extensions.remove().ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
        Ok(Self { site, method: parts.method, uri: parts.uri, headers: parts.headers, body })
    }
}
