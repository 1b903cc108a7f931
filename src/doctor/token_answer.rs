//! What an answer of the token URL says about the client that asked.

use crate::http::Exchange;

use super::reach::is_page;

/// What is known of a client after one token request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It got a token.
    Token,
    /// It is known, but may not use this grant.
    GrantNotAllowed,
    /// It is known, and what it presented is worth nothing.
    GrantWorthless,
    /// It is not known, or its secret is wrong.
    UnknownClient,
    /// It was refused for this reason of the configuration.
    Refused(String),
    /// Nothing can be said about it, for this reason.
    Nothing(String),
}

/// Reads the answer, by the error codes of RFC 6749 §5.2.
pub(super) fn read(exchange: &Exchange) -> Answer {
    let response = match &exchange.outcome {
        Ok(response) => response,
        Err(failure) => return Answer::Nothing(failure.to_string()),
    };
    let status = response.status;
    let member = |name: &str| response.json().and_then(|body| body.get(name)?.as_str());
    if status == 200 && member("access_token").is_some() {
        return Answer::Token;
    }
    match member("error") {
        Some("invalid_client") => Answer::UnknownClient,
        Some("unauthorized_client") => Answer::GrantNotAllowed,
        Some("invalid_grant") => Answer::GrantWorthless,
        // Its own failure says nothing about the client (RFC 6749 §4.1.2.1).
        Some(error @ ("server_error" | "temporarily_unavailable")) => {
            Answer::Nothing(format!("the token URL answers {status} `{error}`"))
        }
        Some(error) if (400..500).contains(&status) && status != 429 => {
            let description =
                member("error_description").map_or_else(String::new, |text| format!(": {}", shortened(text)));
            Answer::Refused(format!("{status} `{error}`{description}"))
        }
        _ if is_page(response) => {
            Answer::Nothing(format!("the token URL answers {status} with HTML where JSON is expected"))
        }
        _ if status == 401 => Answer::UnknownClient,
        _ => Answer::Nothing(format!("the token URL answers {status}, which says nothing about the client")),
    }
}

/// One line of `text`, of bearable length.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 200;
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST { line } else { line.chars().take(LONGEST).collect::<String>() + "…" }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use url::Url;

    use super::*;
    use crate::http::{Request, Response};

    fn of(status: u16, media_type: &str, body: &'static str) -> Answer {
        let headers = vec![("content-type".to_owned(), media_type.to_owned())];
        read(&Exchange {
            request: Request::new(::http::Method::POST, Url::parse("http://127.0.0.1/").unwrap()),
            outcome: Ok(Response::new(status, headers, body)),
            started: jiff::Timestamp::UNIX_EPOCH,
            elapsed: Duration::ZERO,
        })
    }

    #[test]
    fn answers_are_told_apart() {
        let json = |status, body| of(status, "application/json", body);
        assert_eq!(json(200, r#"{"access_token":"a"}"#), Answer::Token);
        assert_eq!(json(401, r#"{"error":"invalid_client"}"#), Answer::UnknownClient);
        assert_eq!(json(400, r#"{"error":"invalid_client"}"#), Answer::UnknownClient);
        assert_eq!(json(400, r#"{"error":"unauthorized_client"}"#), Answer::GrantNotAllowed);
        assert_eq!(json(400, r#"{"error":"invalid_grant"}"#), Answer::GrantWorthless);
        assert_eq!(
            json(400, r#"{"error":"invalid_scope","error_description":"not\nthat"}"#),
            Answer::Refused("400 `invalid_scope`: not that".to_owned())
        );
        for nothing in [
            json(200, "{}"),
            json(429, r#"{"error":"slow_down"}"#),
            json(503, r#"{"error":"temporarily_unavailable"}"#),
            of(403, "text/html", "<p>Blocked</p>"),
            of(401, "text/html", "<p>Log in</p>"),
        ] {
            assert!(matches!(nothing, Answer::Nothing(_)), "{nothing:?}");
        }
        assert_eq!(json(401, "{}"), Answer::UnknownClient);
    }
}
