//! The address under which webhooks reach this machine: whether it leads here, which it shows by a nonce.

use std::time::Duration;

use ::http::Method;
use url::Url;

use crate::http::{Failure, Hosts, Network, Request, Transport};

/// How long an answer is waited for.
const LIMIT: Duration = Duration::from_secs(15);

/// A public address.
#[derive(Debug, Clone)]
pub struct PublicAddress(Url);

/// What a public address answers when it is asked for a nonce.
#[derive(Debug)]
pub enum NonceReply {
    /// The nonce. Every receiver answers any, so whoever listens must have been asked, too.
    Nonce,
    /// Something else, with this status.
    Other(u16),
    /// Nothing.
    Silence(Failure),
}

impl PublicAddress {
    /// The address that `text` writes, if it is a URL with a host; its query is left out.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok().filter(Url::has_host)?;
        let mut base = url.as_str().split(['?', '#']).next().unwrap_or_default().to_owned();
        if !base.ends_with('/') {
            base.push('/');
        }
        Url::parse(&base).ok().map(Self)
    }

    /// Its origin (RFC 6454 §6.2).
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Asks `path` below it for `nonce`, within 15 seconds; `contact` is whom to ask about the request. It is reached as
    /// targets are: by https, or on this machine.
    pub async fn ask(&self, path: &str, nonce: &str, contact: Option<&str>) -> NonceReply {
        let Ok(url) = self.0.join(path) else { return NonceReply::Other(0) };
        let hosts = Hosts { origins: vec![url.origin()], network: Network::default() };
        let transport = match Transport::reaching(vec![hosts]) {
            Ok(transport) => {
                contact.map_or_else(|| transport.clone(), |contact| transport.clone().with_contact(contact))
            }
            Err(failure) => return NonceReply::Silence(failure),
        };
        let answered = transport.send(Request::new(Method::GET, url), LIMIT).await;
        match answered.outcome {
            Err(failure) => NonceReply::Silence(failure),
            Ok(response) if response.status == 200 && response.text().trim() == nonce => NonceReply::Nonce,
            Ok(response) => NonceReply::Other(response.status),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nonce_is_asked_for_below_the_public_address() {
        let of = |text: &str| Some(PublicAddress::parse(text)?.0.join(".well-known/tacktest/n").unwrap().to_string());
        assert_eq!(of("https://h.example.com"), Some("https://h.example.com/.well-known/tacktest/n".to_owned()));
        assert_eq!(
            of("https://h.example.com/a?b#c"),
            Some("https://h.example.com/a/.well-known/tacktest/n".to_owned())
        );
        assert_eq!(of("https://h.example.com/a/"), Some("https://h.example.com/a/.well-known/tacktest/n".to_owned()));
        assert_eq!(of("mailto:a@example.com"), None);
    }
}
