//! What one scenario has of its target.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::config::{EnvironmentWord, Kind};
use crate::http::{Failure, Request, Scrubber, Transport};
use crate::mock::control::{Command, World};

use super::{Environment, Sites};

/// The longest that the control API of a mock may take.
const CONTROL_TIMEOUT: Duration = Duration::from_secs(10);

/// A scenario's own view of its target; on a mock, a world of its own.
#[derive(Debug)]
pub struct Session {
    /// The environment that the scenario speaks of.
    pub environment: Arc<Environment>,
    /// The second environment, if the target has one.
    pub other: Option<Arc<Environment>>,
    /// The secrets that the scenario knows.
    pub scrubber: Scrubber,
    /// Knows the secrets of both environments' clients and gates, and nothing else.
    pub secrets: Scrubber,
    /// Where links may lead.
    pub sites: Sites,
    /// Knows the secrets of the second environment, and nothing else.
    others_secrets: Scrubber,
    world: Option<Url>,
}

/// The environments of a target as a scenario sees them.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) environment: Arc<Environment>,
    pub(super) other: Option<Arc<Environment>>,
}

impl Pair {
    /// The same from the view of `environment: WORD`.
    pub(super) fn seen_from(self, word: EnvironmentWord) -> Result<Self, String> {
        // A target that is the real one is what the scenario means already.
        if word == EnvironmentWord::Staging || self.environment.kind == Kind::Production {
            return Ok(self);
        }
        let other = self.other.ok_or("the target has no second environment")?;
        Ok(Self { environment: other, other: Some(self.environment) })
    }

    /// Tells `scrubber` all of both that is not shown.
    pub(super) fn teach_all(&self, scrubber: &Scrubber) {
        self.teach(scrubber);
        self.environment.teach_names("", scrubber);
        if let Some(other) = &self.other {
            other.teach_names("other.", scrubber);
        }
    }

    /// Tells `scrubber` every secret of both.
    fn teach(&self, scrubber: &Scrubber) {
        self.environment.teach("", scrubber);
        if let Some(other) = &self.other {
            other.teach("other.", scrubber);
        }
    }
}

impl Session {
    /// A session with the environments of a target that is no mock.
    pub(super) fn shared(pair: Pair, scrubber: Scrubber) -> Self {
        Self::of(pair, scrubber, None)
    }

    /// A session with a new world of the mock at `mock`, whose ids are drawn from `seed`. The scenario speaks of the
    /// environment `view`.
    pub(super) async fn world(
        transport: &Transport,
        mock: &Url,
        (seed, view): (u64, EnvironmentWord),
        scrubber: Scrubber,
    ) -> Result<Self, String> {
        let url = joined(mock, "control/worlds")?;
        let body = serde_json::json!({ "seed": seed }).to_string();
        let world: World = serde_json::from_slice(&post(transport, url, body).await?)
            .map_err(|error| format!("the mock's control API gave an answer that is not understood: {error}"))?;
        let control = joined(mock, &format!("control/worlds/{}", world.id))?;
        let environment = Arc::new(Environment::of_world("staging", world.staging)?);
        let other = Some(Arc::new(Environment::of_world("production", world.production)?));
        let pair = Pair { environment, other }.seen_from(view)?;
        pair.teach_all(&scrubber);
        Ok(Self::of(pair, scrubber, Some(control)))
    }

    fn of(pair: Pair, scrubber: Scrubber, world: Option<Url>) -> Self {
        let (secrets, others_secrets) = (Scrubber::new(), Scrubber::new());
        pair.teach(&secrets);
        if let Some(other) = &pair.other {
            other.teach("other.", &others_secrets);
        }
        let sites = Sites::of(&pair.environment, pair.other.as_deref());
        Self { environment: pair.environment, other: pair.other, scrubber, secrets, sites, others_secrets, world }
    }

    /// Whether credentials may be sent to `url`: it lies on a host of this target. Both environments count as one
    /// target if they are a mock's or on this machine; real ones never do.
    pub fn owns(&self, url: &Url) -> bool {
        let other = self.other.as_ref().filter(|other| self.is_mock() || self.are_loopback(other));
        self.environment.owns(url) || other.is_some_and(|other| other.owns(url))
    }

    /// Whether `text` holds a secret of the second environment that must not reach the first.
    pub fn holds_foreign_secret(&self, text: &str) -> bool {
        let other = self.other.as_ref().filter(|other| !self.is_mock() && !self.are_loopback(other));
        other.is_some() && self.others_secrets.finds_in(text)
    }

    /// Whether `url` is an address of the second environment: one of its URLs is the nearest above, or only it has the
    /// host.
    pub fn is_of_other(&self, url: &Url) -> bool {
        let Some(other) = &self.other else { return false };
        match (self.environment.depth_of(url), other.depth_of(url)) {
            (None, None) => !self.environment.owns(url) && other.owns(url),
            (own, others) => others > own,
        }
    }

    fn are_loopback(&self, other: &Environment) -> bool {
        self.environment.is_loopback() && other.is_loopback()
    }

    /// Both environments, as far as they are there.
    pub fn environments(&self) -> impl Iterator<Item = &Environment> {
        std::iter::once(&*self.environment).chain(self.other.as_deref())
    }

    /// Whether the target is a mock.
    pub fn is_mock(&self) -> bool {
        self.world.is_some()
    }

    /// Orders something of the mock; the error says what the mock objects to.
    pub async fn order(&self, transport: &Transport, command: &Command) -> Result<(), String> {
        let Some(world) = &self.world else { return Err("the target is no mock".to_owned()) };
        let body = serde_json::to_string(command).map_err(|error| error.to_string())?;
        post(transport, world.clone(), body).await.map(drop)
    }

    /// Ends the world, if there is one.
    pub async fn close(&self, transport: &Transport) {
        if let Some(world) = &self.world {
            transport.send(Request::new(::http::Method::DELETE, world.clone()), CONTROL_TIMEOUT).await;
        }
    }
}

fn joined(mock: &Url, path: &str) -> Result<Url, String> {
    mock.join(path).map_err(|error| format!("`{mock}` is no address of a mock: {error}"))
}

async fn post(transport: &Transport, url: Url, body: String) -> Result<crate::http::Bytes, String> {
    let request = Request::new(::http::Method::POST, url).with_body("application/json", body);
    let exchange = transport.send(request, CONTROL_TIMEOUT).await;
    match exchange.outcome {
        Ok(response) if (200..300).contains(&response.status) => Ok(response.body),
        Ok(response) => {
            let detail = response.json().and_then(|body| body.get("detail")?.as_str().map(str::to_owned));
            Err(detail.unwrap_or_else(|| format!("the mock's control API answered {}", response.status)))
        }
        Err(failure) => Err(unreachable(&failure)),
    }
}

fn unreachable(failure: &Failure) -> String {
    format!("the mock's control API can't be reached: {failure}")
}

#[cfg(test)]
mod tests {
    use crate::config::{PROJECT_FILE, Project};
    use crate::source::Scope;

    use super::*;

    struct Nothing;

    impl Scope for Nothing {
        fn value(&self, _: &str) -> Option<serde_json::Value> {
            None
        }
    }

    /// A session with one environment at `host` and another at `other`.
    fn session(host: &str, other: &str) -> Session {
        let folder = tempfile::tempdir().unwrap();
        let target = |name: &str, host: &str| {
            let kind = if name == "first" { "staging" } else { "production" };
            format!(
                "  {name}: {{ kind: {kind}, api: \"{host}\", clients: {{ demand: {{ id: a, secret: {name}-fictional }} }} }}\n"
            )
        };
        let text = format!("targets:\n{}{}", target("first", host), target("second", other));
        std::fs::write(folder.path().join(PROJECT_FILE), text).unwrap();
        let project = Project::read(folder.path()).unwrap();
        let of = |name: &str| Arc::new(Environment::of_target(project.target(name).unwrap(), &Nothing).unwrap());
        Session::shared(Pair { environment: of("first"), other: Some(of("second")) }, Scrubber::new())
    }

    #[test]
    fn environments_on_this_machine_count_as_one_and_real_ones_never() {
        let url = |text: &str| Url::parse(text).unwrap();
        let here = session("http://127.0.0.1:1/", "http://127.0.0.1:2/");
        assert!(here.owns(&url("http://127.0.0.1:2/x")) && !here.owns(&url("http://127.0.0.1:3/x")));
        assert!(!here.holds_foreign_secret("second-fictional"));
        for (host, other) in [
            ("https://api.example.com/", "https://other.example.com/"),
            ("http://127.0.0.1:1/", "https://other.example.com/"),
        ] {
            let real = session(host, other);
            assert!(real.owns(&url(host)) && !real.owns(&url("https://other.example.com/x")), "{host}");
            assert!(real.holds_foreign_secret("a second-fictional b") && !real.holds_foreign_secret("first-fictional"));
        }
    }

    #[test]
    fn production_is_the_other_environment_and_must_be_there() {
        let session = session("http://127.0.0.1:1/", "http://127.0.0.1:2/");
        let pair = Pair { environment: session.environment, other: session.other };
        let swapped = pair.clone().seen_from(EnvironmentWord::Production).unwrap();
        assert_eq!((&*swapped.environment.name, &*swapped.other.unwrap().name), ("second", "first"));
        let back = Pair { environment: swapped.environment, other: Some(Arc::clone(&pair.environment)) };
        assert_eq!(back.seen_from(EnvironmentWord::Production).unwrap().environment.name, "second");
        let alone = Pair { other: None, ..pair };
        assert!(alone.clone().seen_from(EnvironmentWord::Staging).is_ok());
        assert!(alone.seen_from(EnvironmentWord::Production).is_err());
    }
}
