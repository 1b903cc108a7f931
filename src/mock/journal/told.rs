//! Puts entries into words, without secrets.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    Entry, Scrubber,
    entry::{Event, Seen},
    parameters::Parameter,
};
use crate::mock::{
    control::{Delivery, EnvironmentName, JournalEntry, JournalEvent, JournalOrder, JournalRequest, Outcome},
    issued::Issued,
    site::Environment,
};

/// An entry in words.
pub fn told(entry: &Entry, scrub: &Scrubber) -> JournalEntry {
    let event = match &entry.event {
        Event::Request(seen) => JournalEvent::Request(Box::new(request(seen, scrub))),
        Event::Delivery(delivery) => JournalEvent::Delivery { delivery: Box::new(delivered(delivery, scrub)) },
        Event::Order(order, why) => JournalEvent::Order(JournalOrder {
            order: scrub.json(order),
            why: why.as_ref().map(|why| scrub.text(why).into_owned()),
        }),
    };
    JournalEntry { number: entry.number, at: time(entry.at), real: time(entry.real), event }
}

fn request(seen: &Seen, scrub: &Scrubber) -> JournalRequest {
    let decision = &seen.decision;
    let name = |name: &str| name.to_owned();
    let why = decision.why.as_ref().map(|why| scrub.text(why).into_owned()).or_else(|| plain_reason(seen));
    JournalRequest {
        environment: match seen.environment {
            Environment::Staging => EnvironmentName::Staging,
            Environment::Production => EnvironmentName::Production,
        },
        method: scrub.text(seen.method.as_str()).into_owned(),
        path: scrub.path(&seen.path),
        query: parameters(&seen.query.told(scrub)),
        form: parameters(&seen.form.told(scrub)),
        body: json(&seen.body, scrub),
        operation: decision.operation.or_else(|| endpoint(&seen.path)).map(name),
        client: decision.client.map(name),
        user: decision.user.map(name),
        grant: decision.grant,
        used: decision.used.map(|used| used.to_string()),
        from: decision.from.map(|from| from.to_string()),
        issued: decision.issued.iter().flatten().map(Issued::to_string).collect(),
        outcome: outcome(seen),
        why,
        status: seen.status.map(|status| status.as_u16()),
        answer: json(&seen.answer, scrub),
        faults: decision.faults.iter().map(|fault| scrub.text(fault).into_owned()).collect(),
        microseconds: u64::try_from(seen.took.as_micros()).unwrap_or(u64::MAX),
    }
}

/// A delivery in words. It names no secrets by itself, but its URL and what its receiver answered are whatever somebody wrote.
pub fn delivered(delivery: &Delivery, scrub: &Scrubber) -> Delivery {
    let text = |text: &String| scrub.text(text).into_owned();
    let mut told = delivery.clone();
    told.to = scrub.path(&delivery.to);
    told.why = delivery.why.as_ref().map(text);
    for attempt in &mut told.attempts {
        attempt.error = attempt.error.as_ref().map(text);
    }
    told
}

fn outcome(seen: &Seen) -> Outcome {
    let failed = |status: StatusCode| status.is_client_error() || status.is_server_error();
    match seen.status {
        None if seen.decision.faults.is_empty() => Outcome::Abandoned,
        None => Outcome::Lost,
        Some(status) if failed(status) => Outcome::Refused,
        // An authorization request is refused by a redirect.
        Some(status) if status.is_redirection() && seen.decision.why.is_some() => Outcome::Refused,
        Some(_) => Outcome::Answered,
    }
}

/// Why, where nobody said it.
fn plain_reason(seen: &Seen) -> Option<String> {
    let Some(status) = seen.status else {
        let lost = "the connection ended without an answer, as it was ordered";
        let told = if outcome(seen) == Outcome::Lost { lost } else { "the client did not wait for the answer" };
        return Some(told.to_owned());
    };
    match status {
        StatusCode::NOT_FOUND => Some("nothing is served at this path".to_owned()),
        StatusCode::METHOD_NOT_ALLOWED => Some("this path does not know the method".to_owned()),
        _ if status.is_client_error() || status.is_server_error() => Some(format!("answered {status}")),
        _ => None,
    }
}

/// The name of an endpoint that is none of the API's.
fn endpoint(path: &str) -> Option<&'static str> {
    match path.trim_end_matches('/') {
        "/oauth2/auth" => Some("authorize"),
        "/oauth2/token" => Some("token"),
        "/oauth2/revoke" => Some("revoke"),
        "/oauth2/sessions/logout" => Some("logout"),
        "/oauth2/fallbacks/error" => Some("error page"),
        "/oauth2/fallbacks/logout/callback" => Some("logout page"),
        "/userinfo" => Some("userinfo"),
        "/.well-known/jwks.json" => Some("key set"),
        "/.well-known/openid-configuration" | "/.well-known/oauth-authorization-server" => Some("discovery"),
        path if path.starts_with("/oauth/") => Some("login page"),
        path if path == "/site" || path.starts_with("/site/") => Some("web site"),
        _ => None,
    }
}

/// Parameters by name; repeated ones are a list.
fn parameters(parameters: &[Parameter]) -> Map<String, Value> {
    let mut told = Map::new();
    for Parameter { name, value } in parameters {
        let value = Value::String(value.to_string());
        match told.get_mut(name.as_ref()) {
            None => drop(told.insert(name.to_string(), value)),
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    told
}

fn json(body: &[u8], scrub: &Scrubber) -> Option<Value> {
    serde_json::from_slice(body).ok().map(|value| scrub.json(&value))
}

/// A time with milliseconds.
fn time(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).map_or_else(|_| String::new(), |time| format!("{time:.3}"))
}
