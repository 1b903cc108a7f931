//! The HTTP clients by which the hosts of one target are reached.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ::http::Uri;
use base64::prelude::{BASE64_STANDARD, Engine};
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{Client, ClientBuilder};
use secrecy::SecretString;
use url::Url;

use super::network::{Network, Timeouts};
use super::reach::Trust;
use super::resolve::Resolver;
use super::{Failure, is_loopback, tls};

/// How long an unused connection is kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// The clients of one [`Network`], each with a pool of its own.
///
/// Redirects, retries, cookies, `Referer` and decompression are off. TLS is set up when it is first needed: to read the
/// roots of the system takes longer than a whole run against the mock.
#[derive(Debug)]
pub(super) struct Connections {
    network: Network,
    /// Speaks plain HTTP only, with loopback, and with a mock elsewhere.
    plain: Client,
    /// Speaks https with loopback; what the environment says of proxies is not meant for that.
    near: OnceLock<Result<Client, Failure>>,
    /// Speaks https with other hosts.
    far: OnceLock<Result<Client, Failure>>,
}

/// The way that a request takes.
pub(super) struct Way {
    pub(super) client: Client,
    pub(super) timeouts: Timeouts,
    /// Host and port of the proxy, if there is one.
    pub(super) proxy: Option<String>,
    /// Whether we have a certificate to show.
    pub(super) identified: bool,
}

impl Connections {
    pub(super) fn new(network: Network) -> Result<Self, Failure> {
        let plain = build(through(builder(&network, tls::trusting_nobody()?), &network)?)?;
        Ok(Self { network, plain, near: OnceLock::new(), far: OnceLock::new() })
    }

    /// How the hosts are trusted.
    pub(super) fn trust(&self) -> Trust {
        if self.network.in_the_clear { Trust::InTheClear } else { Trust::Secured }
    }

    /// The way to `url`, a URL that may be reached.
    pub(super) fn way_to(&self, url: &Url) -> Result<Way, Failure> {
        let near = is_loopback(url);
        let proxy = self.network.proxy_before(url);
        let client = if url.scheme() == "http" {
            self.plain.clone()
        } else if near {
            self.near.get_or_init(|| build(through(self.secure()?, &self.network)?)).clone()?
        } else {
            self.far.get_or_init(|| self.far()).clone()?
        };
        Ok(Way { client, timeouts: self.network.timeouts, proxy, identified: self.network.has_identity() })
    }

    fn far(&self) -> Result<Client, Failure> {
        match self.network.proxy {
            // The client asks the environment unless it is told otherwise.
            None => build(self.secure()?),
            Some(_) => build(through(self.secure()?, &self.network)?),
        }
    }

    fn secure(&self) -> Result<ClientBuilder, Failure> {
        Ok(builder(&self.network, tls::trusting(&self.network)?))
    }
}

impl Network {
    /// Host and port of the proxy by which `url` is reached, if there is one: the configured one, or that of the
    /// environment, which is not for this machine. A proxy resolves the name of the host by itself.
    pub fn proxy_before(&self, url: &Url) -> Option<String> {
        match &self.proxy {
            Some(proxy) => Some(proxy.address()),
            // Nor for a mock elsewhere, the only one with which plain HTTP is spoken.
            None if is_loopback(url) || url.scheme() == "http" => None,
            None => of_environment(url).map(|proxy| proxy.authority().map_or_else(String::new, ToString::to_string)),
        }
    }
}

/// The proxy that the variables of the environment name for `url`, without its credentials.
fn of_environment(url: &Url) -> Option<Uri> {
    Matcher::from_env().intercept(&url.as_str().parse().ok()?).map(|found| found.uri().clone())
}

/// The user and the password for the proxy that the variables of the environment name for `url`.
pub fn credentials_of_environment(url: &Url) -> Option<(String, SecretString)> {
    let proxy = Matcher::from_env().intercept(&url.as_str().parse().ok()?)?;
    let encoded = proxy.basic_auth()?.to_str().ok()?.strip_prefix("Basic ")?;
    let pair = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
    let (user, password) = pair.split_once(':')?;
    Some((user.to_owned(), password.into()))
}

fn builder(network: &Network, tls: rustls::ClientConfig) -> ClientBuilder {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(network.timeouts.connect)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .tcp_nodelay(true)
        .dns_resolver(Arc::new(Resolver))
        .tls_backend_preconfigured(tls)
}

/// By the proxy of `network`, or else by none, whatever the environment says.
fn through(builder: ClientBuilder, network: &Network) -> Result<ClientBuilder, Failure> {
    match &network.proxy {
        None => Ok(builder.no_proxy()),
        Some(proxy) => Ok(builder.proxy(reqwest::Proxy::all(proxy.url().clone()).map_err(|error| setup(&error))?)),
    }
}

fn build(builder: ClientBuilder) -> Result<Client, Failure> {
    builder.build().map_err(|error| setup(&error))
}

fn setup(error: &reqwest::Error) -> Failure {
    Failure::Unsendable { reason: format!("the HTTP client cannot be set up: {error}") }
}
