//! Tokens that several steps or scenarios share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tokio::sync::OnceCell;

use super::Grant;
use crate::http::Exchange;

/// A token with less time left than this is fetched anew.
pub(super) const LEAST_TIME_LEFT: SignedDuration = SignedDuration::from_secs(60);

/// For whom and for what a token is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CacheKey {
    /// The name of the environment that issues it.
    pub environment: String,
    /// The client's name or id.
    pub client: String,
    /// The user who agreed, for a grant that has one.
    pub user: Option<String>,
    /// The grant.
    pub grant: Grant,
    /// The scopes as asked for, joined by spaces.
    pub scopes: String,
    /// The audience as asked for.
    pub audience: Option<String>,
}

/// A token as the server gave it.
#[derive(Debug)]
pub struct Fetched {
    /// `access_token`.
    pub access_token: SecretString,
    /// When it ends, by `expires_in` and the time of receipt; `None` if the server did not tell.
    pub expires_at: Option<Timestamp>,
    /// How it came, if it was not kept from before.
    pub exchange: Option<Exchange>,
}

/// Why there is no token.
#[derive(Debug)]
pub struct NoToken {
    /// What is wrong with the exchange, and what to do.
    pub reason: String,
    /// The exchange that should have brought a token or a code; `None` if nothing could be sent.
    pub exchange: Option<Exchange>,
}

impl Fetched {
    /// Reads a token response: status 200 and an `access_token` that is a text (RFC 6749 §5.1). The rest may be odd:
    /// whether the answer is right is for others to judge.
    pub fn read(exchange: Exchange) -> Result<Self, Box<NoToken>> {
        let reason = match &exchange.outcome {
            Err(failure) => format!("no token: {failure}"),
            Ok(response) if response.status != 200 => {
                format!(
                    "no token: the token endpoint answered {}; check the client's id, secret and scopes",
                    response.status
                )
            }
            Ok(response) => {
                let text = |name: &str| response.json()?.get(name)?.as_str().map(SecretString::from);
                if let Some(access_token) = text("access_token") {
                    let seconds = response.json().and_then(|body| body.get("expires_in")?.as_i64());
                    let expires_at = seconds
                        .and_then(|seconds| exchange.ended().checked_add(SignedDuration::from_secs(seconds)).ok());
                    return Ok(Self { access_token, expires_at, exchange: Some(exchange) });
                }
                let what = match response.media_type().as_deref() {
                    Some("text/html") => "is HTML, not JSON, as that of a page or of a proxy's portal",
                    _ => "has no `access_token`",
                };
                format!("no token: the 200 answer {what}; check that the URL is the token endpoint's")
            }
        };
        Err(Box::new(NoToken { reason, exchange: Some(exchange) }))
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| end.duration_since(now) >= LEAST_TIME_LEFT)
    }
}

type Outcome = Result<Arc<Fetched>, Arc<NoToken>>;

/// The tokens of a run or of a world. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct TokenCache {
    flights: Arc<Mutex<HashMap<CacheKey, Arc<OnceCell<Outcome>>>>>,
}

impl TokenCache {
    /// The token for `key`: a kept one with at least 60 seconds left, else the one that `fetch` brings.
    ///
    /// However many ask at once, one of them fetches and all get what it got, also a failure, which is not kept.
    pub async fn token(
        &self,
        key: CacheKey,
        fetch: impl Future<Output = Result<Fetched, Box<NoToken>>>,
    ) -> Result<Arc<Fetched>, Arc<NoToken>> {
        let flight = self.flight(key);
        let outcome = flight.get_or_init(|| async { fetch.await.map(Arc::new).map_err(Arc::from) }).await;
        outcome.clone()
    }

    /// The fetch that is under way or has brought a token that is still good, else a new one.
    fn flight(&self, key: CacheKey) -> Arc<OnceCell<Outcome>> {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        let flight = flights.entry(key).or_default();
        let spent = flight.get().is_some_and(|outcome| match outcome {
            Ok(fetched) => !fetched.is_fresh(Timestamp::now()),
            Err(_) => true,
        });
        if spent {
            *flight = Arc::default();
        }
        flight.clone()
    }
}
