//! Origins beyond this machine. Deliveries go only to one that answers a nonce: so nobody is sent anything who does not
//! expect it.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use ring::rand::{SecureRandom, SystemRandom};
use tokio::{sync::Mutex as AsyncMutex, time::timeout};
use url::Url;

use super::sender::Sender;

/// Below this path of an origin the nonce is asked for.
const PATH: &str = "/.well-known/tacktest/";

/// For how long a refusal is remembered, so that a receiver that starts later is found, and one that is none not asked
/// again and again.
const REFUSED_FOR: Duration = Duration::from_secs(30);

/// The most origins that are remembered.
const MOST: usize = 1_000;

/// What is known of origins.
#[derive(Default)]
pub struct Origins(Mutex<HashMap<String, Arc<AsyncMutex<Option<Known>>>>>);

/// What is known of one.
enum Known {
    /// It answered the nonce at this address, which is kept for good: its name may lead elsewhere a moment later.
    Pinned(SocketAddr),
    /// It did not, for this reason, at this time.
    Refused(String, Instant),
}

impl Origins {
    /// The address at which the origin of `url` answered a nonce. It is asked at each of `addresses`, once as long as the
    /// mock runs. The error says that it did not, and what to do.
    pub async fn pinned(
        &self,
        sender: &Sender,
        url: &Url,
        addresses: &[SocketAddr],
        limit: Duration,
    ) -> Result<SocketAddr, String> {
        let origin = url.origin().ascii_serialization();
        let place = self.place(&origin);
        // Whoever comes while it is asked waits for the answer.
        let mut known = place.lock().await;
        match &*known {
            Some(Known::Pinned(address)) => return Ok(*address),
            Some(Known::Refused(why, at)) if at.elapsed() < REFUSED_FOR => return Err(why.clone()),
            _ => {}
        }
        match ask(sender, url, addresses, limit).await {
            Ok(address) => {
                *known = Some(Known::Pinned(address));
                Ok(address)
            }
            Err(failure) => {
                let why = format!(
                    "{origin} is not on this machine, and does not show that it expects webhooks: {failure}; it must \
                     answer GET {PATH}NONCE with the nonce as its body"
                );
                *known = Some(Known::Refused(why.clone(), Instant::now()));
                Err(why)
            }
        }
    }

    fn place(&self, origin: &str) -> Arc<AsyncMutex<Option<Known>>> {
        let mut origins = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if origins.len() >= MOST && !origins.contains_key(origin) {
            // Those that are still there are asked again.
            origins.clear();
        }
        origins.entry(origin.to_owned()).or_default().clone()
    }
}

/// Asks the origin of `url` for a nonce, at each address until one answers it.
async fn ask(sender: &Sender, url: &Url, addresses: &[SocketAddr], limit: Duration) -> Result<SocketAddr, String> {
    let nonce = nonce().ok_or("there is no randomness for a nonce")?;
    let mut place = url.clone();
    place.set_path(&format!("{PATH}{nonce}"));
    place.set_query(None);
    let mut failure = "it has no address".to_owned();
    for address in addresses {
        match timeout(limit, sender.get(&place, &[*address])).await {
            Ok(Ok((status, body))) if status.as_u16() == 200 && body.trim_ascii() == nonce.as_bytes() => {
                return Ok(*address);
            }
            Ok(Ok((status, _))) => failure = format!("it answers the nonce with {status}, and not with the nonce"),
            Ok(Err(why)) => failure = why,
            Err(_) => failure = format!("there is no answer from {address} within {} ms", limit.as_millis()),
        }
    }
    Err(failure)
}

/// Text that nobody else answers by chance.
fn nonce() -> Option<String> {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(format!("{:032x}", u128::from_be_bytes(bytes)))
}
