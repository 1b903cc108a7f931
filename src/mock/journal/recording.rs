//! Records a request: what came, what was answered and decided, and how long it took.

use std::{borrow::Cow, sync::Arc, time::Instant};

use axum::{body::Body, response::Response};
use http::{HeaderMap, header::CONTENT_TYPE, request::Parts};
use http_body_util::BodyExt;
use hyper::body::Body as _;

use super::{
    Decision,
    entry::{Event, Seen},
    parameters::{Of, Sent},
    scrub::{short, short_path},
};
use crate::mock::{site::Site, wire, worlds::World};

/// The longest body that is kept, in bytes.
const LONGEST_BODY: usize = 4096;

/// A request that is being answered. Dropped before its end, it tells that the client did not wait.
pub struct Recording {
    world: Arc<World>,
    began: Instant,
    at: i64,
    real: i64,
    seen: Option<Seen>,
}

impl Recording {
    /// Begins with the request that arrived at `path` below the environment's root.
    pub fn begin(site: &Site, parts: &Parts, path: &str, body: &[u8]) -> Self {
        let (at, real) = site.world.clock.both();
        let clients = site.world.clients;
        let api = path.starts_with("/api/");
        let of = if api { Of::Api } else { Of::Oauth };
        let seen = Seen {
            environment: site.environment,
            method: parts.method.clone(),
            path: short_path(path, clients).into(),
            query: Sent::keep(parts.uri.query().unwrap_or_default().as_bytes(), of, clients),
            form: Sent::keep_form(&parts.headers, body, of, clients),
            body: if api && is_json(&parts.headers) { bounded(body) } else { Box::default() },
            status: None,
            answer: Box::default(),
            decision: Decision::default(),
            took: std::time::Duration::ZERO,
        };
        Self { world: site.world.clone(), began: Instant::now(), at, real, seen: Some(seen) }
    }

    /// Begins late, with a request that `began` before and whose body is not looked at.
    pub fn unread(site: &Site, parts: &Parts, path: &str, began: Instant) -> Self {
        let late = i64::try_from(began.elapsed().as_millis()).unwrap_or_default();
        let mut recording = Self::begin(site, parts, path, b"");
        recording.began = began;
        recording.at -= late;
        recording.real -= late;
        recording
    }

    /// Ends with the answer, which goes on to the client.
    pub async fn end(mut self, mut response: Response) -> Response {
        let Some(mut seen) = self.seen.take() else { return response };
        seen.decision = response.extensions_mut().remove().unwrap_or_default();
        if let Some(Cow::Owned(why)) = &mut seen.decision.why {
            *why = short(why, self.world.clients);
        }
        // What the client never gets has no status.
        seen.status = (!wire::is_lost(&response)).then(|| response.status());
        let small = response.body().size_hint().exact().is_some_and(|length| length <= LONGEST_BODY as u64);
        if small && seen.path.starts_with("/api/") && is_json(response.headers()) {
            let (parts, body) = response.into_parts();
            // Such a body is at hand as a whole.
            let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
            seen.answer = bounded(&body);
            response = Response::from_parts(parts, Body::from(body));
        }
        seen.took = self.began.elapsed();
        self.keep(seen);
        response
    }

    fn keep(&self, seen: Seen) {
        self.world.journal.keep(self.at, self.real, Event::Request(seen));
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if let Some(mut seen) = self.seen.take() {
            seen.took = self.began.elapsed();
            self.keep(seen);
        }
    }
}

/// A copy of a body, or nothing if it is too long.
fn bounded(body: &[u8]) -> Box<[u8]> {
    if body.len() > LONGEST_BODY { Box::default() } else { body.into() }
}

/// Whether a body is JSON, of whichever media type.
fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes).unwrap_or_default();
    let essence = media_type.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    essence.len() >= 4 && essence[essence.len() - 4..].eq_ignore_ascii_case(b"json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::{
        control::{EnvironmentName, Outcome, Settings},
        journal::{Scrubber, told},
        site::Environment,
        thumbtack::clients::Registry,
        worlds::Worlds,
    };

    #[tokio::test]
    async fn marks_of_faults_count_in_its_size() {
        let worlds = Worlds::new("http://mock.example".to_owned(), Settings::default(), Registry::own(), None);
        let site = worlds.create(Settings::default(), None).site(Environment::Staging);
        let (parts, ()) = http::Request::new(()).into_parts();
        let mut answer = Response::new(Body::empty());
        Decision::on(&mut answer).faults.push("x".repeat(5_000).into());
        Recording::begin(&site, &parts, "/userinfo", b"").end(answer).await;
        assert!(site.world.journal.after(0)[0].size > 5_000);
    }

    #[test]
    fn what_is_dropped_is_told_as_abandoned() {
        let worlds = Worlds::new("http://mock.example".to_owned(), Settings::default(), Registry::own(), None);
        let site = worlds.create(Settings::default(), None).site(Environment::Production);
        let (parts, ()) = http::Request::new(()).into_parts();
        drop(Recording::begin(&site, &parts, "/api/v4/users/self", b""));
        let entries = site.world.journal.after(0);
        let entry = told(&entries[0], &Scrubber::new(Registry::own()));
        let crate::mock::control::JournalEvent::Request(request) = entry.event else { panic!("{entry:?}") };
        assert_eq!((request.outcome, request.status), (Outcome::Abandoned, None));
        assert_eq!((request.path.as_str(), request.environment), ("/api/v4/users/self", EnvironmentName::Production));
    }
}
