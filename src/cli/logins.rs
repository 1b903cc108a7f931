//! What `login`, `logout` and `run` share: the stored logins of a project, and whose login is meant.

use crate::config::{ClientDefinition, EnvironmentWord, Kind, Missing, Project, Reference, TargetDefinition, UrlName};
use crate::http::Scrubber;
use crate::oauth::{Endpoints, LoginKey, Logins, Sender, state_folder};
use crate::plan::StoredLogin;
use crate::snapshot::Policy;
use crate::source::{Template, did_you_mean};
use crate::target::{Environment, Session, Usable, Uses};

use super::arguments::LoginOf;
use super::exit::{Exit, complain};
use super::kept::Spent;

/// The stored logins as `project` has them.
pub(super) fn stored(project: &Project) -> Logins {
    // A setting of insta that is wrong is told where snapshots are compared.
    let in_ci = Policy::from_environment(&|name| std::env::var(name).ok()).is_ok_and(|policy| policy.ci);
    Logins::new(state_folder().join("logins"), project.logins.clone(), in_ci)
}

/// The logins that are stored for the `real` targets of `project`; `None` if that can't be told without the commands of an
/// external store, which `may_run` allows.
pub(super) fn known(
    project: &Project,
    real: &[&TargetDefinition],
    may_run: bool,
) -> Result<Option<Vec<StoredLogin>>, String> {
    let logins = stored(project);
    if logins.are_external() && !may_run {
        return Ok(None);
    }
    let mut known = Vec::new();
    for target in real {
        for (client, definition) in &target.clients {
            // What is not set skips the scenarios with that reason.
            // An id that is in a file, or printed by a command, is not read to look.
            if definition.id.is_elsewhere() {
                return Ok(None);
            }
            let Some(key) = default_key(project, target, client, definition) else { continue };
            let mut users: Vec<String> = target.users.iter().map(|user| user.name.clone()).collect();
            users.push(key.user.clone());
            users.extend(logins.users(&key)?);
            users.sort();
            users.dedup();
            for user in users {
                let key = LoginKey { user, ..key.clone() };
                let Some(scopes) = logins.scopes(&key)? else { continue };
                known.push(StoredLogin { target: key.target, client: key.client, user: key.user, scopes });
            }
        }
    }
    Ok(Some(known))
}

/// The access tokens that are over and are kept of clients of the `real` targets.
pub(super) fn spent(project: &Project, real: &[&TargetDefinition]) -> Result<Spent, String> {
    let logins = stored(project);
    let mut spent = Spent::new();
    for target in real {
        for (client, definition) in &target.clients {
            if let Some(key) = default_key(project, target, client, definition)
                && let Some(token) = logins.spent(&key)?
            {
                spent.insert((target.name.clone(), client.clone()), token);
            }
        }
    }
    Ok(spent)
}

/// The key of the login of the default user, if all that it takes is set.
fn default_key(
    project: &Project,
    target: &TargetDefinition,
    client: &str,
    definition: &ClientDefinition,
) -> Option<LoginKey> {
    let text = |template: &Template| template.text(&project.variables).ok();
    let token_url = text(target.urls.get(&UrlName::TokenUrl)?)?.parse().ok()?;
    let Reference::Text(id) = &definition.id else { return None };
    let (user, client_id) = (target.default_user().to_owned(), text(id)?);
    Some(LoginKey { target: target.name.clone(), client: client.to_owned(), user, token_url, client_id })
}

fn refuse(reason: String) -> Exit {
    complain(reason);
    Exit::Usage
}

/// Whose login a command is about, with all that it takes to talk about it.
pub(super) struct Meant {
    pub(super) key: LoginKey,
    pub(super) sender: Sender,
    pub(super) session: Session,
}

impl Meant {
    /// The login of `of` at a target of `project`; what can't be meant is told.
    pub(super) async fn of(project: &Project, target: &TargetDefinition, of: &LoginOf) -> Result<Self, Exit> {
        if target.kind == Kind::Mock {
            return Err(refuse(format!(
                "the mock `{}` logs its users in by itself: nothing is stored for it",
                target.name
            )));
        }
        let Some(definition) = target.clients.get(&of.client) else {
            let known: Vec<&str> = target.clients.keys().map(String::as_str).collect();
            let guess = did_you_mean(&of.client, known.iter().copied())
                .map_or_else(String::new, |guess| format!("; did you mean `{guess}`?"));
            return Err(refuse(format!(
                "target `{}` has no client `{}`{guess}\nclients: {}",
                target.name,
                of.client,
                known.join(", ")
            )));
        };
        let user = of.user.clone().unwrap_or_else(|| target.default_user().to_owned());
        if !crate::source::is_name(&user) {
            return Err(refuse(format!(
                "`{user}` is no name of a user: names have lower-case letters, digits and `_`"
            )));
        }
        let uri = definition.redirect_uri.as_ref().and_then(|uri| project.variables.unset(uri));
        let missing = [&definition.id, &definition.secret].into_iter().find_map(|part| project.variables.missing(part));
        if let Some(missing) = missing.or(uri.map(Missing::Variable)) {
            return Err(refuse(missing.reason(&format!("client `{}`", of.client))));
        }
        let usable =
            Usable::new(project, target, &Uses::of_client(&of.client)).map_err(|error| refuse(error.to_string()))?;
        let session = usable.open(0, EnvironmentWord::Staging).await.map_err(refuse)?;
        let sender = sender(&usable, &session.environment, &of.client).map_err(refuse)?;
        let key = sender.key(&target.name, &of.client, &user);
        Ok(Self { key, sender, session })
    }

    /// Takes the secrets out of `text`.
    pub(super) fn scrub(&self, text: &str) -> String {
        self.session.scrubber.scrub(&self.sender.scrubber.scrub(text))
    }
}

fn sender(usable: &Usable, environment: &Environment, client: &str) -> Result<Sender, String> {
    let url = |name: UrlName, word: &str| {
        let lacks = || format!("target `{}` has no `{word}`, or its environment variable is not set", environment.name);
        environment.url(name).cloned().ok_or_else(lacks)
    };
    let client =
        environment.client(client).ok_or_else(|| format!("target `{}` has no such client", environment.name))?;
    Ok(Sender {
        transport: usable.transport.clone(),
        endpoints: Endpoints {
            authorize_url: url(UrlName::AuthorizeUrl, "authorize_url")?,
            token_url: url(UrlName::TokenUrl, "token_url")?,
        },
        credentials: client.clone(),
        scrubber: Scrubber::new(),
    })
}
