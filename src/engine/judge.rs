//! Asks `pattern` whether an answer is as expected.

use serde_json::Value;

use crate::http::{Exchange, Response};
use crate::oauth::redirect_parameters;
use crate::pattern::{Finding, Pattern, compare};
use crate::plan::{Expect, Status};
use crate::source::{Place, Scope};

/// What is said about one exchange.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    /// Expectations that were missed.
    pub(super) findings: Vec<Finding>,
    /// Differences from what the documents print, where that does not bind.
    pub(super) differences: Vec<Finding>,
}

/// Judges `exchange`; `step` is the place for what has no place of its own. Documented examples bind on a mock only.
pub(super) fn judge(expect: &Expect, exchange: &Exchange, scope: &dyn Scope, step: Place, is_mock: bool) -> Judgement {
    let response = match &exchange.outcome {
        Ok(response) => response,
        Err(failure) => {
            let finding = plain(step, "response", format!("no answer: {failure}"), "an answer", "none");
            return Judgement { findings: vec![finding], differences: Vec::new() };
        }
    };
    let mut judgement = Judgement::default();
    let findings = &mut judgement.findings;
    if let Some(statuses) = &expect.status
        && !statuses.value.iter().any(|status| status.admits(response.status))
    {
        let expected = statuses.value.iter().map(Status::to_string).collect::<Vec<_>>().join(" or ");
        let actual = response.status.to_string();
        findings.push(plain(
            statuses.place,
            "status",
            format!("expected {expected}, got {actual}"),
            &expected,
            &actual,
        ));
    }
    findings.extend(headers(expect, response, scope));
    if let Some(pattern) = &expect.redirect {
        findings.extend(redirect(pattern, exchange, scope));
    }
    if let Some(pattern) = &expect.body {
        findings.extend(body(pattern, response, scope));
    }
    if let Some(pattern) = &expect.text {
        findings.extend(compare(pattern, Some(&Value::String(response.text().into_owned())), "text", scope));
    }
    if let Some(within) = &expect.within
        && exchange.elapsed > within.value
    {
        let (expected, actual) = (format!("{:?}", within.value), format!("{:?}", exchange.elapsed));
        findings.push(plain(
            within.place,
            "time",
            format!("expected an answer within {expected}, it took {actual}"),
            &expected,
            &actual,
        ));
    }
    if let Some(pattern) = &expect.example {
        let differences = body(pattern, response, scope);
        if is_mock {
            findings.extend(differences);
        } else {
            judgement.differences = differences;
        }
    }
    judgement
}

/// Judges a webhook, which stands in the place of an answer; whether it came in time is not asked. Documented examples bind
/// on a mock only.
pub(super) fn judge_delivery(expect: &Expect, delivery: &Response, scope: &dyn Scope, is_mock: bool) -> Judgement {
    let mut judgement = Judgement { findings: headers(expect, delivery, scope), differences: Vec::new() };
    let body = |pattern: &Pattern| {
        if let Some(json) = delivery.json() {
            return compare(pattern, Some(json), "$", scope);
        }
        let kind = if delivery.body.is_empty() { "no body" } else { "a body that is not JSON" };
        vec![plain(pattern.place(), "body", format!("the webhook has {kind}"), "JSON", kind)]
    };
    if let Some(pattern) = &expect.body {
        judgement.findings.extend(body(pattern));
    }
    if let Some(pattern) = &expect.text {
        let text = Value::String(delivery.text().into_owned());
        judgement.findings.extend(compare(pattern, Some(&text), "text", scope));
    }
    match &expect.example {
        Some(pattern) if is_mock => judgement.findings.extend(body(pattern)),
        Some(pattern) => judgement.differences = body(pattern),
        None => {}
    }
    judgement
}

fn headers(expect: &Expect, response: &Response, scope: &dyn Scope) -> Vec<Finding> {
    let missed = |(name, pattern): &(Box<str>, Pattern)| {
        let values: Vec<&str> = response.header_values(name).collect();
        let value = (!values.is_empty()).then(|| Value::String(values.join(", ")));
        compare(pattern, value.as_ref(), &format!("header {name}"), scope)
    };
    expect.headers.iter().flat_map(missed).collect()
}

/// Judges the value of a `compare` step.
pub(super) fn judge_value(expect: &Expect, value: &Value, scope: &dyn Scope) -> Vec<Finding> {
    expect.value.as_ref().map_or_else(Vec::new, |pattern| compare(pattern, Some(value), "$", scope))
}

fn body(pattern: &Pattern, response: &Response, scope: &dyn Scope) -> Vec<Finding> {
    match response.json() {
        Some(json) => compare(pattern, Some(json), "$", scope),
        None if response.body.is_empty() => {
            let findings = compare(pattern, None, "$", scope);
            let message = format!("the {} answer has no body", response.status);
            let expected = findings.first().map(|finding| finding.expected.as_str());
            expected.map(|expected| plain(pattern.place(), "body", message, expected, "nothing")).into_iter().collect()
        }
        None => {
            let kind = response.media_type();
            let is_page = kind.as_deref().is_some_and(|kind| ["text/html", "application/xhtml+xml"].contains(&kind));
            let (message, actual) = if is_page {
                let status = response.status;
                let message = format!(
                    "the answer ({status}) is HTML, not JSON: a page for people, as an address that is not the API's \
                     gives, or something on the way to it"
                );
                (message, "HTML")
            } else {
                let kind = kind.map_or_else(|| "without a media type".to_owned(), |kind| format!("of type {kind}"));
                (format!("the body is not JSON but {} bytes {kind}", response.body.len()), "something else")
            };
            vec![plain(pattern.place(), "body", message, "JSON", actual)]
        }
    }
}

fn redirect(pattern: &Pattern, exchange: &Exchange, scope: &dyn Scope) -> Vec<Finding> {
    let Some(redirect) = redirect_parameters(exchange) else {
        let status = exchange.status().map_or_else(String::new, |status| format!(" (status {status})"));
        return vec![plain(
            pattern.place(),
            "redirect",
            format!("the answer does not redirect{status}"),
            "a redirect",
            "none",
        )];
    };
    let mut members = serde_json::Map::new();
    members.insert("uri".to_owned(), redirect.uri.into());
    for (name, mut values) in redirect.parameters {
        let value = if values.len() == 1 { Value::String(values.remove(0)) } else { values.into() };
        members.insert(name, value);
    }
    compare(pattern, Some(&Value::Object(members)), "redirect", scope)
}

/// A finding about something that is no JSON value.
pub(super) fn plain(place: Place, path: &str, message: String, expected: &str, actual: &str) -> Finding {
    Finding {
        place,
        path: path.to_owned(),
        message,
        expected: expected.to_owned(),
        actual: actual.to_owned(),
        help: None,
    }
}
