//! Takes secrets out of what is told: by the names they stand under, by their form, and by value where they are known.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use url::Url;

use crate::mock::{
    site::Environment,
    thumbtack::{clients::Registry, website},
};

/// What stands for a secret inside a text.
const HIDDEN: &str = "[hidden]";

/// Parts of names, in lower case, under which secrets stand.
const NAMES: [&str; 11] = [
    "token",
    "secret",
    "password",
    "passwd",
    "authorization",
    "cookie",
    "verifier",
    "assertion",
    "credential",
    "apikey",
    "api_key",
];

/// How many characters of a text are told.
const LONGEST: usize = 512;

/// How often a text is decoded to find a secret in it.
const MOST_ROUNDS: usize = 3;

/// How long a word of letters in both cases and digits may be.
const LONGEST_WORD: usize = 40;

/// How long a word of letters and digits may be.
const LONGEST_RUN: usize = 32;

/// Knows the secrets that are the same from the start.
pub struct Scrubber {
    secrets: Vec<String>,
}

impl Scrubber {
    /// One that knows the secrets of `clients` and the gates' passwords.
    pub fn new(clients: &'static Registry) -> Self {
        let environments = [Environment::Staging, Environment::Production];
        let clients = environments.into_iter().flat_map(|environment| clients.of(environment).all());
        // A public client has none, and nothing is hidden by the empty text.
        let secrets = clients.map(|client| client.secret.to_owned()).filter(|secret| !secret.is_empty());
        let gates = environments.into_iter().filter_map(website::gate).map(|gate| gate.password);
        Self { secrets: secrets.chain(gates).collect() }
    }

    /// A text without secrets.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut told = Cow::Borrowed(text);
        if self.is_known(text) {
            let without = self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, HIDDEN));
            told = Cow::Owned(without);
        }
        if self.hides_encoded(&told) {
            return Cow::Borrowed(HIDDEN);
        }
        let places: Vec<(usize, usize)> =
            words(&told).filter(|(_, word)| is_secret(word)).map(|(start, word)| (start, start + word.len())).collect();
        for (start, end) in places.into_iter().rev() {
            told.to_mut().replace_range(start..end, HIDDEN);
        }
        told
    }

    fn is_known(&self, text: &str) -> bool {
        self.secrets.iter().any(|secret| text.contains(secret))
    }

    /// Whether a secret comes out when a text is decoded, perhaps more than once.
    fn hides_encoded(&self, text: &str) -> bool {
        let mut decoded = text.to_owned();
        for _ in 0..MOST_ROUNDS {
            if !decoded.contains('%') {
                return false;
            }
            decoded = percent_decode_str(&decoded).decode_utf8_lossy().into_owned();
            if self.is_known(&decoded) || words(&decoded).any(|(_, word)| is_secret(word)) {
                return true;
            }
        }
        false
    }

    /// A path without secrets; each segment by itself.
    pub fn path(&self, path: &str) -> String {
        path.split('/').map(|segment| self.text(segment)).collect::<Vec<_>>().join("/")
    }

    /// A JSON value without secrets.
    pub fn json(&self, value: &Value) -> Value {
        match value {
            // Somebody may have put a secret into the query, as partners do with the URLs of their receivers.
            Value::String(url) if is_web_url(url) => Value::String(self.text(&shown_uri(url)).into_owned()),
            Value::String(text) => Value::String(self.text(text).into_owned()),
            Value::Array(items) => items.iter().map(|item| self.json(item)).collect(),
            Value::Object(members) => Value::Object(self.members(members)),
            other => other.clone(),
        }
    }

    fn members(&self, members: &Map<String, Value>) -> Map<String, Value> {
        let told = |name: &String, value: &Value| match value {
            _ if is_secret_name(name) => hidden_inside(value),
            _ => self.json(value),
        };
        members.iter().map(|(name, value)| (self.text(name).into_owned(), told(name, value))).collect()
    }
}

/// The beginning of a text without secrets.
pub fn beginning(text: &str) -> String {
    match end(text) {
        None => text.to_owned(),
        Some(end) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

/// Where a text is cut, if it is too long.
fn end(text: &str) -> Option<usize> {
    text.char_indices().nth(LONGEST).map(|(end, _)| end)
}

/// What is kept of a text: all of it, or the beginning. Secrets go before it is cut, as half of one is told by nothing.
pub fn short(text: &str, clients: &'static Registry) -> String {
    match end(text) {
        None => text.to_owned(),
        Some(_) => beginning(&Scrubber::new(clients).text(text)),
    }
}

/// As [`short`], of a path.
pub fn short_path(path: &str, clients: &'static Registry) -> String {
    match end(path) {
        None => path.to_owned(),
        Some(_) => beginning(&Scrubber::new(clients).path(path)),
    }
}

/// The same structure, in which every text and number is hidden.
fn hidden_inside(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(hidden(text)),
        Value::Number(_) => Value::String(HIDDEN.to_owned()),
        Value::Array(items) => items.iter().map(hidden_inside).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), hidden_inside(value))).collect())
        }
        other => other.clone(),
    }
}

/// What stands for a value that may be a secret: how long it is.
pub fn hidden(value: &str) -> String {
    format!("[hidden, {} characters]", value.chars().count())
}

/// Whether a secret may stand under `name`.
pub fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // `auth` is how a webhook's receiver is to be told who calls: user and password, or a header and its value.
    name.starts_with("auth") || NAMES.iter().any(|part| name.contains(part))
}

fn is_web_url(text: &str) -> bool {
    let begins = |with: &str| text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    begins("http://") || begins("https://")
}

/// A URL without the values of its query, fragment and user.
pub fn shown_uri(uri: &str) -> String {
    // What is no URL with an authority may hold a user all the same.
    let Some(mut parsed) = Url::parse(uri).ok().filter(|parsed| parsed.has_authority() || !uri.contains('@')) else {
        return shown_text(uri);
    };
    let cut = parsed.query().is_some() || parsed.fragment().is_some();
    parsed.set_query(None);
    parsed.set_fragment(None);
    if !parsed.username().is_empty() || parsed.password().is_some() {
        // A URL without a host has no user either.
        let _ = (parsed.set_username(""), parsed.set_password(None));
    }
    let kept = if cut { uri.split(['?', '#']).next().unwrap_or_default() } else { uri };
    // The spelling is what is compared, so it is kept where nothing had to go.
    let bare = if kept.contains('@') { parsed.as_str() } else { kept };
    if cut { format!("{bare}?…") } else { bare.to_owned() }
}

/// What is no URL, without what would be its query, fragment and user.
fn shown_text(text: &str) -> String {
    let (place, more) = text.split_at(text.find(['?', '#']).unwrap_or(text.len()));
    if more.contains('@') {
        // The mark may stand in a password as well as before a query.
        return HIDDEN.to_owned();
    }
    let Some((before, bare)) = place.rsplit_once('@') else { return place.to_owned() };
    let scheme = before.find("://").and_then(|end| before.get(..end + 3)).unwrap_or_default();
    format!("{scheme}{bare}")
}

/// The words of a text with their places: what has the characters of tokens.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let of_word = |character: char| character.is_ascii_alphanumeric() || "-_.~+=".contains(character);
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(of_word)?;
        let length = rest[start..].find(|character| !of_word(character)).unwrap_or(rest.len() - start);
        let word = &rest[start..start + length];
        let place = text.len() - rest.len() + start;
        rest = &rest[start + length..];
        Some((place, word))
    })
}

/// Whether a word has the form of a code, a token, a verifier or a key.
fn is_secret(word: &str) -> bool {
    if ["ory_at_", "ory_rt_", "ory_ac_"].iter().any(|prefix| word.contains(prefix)) {
        return true;
    }
    let has = |of: fn(&char) -> bool| word.chars().any(|character| of(&character));
    let mixed = has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase) && has(char::is_ascii_digit);
    let run = |run: &str| {
        run.len() >= LONGEST_RUN
            && run.bytes().any(|byte| byte.is_ascii_digit())
            && run.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    word.len() > LONGEST_WORD && mixed
        || word.starts_with("eyJ") && word.len() > 20
        || word.split(|character: char| !character.is_ascii_alphanumeric()).any(run)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_has_the_form_of_a_secret_is_hidden_and_ids_are_not() {
        let scrub = Scrubber::new(Registry::own());
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        for text in [
            "a ory_ac_x.y b".to_owned(),
            format!("a {verifier} b"),
            format!("a {} b", "0123456789abcdef".repeat(4)),
            "a eyJhbGciOiJFUzI1NiJ9.e30.c2ln b".to_owned(),
            "a mock-supply-staging%+:~ b".to_owned(),
        ] {
            assert_eq!(scrub.text(&text), "a [hidden] b", "{text}");
        }
        assert_eq!(scrub.path("/api/v4/mock-supply-staging%25%2B%3A~/x"), "/api/v4/[hidden]/x");
        // A secret that stands there as it is does not cover the same one, encoded.
        let both = "mock-supply-staging%+:~ mock-supply-staging%25%2B%3A~";
        assert_eq!(scrub.text(both), "[hidden]");
        assert_eq!(scrub.text("mock-supply-staging%252525%25252B%25253A~"), "[hidden]");
        let (long, clients) = (format!("/{}/mock-supply-staging%25%2B%3A~/x", "x".repeat(505)), Registry::own());
        let kept = [short(&long.replace("%25%2B%3A", "%+:"), clients), short_path(&long, clients)];
        assert!(kept.iter().all(|kept| kept.contains("xxx") && !kept.contains("mock")), "{kept:?}");
        assert_eq!(short("mock-supply-staging%+:~", clients), "mock-supply-staging%+:~", "scrubbed when it is told");
        for plain in [
            "57a61e00-0000-4000-8000-000000000001",
            "/api/v4/negotiations/518000000000000021/messages",
            "prober-aerial-photography-518000000000000011",
            "The redirect_uri `http://127.0.0.1:8421/callback` is registered, 100 % sure.",
        ] {
            assert_eq!(scrub.text(plain), plain);
        }
    }

    #[test]
    fn members_that_are_named_like_secrets_are_hidden_at_every_depth() {
        let sent = json!({"text": "hello", "webhookURL": "https://a:b@a.example/x?key=1", "auth": {"username": "u", "value": 12, "nested": [{"x": "y"}]}, "deep": [{"clientSecret": "abc", "n": 1}], "Authentication": ["x"], "link": ["HTTPS://a.example/x?key=1"]});
        let told = json!({"text": "hello", "webhookURL": "https://a.example/x?…", "auth": {"username": "[hidden, 1 characters]", "value": "[hidden]", "nested": [{"x": "[hidden, 1 characters]"}]}, "deep": [{"clientSecret": "[hidden, 3 characters]", "n": 1}], "Authentication": ["[hidden, 1 characters]"], "link": ["HTTPS://a.example/x?…"]});
        assert_eq!(Scrubber::new(Registry::own()).json(&sent), told);
    }

    #[test]
    fn a_url_is_told_without_its_query_and_user() {
        for (uri, told) in [
            ("http://127.0.0.1:8421/callback", "http://127.0.0.1:8421/callback"),
            ("HTTPS://A.example", "HTTPS://A.example"),
            ("https://a.example/x?token=1#f", "https://a.example/x?…"),
            ("https://user:pass@a.example/x?b", "https://a.example/x?…"),
            ("https://user:pass@a.example/x", "https://a.example/x"),
            ("no url?token=1", "no url"),
            ("https://user:pass@a b/x?token=1", "https://a b/x"),
            ("https://user:pa/ss@a.example/x#f", "https://a.example/x"),
            ("https://user:pa?ss@a.example/x", "[hidden]"),
            ("user:pass@a.example/x", "a.example/x"),
        ] {
            assert_eq!(shown_uri(uri), told);
        }
    }
}
