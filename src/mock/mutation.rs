//! A mock that breaks its contract on purpose, so that scenarios can be seen to fail.
//!
//! Only tests make one: no command, setting or order of the control API does.

use axum::body::Bytes;
use http::{Request, Response};

/// What a broken mock does otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Mutation {
    /// Changes each request before the mock looks at it.
    pub request: fn(&mut Request<Bytes>),
    /// Changes each answer before it is sent; the request is as it came.
    pub answer: fn(&Request<Bytes>, &mut Response<Bytes>),
    /// Changes each webhook before it is sent.
    pub delivery: fn(&mut Request<Bytes>),
}

/// Changes nothing.
impl Default for Mutation {
    fn default() -> Self {
        Self { request: |_| {}, answer: |_, _| {}, delivery: |_| {} }
    }
}
