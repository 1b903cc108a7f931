//! How an answer tells that a real target has had enough.

use std::time::Duration;

use jiff::Timestamp;

use crate::http::Response;

use super::block::Block;

/// What is waited before a request is sent again, if the answer does not say how long.
const UNTOLD: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(15)];

/// Longer than this nobody waits for a target.
pub const LONGEST_WAIT: Duration = Duration::from_mins(2);

/// What an answer says about asking on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pushback {
    /// Nothing.
    None,
    /// Later, and nobody before.
    Later(Duration),
    /// Requests from here are not wanted.
    Block(Block),
}

impl Pushback {
    /// What `response` says to a request that was sent `before` times already.
    pub(super) fn of(response: &Response, before: usize) -> Self {
        if let Some(wait) = wait(response, before) {
            return Self::Later(wait);
        }
        Block::of(response).map_or(Self::None, Self::Block)
    }
}

/// How long to wait before the request is sent once more, if it is.
fn wait(response: &Response, before: usize) -> Option<Duration> {
    let untold = *UNTOLD.get(before)?;
    let told = retry_after(response);
    let wait = match response.status {
        429 => told.unwrap_or(untold),
        503 => told?,
        _ => return None,
    };
    (wait <= LONGEST_WAIT).then_some(wait)
}

/// `Retry-After` as the time from now, in seconds or as a date (RFC 9110 §10.2.3); `None` if it is missing or neither.
pub fn retry_after(response: &Response) -> Option<Duration> {
    let text = response.header("retry-after")?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More than the number can hold is longer than anybody waits.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &'static str) -> Response {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Response::new(status, headers, body)
    }

    #[test]
    fn a_wait_is_told_or_known_and_bounded() {
        let later = |seconds| Pushback::Later(Duration::from_secs(seconds));
        let (busy, after) = (Pushback::Block(Block::TooMany), |text| [("retry-after", text)]);
        for (status, headers, before, expected) in [
            (429, &after("7")[..], 0, later(7)),
            (429, &after("7"), 1, later(7)),
            (429, &after("7"), 2, Pushback::Block(Block::TooMany)),
            (429, &after("0"), 0, later(0)),
            (429, &after("120"), 0, later(120)),
            (429, &after("121"), 0, Pushback::Block(Block::TooMany)),
            (429, &after("99999999999999999999999"), 0, busy),
            (429, &[], 0, later(5)),
            (429, &[], 1, later(15)),
            (429, &after("soon"), 0, later(5)),
            (429, &after("Sun, 06 Nov 1994 08:49:37 GMT"), 0, later(0)),
            (503, &after("3"), 0, later(3)),
            (503, &after("3"), 2, Pushback::None),
            (503, &[], 0, Pushback::None),
            (500, &after("3"), 0, Pushback::None),
        ] {
            assert_eq!(Pushback::of(&answer(status, headers, "x"), before), expected, "{status} {headers:?} {before}");
        }
        let soon = Timestamp::now() + Duration::from_mins(1);
        let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&soon).unwrap();
        let wait = retry_after(&answer(429, &[("retry-after", &date)], "")).unwrap();
        assert!((50..=60).contains(&wait.as_secs()), "{date}: {wait:?}");
    }
}
