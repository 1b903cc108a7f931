//! The mock over TLS: an authority of its own, made at the start, and one certificate for the listener.
//!
//! Neither key is ever written anywhere: whoever trusts the authority's certificate trusts this process alone.

use std::{
    io,
    sync::Arc,
    time::{Duration, SystemTime},
};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The name of the authority, by which its certificate is recognised in a file.
pub const AUTHORITY: &str = "tacktest mock authority";

/// A day.
const DAY: Duration = Duration::from_hours(24);

/// How long a certificate holds. Apple's platforms refuse one for more than 825 days, also of an authority of one's own.
const LIFE: Duration = Duration::from_hours(397 * 24);

/// The name in a certificate that is for another host; nobody has it (RFC 2606 §2).
const ANOTHER_HOST: &str = "another-host.invalid";

/// What is to be thought of the listener's certificate. All but the first are faults, by which clients are judged:
/// they must refuse to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// Issued by the authority that is handed out, for the names of the listener, and valid.
    Trusted,
    /// Issued by another authority, which nobody knows.
    Untrusted,
    /// Issued by the authority, for the names of the listener, and expired since 2001.
    Expired,
    /// Issued by the authority, and valid, for a host of another name.
    WrongName,
}

/// What the listener speaks TLS with.
pub(super) struct Secured {
    /// Takes connections.
    pub acceptor: TlsAcceptor,
    /// The certificate of the authority that clients are to trust, in PEM.
    pub authority: String,
}

/// Makes an authority, and a certificate for `hosts`: names, and addresses as they are written without brackets.
pub(super) fn secure(certificate: Certificate, hosts: &[String]) -> io::Result<Secured> {
    let (known, pem) = authority(AUTHORITY)?;
    let issuer =
        if certificate == Certificate::Untrusted { authority("an authority that nobody knows")?.0 } else { known };
    let hosts = if certificate == Certificate::WrongName { vec![ANOTHER_HOST.to_owned()] } else { hosts.to_vec() };
    let mut params = CertificateParams::new(hosts).map_err(io::Error::other)?;
    params.distinguished_name.push(DnType::CommonName, "tacktest mock");
    // What strict verifiers ask for (RFC 5280 §4.2.1).
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let now = date_time_ymd(1970, 1, 1) + since_epoch();
    (params.not_before, params.not_after) = if certificate == Certificate::Expired {
        (date_time_ymd(2000, 1, 1), date_time_ymd(2001, 1, 1))
    } else {
        (now - DAY, now + LIFE)
    };
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let leaf = params.signed_by(&key, &issuer).map_err(io::Error::other)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key);
    let mut config = config.map_err(io::Error::other)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Secured { acceptor: TlsAcceptor::from(Arc::new(config)), authority: pem })
}

/// A new authority of this name, and its certificate in PEM.
fn authority(name: &str) -> io::Result<(Issuer<'static, KeyPair>, String)> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    // An expired certificate is older than its issuer may look, so that age is all that is wrong with it.
    (params.not_before, params.not_after) =
        (date_time_ymd(1999, 1, 1), date_time_ymd(1970, 1, 1) + since_epoch() + LIFE);
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let pem = params.self_signed(&key).map_err(io::Error::other)?.pem();
    Ok((Issuer::new(params, key), pem))
}

/// How much time has passed since the Unix epoch. A clock that stands before that is none.
fn since_epoch() -> Duration {
    SystemTime::UNIX_EPOCH.elapsed().unwrap_or(DAY)
}
