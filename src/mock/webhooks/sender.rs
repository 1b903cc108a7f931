//! What sends for all worlds of a mock: whom it trusts, and to where it may send.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, OnceLock},
    time::Duration,
};

use http::{
    HeaderValue, Method, Request,
    header::{CONNECTION, CONTENT_TYPE, HOST, USER_AGENT},
};
use http_body_util::Full;
use hyper::body::Bytes;
use rustls_platform_verifier::Verifier;
use tokio::{net::lookup_host, sync::OnceCell};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use url::{Host, Position, Url};

use super::{
    exchange::{self, Answer},
    origins::Origins,
    registration::Webhook,
};
use crate::mock::Mutation;

/// Who sends. What a real delivery says here is unknown.
const OURS: HeaderValue = HeaderValue::from_static(concat!("tacktest/", env!("CARGO_PKG_VERSION")));

/// A sender.
#[derive(Default)]
pub struct Sender {
    authorities: OnceLock<Vec<CertificateDer<'static>>>,
    /// Made at the first https delivery, as the roots of the system are read for it.
    tls: OnceCell<Result<TlsConnector, String>>,
    origins: Origins,
    broken: OnceLock<Mutation>,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Sender")
    }
}

impl Sender {
    /// Trusts these authorities too. Only what is said before the first delivery counts.
    pub fn trust(&self, authorities: Vec<CertificateDer<'static>>) {
        // Who trusts twice is wrong in the house, not outside.
        drop(self.authorities.set(authorities));
    }

    /// Breaks deliveries on purpose, from before the first one on.
    pub fn break_by(&self, mutation: Mutation) {
        let _ = self.broken.set(mutation);
    }

    /// The addresses to which a delivery to `url` may go: all of this machine, or the one at which the URL's origin
    /// answered a nonce. The error says why there is none. Takes about as long as `limit` at most.
    pub async fn destination(&self, url: &Url, limit: Duration) -> Result<Vec<SocketAddr>, String> {
        let addresses = tokio::time::timeout(limit, addresses(url))
            .await
            .map_err(|_| "the name of the host could not be resolved in time".to_owned())??;
        if addresses.iter().all(|address| address.ip().to_canonical().is_loopback()) {
            return Ok(addresses);
        }
        self.origins.pinned(self, url, &addresses, limit).await.map(|address| vec![address])
    }

    /// Delivers `body` to `webhook` at one of `addresses`.
    pub async fn post(&self, webhook: &Webhook, addresses: &[SocketAddr], body: Bytes) -> Result<Answer, String> {
        let mut request = request(Method::POST, &webhook.url, body)?;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some((name, value)) = webhook.auth.header() {
            request.headers_mut().insert(name, value);
        }
        if let Some(broken) = self.broken.get() {
            (broken.delivery)(&mut request);
        }
        self.exchange(&webhook.url, addresses, request).await
    }

    /// Reads `url` at one of `addresses`.
    pub async fn get(&self, url: &Url, addresses: &[SocketAddr]) -> Result<Answer, String> {
        self.exchange(url, addresses, request(Method::GET, url, Bytes::new())?).await
    }

    async fn exchange(&self, url: &Url, addresses: &[SocketAddr], request: Request<Bytes>) -> Result<Answer, String> {
        let request = request.map(Full::new);
        let stream = exchange::connect(addresses).await?;
        if url.scheme() != "https" {
            return exchange::over(stream, request).await;
        }
        let connector = self.tls.get_or_init(|| self.connector()).await.clone()?;
        let name = match url.host() {
            Some(Host::Ipv4(address)) => Ok(ServerName::from(IpAddr::from(address))),
            Some(Host::Ipv6(address)) => Ok(ServerName::from(IpAddr::from(address))),
            Some(Host::Domain(name)) => ServerName::try_from(name.to_owned()).map_err(|error| error.to_string()),
            None => Err("the URL has no host".to_owned()),
        };
        exchange::over_tls(stream, &connector, name?, request).await
    }

    async fn connector(&self) -> Result<TlsConnector, String> {
        let authorities = self.authorities.get().cloned().unwrap_or_default();
        // Reading the system's roots blocks.
        let made = tokio::task::spawn_blocking(move || connector(authorities)).await;
        made.map_err(|error| error.to_string()).flatten().map_err(|error| format!("TLS cannot be set up: {error}"))
    }
}

fn connector(authorities: Vec<CertificateDer<'static>>) -> Result<TlsConnector, String> {
    let provider = Arc::new(default_provider());
    let verifier = Verifier::new_with_extra_roots(authorities, provider.clone()).map_err(|error| error.to_string())?;
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| error.to_string())?;
    // The verifier is the system's own, not one that lets more pass.
    let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

/// The addresses of a URL's host.
async fn addresses(url: &Url) -> Result<Vec<SocketAddr>, String> {
    let port = url.port_or_known_default().unwrap_or(443);
    let addresses = match url.host() {
        Some(Host::Ipv4(address)) => vec![SocketAddr::from((address, port))],
        Some(Host::Ipv6(address)) => vec![SocketAddr::from((address, port))],
        Some(Host::Domain(name)) => {
            let found = lookup_host((name, port)).await.map_err(|error| format!("`{name}` has no address: {error}"))?;
            found.collect()
        }
        None => Vec::new(),
    };
    if addresses.is_empty() { Err("the host has no address".to_owned()) } else { Ok(addresses) }
}

fn request(method: Method, url: &Url, body: Bytes) -> Result<Request<Bytes>, String> {
    let target = &url[Position::BeforePath..Position::AfterQuery];
    let host = &url[Position::BeforeHost..Position::AfterPort];
    Request::builder()
        .method(method)
        .uri(target)
        .header(HOST, host)
        .header(USER_AGENT, OURS)
        .header(CONNECTION, HeaderValue::from_static("close"))
        .body(body)
        .map_err(|error| format!("the URL cannot be asked for: {error}"))
}
