//! The limit of how often the API or another place may be asked: requests are counted in windows, by the world's clock.

use std::{collections::HashMap, net::IpAddr};

use axum::response::Response;
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{DATE, RETRY_AFTER},
};
use jiff::{Timestamp, tz::TimeZone};

use super::{asked::Asked, place::Places};
use crate::mock::{
    connection::Peer,
    control::{LimitHeaders, LimitedBy, RateLimit, RetryAfter},
    problem::Problem,
    recent::Key,
    resource::bearer,
    site::{Environment, Site},
};

/// Windows that are remembered at once; beyond it those that are over are forgotten, then all.
const MOST_WINDOWS: usize = 10_000;

/// The limit of a world, with what was counted.
#[derive(Debug)]
pub struct Limiter {
    rule: RateLimit,
    /// `None`: the API.
    places: Option<Places>,
    windows: HashMap<Counter, Window>,
}

/// Whose requests are counted together, in which environment.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Counter {
    production: bool,
    by: Whose,
}

/// Who is counted. Of a token only its key is kept: it is a secret, and may be long.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Whose {
    Address(Option<IpAddr>),
    Token(Key),
    Client(&'static str),
}

#[derive(Debug)]
struct Window {
    /// In milliseconds since the epoch, by the world's clock.
    begins: i64,
    requests: u32,
}

/// What a count came to.
#[derive(Debug)]
pub struct Counted {
    rule: RateLimit,
    /// How many more are answered in this window; `None` if this one was too many.
    left: Option<u32>,
    /// Whole seconds until the window is over, one at least.
    seconds: i64,
}

impl Limiter {
    /// Nothing is counted yet.
    pub fn new(rule: RateLimit) -> Self {
        // Those that can't be read were refused when the rule was.
        let places = rule.at.as_ref().and_then(|at| Places::read(at).ok());
        Self { rule, places, windows: HashMap::new() }
    }

    /// Whether it counts a request.
    pub fn is_for(&self, asked: &Asked<'_>) -> bool {
        match &self.places {
            None => asked.is_for_api,
            Some(places) => places.meets(&asked.parts.method, asked.place),
        }
    }

    /// Counts a request.
    pub fn count(&mut self, asked: &Asked<'_>) -> Counted {
        let now = asked.site.world.clock.now();
        let length = i64::try_from(self.rule.per.0.as_millis()).unwrap_or(i64::MAX);
        let counter =
            Counter { production: asked.site.environment == Environment::Production, by: self.counted_by(asked) };
        if self.windows.len() >= MOST_WINDOWS && !self.windows.contains_key(&counter) {
            self.windows.retain(|_, window| now < window.begins.saturating_add(length));
            if self.windows.len() >= MOST_WINDOWS {
                self.windows.clear();
            }
        }
        let window = self.windows.entry(counter).or_insert(Window { begins: now, requests: 0 });
        if now >= window.begins.saturating_add(length) {
            *window = Window { begins: now, requests: 0 };
        }
        let left = self.rule.requests.get().checked_sub(window.requests.saturating_add(1));
        if left.is_some() {
            window.requests += 1;
        }
        let milliseconds = window.begins.saturating_add(length) - now;
        let seconds = (milliseconds.div_euclid(1000) + i64::from(milliseconds % 1000 != 0)).max(1);
        Counted { rule: self.rule.clone(), left, seconds }
    }

    fn counted_by(&self, asked: &Asked<'_>) -> Whose {
        let peer = asked.parts.extensions.get::<Peer>();
        let address = || Whose::Address(peer.map(|Peer(address)| address.ip()));
        match self.rule.by {
            LimitedBy::Address => address(),
            LimitedBy::Token => bearer(&asked.parts.headers).map_or_else(address, |token| Whose::Token(Key::of(token))),
            LimitedBy::Client => asked.who().client.map_or_else(address, Whose::Client),
        }
    }
}

impl Counted {
    /// 429, if the request was one too many. The problem document is a guess.
    pub fn refusal(&self, site: &Site) -> Option<Response> {
        if self.left.is_some() {
            return None;
        }
        let detail = "too many requests came too quickly";
        let trace = site.world.identifiers.trace();
        let mut response =
            Problem::new(StatusCode::TOO_MANY_REQUESTS, detail).traced(trace).answer(&site.world.settings);
        // Clients wait by their own clock, so the date is of real time, as the header `Date` is.
        let now = Timestamp::now();
        let retry_after = match self.rule.retry_after {
            RetryAfter::None => None,
            RetryAfter::Seconds => Some(self.seconds.to_string()),
            RetryAfter::Date => Some(http_date(now, self.seconds)),
        };
        if let Some(value) = retry_after.and_then(|value| HeaderValue::try_from(value).ok()) {
            response.headers_mut().insert(RETRY_AFTER, value);
        }
        if let Ok(value) = HeaderValue::try_from(http_date(now, 0)) {
            response.headers_mut().insert(DATE, value);
        }
        Some(response)
    }

    /// The mark of a refusal.
    pub fn mark(&self) -> String {
        format!("rate_limit: {} requests in {} were answered, and this is one more", self.rule.requests, self.rule.per)
    }

    /// Tells how much is left, if the rule says so.
    pub fn tell(&self, response: &mut Response) {
        let (limit, left, seconds) = (self.rule.requests.get(), self.left.unwrap_or_default(), self.seconds);
        let told = match self.rule.headers {
            LimitHeaders::None => Vec::new(),
            LimitHeaders::Draft11 => vec![
                ("ratelimit-policy", format!("\"default\";q={limit};w={}", self.rule.per.0.as_secs())),
                ("ratelimit", format!("\"default\";r={left};t={seconds}")),
            ],
            LimitHeaders::LegacyX => vec![
                ("x-ratelimit-limit", limit.to_string()),
                ("x-ratelimit-remaining", left.to_string()),
                ("x-ratelimit-reset", (Timestamp::now().as_second() + seconds).to_string()),
            ],
        };
        for (name, value) in told {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(HeaderName::from_static(name), value);
            }
        }
    }
}

/// The date `seconds` after `now` as HTTP writes it (RFC 9110 §5.6.7).
fn http_date(now: Timestamp, seconds: i64) -> String {
    let at = Timestamp::from_second(now.as_second().saturating_add(seconds)).unwrap_or(now);
    at.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_http_does() {
        let now = Timestamp::from_second(784_111_770).unwrap();
        assert_eq!(http_date(now, 7), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
