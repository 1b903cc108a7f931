//! TLS: whom it trusts and what is wrong where it fails. By ring, never by another provider.

use std::sync::Arc;

use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, ClientConfig, Error, RootCertStore};
use rustls_platform_verifier::Verifier;

use super::network::Network;
use super::{Failure, TlsTrouble};

/// HTTP/2 where the server agrees to it (RFC 9113 §3.2), else HTTP/1.1.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Trusts the roots of the system and those of `network`. The roots of the system are read here, which takes a while.
pub(super) fn trusting(network: &Network) -> Result<ClientConfig, Failure> {
    let setup = |error: Error| Failure::Unsendable { reason: format!("TLS cannot be set up: {error}") };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone());
    let builder = builder.with_safe_default_protocol_versions().map_err(setup)?;
    let verifier = Verifier::new_with_extra_roots(network.authorities.iter().cloned(), provider)
        .map_err(|error| Failure::NoRoots { detail: error.to_string() })?;
    // The verifier is the system's own, not one that lets more pass.
    let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match &network.identity {
        Some(identity) => {
            builder.with_client_auth_cert(identity.chain.clone(), identity.key.clone_key()).map_err(setup)?
        }
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).into();
    Ok(config)
}

/// Trusts nobody, which is enough for a client that speaks plain HTTP only.
pub(super) fn trusting_nobody() -> Result<ClientConfig, Failure> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| Failure::Unsendable { reason: format!("TLS cannot be set up: {error}") })?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

/// What the failure `error` means; `identified` says that we had a certificate to show.
pub(super) fn trouble(error: &Error, identified: bool) -> TlsTrouble {
    let detail = error.to_string();
    match error {
        Error::InvalidCertificate(reason) => wrong_certificate(reason),
        Error::AlertReceived(alert) => refusal(*alert, identified, detail),
        Error::PeerIncompatible(_) | Error::NoApplicationProtocol => TlsTrouble::NothingShared { detail },
        Error::InvalidMessage(_) => TlsTrouble::NotTls { detail },
        _ => TlsTrouble::Other { detail },
    }
}

fn wrong_certificate(reason: &CertificateError) -> TlsTrouble {
    let at = |time: &UnixTime| i64::try_from(time.as_secs()).ok().and_then(|at| Timestamp::from_second(at).ok());
    match reason {
        CertificateError::UnknownIssuer => TlsTrouble::UnknownIssuer,
        CertificateError::NotValidForName => TlsTrouble::WrongName { presented: String::new() },
        CertificateError::NotValidForNameContext { presented, .. } => {
            TlsTrouble::WrongName { presented: presented.join(", ") }
        }
        CertificateError::Expired => TlsTrouble::Expired { since: None },
        CertificateError::ExpiredContext { not_after, .. } => TlsTrouble::Expired { since: at(not_after) },
        CertificateError::NotValidYet => TlsTrouble::NotYetValid { before: None },
        CertificateError::NotValidYetContext { not_before, .. } => TlsTrouble::NotYetValid { before: at(not_before) },
        other => TlsTrouble::WrongCertificate { detail: other.to_string() },
    }
}

/// What a server means by an alert (RFC 8446 §6.2).
fn refusal(alert: AlertDescription, identified: bool, detail: String) -> TlsTrouble {
    match alert {
        AlertDescription::AccessDenied
        | AlertDescription::BadCertificate
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::DecryptError
            if identified =>
        {
            TlsTrouble::ClientCertificateRefused { detail }
        }
        // Versions before 1.3 have no alert of their own for this.
        AlertDescription::CertificateRequired
        | AlertDescription::NoCertificate
        | AlertDescription::AccessDenied
        | AlertDescription::BadCertificate => TlsTrouble::ClientCertificateWanted,
        AlertDescription::HandshakeFailure
        | AlertDescription::InsufficientSecurity
        | AlertDescription::NoApplicationProtocol
        | AlertDescription::ProtocolVersion => TlsTrouble::NothingShared { detail },
        _ => TlsTrouble::Other { detail },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_means_more_when_there_was_a_certificate_to_show() {
        let told = |alert, identified| trouble(&Error::AlertReceived(alert), identified);
        for alert in [AlertDescription::CertificateRequired, AlertDescription::AccessDenied] {
            assert_eq!(told(alert, false), TlsTrouble::ClientCertificateWanted, "{alert:?}");
        }
        for alert in [AlertDescription::UnknownCA, AlertDescription::BadCertificate, AlertDescription::AccessDenied] {
            assert!(matches!(told(alert, true), TlsTrouble::ClientCertificateRefused { .. }), "{alert:?}");
        }
        for alert in [AlertDescription::HandshakeFailure, AlertDescription::ProtocolVersion] {
            assert!(matches!(told(alert, true), TlsTrouble::NothingShared { .. }), "{alert:?}");
        }
        assert!(matches!(told(AlertDescription::InternalError, true), TlsTrouble::Other { .. }));
    }

    #[test]
    fn every_trouble_says_what_to_do() {
        let wrong = |reason| trouble(&Error::InvalidCertificate(reason), false).to_string();
        for (reason, told) in [
            (CertificateError::UnknownIssuer, "network: { ca: FILE }"),
            (CertificateError::NotValidForName, "correct the address"),
            (CertificateError::Expired, "this machine's clock"),
            (CertificateError::NotValidYet, "this machine's clock"),
            (CertificateError::Revoked, "issued anew"),
        ] {
            let text = wrong(reason);
            assert!(text.contains(told), "{text}");
        }
    }
}
