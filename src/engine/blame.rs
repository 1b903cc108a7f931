//! Whose fault a failed step is: the partner API's, or the surroundings'.

use crate::http::{Exchange, Failure, Phase, Response};
use crate::plan::{Expect, Status};
use crate::target::{Block, LONGEST_WAIT, retry_after};

use super::bounds::spends_no_grant;

/// Why nothing can be said about a step on a target that is no mock, if the surroundings failed; first match wins.
///
/// A status that the scenario expects is judged, and so is 502 `proxy_oauth_failed`. `asks_token` says that the request
/// went to the token URL with the target's own credentials.
pub(super) fn inconclusive(exchange: &Exchange, expect: Option<&Expect>, asks_token: bool) -> Option<String> {
    let response = match &exchange.outcome {
        Ok(response) => response,
        Err(
            failure @ (Failure::Refused { .. }
            | Failure::HeldBack { .. }
            | Failure::Unreachable { .. }
            | Failure::Unresolved { .. }
            | Failure::Tls { .. }
            | Failure::NoRoots { .. }
            | Failure::Proxy { .. }
            | Failure::TooSlow { phase: Phase::Connect, .. }),
        ) => return Some(failure.to_string()),
        Err(_) => return None,
    };
    let status = response.status;
    if expects(expect, status) {
        return None;
    }
    let error = || response.json().and_then(|body| body.get("error")?.as_str().map(str::to_owned));
    if let Some(block) = Block::of(response) {
        return Some(blocked(block, exchange, response));
    }
    match status {
        502 if error().as_deref() == Some("proxy_oauth_failed") => None,
        400 | 401 if asks_token && error().as_deref() == Some("invalid_client") => {
            Some("the target refuses the client's credentials; look at `clients` in tacktest.yaml".to_owned())
        }
        202 => Some(accepted(response)),
        500..=599 => {
            Some(format!("the target has trouble of its own ({status}); run again later, or ask its operator"))
        }
        _ => None,
    }
}

/// Whether the scenario expects `status`, so that it is judged.
pub(super) fn expects(expect: Option<&Expect>, status: u16) -> bool {
    let expected = expect.and_then(|expect| expect.status.as_ref());
    expected.is_some_and(|statuses| statuses.value.iter().any(|expected| expected.admits(status)))
}

fn blocked(block: Block, exchange: &Exchange, response: &Response) -> String {
    match block {
        Block::Challenge => {
            "a web application firewall wants a browser challenge (202); ask the target's operator to allow your address"
                .to_owned()
        }
        Block::Forbidden => {
            "the request was blocked before it came to the API (403 without a problem document); ask the target's \
             operator to allow your address"
                .to_owned()
        }
        Block::TooMany => too_many(exchange, response),
        Block::Country => {
            "requests from here are refused by country (451); run from an address of a country that is served".to_owned()
        }
    }
}

/// A 202 that is no challenge by its looks: neither the answer that was expected nor surely a firewall's.
fn accepted(response: &Response) -> String {
    let kind = response.media_type().unwrap_or_else(|| "no content type".to_owned());
    format!(
        "the target answers 202 with {kind}, which is not expected and, by its looks, no firewall's challenge; if that is \
         the API's own answer, expect it in `status`, else ask the target's operator who gives it"
    )
}

/// Whether `expect` speaks of what a real target answered with `response`. A block is expected only by its very status, and
/// one that never came to the API not at all.
pub(super) fn speaks_of(expect: &Expect, response: &Response) -> bool {
    let names_it = || {
        let statuses = expect.status.iter().flat_map(|statuses| &statuses.value);
        statuses.into_iter().any(|status| *status == Status::Exactly(response.status))
    };
    Block::of(response).is_none() || response.status != 403 && names_it()
}

/// A 429 that is told was waited for, or asks for more than anybody waits, or is about a request that is sent once only.
fn too_many(exchange: &Exchange, response: &Response) -> String {
    let method = &exchange.request.method;
    let is_sent_once = !method.is_safe() && !spends_no_grant(&exchange.request);
    match retry_after(response) {
        Some(wait) if wait > LONGEST_WAIT => format!(
            "the target has too many requests (429) and asks to wait for {} s, which is longer than the {} s that are waited \
             for; run again later",
            wait.as_secs(),
            LONGEST_WAIT.as_secs()
        ),
        _ if is_sent_once => format!(
            "the target has too many requests (429), and a {method} that may do or spend something is not sent again; run \
             again later, or at a slower `pace`"
        ),
        _ => "the target has too many requests (429); run again later, or at a slower `pace`".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::http::{ProxyTrouble, Request, TlsTrouble};

    fn exchange(status: u16, kind: &str, body: &str) -> Exchange {
        Exchange {
            request: Request::new(::http::Method::GET, "http://127.0.0.1/".parse().unwrap()),
            outcome: Ok(Response::new(status, vec![("content-type".to_owned(), kind.to_owned())], body.to_owned())),
            started: jiff::Timestamp::UNIX_EPOCH,
            elapsed: Duration::ZERO,
        }
    }

    #[test]
    fn trouble_of_the_surroundings_is_told_apart_from_wrong_answers() {
        let blamed = |status, kind, body| inconclusive(&exchange(status, kind, body), None, true).is_some();
        for status in [202, 429, 451, 500, 503] {
            assert!(blamed(status, "application/json", "{}"), "{status}");
        }
        assert!(blamed(403, "text/html", ""));
        assert!(blamed(401, "application/json", r#"{"error":"invalid_client"}"#));
        assert!(!blamed(403, "application/problem+json", "{}"));
        assert!(!blamed(502, "application/json", r#"{"error":"proxy_oauth_failed"}"#));
        assert!(!blamed(401, "application/json", r#"{"error":"other"}"#));
        assert!(!blamed(404, "application/json", "{}"));
    }

    #[test]
    fn only_a_challenge_is_called_one() {
        let told = |kind, body| inconclusive(&exchange(202, kind, body), None, false).unwrap();
        assert!(told("text/html", "<p>").contains("browser challenge (202)"));
        let json = told("application/json", "{}");
        assert!(json.contains("answers 202 with application/json") && !json.contains("wants a browser"), "{json}");
    }

    #[test]
    fn what_keeps_a_request_from_the_target_is_not_its_fault() {
        let blamed = |failure| {
            let exchange = Exchange { outcome: Err(failure), ..exchange(200, "", "") };
            inconclusive(&exchange, None, false).is_some()
        };
        let (address, detail, after) = (String::new, String::new, Duration::ZERO);
        let slow = |phase| Failure::TooSlow { phase, address: address(), after, status: None };
        for failure in [
            Failure::Refused { address: address() },
            Failure::Unreachable { address: address(), detail: detail() },
            Failure::Unresolved { host: address(), detail: detail() },
            Failure::Tls { address: address(), trouble: TlsTrouble::UnknownIssuer },
            Failure::NoRoots { detail: detail() },
            Failure::Proxy { proxy: address(), trouble: ProxyTrouble::CredentialsWanted },
            slow(Phase::Connect),
        ] {
            assert!(blamed(failure.clone()), "{failure:?}");
        }
        for failure in [slow(Phase::Answer), slow(Phase::Body), Failure::Closed { status: None }] {
            assert!(!blamed(failure.clone()), "{failure:?}");
        }
    }

    #[test]
    fn an_expected_status_is_judged() {
        let expect = Expect {
            status: Some(crate::source::Located::new(
                [crate::plan::Status::Exactly(429)].into(),
                crate::source::Place::start_of(0),
            )),
            ..Expect::default()
        };
        assert_eq!(inconclusive(&exchange(429, "", ""), Some(&expect), false), None);
        assert!(inconclusive(&exchange(503, "", ""), Some(&expect), false).is_some());
    }
}
