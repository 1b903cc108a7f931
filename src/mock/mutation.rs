//! A mock that breaks its contract on purpose, so that scenarios can be seen to fail.
//!
//! Only tests make one: no command, setting or order of the control API does.

use axum::body::Bytes;
use http::{Request, Response};

/// What a broken mock does otherwise.
#[derive(Clone, Copy, Debug)]
pub enum Mutation {
    /// Changes each request before the mock looks at it.
    Request(fn(&mut Request<Bytes>)),
    /// Changes each answer before it is sent; the request is as it came.
    Answer(fn(&Request<Bytes>, &mut Response<Bytes>)),
}

impl Mutation {
    /// The request as the mock is to see it.
    pub(super) fn before(self, mut request: Request<Bytes>) -> Request<Bytes> {
        if let Self::Request(change) = self {
            change(&mut request);
        }
        request
    }

    /// The answer as the client is to see it.
    pub(super) fn after(self, request: &Request<Bytes>, mut answer: Response<Bytes>) -> Response<Bytes> {
        if let Self::Answer(change) = self {
            change(request, &mut answer);
        }
        answer
    }
}
