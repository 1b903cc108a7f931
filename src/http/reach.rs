//! What may be reached, and by which connections.

use std::sync::Arc;

use url::{Origin, Url};

use crate::source::is_loopback;

use super::Failure;
use super::connection::{Connections, Way};
use super::network::Network;

/// Hosts that are reached in one way: those of a target, or of its second environment.
#[derive(Debug, Default)]
pub struct Hosts {
    /// Their origins (RFC 6454 §4).
    pub origins: Vec<Origin>,
    /// How they are reached.
    pub network: Network,
}

/// Holds the rule of what may be reached: this machine, the hosts of a target by https, and a mock elsewhere.
#[derive(Debug)]
pub(super) struct Reach {
    hosts: Vec<(Vec<Origin>, Connections)>,
    /// For what is on this machine and no host of the target, such as the control API of a mock: no proxy, and no
    /// certificate of one's own.
    bare: Connections,
}

impl Reach {
    pub(super) fn new(hosts: Vec<Hosts>) -> Result<Arc<Self>, Failure> {
        let of = |hosts: Hosts| Ok((hosts.origins, Connections::new(hosts.network)?));
        let hosts = hosts.into_iter().map(of).collect::<Result<_, Failure>>()?;
        Ok(Arc::new(Self { hosts, bare: Connections::new(Network::default())? }))
    }

    /// The way to `url`, if it may be reached.
    pub(super) fn way_to(&self, url: &Url) -> Result<Way, Failure> {
        let origin = url.origin();
        let own = self.hosts.iter().find(|(origins, _)| origins.contains(&origin));
        let trust = own.map_or(Trust::None, |(_, connections)| connections.trust());
        allowed(url, trust)?;
        own.map_or(&self.bare, |(_, connections)| connections).way_to(url)
    }
}

/// How a host is trusted that is not this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// It is no host of the target.
    None,
    /// It is reached by https.
    Secured,
    /// It is a mock's, and is reached by plain HTTP, too.
    InTheClear,
}

/// Refuses what is out of reach, and what would be sent otherwise than written.
fn allowed(url: &Url, trust: Trust) -> Result<(), Failure> {
    let host = url.host_str().unwrap_or_default();
    let reason = match (url.scheme(), url.host()) {
        ("http" | "https", Some(_)) if is_loopback(url) => None,
        ("http", Some(_)) if trust == Trust::InTheClear => None,
        ("http", Some(_)) => Some(format!(
            "{host} is not this machine, and other hosts are reached by https only, as anyone on the way could read the \
             request; write https:// if the host speaks it"
        )),
        ("https", Some(_)) if trust != Trust::None => None,
        ("https", Some(_)) => Some(format!(
            "{host} is no host of the target, and nobody else is spoken to; if it is one, add its address to the target in \
             tacktest.yaml"
        )),
        (scheme, _) => Some(format!("`{scheme}:` is not a scheme that can be requested; write an https:// URL")),
    };
    let reason = reason.or_else(|| {
        let credentials = !url.username().is_empty() || url.password().is_some();
        credentials.then(|| "the URL holds a user or a password; write them as `basic` instead".to_owned())
    });
    reason.map_or(Ok(()), |reason| Err(Failure::NotAllowed { reason }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str, own: bool) -> Option<String> {
        allowed(&Url::parse(url).unwrap(), if own { Trust::Secured } else { Trust::None })
            .err()
            .map(|failure| failure.to_string())
    }

    #[test]
    fn this_machine_is_reached_by_any_and_own_hosts_by_https() {
        for url in ["http://127.0.0.1:1/", "http://127.9.8.7/", "https://[::1]:80/", "http://LOCALHOST:4600/x"] {
            assert_eq!(refusal(url, false), None, "{url}");
        }
        for url in ["https://api.example.com/", "https://10.0.0.1/", "https://[2001:db8::1]/"] {
            assert_eq!(refusal(url, true), None, "{url}");
            assert!(refusal(url, false).unwrap().contains("is no host of the target"), "{url}");
        }
        for url in ["http://example.com/", "http://10.0.0.1/", "http://0.0.0.0/", "http://[::ffff:127.0.0.1]/"] {
            assert!(refusal(url, true).unwrap().contains("by https only"), "{url}");
        }
        assert_eq!(allowed(&Url::parse("http://mock:4600/").unwrap(), Trust::InTheClear), Ok(()));
        for url in ["http://localhost.example.com/", "http://127.0.0.1.example.com/", "ftp://127.0.0.1/", "data:,x"] {
            assert!(refusal(url, true).unwrap().starts_with("nothing was sent"), "{url}");
        }
        for url in ["http://user@127.0.0.1/", "https://:password@api.example.com/"] {
            assert!(refusal(url, true).unwrap().contains("write them as `basic`"), "{url}");
        }
    }
}
