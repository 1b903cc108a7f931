//! What `login`, `logout` and `run` share: the stored logins of a project, and whose login is meant.

use crate::config::{EnvironmentWord, Kind, Missing, Project, TargetDefinition, UrlName};
use crate::http::Scrubber;
use crate::oauth::{Credentials, DEFAULT_USER, Endpoints, LoginKey, Logins, Sender, state_folder};
use crate::snapshot::Policy;
use crate::source::did_you_mean;
use crate::target::{Environment, Session, Usable, Uses};

use super::arguments::LoginOf;
use super::exit::{Exit, complain};

/// The stored logins as `project` has them.
pub(super) fn stored(project: &Project) -> Logins {
    // A setting of insta that is wrong is told where snapshots are compared.
    let in_ci = Policy::from_environment(&|name| std::env::var(name).ok()).is_ok_and(|policy| policy.ci);
    Logins::new(state_folder().join("logins"), project.logins.clone(), in_ci)
}

/// The user whom scenarios mean at `target` when they name none.
pub(super) fn default_user(target: &TargetDefinition) -> &str {
    target.users.first().map_or(DEFAULT_USER, |user| &user.name)
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
        let refuse = |reason: String| {
            complain(reason);
            Exit::Usage
        };
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
        let user = of.user.clone().unwrap_or_else(|| default_user(target).to_owned());
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
        let key = LoginKey {
            target: target.name.clone(),
            client: of.client.clone(),
            user,
            token_url: sender.endpoints.token_url.clone(),
            client_id: sender.credentials.id.clone(),
        };
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
        credentials: Credentials {
            id: client.id.clone(),
            secret: client.secret.clone(),
            redirect_uri: client.redirect_uri.clone(),
            authentication: client.authentication,
        },
        scrubber: Scrubber::new(),
    })
}
