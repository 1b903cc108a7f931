//! Why there is no answer.

use std::fmt::{Display, Formatter, Result};
use std::time::Duration;

use jiff::Timestamp;

/// Why a request has no answer. `Display` says what happened and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Nothing listens at the address.
    Refused {
        /// Host and port.
        address: String,
    },
    /// The name of the host has no address.
    Unresolved {
        /// The name.
        host: String,
        /// What the system said.
        detail: String,
    },
    /// TLS came to nothing.
    Tls {
        /// Host and port.
        address: String,
        /// What is wrong.
        trouble: TlsTrouble,
    },
    /// This machine has no roots by which a server could be trusted.
    NoRoots {
        /// What the system said.
        detail: String,
    },
    /// A proxy did not let the request through.
    Proxy {
        /// Host and port of the proxy.
        proxy: String,
        /// What is wrong.
        trouble: ProxyTrouble,
    },
    /// No connection came about for another reason.
    Unreachable {
        /// Host and port.
        address: String,
        /// What the system said.
        detail: String,
    },
    /// A phase of the request took longer than the network of the target allows.
    TooSlow {
        /// Which phase.
        phase: Phase,
        /// Host and port, and the proxy between.
        address: String,
        /// The time that was allowed.
        after: Duration,
        /// The status, if the head of the answer had arrived.
        status: Option<u16>,
    },
    /// The answer was not complete in the time that the step allows.
    TimedOut {
        /// The time that was allowed.
        after: Duration,
        /// The status, if the head of the answer had arrived.
        status: Option<u16>,
    },
    /// The connection was closed before the answer was complete.
    Closed {
        /// The status, if the head of the answer had arrived.
        status: Option<u16>,
    },
    /// What came back is not HTTP.
    BadHttp {
        /// What is wrong with it.
        detail: String,
    },
    /// The body of the answer is larger than is read.
    BodyTooLarge {
        /// The most bytes that are read.
        limit: usize,
        /// The status of the answer.
        status: u16,
    },
    /// The run must not go on, whatever the request is. Nothing was sent.
    HeldBack {
        /// Why, and what to do.
        reason: String,
    },
    /// The request is not one that may be sent. Nothing was sent.
    NotAllowed {
        /// Why, and what to do.
        reason: String,
    },
    /// The request cannot be written as HTTP. Nothing was sent.
    Unsendable {
        /// What is wrong with it, and what to do.
        reason: String,
    },
}

/// A part of a request that has a time-out of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// DNS, TCP, the way through a proxy, TLS.
    Connect,
    /// Until the head of the answer.
    Answer,
    /// The body of the answer.
    Body,
}

/// Why TLS came to nothing. `Display` says what to do as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsTrouble {
    /// Nobody who is trusted issued the server's certificate.
    UnknownIssuer,
    /// The certificate is another host's.
    WrongName {
        /// The names in it, if they are known.
        presented: String,
    },
    /// The certificate is too old, by this machine's clock.
    Expired {
        /// Since when, if that is known.
        since: Option<Timestamp>,
    },
    /// The certificate is not valid yet, by this machine's clock.
    NotYetValid {
        /// Before when, if that is known.
        before: Option<Timestamp>,
    },
    /// Something else is wrong with the certificate.
    WrongCertificate {
        /// What.
        detail: String,
    },
    /// The server wants to see a certificate of ours, and there is none.
    ClientCertificateWanted,
    /// The server does not take our certificate.
    ClientCertificateRefused {
        /// What it said.
        detail: String,
    },
    /// There is no version or algorithm that both sides know.
    NothingShared {
        /// What is missing.
        detail: String,
    },
    /// What came back is not TLS.
    NotTls {
        /// What is wrong with it.
        detail: String,
    },
    /// Anything else.
    Other {
        /// What the TLS library said.
        detail: String,
    },
}

/// What a proxy did. `Display` says what to do as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyTrouble {
    /// It wants a user and a password, or others than it got (407).
    CredentialsWanted,
    /// It does not connect to the host.
    Refused {
        /// Host and port.
        host: String,
        /// What the HTTP client said.
        detail: String,
    },
    /// It can't be reached itself.
    Unreachable {
        /// Why.
        detail: String,
    },
}

impl Display for TlsTrouble {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let clock = |formatter: &mut Formatter<'_>, what: &str, time: &Option<Timestamp>| {
            let time = time.map_or_else(String::new, |time| format!(" {time}"));
            let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
            write!(
                formatter,
                "its certificate is {what}{time}, and by this machine's clock it is {now}; look at this machine's clock \
                 first, and if it is right, have the server's certificate renewed"
            )
        };
        match self {
            Self::UnknownIssuer => formatter.write_str(
                "its certificate is issued by nobody whom this machine trusts; if the issuer is your company's or \
                 your own, name its certificate in tacktest.yaml: `network: { ca: FILE }`",
            ),
            Self::WrongName { presented } => {
                let presented = if presented.is_empty() { "other names" } else { presented };
                write!(
                    formatter,
                    "its certificate is for {presented} and not for this host; correct the address, or see who answers \
                     in its place"
                )
            }
            Self::Expired { since } => {
                clock(formatter, if since.is_some() { "expired since" } else { "expired" }, since)
            }
            Self::NotYetValid { before } => {
                clock(formatter, if before.is_some() { "not valid before" } else { "not valid yet" }, before)
            }
            Self::WrongCertificate { detail } => {
                write!(formatter, "its certificate can't be accepted: {detail}; have it issued anew")
            }
            Self::ClientCertificateWanted => formatter.write_str(
                "it wants to see a certificate of yours; name it in tacktest.yaml: `network: { client_certificate: { \
                 certificate: FILE, key: FILE } }`",
            ),
            Self::ClientCertificateRefused { detail } => write!(
                formatter,
                "it does not take your certificate ({detail}); look at `network.client_certificate` in tacktest.yaml, and \
                 ask who runs the server which certificates it takes"
            ),
            Self::NothingShared { detail } => write!(
                formatter,
                "there is no version of TLS or algorithm that both sides know ({detail}); the server must speak TLS 1.2 \
                 or 1.3"
            ),
            Self::NotTls { detail } => write!(
                formatter,
                "what it answers is not TLS ({detail}); correct the port, or write http:// if it is on this machine"
            ),
            Self::Other { detail } => {
                write!(formatter, "{detail}; look at the server's log for what it has against the connection")
            }
        }
    }
}

impl Display for ProxyTrouble {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Self::CredentialsWanted => formatter.write_str(
                "wants a user and a password, or others than it got (407); write them into its URL as a reference: \
                 `http://user:password@host:port`, percent-encoded",
            ),
            Self::Refused { host, detail } => write!(
                formatter,
                "does not connect to {host} ({detail}); ask who runs it whether that host is allowed, or name the host in \
                 NO_PROXY if it is reached without"
            ),
            Self::Unreachable { detail } => write!(
                formatter,
                "can't be reached: {detail}; correct `network.proxy` in tacktest.yaml, or HTTPS_PROXY in the environment"
            ),
        }
    }
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Self::Refused { address } => {
                write!(
                    formatter,
                    "connection refused: nothing listens at {address}; start the server or correct the address"
                )
            }
            Self::Unresolved { host, detail } => write!(
                formatter,
                "the name {host} can't be resolved: {detail}; check how it is spelled, and that this machine is online"
            ),
            Self::Tls { address, trouble } => write!(formatter, "no TLS with {address}: {trouble}"),
            Self::NoRoots { detail } => write!(
                formatter,
                "https can't be used, as this machine has no root certificates ({detail}); install them (the package is \
                 often called `ca-certificates`), or name those of the target in tacktest.yaml: `network: {{ ca: FILE }}`"
            ),
            Self::Proxy { proxy, trouble } => write!(formatter, "the proxy {proxy} {trouble}"),
            Self::TooSlow { phase, address, after, status } => {
                let (what, key) = match phase {
                    Phase::Connect => (format!("no connection to {address} came about"), "connect"),
                    Phase::Answer => (format!("{address} did not begin to answer"), "answer"),
                    Phase::Body => {
                        let status = status.map_or_else(String::new, |status| format!("{status} "));
                        (format!("the body of the {status}answer of {address} was not complete"), "body")
                    }
                };
                write!(
                    formatter,
                    "{what} within {after:?}; check that the server runs, or raise `network.timeouts.{key}` in \
                     tacktest.yaml"
                )
            }
            Self::Unreachable { address, detail } => {
                write!(formatter, "no connection to {address}: {detail}; check the address and that the server runs")
            }
            Self::TimedOut { after, status: None } => {
                write!(formatter, "no answer within {after:?}; raise `timeout` if the server may take longer")
            }
            Self::TimedOut { after, status: Some(status) } => write!(
                formatter,
                "the body of the {status} answer was not complete within {after:?}; raise `timeout` if the server may take longer"
            ),
            Self::Closed { status: None } => {
                formatter.write_str(
                    "the server closed the connection before it answered; look for a crash in its log, or write https:// if it \
                     speaks TLS only",
                )
            }
            Self::Closed { status: Some(status) } => write!(
                formatter,
                "the server closed the connection in the middle of the {status} answer; compare its content-length with what it sends"
            ),
            Self::BadHttp { detail } => {
                write!(
                    formatter,
                    "the answer is not HTTP: {detail}; check that the address speaks HTTP, and whether with TLS or without"
                )
            }
            Self::BodyTooLarge { limit, status } => write!(
                formatter,
                "the body of the {status} answer is larger than {limit} bytes, of which no more are read; ask for less, for example by a smaller page"
            ),
            Self::HeldBack { reason } | Self::NotAllowed { reason } | Self::Unsendable { reason } => {
                write!(formatter, "nothing was sent: {reason}")
            }
        }
    }
}

impl std::error::Error for Failure {}
