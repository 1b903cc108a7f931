//! Why there is no answer, out of what the HTTP client says.

use std::error::Error;
use std::io::{self, ErrorKind};

use url::Url;

use super::connection::Way;
use super::network::address;
use super::resolve::Unresolved;
use super::{Failure, Phase, ProxyTrouble, tls};

/// With these words the client begins what it says of a proxy; it has no type for it that others can see.
const TUNNEL: &str = "tunnel error: ";

/// Finds the reason behind the client's error, which is deep in its chain of sources. `status` is that of the head, if
/// it had arrived.
pub(super) fn explain(error: &reqwest::Error, status: Option<u16>, url: &Url, way: &Way) -> Failure {
    let chain = chain(error);
    outside(&chain, url, way)
        .or_else(|| in_the_connection(&chain, error, status, url, way))
        .unwrap_or_else(|| otherwise(&chain, error, status, url, way))
}

/// The error and all that is behind it. What an [`io::Error`] holds is not its source, but what comes after it is.
fn chain(error: &reqwest::Error) -> Vec<&(dyn Error + 'static)> {
    let mut chain: Vec<&(dyn Error + 'static)> = Vec::new();
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        chain.push(error);
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(held) => Some(held),
            None => error.source(),
        };
    }
    chain
}

/// What is wrong with DNS, TLS or a proxy.
fn outside(chain: &[&(dyn Error + 'static)], url: &Url, way: &Way) -> Option<Failure> {
    chain.iter().find_map(|error| {
        if let Some(Unresolved { host, detail }) = error.downcast_ref() {
            return Some(match &way.proxy {
                Some(proxy) if url.host_str() != Some(host) => {
                    of_proxy(proxy, ProxyTrouble::Unreachable { detail: format!("its name has no address: {detail}") })
                }
                _ => Failure::Unresolved { host: host.clone(), detail: detail.clone() },
            });
        }
        if let Some(reason) = error.downcast_ref::<rustls::Error>() {
            return Some(Failure::Tls { address: address(url), trouble: tls::trouble(reason, way.identified) });
        }
        let said = error.to_string();
        let trouble = match said.strip_prefix(TUNNEL)? {
            "proxy authorization required" => ProxyTrouble::CredentialsWanted,
            "failed to create underlying connection" | "io error establishing tunnel" => return None,
            detail => ProxyTrouble::Refused { host: address(url), detail: detail.to_owned() },
        };
        Some(of_proxy(way.proxy.as_deref().unwrap_or("of the environment"), trouble))
    })
}

fn of_proxy(proxy: &str, trouble: ProxyTrouble) -> Failure {
    Failure::Proxy { proxy: proxy.to_owned(), trouble }
}

fn in_the_connection(
    chain: &[&(dyn Error + 'static)],
    error: &reqwest::Error,
    status: Option<u16>,
    url: &Url,
    way: &Way,
) -> Option<Failure> {
    chain.iter().find_map(|deeper| {
        if let Some(found) = deeper.downcast_ref::<hyper::Error>() {
            if found.is_parse() || found.is_parse_too_large() {
                return Some(Failure::BadHttp { detail: found.to_string() });
            }
            if found.is_incomplete_message() || found.is_closed() {
                return Some(Failure::Closed { status });
            }
        }
        match deeper.downcast_ref::<io::Error>()?.kind() {
            ErrorKind::ConnectionRefused => Some(match &way.proxy {
                Some(proxy) => {
                    of_proxy(proxy, ProxyTrouble::Unreachable { detail: "nothing listens there".to_owned() })
                }
                None => Failure::Refused { address: address(url) },
            }),
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof
                if !error.is_connect() =>
            {
                Some(Failure::Closed { status })
            }
            _ => None,
        }
    })
}

fn otherwise(
    chain: &[&(dyn Error + 'static)],
    error: &reqwest::Error,
    status: Option<u16>,
    url: &Url,
    way: &Way,
) -> Failure {
    let deepest = chain.last().copied().unwrap_or(error);
    let detail = deepest.to_string();
    if error.is_connect() {
        if error.is_timeout() {
            let through = way.proxy.as_ref().map_or_else(String::new, |proxy| format!(" through the proxy {proxy}"));
            return Failure::TooSlow {
                phase: Phase::Connect,
                address: address(url) + &through,
                after: way.timeouts.connect,
                status: None,
            };
        }
        match &way.proxy {
            Some(proxy) => of_proxy(proxy, ProxyTrouble::Unreachable { detail }),
            None => Failure::Unreachable { address: address(url), detail },
        }
    } else if error.is_builder() || error.is_request() && status.is_none() && deepest.is::<::http::Error>() {
        Failure::Unsendable { reason: format!("the request cannot be written as HTTP: {detail}") }
    } else {
        Failure::BadHttp { detail }
    }
}
