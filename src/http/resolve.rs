//! Names to addresses.

use std::error::Error;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Asks the system, save for `localhost`.
pub(super) struct Resolver;

/// A name that has no address.
#[derive(Debug)]
pub(super) struct Unresolved {
    /// The name.
    pub(super) host: String,
    /// What the system said.
    pub(super) detail: String,
}

impl fmt::Display for Unresolved {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the name {} can't be resolved: {}", self.host, self.detail)
    }
}

impl Error for Unresolved {}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let host = name.as_str().to_owned();
            // Whatever the resolver of this machine says, `localhost` is loopback (RFC 6761 §6.3).
            if host == "localhost" {
                let loopback = [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), (Ipv6Addr::LOCALHOST, 0).into()];
                return Ok(Box::new(loopback.into_iter()) as Addrs);
            }
            let found = tokio::net::lookup_host((host.as_str(), 0)).await.map(Iterator::collect::<Vec<_>>);
            let detail = match found {
                Ok(addresses) if addresses.is_empty() => "it has no address".to_owned(),
                Ok(addresses) => return Ok(Box::new(addresses.into_iter()) as Addrs),
                Err(error) => error.to_string(),
            };
            Err(Unresolved { host, detail }.into())
        })
    }
}
