//! What placeholders stand for while a scenario runs.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use secrecy::ExposeSecret;
use serde_json::Value;
use url::form_urlencoded;

use crate::http::Request;
use crate::oauth::Credentials;
use crate::source::Scope;
use crate::target::Environment;
use crate::target::UrlName;

use super::generated::Generator;

/// The values that one scenario knows at one moment.
#[derive(Debug)]
pub(super) struct Values<'a> {
    pub(super) environment: Arc<Environment>,
    pub(super) client: Option<Credentials>,
    /// The second environment, if there is one, and the scenario's client there.
    pub(super) other: Option<(Arc<Environment>, Option<Credentials>)>,
    pub(super) generator: Generator,
    pub(super) definitions: &'a BTreeMap<String, String>,
    /// An access token of the scenario's client that is over, if the scenario uses one.
    pub(super) spent: Option<String>,
    /// `vars` and saved values.
    pub(super) plain: HashMap<String, Value>,
    /// Where webhooks for this scenario are received, if it needs any.
    pub(super) receiver: Option<String>,
    /// The request of the step that is judged.
    pub(super) sent: Option<Sent>,
}

/// A request as `sent.` tells it.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) request: Request,
    /// What belongs to the request and is not in it, such as the PKCE verifier.
    pub(super) beside: Vec<(&'static str, String)>,
}

impl Scope for Values<'_> {
    fn value(&self, name: &str) -> Option<Value> {
        let Some((space, word)) = name.split_once('.') else { return self.plain.get(name).cloned() };
        match space {
            "target" => of_environment(&self.environment, word).map(Value::String),
            "targets" => self.definitions.get(name).cloned().map(Value::String),
            "client" => of_client(self.client.as_ref()?, word).map(Value::String),
            "other" => self.of_other(word).map(Value::String),
            "gate" => self.of_gate(word).map(Value::String),
            "fixture" => self.environment.fixtures.get(word).cloned().map(Value::String),
            "receiver" if word == "url" => self.receiver.clone().map(Value::String),
            "gen" => self.generator.value(name).map(Value::String),
            "spent" if word == "access_token" => self.spent.clone().map(Value::String),
            "sent" => self.sent.as_ref()?.value(word),
            _ => None,
        }
    }
}

impl Values<'_> {
    fn of_gate(&self, word: &str) -> Option<String> {
        let gate = self.environment.gate.as_ref()?;
        match word {
            "user" => Some(gate.user.clone()),
            "password" => Some(gate.password.expose_secret().to_owned()),
            _ => None,
        }
    }

    fn of_other(&self, name: &str) -> Option<String> {
        let (environment, client) = self.other.as_ref()?;
        match name.split_once('.')? {
            ("target", word) => of_environment(environment, word),
            ("client", word) => of_client(client.as_ref()?, word),
            _ => None,
        }
    }
}

fn of_environment(environment: &Environment, word: &str) -> Option<String> {
    if word == "audience" {
        return environment.audience.clone();
    }
    let (_, url) = UrlName::WORDS.iter().find(|(known, _)| *known == word)?;
    environment.url(*url).map(|url| url.as_str().to_owned())
}

fn of_client(client: &Credentials, word: &str) -> Option<String> {
    match word {
        "id" => Some(client.id.clone()),
        "secret" => Some(client.secret.expose_secret().to_owned()),
        "redirect_uri" => client.redirect_uri.clone(),
        _ => None,
    }
}

impl Sent {
    fn value(&self, word: &str) -> Option<Value> {
        match word {
            "url" => return Some(self.request.url.as_str().into()),
            "method" => return Some(self.request.method.as_str().into()),
            _ => {}
        }
        if let Some((_, value)) = self.beside.iter().find(|(name, _)| *name == word) {
            return Some(value.clone().into());
        }
        let find = |pairs: form_urlencoded::Parse<'_>| {
            pairs.into_iter().find(|(name, _)| name == word).map(|(_, value)| Value::String(value.into_owned()))
        };
        if let Some(value) = find(self.request.url.query_pairs()) {
            return Some(value);
        }
        match self.request.header("content-type") {
            Some(form) if form.starts_with("application/x-www-form-urlencoded") => {
                find(form_urlencoded::parse(&self.request.body))
            }
            Some(json) if json.starts_with("application/json") => {
                serde_json::from_slice::<Value>(&self.request.body).ok()?.get(word).cloned()
            }
            _ => None,
        }
    }
}
