//! One environment with all its values known.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use url::{Origin, Position, Url};

use crate::config::{
    ClientAuthentication, Credentials as Client, DEFAULT_USER, Kind, Reference, TargetDefinition, UrlName,
    UserDefinition,
};
use crate::http::{Proxy, Scrubber, is_loopback};
use crate::mock::control::{self, ClientMethod};
use crate::source::{Scope, Template};

use super::credentials::Credentials;
use super::sites::depth_below;
use super::uses::Used;

/// What a scenario sees of its target.
#[derive(Debug)]
pub struct Environment {
    /// What it is called: its target, or `staging` and `production` of a mock.
    pub name: String,
    /// What kind of target it is.
    pub kind: Kind,
    /// Whether the rules for real targets hold there.
    pub is_real: bool,
    urls: BTreeMap<UrlName, Url>,
    /// The audience that tokens are asked for.
    pub audience: Option<String>,
    /// Ids of test data.
    pub fixtures: BTreeMap<String, String>,
    /// The users, the first being the default.
    pub users: Vec<String>,
    logins: BTreeMap<String, Login>,
    clients: BTreeMap<String, Client>,
    /// What opens the site's pages, if they are gated.
    pub gate: Option<Gate>,
    /// What its proxy wants to see, if it wants anything.
    pub(super) proxy: Option<(String, SecretString)>,
}

/// What a user logs in with, at a target of one's own.
#[derive(Debug, Clone)]
pub struct Login {
    /// The login name.
    pub name: String,
    /// The password.
    pub password: SecretString,
}

/// What opens the pages of a site.
#[derive(Debug, Clone)]
pub struct Gate {
    /// The user.
    pub user: String,
    /// The password.
    pub password: SecretString,
}

impl Environment {
    /// The environment of a target that is no mock, with its references resolved by `credentials`; of those that are
    /// files or commands only those that are `used`.
    ///
    /// What names something that is not there is left out: the plan skips the scenarios that use it. The error says
    /// which value is no URL, or which can't be had.
    pub(super) fn of_target(
        target: &TargetDefinition,
        credentials: &Credentials<'_>,
        used: &Used,
    ) -> Result<Self, String> {
        let references = credentials.variables();
        let text = |template: &Template| template.text(references).ok();
        let pair = |of: &str, is_used: bool, [(one, first), (other, second)]: [(&str, &Reference); 2]| {
            if !is_used && (first.is_elsewhere() || second.is_elsewhere()) {
                return Ok(None);
            }
            let value = |key: &str, reference| {
                let named = |why| format!("`{of}.{key}` of target `{}`: {why}", target.name);
                credentials.value(reference).map_err(named)
            };
            Ok::<_, String>(value(one, first)?.zip(value(other, second)?))
        };
        let mut clients = BTreeMap::new();
        for (name, definition) in &target.clients {
            let redirect_uri = definition.redirect_uri.as_ref().map(text);
            let of = format!("clients.{name}");
            let both = [("id", &definition.id), ("secret", &definition.secret)];
            let Some((id, secret)) = pair(&of, used.clients.contains(name), both)? else { continue };
            if redirect_uri == Some(None) {
                continue;
            }
            let client = Client {
                id,
                secret: secret.into(),
                redirect_uri: redirect_uri.flatten(),
                authentication: definition.authentication,
            };
            clients.insert(name.clone(), client);
        }
        let gate = target
            .gate
            .as_ref()
            .map(|gate| pair("gate", used.gate, [("user", &gate.user), ("password", &gate.password)]));
        let gate = gate.transpose()?.flatten().map(|(user, password)| Gate { user, password: password.into() });
        let urls = urls_of(target, references)?;
        // At a real target a person logs in.
        let is_filled_in = !is_real(target, &urls, references);
        let login = |user: &UserDefinition| {
            let (login, password) = user.login.as_ref().zip(user.password.as_ref())?;
            let both = [("login", login), ("password", password)];
            let read = pair(&format!("users.{}", user.name), is_filled_in, both).transpose()?;
            Some(read.map(|(name, password)| (user.name.clone(), Login { name, password: password.into() })))
        };
        let logins = target.users.iter().filter(|_| is_filled_in).filter_map(login).collect::<Result<_, _>>()?;
        let fixture = |(name, template): (&String, &Template)| text(template).map(|value| (name.clone(), value));
        Ok(Self {
            name: target.name.clone(),
            kind: target.kind,
            is_real: is_real(target, &urls, references),
            urls,
            audience: target.audience.as_ref().and_then(text),
            fixtures: target.fixtures.iter().filter_map(fixture).collect(),
            users: target.users.iter().map(|user| user.name.clone()).collect(),
            logins,
            clients,
            gate,
            proxy: None,
        })
    }

    /// The environment `name` of a mock's world, as its control API told it.
    pub(super) fn of_world(name: &str, world: control::Environment) -> Result<Self, String> {
        let told = [
            (UrlName::Api, &world.api),
            (UrlName::AuthorizeUrl, &world.authorize_url),
            (UrlName::TokenUrl, &world.token_url),
            (UrlName::RevokeUrl, &world.revoke_url),
            (UrlName::JwksUrl, &world.jwks_url),
            (UrlName::UserinfoUrl, &world.userinfo_url),
            (UrlName::AuthServer, &world.auth_server),
            (UrlName::Site, &world.site),
        ];
        let urls: Result<BTreeMap<_, _>, String> =
            told.into_iter().map(|(name, text)| Ok((name, url("a URL", text, "mock")?))).collect();
        let client = |client: control::Client| Client {
            id: client.id,
            secret: client.secret.into(),
            redirect_uri: Some(client.redirect_uri),
            authentication: match client.auth {
                ClientMethod::Basic | ClientMethod::None => ClientAuthentication::Basic,
                ClientMethod::Post => ClientAuthentication::Post,
            },
        };
        // A public client has no secret, and scenarios none for it.
        let confidential = world.clients.into_iter().filter(|(_, client)| client.auth != ClientMethod::None);
        let environment = Self {
            name: name.to_owned(),
            kind: Kind::Mock,
            is_real: false,
            urls: urls?,
            audience: Some(world.audience),
            fixtures: world.fixtures,
            users: world.users,
            logins: BTreeMap::new(),
            clients: confidential.map(|(name, told)| (name, client(told))).collect(),
            gate: world.gate.map(|gate| Gate { user: gate.user, password: gate.password.into() }),
            proxy: None,
        };
        environment.refuse_short_secrets()?;
        Ok(environment)
    }

    /// The URL `name`, if the environment has it.
    pub fn url(&self, name: UrlName) -> Option<&Url> {
        self.urls.get(&name)
    }

    /// The user whom scenarios mean when they name none.
    pub fn default_user(&self) -> &str {
        self.users.first().map_or(DEFAULT_USER, String::as_str)
    }

    /// The client `name`.
    pub fn client(&self, name: &str) -> Option<&Client> {
        self.clients.get(name)
    }

    /// What the user `name` logs in with, if that is known.
    pub fn login(&self, name: &str) -> Option<&Login> {
        self.logins.get(name)
    }

    /// All clients, with their names.
    pub(super) fn named_clients(&self) -> impl Iterator<Item = (&str, &Client)> {
        self.clients.iter().map(|(name, client)| (name.as_str(), client))
    }

    /// All clients.
    pub fn clients(&self) -> impl Iterator<Item = &Client> {
        self.clients.values()
    }

    /// Whether one of its addresses is on `host`, which is written with its port if it has one.
    pub(super) fn has_host(&self, host: &str) -> bool {
        self.urls.values().any(|own| own[Position::BeforeHost..Position::AfterPort] == *host)
    }

    /// Whether credentials may be sent to `url`: it lies on a host of this target.
    pub fn owns(&self, url: &Url) -> bool {
        let origin: Origin = url.origin();
        self.urls.values().any(|own| own.origin() == origin)
    }

    /// How deep the nearest own URL at or above `url` lies, if there is one.
    pub(super) fn depth_of(&self, url: &Url) -> Option<usize> {
        self.urls.values().filter_map(|own| depth_below(url, own)).max()
    }

    /// The same without the site.
    pub(super) fn depth_beside_site(&self, url: &Url) -> Option<usize> {
        let others = self.urls.iter().filter(|(name, _)| **name != UrlName::Site);
        others.filter_map(|(_, own)| depth_below(url, own)).max()
    }

    /// A URL that no request may go to, if there is one: other hosts than this machine are reached by https only.
    pub(super) fn out_of_reach(&self) -> Option<&Url> {
        let mut urls = self.urls.values();
        urls.find(|url| url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(url)))
    }

    /// A URL by which requests would be sent in the clear, if there is one.
    pub(super) fn in_the_clear(&self) -> Option<&Url> {
        self.urls.values().find(|url| url.scheme() != "https")
    }

    /// A URL that is not on this machine, if there is one.
    pub(super) fn elsewhere(&self) -> Option<&Url> {
        self.urls.values().find(|url| !is_loopback(url))
    }

    /// Where its URLs are.
    pub(super) fn origins(&self) -> Vec<Origin> {
        self.urls.values().map(Url::origin).collect()
    }

    /// Refuses a secret that is too short for the scrubber, which would neither guard nor hide it.
    pub(super) fn refuse_short_secrets(&self) -> Result<(), String> {
        let secrets = self.clients.iter().map(|(name, client)| (format!("secret of client `{name}`"), &client.secret));
        let gate = self.gate.iter().map(|gate| ("password of the gate".to_owned(), &gate.password));
        let logins = self.logins.iter().map(|(name, login)| (format!("password of user `{name}`"), &login.password));
        match secrets.chain(gate).chain(logins).find(|(_, secret)| !Scrubber::can_hide(secret.expose_secret())) {
            None => Ok(()),
            Some((what, _)) => Err(format!(
                "the {what} of target `{}` is too short to be kept out of outputs: it must have at least {} characters",
                self.name,
                Scrubber::SHORTEST_SECRET
            )),
        }
    }

    /// Tells `scrubber` the users' passwords, to be hidden. They are no words that an answer must not have: the password
    /// of a test user can be an everyday one.
    pub(super) fn teach_passwords(&self, scrubber: &Scrubber) {
        for (name, login) in &self.logins {
            scrubber.learn(&format!("users.{name}.password"), login.password.expose_secret());
        }
    }

    /// Tells `scrubber` every secret of the environment; `prefix` begins their names. The user of a gate is none by
    /// itself: it can be an everyday word.
    pub(super) fn teach(&self, prefix: &str, scrubber: &Scrubber) {
        for (name, client) in &self.clients {
            scrubber.learn_pair(&format!("{prefix}{name}.secret"), &client.id, client.secret.expose_secret());
        }
        if let Some(gate) = &self.gate {
            scrubber.learn_pair(&format!("{prefix}gate.password"), &gate.user, gate.password.expose_secret());
        }
        if let Some((user, password)) = &self.proxy {
            scrubber.learn_pair(&format!("{prefix}network.proxy.password"), user, password.expose_secret());
        }
    }
}

/// The URLs of `target` whose references can be resolved.
pub(super) fn urls_of(target: &TargetDefinition, references: &dyn Scope) -> Result<BTreeMap<UrlName, Url>, String> {
    let mut urls = BTreeMap::new();
    for (word, name) in UrlName::WORDS {
        if let Some(text) = target.urls.get(name).and_then(|template| template.text(references).ok()) {
            urls.insert(*name, url(word, &text, &target.name)?);
        }
    }
    Ok(urls)
}

/// Whether `target`, at `urls`, is a real one: one of its addresses is not on this machine, or is one of another machine
/// behind a proxy, or it is declared to be real.
pub(super) fn is_real(target: &TargetDefinition, urls: &BTreeMap<UrlName, Url>, references: &dyn Scope) -> bool {
    let is_elsewhere = || !urls.values().all(is_loopback) || is_behind_proxy(target, references);
    target.kind != Kind::Mock && (target.real || is_elsewhere())
}

/// Whether `target` is reached by a proxy on another machine, whose loopback is not ours. A proxy that can't be used is
/// told when the target is made usable.
fn is_behind_proxy(target: &TargetDefinition, references: &dyn Scope) -> bool {
    let written = target.network.as_ref().and_then(|network| network.proxy.as_ref());
    let proxy = written.and_then(|written| Proxy::parse(&written.text(references).ok()?).ok());
    proxy.is_some_and(|proxy| !proxy.is_on_this_machine())
}

fn url(word: &str, text: &str, target: &str) -> Result<Url, String> {
    Url::parse(text).map_err(|error| format!("`{word}` of target `{target}` is no URL: {error}"))
}

#[cfg(test)]
mod tests {
    use crate::config::{PROJECT_FILE, Project};

    use super::*;

    fn of(target: &str) -> Result<Environment, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join(PROJECT_FILE),
            format!("targets: {{ local: {{ kind: staging, {target} }} }}"),
        )
        .unwrap();
        std::fs::write(folder.path().join(".env"), "B=fictional\n").unwrap();
        let project = Project::read(folder.path()).unwrap();
        let credentials = Credentials::new(&project.variables);
        Environment::of_target(project.target("local").unwrap(), &credentials, &Used::default())
    }

    #[test]
    fn what_is_not_set_is_left_out_and_the_rest_is_there() {
        let environment = of("api: http://127.0.0.1:9/, token_url: \"${env.TACKTEST_NEVER_SET}\", audience: \"${env.TACKTEST_NEVER_SET}\", \
            fixtures: { here: a, gone: \"${env.TACKTEST_NEVER_SET}\" }, clients: { unused: { id: a, secret: { command: exit 1 } }, whole: { id: a, secret: \"${env.B}\" }, \
            no_secret: { id: a, secret: \"${env.TACKTEST_NEVER_SET}\" }, nowhere: { id: a, secret: \"${env.B}\", redirect_uri: \"${env.TACKTEST_NEVER_SET}\" } }")
        .unwrap();
        assert_eq!(environment.urls.keys().collect::<Vec<_>>(), [&UrlName::Api]);
        assert_eq!(environment.audience, None);
        assert_eq!(environment.fixtures.keys().collect::<Vec<_>>(), ["here"]);
        assert_eq!(environment.clients.keys().collect::<Vec<_>>(), ["whole"]);
    }
}
