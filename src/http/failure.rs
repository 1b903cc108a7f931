//! Why there is no answer.

use std::fmt::{Display, Formatter, Result};
use std::time::Duration;

/// Why a request has no answer. `Display` says what happened and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Nothing listens at the address.
    Refused {
        /// Host and port.
        address: String,
    },
    /// No connection came about for another reason.
    Unreachable {
        /// Host and port.
        address: String,
        /// What the system said.
        detail: String,
    },
    /// The answer was not complete in time.
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
    /// What came back is not HTTP/1.1.
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
    /// The request cannot be written as HTTP/1.1. Nothing was sent.
    Unsendable {
        /// What is wrong with it, and what to do.
        reason: String,
    },
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
                formatter.write_str("the server closed the connection before it answered; look for a crash in its log")
            }
            Self::Closed { status: Some(status) } => write!(
                formatter,
                "the server closed the connection in the middle of the {status} answer; compare its content-length with what it sends"
            ),
            Self::BadHttp { detail } => {
                write!(formatter, "the answer is not HTTP/1.1: {detail}; check that the address speaks plain HTTP")
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
