//! How a target's hosts are reached: by which proxy, whom to trust, as whom, and how patiently.

use std::fmt;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use secrecy::SecretString;
use url::Url;

use crate::source::is_loopback;

/// How the hosts of one target are reached. The default is what a browser does: the proxy of the environment, the roots
/// of the system, no certificate of one's own.
#[derive(Debug, Default)]
pub struct Network {
    /// Stands between us and every host, loopback too; `None` leaves the choice to the environment.
    pub proxy: Option<Proxy>,
    /// How long each phase of a request may take.
    pub timeouts: Timeouts,
    /// Whether plain HTTP is spoken with hosts on other machines, too, without any proxy. Only of a mock.
    pub in_the_clear: bool,
    pub(super) authorities: Vec<CertificateDer<'static>>,
    pub(super) identity: Option<Identity>,
}

/// How long each phase of a request may take. What a step allows altogether ends it as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Until there is a connection: DNS, TCP, the way through a proxy, TLS.
    pub connect: Duration,
    /// From the start until the head of the answer is there; `None` for as long as the step allows.
    pub answer: Option<Duration>,
    /// From the head until the last byte of the body; `None` for as long as the step allows.
    pub body: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), answer: None, body: None }
    }
}

/// An HTTP proxy.
#[derive(Clone)]
pub struct Proxy(Url);

/// The client's own certificate, with those that lead to its issuer, and its key.
pub(super) struct Identity {
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: PrivateKeyDer<'static>,
}

/// Tells no password.
impl fmt::Debug for Proxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Proxy({})", self.address())
    }
}

/// Tells no key.
impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Identity({} certificates)", self.chain.len())
    }
}

impl Proxy {
    /// The proxy at `text`, as `http://proxy.example.com:3128`, with `user:password@` before the host where it wants
    /// them. The error repeats nothing of `text`, which can hold a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("it is no URL: {error}"))?;
        if url.scheme() != "http" || url.host_str().is_none() {
            return Err("it is no http:// URL; the way to a proxy is plain HTTP, also for https requests, which pass \
                        through it unread"
                .to_owned());
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err("it has a path, and a proxy is named by its host and port only".to_owned());
        }
        Ok(Self(url))
    }

    /// Host and port.
    pub fn address(&self) -> String {
        address(&self.0)
    }

    /// Whether the proxy is on this machine.
    pub fn is_on_this_machine(&self) -> bool {
        is_loopback(&self.0)
    }

    /// The user and the password that the proxy wants, decoded (RFC 3986 §2.1), if it wants any.
    pub fn credentials(&self) -> Option<(String, SecretString)> {
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let password = self.0.password()?;
        Some((decoded(self.0.username()), decoded(password).into()))
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }
}

impl Network {
    /// Trusts, beside the roots of the system, those of the PEM text `pem` (RFC 7468); the error says what is wrong.
    pub fn trust(&mut self, pem: &[u8]) -> Result<(), String> {
        let authorities = certificates(pem)?;
        let mut store = rustls::RootCertStore::empty();
        for authority in &authorities {
            store.add(authority.clone()).map_err(|error| format!("a certificate in it can't be trusted: {error}"))?;
        }
        self.authorities.extend(authorities);
        Ok(())
    }

    /// Shows the certificate of the PEM text `certificate`, which can bring those that lead to its issuer, to servers
    /// that ask for one; `key` is its private key in PEM without a password. The error says what is wrong.
    pub fn identify(&mut self, certificate: &[u8], key: &[u8]) -> Result<(), String> {
        let chain = certificates(certificate).map_err(|reason| format!("the certificate can't be used: {reason}"))?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| match error {
            PemError::NoItemsFound => {
                "the key can't be used: the file holds no private key in PEM, or one under a password, which can't be \
                 read; take the password off by `openssl pkey`"
                    .to_owned()
            }
            error => format!("the key can't be used: {error}"),
        })?;
        CertifiedKey::from_der(chain.clone(), key.clone_key(), &rustls::crypto::ring::default_provider())
            .map_err(|error| format!("the certificate and the key don't go together: {error}"))?;
        self.identity = Some(Identity { chain, key });
        Ok(())
    }

    /// Whether there is a certificate to show.
    pub(super) fn has_identity(&self) -> bool {
        self.identity.is_some()
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match read {
        Ok(certificates) if certificates.is_empty() => {
            Err("the file holds no certificate in PEM, which begins with `-----BEGIN CERTIFICATE-----`".to_owned())
        }
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(format!("the file is no PEM: {error}")),
    }
}

/// Host and port of `url`.
pub(super) fn address(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(80))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_proxy_is_an_http_url_and_tells_no_password() {
        let proxy = Proxy::parse("http://partner:fic%40tional%25@127.0.0.1:3128").unwrap();
        let (user, password) = proxy.credentials().unwrap();
        assert_eq!((user.as_str(), password.expose_secret()), ("partner", "fic@tional%"));
        assert_eq!(format!("{proxy:?}"), "Proxy(127.0.0.1:3128)");
        assert_eq!(Proxy::parse("http://[::1]").unwrap().address(), "[::1]:80");
        for wrong in ["proxy", "https://a:fictional@b/", "socks5://a/", "http://a:fictional@b/path", "http://a/?b", ""]
        {
            let told = Proxy::parse(wrong).unwrap_err();
            assert!(!told.contains("fictional"), "{told}");
        }
    }

    #[test]
    fn what_is_no_pem_is_told() {
        let mut network = Network::default();
        assert!(network.trust(b"").unwrap_err().contains("holds no certificate"));
        let broken = b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n";
        assert!(network.trust(broken).unwrap_err().contains("no PEM"));
        let empty = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(network.trust(empty).unwrap_err().contains("can't be trusted"));
        assert!(network.identify(empty, b"").unwrap_err().contains("holds no private key"));
        assert!(network.authorities.is_empty() && !network.has_identity());
    }
}
