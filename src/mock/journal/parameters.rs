//! Parameters of queries and forms: kept as they were sent, like bodies, and read only when they are told. Values that are
//! or may be secrets are left out then.

use std::{borrow::Cow, mem::size_of};

use http::{HeaderMap, header::CONTENT_TYPE};

use super::scrub::{Scrubber, beginning, hidden, is_secret_name, shown_uri};
use crate::mock::{form::Parameters, thumbtack::clients::Registry};

/// How many parameters of a request are kept.
const MOST: usize = 50;

/// How many bytes are kept as they came.
const LONGEST_RAW: usize = 4 * 1024;

/// The parameters of OAuth whose values are no secrets (RFC 6749, RFC 7009, RFC 7636, `OpenID` Connect Core §3.1.2.1).
const OPEN: [&str; 13] = [
    "audience",
    "client_id",
    "code_challenge_method",
    "display",
    "grant_type",
    "max_age",
    "prompt",
    "response_mode",
    "response_type",
    "scope",
    "token_type_hint",
    "ui_locales",
    "client_assertion_type",
];

/// A parameter that may be told.
#[derive(Clone)]
pub struct Parameter {
    /// Its name.
    pub name: Box<str>,
    /// Its value, or what stands for it.
    pub value: Box<str>,
}

impl Parameter {
    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        size_of::<Self>() + self.name.len() + self.value.len()
    }
}

/// Whose parameters they are, which decides what may be told of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The API's: all but what is named like a secret.
    Api,
    /// OAuth's: none but those that are known to be no secret.
    Oauth,
}

/// Form-encoded text as it is kept.
pub enum Sent {
    /// As it came: most requests are never told, and reading each would cost more than answering some.
    Raw(Box<[u8]>, Of),
    /// What may be told of a text that is too long to be kept.
    Read(Vec<Parameter>),
}

impl Sent {
    /// Keeps a text that was sent to a mock with these `clients`.
    pub fn keep(text: &[u8], of: Of, clients: &'static Registry) -> Self {
        if text.len() <= LONGEST_RAW {
            return Self::Raw(text.into(), of);
        }
        Self::Read(readable(text, of, &Scrubber::new(clients)))
    }

    /// Keeps the form in a body; nothing if its media type is not that of a form.
    pub fn keep_form(headers: &HeaderMap, body: &[u8], of: Of, clients: &'static Registry) -> Self {
        let media_type = headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes).unwrap_or_default();
        let is_form = media_type
            .get(.."application/x-www-form-urlencoded".len())
            .is_some_and(|essence| essence.eq_ignore_ascii_case(b"application/x-www-form-urlencoded"));
        Self::keep(if is_form { body } else { &[] }, of, clients)
    }

    /// What may be told of it.
    pub fn told(&self, scrub: &Scrubber) -> Cow<'_, [Parameter]> {
        match self {
            Self::Raw(text, of) => Cow::Owned(readable(text, *of, scrub)),
            Self::Read(parameters) => Cow::Borrowed(parameters),
        }
    }

    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        match self {
            Self::Raw(text, _) => text.len(),
            Self::Read(parameters) => parameters.iter().map(Parameter::size).sum(),
        }
    }
}

/// What may be told of form-encoded text.
fn readable(text: &[u8], of: Of, scrub: &Scrubber) -> Vec<Parameter> {
    if text.is_empty() {
        return Vec::new();
    }
    let parameters = Parameters::readable(text);
    parameters.pairs().take(MOST).map(|(name, value)| one(name, value, of, scrub)).collect()
}

fn one(name: &str, value: &str, of: Of, scrub: &Scrubber) -> Parameter {
    let told = match of {
        _ if value.is_empty() => String::new(),
        _ if name == "redirect_uri" => beginning(&scrub.text(&shown_uri(value))),
        Of::Oauth if !OPEN.contains(&name) => hidden(value),
        Of::Api if is_secret_name(name) => hidden(value),
        _ => beginning(&scrub.text(value)),
    };
    Parameter { name: beginning(&scrub.text(name)).into(), value: told.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, of: Of) -> String {
        let clients = Registry::own();
        let sent = Sent::keep(text.as_bytes(), of, clients);
        let pairs = sent.told(&Scrubber::new(clients));
        pairs.iter().map(|pair| format!("{}={}", pair.name, pair.value)).collect::<Vec<_>>().join("&")
    }

    #[test]
    fn only_open_parameters_of_oauth_have_values() {
        let sent = "grant_type=refresh_token&refresh_token=abc&code=abcd&client_secret=x&state=12345678&other=1&nonce=";
        assert_eq!(
            told(sent, Of::Oauth),
            "grant_type=refresh_token&refresh_token=[hidden, 3 characters]&code=[hidden, 4 characters]&client_secret=[hidden, 1 characters]&state=[hidden, 8 characters]&other=[hidden, 1 characters]&nonce="
        );
        assert_eq!(
            told("redirect_uri=https://a.example/b?token=abc%23d", Of::Oauth),
            "redirect_uri=https://a.example/b?…"
        );
    }

    #[test]
    fn parameters_of_the_api_are_told_unless_they_are_named_like_secrets() {
        assert_eq!(told("limit=3&access_token=abc", Of::Api), "limit=3&access_token=[hidden, 3 characters]");
        let long = told(&format!("q={}", "é".repeat(600)), Of::Api);
        assert_eq!(long.chars().count(), 2 + 512 + 1);
        assert_eq!(told(&"a&".repeat(60), Of::Api).split('&').count(), MOST);
    }

    #[test]
    fn a_secret_where_a_value_is_cut_is_not_told_in_part() {
        let secret = "mock-supply-staging%+:~";
        for (of, name) in [(Of::Api, "q"), (Of::Oauth, "scope"), (Of::Oauth, "redirect_uri")] {
            // Kept as it came, and read when it is kept.
            for more in [0, LONGEST_RAW] {
                let value = format!("{}/{secret}", "x".repeat(505));
                let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
                let told = told(&format!("{name}={encoded}&more={}", "y".repeat(more)), of);
                assert!(told.contains("xxx") && !told.contains("mock"), "{name}: {told}");
            }
        }
    }
}
