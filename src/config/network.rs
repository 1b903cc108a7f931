//! How the hosts of a target are reached, as defined.

use std::time::Duration;

use crate::source::Template;

/// The key `network` of a target.
#[derive(Debug, Clone, Default)]
pub struct NetworkDefinition {
    /// The URL of the proxy through which every host of the target is reached, loopback too.
    pub proxy: Option<Template>,
    /// A file, named as [`Variables::path_of`](super::Variables::path_of) takes it, with certificates in PEM that are trusted beside those of the system.
    pub ca: Option<Template>,
    /// What is shown to servers that ask for a certificate.
    pub client_certificate: Option<CertificateDefinition>,
    /// How long a connection may take to come about.
    pub connect: Option<Duration>,
    /// How long the head of an answer may take.
    pub answer: Option<Duration>,
    /// How long the body of an answer may take.
    pub body: Option<Duration>,
}

/// A certificate of the client's own, and its key.
#[derive(Debug, Clone)]
pub struct CertificateDefinition {
    /// The file of the certificate in PEM, with those that lead to its issuer.
    pub certificate: Template,
    /// The file of its key in PEM.
    pub key: Template,
}
