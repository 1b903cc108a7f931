//! What a client is told at its redirect URI, made otherwise.

use axum::response::Response;
use http::{
    HeaderValue,
    header::{CONTENT_LENGTH, LOCATION},
};
use url::form_urlencoded::{Serializer, parse};

use crate::mock::{
    control::{CallbackChange, CodeForm, StateChange},
    oauth::Posted,
    site::Site,
};

/// How many characters a long code has.
const LONG: usize = 2048;

/// What a special code ends in.
const SPECIAL: &str = ".~+/=%2B&";

/// Changes the parameters of a redirect to a client, or of a page that posts to it, that have a code or an error; `false`
/// if the answer is none. A redirect to a page of this server's own is none to a client.
pub fn change(site: &Site, change: &CallbackChange, response: &mut Response) -> bool {
    if let Some(Posted { uri, pairs }) = response.extensions_mut().remove::<Posted>() {
        let page = Posted { uri, pairs: changed(site, change, pairs) }.page();
        // The rest of the head, such as cookies, stays.
        response.headers_mut().remove(CONTENT_LENGTH);
        *response.body_mut() = page.into_body();
        return true;
    }
    let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
    let location = location.filter(|location| !location.starts_with(site.root()));
    let Some((uri, mark, pairs)) = location.and_then(told) else { return false };
    let mut encoded = Serializer::new(String::new());
    for (name, value) in changed(site, change, pairs) {
        encoded.append_pair(&name, &value);
    }
    let location = format!("{uri}{mark}{}", encoded.finish());
    match HeaderValue::try_from(location) {
        Ok(location) => response.headers_mut().insert(LOCATION, location).is_some(),
        Err(_) => false,
    }
}

type Pairs = Vec<(String, String)>;

/// A redirect's URI, `?` or `#`, and the parameters behind it.
fn told(location: &str) -> Option<(&str, char, Pairs)> {
    let at = location.find(['?', '#'])?;
    let (uri, rest) = location.split_at(at);
    let mark = rest.chars().next()?;
    let pairs: Pairs = parse(rest.get(1..)?.as_bytes()).into_owned().collect();
    pairs.iter().any(|(name, _)| name == "code" || name == "error").then_some((uri, mark, pairs))
}

fn changed(site: &Site, change: &CallbackChange, mut pairs: Pairs) -> Pairs {
    if let Some(error) = &change.error {
        pairs.retain(|(name, _)| !["code", "scope", "error", "error_description"].contains(&name.as_str()));
        pairs.insert(0, ("error".to_owned(), error.clone()));
    }
    match change.state {
        None => {}
        Some(StateChange::Drop) => pairs.retain(|(name, _)| name != "state"),
        Some(StateChange::Tamper) => {
            for (_, value) in pairs.iter_mut().filter(|(name, _)| name == "state") {
                *value = tampered(value);
            }
        }
    }
    if let Some(form) = change.code {
        for (_, code) in pairs.iter_mut().filter(|(name, _)| name == "code") {
            let another = match form {
                CodeForm::Long => format!("{code}.{}", "0".repeat(LONG.saturating_sub(code.len() + 1))),
                CodeForm::Special => format!("{code}{SPECIAL}"),
            };
            site.world.state().ledger(site.environment).rename_code(code, &another);
            *code = another;
        }
    }
    let twice: Pairs = pairs.iter().filter(|(name, _)| change.duplicate.contains(name)).cloned().collect();
    let extra = change.extra.iter().map(|(name, value)| (name.clone(), value.sent()));
    pairs.into_iter().chain(twice).chain(extra).collect()
}

/// `value` with another last character.
fn tampered(value: &str) -> String {
    let mut characters: Vec<char> = value.chars().collect();
    let other = if characters.pop() == Some('x') { 'y' } else { 'x' };
    characters.push(other);
    characters.into_iter().collect()
}
