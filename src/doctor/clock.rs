//! Whether this machine's clock and the servers' agree, as tokens end by the clock.

use jiff::fmt::rfc2822;

use crate::http::Exchange;

use super::Line;

const CHECK: &str = "clock";

/// More seconds than these are told.
const WARNING: i64 = 60;

/// With more seconds than these, tokens seem to have ended, or not yet to be valid.
const PROBLEM: i64 = 300;

/// Compares the clock with the first answer that tells its time.
pub(super) fn check(answers: &[Exchange]) -> Line {
    match answers.iter().find_map(ahead) {
        Some(ahead) => told(ahead),
        None => Line::skipped(CHECK, "no answer tells its time (`Date`)"),
    }
}

/// By how many seconds the server's clock is ahead of this machine's. The server wrote its time about half-way between
/// request and answer (RFC 9110 §6.6.1), or earlier, by `Age`, if the answer was kept by a cache (RFC 9111 §5.1).
fn ahead(exchange: &Exchange) -> Option<i64> {
    let response = exchange.response()?;
    let date = rfc2822::parse(response.header("date")?).ok()?.timestamp();
    let age: i64 = response.header("age").and_then(|age| age.trim().parse().ok()).unwrap_or(0);
    let here = exchange.started.checked_add(exchange.elapsed / 2).ok()?;
    Some(date.as_second().saturating_add(age.max(0)).saturating_sub(here.as_second()))
}

fn told(ahead: i64) -> Line {
    let seconds = ahead.unsigned_abs();
    let direction = if ahead > 0 { "behind" } else { "ahead of" };
    let what = format!("this machine's clock is {seconds} s {direction} the server's");
    let advice = "set the clock of this machine, best by NTP; tokens and their ends are judged by it";
    match seconds {
        0..=1 => Line::ok(CHECK, "this machine's clock agrees with the server's"),
        _ if ahead.abs() > PROBLEM => Line::outside(CHECK, what, advice),
        _ if ahead.abs() > WARNING => Line::warning(CHECK, what, advice),
        _ => Line::ok(CHECK, what),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;
    use url::Url;

    use super::*;
    use crate::http::{Request, Response};

    fn exchange(headers: &[(&str, &str)]) -> Exchange {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Exchange {
            request: Request::new(::http::Method::GET, Url::parse("http://127.0.0.1/").unwrap()),
            outcome: Ok(Response::new(200, headers, "")),
            started: "2026-03-01T12:00:00Z".parse::<Timestamp>().unwrap(),
            elapsed: Duration::from_secs(4),
        }
    }

    #[test]
    fn half_of_the_round_trip_and_the_age_are_taken_into_account() {
        let date = |text: &'static str| ("date", text);
        assert_eq!(ahead(&exchange(&[date("Sun, 01 Mar 2026 12:00:02 GMT")])), Some(0));
        assert_eq!(ahead(&exchange(&[date("Sun, 01 Mar 2026 14:00:02 GMT")])), Some(7200));
        assert_eq!(ahead(&exchange(&[date("Sun, 01 Mar 2026 11:00:02 GMT"), ("age", "3600")])), Some(0));
        assert_eq!(ahead(&exchange(&[date("yesterday")])), None);
        assert_eq!(ahead(&exchange(&[])), None);
    }

    #[test]
    fn the_figure_and_the_direction_are_told() {
        assert_eq!(told(60).verdict.word(), "ok");
        assert_eq!(told(-61).verdict.word(), "warning");
        assert_eq!(told(300).verdict.word(), "warning");
        let behind = told(7200);
        assert_eq!((behind.verdict.word(), behind.what.contains("7200 s behind")), ("problem", true));
        assert!(told(-301).what.contains("301 s ahead of"));
    }
}
