//! Every value of a target with where it comes from; secrets are told to be there and never what they are.
//!
//! Files are looked at and not read, commands are not run. What a value stands for is asked of the same functions by
//! which a target is made usable.

use std::fmt;

use secrecy::SecretString;

use crate::source::{Node, Place, Template, parse};

use super::target::{ClientDefinition, GateDefinition, TargetDefinition, UserDefinition};
use super::{
    Agreed, CertificateDefinition, ClientAuthentication, Kind, Missing, NetworkDefinition, Pace, Project,
    ReceiverDefinition, Reference, UrlName, builtin_targets,
};

/// What is told of a target.
#[derive(Debug, Default)]
pub struct Explanation {
    /// A line for each value.
    pub lines: Vec<Explained>,
    /// Secrets that are known, so that they can be taken out of all else that is shown.
    pub secrets: Vec<SecretString>,
}

/// One value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The way to it in the project file: `targets.staging.api`.
    pub key: String,
    /// The value as it may be shown.
    pub value: ShownValue,
    /// Where it comes from: `built in`, `default`, `tacktest.yaml:12:5`, `variable NAME (.env:3)`, `file …`, `command`.
    pub origin: String,
    /// Where it is written in the project file, if it is.
    pub place: Option<String>,
    /// What it refers to and is not there, if anything.
    pub missing: Option<Missing>,
}

/// A value as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShownValue {
    /// A value that is no secret.
    Text(String),
    /// One that nothing sets.
    Nothing,
    /// One that is no secret and is read only where it is used.
    Elsewhere,
    /// A secret, and whether there is one.
    Secret {
        /// Whether what it refers to is there.
        is_set: bool,
    },
}

impl fmt::Display for ShownValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Text(text) => text,
            Self::Nothing => "[not set]",
            Self::Elsewhere => "[set, not read]",
            Self::Secret { is_set: true } => "[secret, set]",
            Self::Secret { is_set: false } => "[secret, not set]",
        })
    }
}

/// Tells every value of `target` of `project`.
pub fn explain(project: &Project, target: &TargetDefinition) -> Explanation {
    let text = project.sources.get(0).map_or("", |file| &file.text);
    let is_builtin = builtin_targets().iter().any(|builtin| builtin.name == target.name);
    let mut reader =
        Reader { project, is_builtin, document: parse(text, 0).ok(), told: Explanation::default(), path: Vec::new() };
    reader.within("targets", |reader| reader.within(&target.name, |reader| reader.target(target)));
    reader.told
}

/// Tells where `project` receives webhooks, if it says so.
pub fn explain_receiver(project: &Project) -> Vec<Explained> {
    let Some(ReceiverDefinition { listen, public_url }) = &project.receiver else { return Vec::new() };
    let text = project.sources.get(0).map_or("", |file| &file.text);
    let (document, told) = (parse(text, 0).ok(), Explanation::default());
    let mut reader = Reader { project, is_builtin: false, document, told, path: Vec::new() };
    reader.within("receiver", |reader| {
        reader.defaulted("listen", listen);
        reader.template("public_url", public_url);
    });
    reader.told.lines
}

struct Reader<'a> {
    project: &'a Project,
    is_builtin: bool,
    /// The project file, to know what is written in it, and where.
    document: Option<Node>,
    told: Explanation,
    /// The way to where it reads.
    path: Vec<String>,
}

/// The words of a closed vocabulary.
type Words<T> = &'static [(&'static str, T)];

impl Reader<'_> {
    // The definitions are taken apart, so that a key that is added to one is explained, too.
    fn target(&mut self, target: &TargetDefinition) {
        let TargetDefinition {
            name: _,
            kind,
            urls,
            audience,
            other,
            gate,
            offers,
            real,
            pace,
            control_token,
            network,
            fixtures,
            users,
            clients,
        } = target;
        self.plain("kind", word(Kind::WORDS, *kind));
        for (word, name) in UrlName::WORDS {
            if let Some(url) = urls.get(name) {
                self.template(word, url);
            }
        }
        if let Some(audience) = audience {
            self.template("audience", audience);
        }
        if let Some(other) = other {
            self.plain("other", &other.value);
        }
        self.plain("offers", list(offers.iter().map(|offer| offer.word())));
        self.defaulted("real", real);
        self.within("pace", |reader| reader.pace(pace));
        if let Some(token) = control_token {
            self.secret("control_token", token);
        }
        if let Some(network) = network {
            self.within("network", |reader| reader.network(network));
        }
        if let Some(GateDefinition { user, password }) = gate {
            self.within("gate", |reader| {
                reader.reference("user", user);
                reader.secret("password", password);
            });
        }
        self.within("fixtures", |reader| fixtures.iter().for_each(|(name, value)| reader.template(name, value)));
        self.within("users", |reader| {
            for UserDefinition { name, login, password, own_account } in users {
                reader.within(name, |reader| {
                    if let Some(login) = login {
                        reader.reference("login", login);
                    }
                    if let Some(password) = password {
                        reader.secret("password", password);
                    }
                    reader.defaulted("own_account", own_account);
                });
            }
        });
        self.within("clients", |reader| {
            for (name, client) in clients {
                reader.within(name, |reader| reader.client(client));
            }
        });
    }

    fn pace(&mut self, pace: &Pace) {
        let [at_once, a_second, a_run] = Pace::DEFAULT_OF_REAL;
        let Pace { concurrency, per_second, per_run, agreed } = pace;
        for (key, limit, of_real) in
            [("concurrency", concurrency, at_once), ("per_second", per_second, a_second), ("per_run", per_run, a_run)]
        {
            let otherwise = || format!("{of_real} at a real target, else no limit");
            self.defaulted(key, limit.map_or_else(otherwise, |limit| limit.to_string()));
        }
        if let Some(Agreed { by, date }) = agreed {
            self.plain("agreed", format!("by {by} on {date}"));
        }
    }

    fn network(&mut self, network: &NetworkDefinition) {
        let NetworkDefinition { proxy, ca, client_certificate, connect, answer, body } = network;
        if let Some(proxy) = proxy {
            // It can hold a password.
            self.secret("proxy", &Reference::Text(proxy.clone()));
        }
        if let Some(ca) = ca {
            self.file("ca", ca);
        }
        if let Some(CertificateDefinition { certificate, key }) = client_certificate {
            self.within("client_certificate", |reader| {
                reader.file("certificate", certificate);
                reader.file("key", key);
            });
        }
        self.within("timeouts", |reader| {
            for (key, timeout) in [("connect", connect), ("answer", answer), ("body", body)] {
                if let Some(timeout) = timeout {
                    reader.plain(key, format!("{timeout:?}"));
                }
            }
        });
    }

    fn client(&mut self, client: &ClientDefinition) {
        let ClientDefinition { id, secret, redirect_uri, authentication, scopes } = client;
        self.reference("id", id);
        self.secret("secret", secret);
        if let Some(uri) = redirect_uri {
            self.template("redirect_uri", uri);
        }
        self.defaulted("auth", word(ClientAuthentication::WORDS, *authentication));
        if !scopes.is_empty() {
            self.plain("scopes", list(scopes.iter().map(String::as_str)));
        }
    }

    fn within(&mut self, key: &str, read: impl FnOnce(&mut Self)) {
        self.path.push(key.to_owned());
        read(self);
        self.path.pop();
    }

    /// Where the value of `key` here is written, if it is.
    fn written(&self, key: &str) -> Option<Place> {
        let mut node = self.document.as_ref()?;
        for key in self.path.iter().map(String::as_str).chain([key]) {
            node = node.get(key)?;
        }
        Some(node.place)
    }

    fn push(&mut self, key: &str, value: ShownValue, origin: String) {
        self.push_with(key, value, origin, None);
    }

    fn push_with(&mut self, key: &str, value: ShownValue, origin: String, missing: Option<Missing>) {
        let place = self.written(key).map(|place| self.project.sources.describe(place));
        let key = self.path.iter().map(String::as_str).chain([key]).collect::<Vec<_>>().join(".");
        self.told.lines.push(Explained { key, value, origin, place, missing });
    }

    /// Where the value of `key` here comes from, if that is no reference.
    fn by_itself(&self, key: &str, otherwise: &str) -> String {
        self.written(key).map_or_else(|| otherwise.to_owned(), |place| self.project.sources.describe(place))
    }

    fn plain(&mut self, key: &str, value: impl fmt::Display) {
        let origin = self.by_itself(key, if self.is_builtin { "built in" } else { "default" });
        self.push(key, ShownValue::Text(value.to_string()), origin);
    }

    /// One that has a default, also at a built-in target.
    fn defaulted(&mut self, key: &str, value: impl fmt::Display) {
        let origin = self.by_itself(key, "default");
        self.push(key, ShownValue::Text(value.to_string()), origin);
    }

    fn template(&mut self, key: &str, template: &Template) {
        let value = template.text(&self.project.variables).map_or(ShownValue::Nothing, ShownValue::Text);
        let origin = self.of_template(key, template);
        let missing = self.project.variables.unset(template).map(Missing::Variable);
        self.push_with(key, value, origin, missing);
    }

    /// The name of a file that is read where it is used.
    fn file(&mut self, key: &str, template: &Template) {
        self.template(key, template);
        let variables = &self.project.variables;
        let Ok(written) = template.text(variables) else { return };
        if !variables.has_file(&written)
            && let Some(told) = self.told.lines.last_mut()
        {
            told.missing = Some(Missing::File(written));
        }
    }

    fn of_template(&self, key: &str, template: &Template) -> String {
        let variables: Vec<String> = template
            .names()
            .filter_map(|(name, _)| name.strip_prefix("env."))
            .map(|name| self.variable(name))
            .collect();
        match (template.as_placeholder(), variables.is_empty()) {
            (Some(_), _) => variables.join(", "),
            (None, true) => self.by_itself(key, "built in"),
            (None, false) => format!("{} with {}", self.by_itself(key, "built in"), variables.join(", ")),
        }
    }

    fn variable(&self, name: &str) -> String {
        let Some(found) = self.project.variables.find(name) else { return format!("variable {name} (not set)") };
        let place = found.line.map_or_else(|| "environment".to_owned(), |line| format!(".env:{line}"));
        let empty = if found.value.is_empty() { ", empty" } else { "" };
        format!("variable {name} ({place}{empty})")
    }

    fn of_reference(&self, key: &str, reference: &Reference, is_set: bool) -> String {
        match reference {
            Reference::Text(template) => self.of_template(key, template),
            Reference::File(path) if is_set => format!("file {}", path.value),
            Reference::File(path) => format!("file {} (not there)", path.value),
            // What the command is may tell more than its place does.
            Reference::Command(line) => format!("command at {} (not run)", self.project.sources.describe(line.place)),
        }
    }

    fn reference(&mut self, key: &str, reference: &Reference) {
        let missing = self.project.variables.missing(reference);
        let is_set = missing.is_none();
        let value = match reference {
            _ if !is_set => ShownValue::Nothing,
            Reference::Text(template) => {
                template.text(&self.project.variables).map_or(ShownValue::Nothing, ShownValue::Text)
            }
            Reference::File(_) | Reference::Command(_) => ShownValue::Elsewhere,
        };
        let origin = self.of_reference(key, reference, is_set);
        self.push_with(key, value, origin, missing);
    }

    fn secret(&mut self, key: &str, reference: &Reference) {
        let missing = self.project.variables.missing(reference);
        let is_set = missing.is_none();
        if let Reference::Text(template) = reference
            && let Ok(secret) = template.text(&self.project.variables)
        {
            self.told.secrets.push(secret.into());
        }
        let origin = self.of_reference(key, reference, is_set);
        self.push_with(key, ShownValue::Secret { is_set }, origin, missing);
    }
}

fn word<T: PartialEq + Copy>(words: Words<T>, value: T) -> &'static str {
    words.iter().find(|(_, known)| *known == value).map_or("", |(word, _)| word)
}

fn list<'t>(words: impl Iterator<Item = &'t str>) -> String {
    format!("[{}]", words.collect::<Vec<_>>().join(", "))
}
