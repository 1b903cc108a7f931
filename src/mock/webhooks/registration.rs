//! Webhooks as they are registered.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{
    HeaderName, HeaderValue,
    header::{self, AUTHORIZATION},
};
use url::Url;

use crate::mock::control::EventType;

/// The headers that belong to the connection or to the body, and so to nobody else.
const TAKEN: [HeaderName; 8] = [
    header::HOST,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::TRANSFER_ENCODING,
    header::CONNECTION,
    header::UPGRADE,
    header::TE,
    header::TRAILER,
];

/// A webhook.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Its id.
    pub id: String,
    /// Whose events it tells of.
    pub owner: Owner,
    /// Name of the client that made it, and which alone sees it.
    pub client: String,
    /// Where it leads, as it was written.
    pub written_url: String,
    /// The same.
    pub url: Url,
    /// The events that it tells of, as they were written.
    pub events: Vec<EventType>,
    /// Whether it tells of any.
    pub enabled: bool,
    /// What it shows to its receiver.
    pub auth: Auth,
}

/// Whose events a webhook tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Those of the business of this id.
    Business(&'static str),
    /// Those of the user of this id.
    User(&'static str),
}

/// What a delivery shows to its receiver. Debug tells no credentials, as the values are marked as sensitive.
#[derive(Clone, Debug)]
pub enum Auth {
    /// Nothing.
    None,
    /// HTTP Basic (RFC 7617).
    Basic(HeaderValue),
    /// A header of its own.
    CustomHeader(HeaderName, HeaderValue),
}

impl Auth {
    /// HTTP Basic with these credentials. The error says why there can be no such header.
    pub fn basic(username: &str, password: &str) -> Result<Self, &'static str> {
        if username.contains(':') {
            return Err("must have no colon in `username`, which HTTP Basic can't transport (RFC 7617 §2)");
        }
        if format!("{username}{password}").chars().any(char::is_control) {
            return Err("must have no control characters, which HTTP Basic can't transport (RFC 7617 §2)");
        }
        let pair = format!("Basic {}", STANDARD.encode(format!("{username}:{password}")));
        let mut value = HeaderValue::try_from(pair).map_err(|_| "cannot be sent")?;
        value.set_sensitive(true);
        Ok(Self::Basic(value))
    }

    /// A header of this name and value. The error says why it cannot be sent.
    pub fn custom(name: &str, value: &str) -> Result<Self, &'static str> {
        let name = HeaderName::try_from(name).map_err(|_| "must have the name of a header in `header`")?;
        if TAKEN.contains(&name) {
            return Err("must not name a header of the connection or of the body in `header`");
        }
        let mut value = HeaderValue::try_from(value).map_err(|_| "must have what a header can hold in `value`")?;
        value.set_sensitive(true);
        Ok(Self::CustomHeader(name, value))
    }

    /// The header that a delivery carries for it.
    pub fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::None => None,
            Self::Basic(value) => Some((AUTHORIZATION, value.clone())),
            Self::CustomHeader(name, value) => Some((name.clone(), value.clone())),
        }
    }
}

/// The webhooks of one environment, oldest first.
#[derive(Debug, Default)]
pub struct Webhooks(Vec<Arc<Webhook>>);

impl Webhooks {
    /// Adds a webhook; `false` if its client has `most` of its owner already.
    pub fn add(&mut self, webhook: Arc<Webhook>, most: u16) -> bool {
        if self.of(webhook.owner, &webhook.client).count() >= usize::from(most) {
            return false;
        }
        self.0.push(webhook);
        true
    }

    /// The webhooks of `owner` that `client` made.
    pub fn of<'a>(&'a self, owner: Owner, client: &'a str) -> impl Iterator<Item = &'a Arc<Webhook>> {
        self.0.iter().filter(move |webhook| webhook.owner == owner && webhook.client == client)
    }

    /// The webhook of this id.
    pub fn get(&self, id: &str) -> Option<&Arc<Webhook>> {
        self.0.iter().find(|webhook| webhook.id == id)
    }

    /// Puts `changed` in the place of the webhook with its id, if that is still there.
    pub fn replace(&mut self, changed: Arc<Webhook>) {
        if let Some(known) = self.0.iter_mut().find(|webhook| webhook.id == changed.id) {
            *known = changed;
        }
    }

    /// Lets a webhook tell of nothing any more.
    pub fn disable(&mut self, id: &str) {
        if let Some(known) = self.0.iter_mut().find(|webhook| webhook.id == id) {
            Arc::make_mut(known).enabled = false;
        }
    }

    /// Forgets a webhook.
    pub fn remove(&mut self, id: &str) {
        self.0.retain(|webhook| webhook.id != id);
    }

    /// The webhooks that tell of an event that concerns these owners.
    pub fn told_of(&self, event: EventType, owners: &[Owner]) -> Vec<Arc<Webhook>> {
        let told = |webhook: &&Arc<Webhook>| {
            webhook.enabled && webhook.events.contains(&event) && owners.contains(&webhook.owner)
        };
        self.0.iter().filter(told).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_that_cannot_be_sent_are_refused_and_others_not_shown() {
        assert!(Auth::basic("a:b", "c").is_err() && Auth::basic("a", "b\n").is_err());
        assert!(Auth::custom("a b", "c").is_err() && Auth::custom("x-a", "b\n").is_err());
        assert!(Auth::custom("Host", "a").is_err() && Auth::custom("Content-Length", "1").is_err());
        let (name, value) = Auth::basic("hello", "wörld").unwrap().header().unwrap();
        assert_eq!((name.as_str(), value.as_bytes()), ("authorization", b"Basic aGVsbG86d8O2cmxk".as_slice()));
        let auth = Auth::custom("Authorization", "Bearer fictional").unwrap();
        assert!(!format!("{auth:?}").contains("fictional"), "{auth:?}");
    }
}
