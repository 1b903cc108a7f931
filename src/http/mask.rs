//! Hides by its place what is a secret by its nature, also when the scrubber has not learnt it.

use serde_json::Value;

use super::Scrubber;

/// Parameters of OAuth 2.0 whose values are secrets (RFC 6749, RFC 7636).
const SECRET_PARAMETERS: [&str; 9] = [
    "access_token",
    "client_assertion",
    "client_secret",
    "code",
    "code_verifier",
    "id_token",
    "password",
    "refresh_token",
    "token",
];

/// Members of JSON bodies whose values are secrets (RFC 6749 §5.1).
const SECRET_MEMBERS: [&str; 5] = ["access_token", "client_secret", "id_token", "password", "refresh_token"];

/// The value of a header as it may be shown.
pub(super) fn header(name: &str, value: &str, scrubber: &Scrubber) -> String {
    match name.to_ascii_lowercase().as_str() {
        "authorization" | "proxy-authorization" => match value.trim().split_once(' ') {
            Some((scheme, credentials)) => format!("{scheme} {}", hidden(credentials, "credentials", scrubber)),
            None => hidden(value, "credentials", scrubber),
        },
        "set-cookie" => {
            let (pair, attributes) = value.split_at(value.find(';').unwrap_or(value.len()));
            format!("{}{}", cookie(pair, scrubber), scrubber.scrub(attributes))
        }
        "cookie" => value.split("; ").map(|pair| cookie(pair, scrubber)).collect::<Vec<_>>().join("; "),
        "location" | "referer" => url(value, scrubber),
        _ => scrubber.scrub(value),
    }
}

/// A URL whose query and fragment are shown like a form.
pub(super) fn url(text: &str, scrubber: &Scrubber) -> String {
    let parameters = text.find(['?', '#']).map_or(text.len(), |at| at + 1);
    let (before, rest) = text.split_at(parameters);
    let (query, fragment) = rest.split_at(rest.find('#').unwrap_or(rest.len()));
    let fragment =
        fragment.strip_prefix('#').map_or(String::new(), |inner| format!("#{}", hide_parameters(inner, scrubber)));
    scrubber.scrub(&format!("{before}{}{fragment}", hide_parameters(query, scrubber)))
}

/// A form body as it may be shown.
pub(super) fn form(text: &str, scrubber: &Scrubber) -> String {
    scrubber.scrub(&hide_parameters(text, scrubber))
}

/// A JSON body as it may be shown, over several lines.
pub(super) fn json(value: &Value, scrubber: &Scrubber) -> String {
    let mut shown = value.clone();
    hide_members(&mut shown, scrubber);
    scrubber.scrub(&format!("{shown:#}"))
}

fn hide_parameters(text: &str, scrubber: &Scrubber) -> String {
    let hide = |pair: &str| match pair.split_once('=') {
        Some((name, value)) if !value.is_empty() => {
            let decoded = url::form_urlencoded::parse(name.as_bytes()).next().map(|(name, _)| name.into_owned());
            match decoded.filter(|name| SECRET_PARAMETERS.contains(&name.as_str())) {
                Some(decoded) => format!("{name}={}", hidden(value, &decoded, scrubber)),
                None => pair.to_owned(),
            }
        }
        _ => pair.to_owned(),
    };
    text.split('&').map(hide).collect::<Vec<_>>().join("&")
}

fn hide_members(value: &mut Value, scrubber: &Scrubber) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(|element| hide_members(element, scrubber)),
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(secret) if SECRET_MEMBERS.contains(&name.as_str()) && !secret.is_empty() => {
                        *secret = hidden(secret, name, scrubber);
                    }
                    other => hide_members(other, scrubber),
                }
            }
        }
        _ => {}
    }
}

fn cookie(pair: &str, scrubber: &Scrubber) -> String {
    match pair.split_once('=') {
        Some((name, value)) => format!("{}={}", scrubber.scrub(name), hidden(value, "cookie", scrubber)),
        None => hidden(pair, "cookie", scrubber),
    }
}

/// `[name]` with the name under which all of `secret` was learnt, or else `[otherwise]`.
fn hidden(secret: &str, otherwise: &str, scrubber: &Scrubber) -> String {
    scrubber.name_of(secret).map_or_else(|| format!("[{otherwise}]"), |name| format!("[{name}]"))
}
