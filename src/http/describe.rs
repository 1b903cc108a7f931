//! An exchange as text.

use std::fmt::Write;

use ::http::Version;
use serde_json::Value;

use super::{Exchange, Scrubber, mask};

/// How much of a body is shown, in bytes.
const SHOWN_BODY: usize = 2048;

/// The exchange as text, without secrets: the request in lines that begin with `>`, the answer or the failure in lines
/// that begin with `<`. Of a body about 2 kB are shown.
///
/// Credentials, cookies and the secret parameters of OAuth 2.0 are hidden even if the scrubber has not learnt them.
pub fn describe(exchange: &Exchange, scrubber: &Scrubber) -> String {
    let request = &exchange.request;
    let mut text = String::new();
    let mut target = request.url.path().to_owned();
    if let Some(query) = request.url.query() {
        target.push('?');
        target.push_str(query);
    }
    let version = exchange.response().map_or(Version::HTTP_11, |response| response.version);
    let spoken = spoken(version);
    line(&mut text, '>', &format!("{} {} {spoken}", request.method, mask::url(&target, scrubber)));
    if request.header("host").is_none() {
        let authority = match (request.url.host_str(), request.url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (host, _) => host.unwrap_or_default().to_owned(),
        };
        line(&mut text, '>', &format!("host: {}", scrubber.scrub(&authority)));
    }
    message(&mut text, '>', &request.headers, &request.body, scrubber);
    match &exchange.outcome {
        Ok(response) => {
            let reason =
                ::http::StatusCode::from_u16(response.status).ok().and_then(|status| status.canonical_reason());
            // The common version is told by the request already.
            let spoken = if version == Version::HTTP_11 { String::new() } else { format!("{spoken} ") };
            let head = format!("{spoken}{} {}", response.status, reason.unwrap_or_default());
            line(&mut text, '<', head.trim_end());
            message(&mut text, '<', &response.headers, &response.body, scrubber);
        }
        Err(failure) => line(&mut text, '<', &scrubber.scrub(&failure.to_string())),
    }
    text
}

fn message(text: &mut String, mark: char, headers: &[(String, String)], body: &[u8], scrubber: &Scrubber) {
    let mut form = false;
    for (name, value) in headers {
        form |= name.eq_ignore_ascii_case("content-type")
            && value.trim_start().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded");
        line(text, mark, &format!("{}: {}", scrubber.scrub(name), mask::header(name, value, scrubber)));
    }
    if body.is_empty() {
        return;
    }
    line(text, mark, "");
    let shown = match std::str::from_utf8(body) {
        Ok(body) if is_text(body) => readable(body, form, scrubber),
        _ => format!("({} bytes that are not text)", body.len()),
    };
    let mut end = SHOWN_BODY.min(shown.len());
    while !shown.is_char_boundary(end) {
        end -= 1;
    }
    for part in shown[..end].lines() {
        line(text, mark, part);
    }
    if end < shown.len() {
        line(text, mark, &format!("... ({end} of {} bytes shown)", shown.len()));
    }
}

/// Secrets go before anything is cut off, as half a secret would not be recognised.
fn readable(body: &str, form: bool, scrubber: &Scrubber) -> String {
    if form {
        return mask::form(body, scrubber);
    }
    match serde_json::from_str::<Value>(body) {
        Ok(value @ (Value::Array(_) | Value::Object(_))) => mask::json(&value, scrubber),
        _ => scrubber.scrub(body),
    }
}

/// Whether a terminal shows `body` as it is.
fn is_text(body: &str) -> bool {
    !body.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\r' | '\t'))
}

fn line(text: &mut String, mark: char, content: &str) {
    let separator = if content.is_empty() { "" } else { " " };
    // What was refused as a request can hold line breaks and escape sequences.
    let content = content.replace(|character: char| character.is_control() && character != '\t', "\u{fffd}");
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "{mark}{separator}{content}");
}

/// The version of HTTP as people write it.
pub fn spoken(version: Version) -> String {
    if version == Version::HTTP_2 { "HTTP/2".to_owned() } else { format!("{version:?}") }
}

#[cfg(test)]
mod tests;
