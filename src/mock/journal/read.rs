//! The journal over the control API: NDJSON, as it is, after waiting for more, or as a stream that does not end.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use http::{HeaderValue, StatusCode, header};

use super::{Entry, Scrubber, told};
use crate::mock::{form::Parameters, problem::Problem, worlds::World};

/// The longest time that a reader may wait, in milliseconds.
const LONGEST_WAIT: u64 = 60_000;

/// What a reader asks for.
#[derive(Debug, Default, PartialEq)]
struct Wish {
    /// The number of the last entry that it knows.
    after: u64,
    /// For how long to wait if there is nothing new, in milliseconds.
    wait: u64,
    /// Whether to go on until the mock ends.
    follow: bool,
}

/// Answers `GET /control/worlds/{id}/journal`.
pub async fn respond(world: Arc<World>, query: &str) -> Response {
    let wish = match Wish::read(query) {
        Ok(wish) => wish,
        Err(detail) => return Problem::new(StatusCode::BAD_REQUEST, detail).into_response(),
    };
    if wish.follow {
        return ndjson(Body::from_stream(stream::unfold((world, wish.after), |(world, after)| async move {
            let entries = world.journal.next_after(after, Duration::MAX).await;
            // There is nothing only when the mock is told to stop.
            let last = entries.last()?.number;
            Some((Ok::<_, Infallible>(lines(&world, &entries)), (world, last)))
        })));
    }
    let entries = match wish.wait {
        0 => world.journal.after(wish.after),
        wait => world.journal.next_after(wish.after, Duration::from_millis(wait)).await,
    };
    ndjson(Body::from(lines(&world, &entries)))
}

fn ndjson(body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// An entry a line.
pub fn lines(world: &World, entries: &[Arc<Entry>]) -> Bytes {
    let scrub = Scrubber::new(world.clients);
    let mut lines = Vec::new();
    for entry in entries {
        // An entry is made of texts and numbers, which can always be written.
        drop(serde_json::to_writer(&mut lines, &told(entry, &scrub)));
        lines.push(b'\n');
    }
    lines.into()
}

impl Wish {
    fn read(query: &str) -> Result<Self, String> {
        let undecodable = |_| "the query is not decodable".to_owned();
        let parameters = Parameters::parse(query.as_bytes()).map_err(undecodable)?;
        let mut wish = Self::default();
        for (name, value) in parameters.pairs() {
            let number = || value.parse::<u64>().map_err(|_| format!("`{name}` must be a whole number"));
            match name {
                "after" => wish.after = number()?,
                "wait" => wish.wait = number()?,
                "follow" => wish.follow = true,
                _ => return Err("the journal knows `after`, `wait` and `follow`, and nothing else".to_owned()),
            }
        }
        if wish.wait > LONGEST_WAIT {
            return Err(format!("`wait` is in milliseconds, {LONGEST_WAIT} at most"));
        }
        Ok(wish)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read_and_wrong_ones_refused() {
        let wish = Wish { after: 3, wait: 60_000, follow: true };
        assert_eq!(Wish::read("after=3&wait=60000&follow"), Ok(wish));
        assert_eq!(Wish::read(""), Ok(Wish::default()));
        for (wrong, word) in [
            ("after=x", "`after`"),
            ("wait=60001", "60000"),
            ("wait=-1", "`wait`"),
            ("from=1", "knows"),
            ("after=%", "decodable"),
        ] {
            assert!(Wish::read(wrong).unwrap_err().contains(word), "{wrong}");
        }
    }
}
