//! The `oauth2` crate's way to the network, which keeps what it saw.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use url::Url;

use crate::http::{Exchange, Failure, Request, Transport};

/// Sends what the crate asks for and keeps the exchange, as the crate hides statuses, headers and bodies.
pub(super) struct Recorder<'a> {
    transport: &'a Transport,
    timeout: Duration,
    exchange: Mutex<Option<Exchange>>,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(transport: &'a Transport, timeout: Duration) -> Self {
        Self { transport, timeout, exchange: Mutex::new(None) }
    }

    /// The exchange, if the crate came to send something.
    pub(super) fn into_exchange(self) -> Option<Exchange> {
        self.exchange.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    async fn record(&self, request: HttpRequest) -> Result<HttpResponse, Failure> {
        let unsendable = |reason: String| Failure::Unsendable { reason };
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string()).map_err(|error| unsendable(format!("the token URL: {error}")))?;
        let mut request = Request::new(parts.method, url);
        for (name, value) in &parts.headers {
            request = request.with_header(name.as_str(), String::from_utf8_lossy(value.as_bytes()));
        }
        request.body = body.into();
        let exchange = self.transport.send(request, self.timeout).await;
        let answer = exchange.outcome.as_ref().map_err(Clone::clone).and_then(|response| {
            let mut builder = ::http::Response::builder().status(response.status);
            for (name, value) in &response.headers {
                builder = builder.header(name, value);
            }
            builder.body(response.body.to_vec()).map_err(|error| unsendable(error.to_string()))
        });
        *self.exchange.lock().unwrap_or_else(PoisonError::into_inner) = Some(exchange);
        answer
    }
}

impl<'c> AsyncHttpClient<'c> for Recorder<'_> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Failure>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.record(request))
    }
}
