//! From the definition of a target to one that a run can use.

use std::fmt;
use std::sync::Arc;

use tokio::sync::OnceCell;
use url::Url;

use crate::config::{EnvironmentWord, Kind, Pace, Project, TargetDefinition, UrlName, Variables};
use crate::http::{Scrubber, Transport};
use crate::mock::control::Settings;
use crate::mock::{Mock, Options};

use super::environment::{self, out_of_reach, urls_of};
use super::view::Views;
use super::{Environment, Pacer, Session};

/// A target that a run can use.
#[derive(Debug)]
pub struct Usable {
    /// Its name.
    pub name: String,
    /// How fast it may be asked.
    pub pacer: Arc<Pacer>,
    /// The secrets of the run.
    pub scrubber: Scrubber,
    /// Sends everything.
    pub transport: Transport,
    place: Where,
}

#[derive(Debug)]
enum Where {
    /// The built-in mock, started when the first scenario needs it.
    InProcess(OnceCell<Mock>),
    /// A mock that runs on its own.
    Mock(Url),
    /// Anything else.
    Fixed(Box<Views>),
}

/// Why a target can't be used.
#[derive(Debug, PartialEq, Eq)]
pub struct Unusable(pub String);

impl fmt::Display for Unusable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Unusable {}

impl Usable {
    /// Makes `target` of `project` usable, with its second environment; nothing is sent or started yet.
    ///
    /// A value that is no URL, a host of `target` that is not loopback, and a secret that is too short to be kept out of
    /// outputs are refused. What names a variable that is not set is left out. A second one that is not loopback is
    /// nothing that is ever sent to: see [`second_environment_missing`].
    pub fn new(project: &Project, target: &TargetDefinition) -> Result<Self, Unusable> {
        let other = project.other(target);
        let of_target = |target: &TargetDefinition| of_target(target, &project.variables);
        let mut transport =
            Transport::new().map_err(|failure| Unusable(format!("no HTTP client can be made: {failure}")))?;
        if let Some(contact) = &project.contact {
            transport = transport.with_contact(contact);
        }
        let mut scrubber = Scrubber::new();
        let mut slowest = paced(target, &project.variables)?;
        let mut is_real = is_real(target, &project.variables);
        let place = match (target.kind, target.urls.is_empty()) {
            (Kind::Mock, true) => Where::InProcess(OnceCell::new()),
            (kind, _) => {
                let environment = of_target(target)?;
                if let Some(url) = environment.out_of_reach() {
                    return Err(real_host(&target.name, url));
                }
                let second = other.map(of_target).transpose()?;
                // Requests to the second environment take their turns with all others.
                if let Some(other) = other.filter(|_| second.as_ref().is_some_and(|it| it.out_of_reach().is_none())) {
                    slowest = slowest.and(paced(other, &project.variables)?);
                    is_real |= second.as_ref().is_some_and(|second| second.is_real);
                }
                let views = Views::new(&environment, second.as_ref());
                scrubber = views.secrets();
                match environment.url(UrlName::Api) {
                    Some(api) if kind == Kind::Mock => {
                        Where::Mock(api.join("/").map_err(|error| Unusable(error.to_string()))?)
                    }
                    // An address whose variable is not set skips every scenario, with that reason.
                    None if kind == Kind::Mock && !target.urls.contains_key(&UrlName::Api) => {
                        return Err(Unusable(format!("the mock `{}` has no `api`, by which it is found", target.name)));
                    }
                    _ => Where::Fixed(Box::new(views)),
                }
            }
        };
        Ok(Self {
            name: target.name.clone(),
            pacer: Arc::new(Pacer::new(&slowest, is_real)),
            scrubber,
            transport,
            place,
        })
    }

    /// Whether the target is a mock.
    pub fn is_mock(&self) -> bool {
        !matches!(self.place, Where::Fixed(_))
    }

    /// Whether the target is the mock that runs in this process.
    pub fn is_in_process(&self) -> bool {
        matches!(self.place, Where::InProcess(_))
    }

    /// Opens a session for one scenario, which speaks of the environment `word`; `seed` makes the ids of a mock's world.
    pub async fn open(&self, seed: u64, word: EnvironmentWord) -> Result<Session, String> {
        let secrets = || self.scrubber.child();
        match &self.place {
            Where::Fixed(views) => Ok(Session::shared(views.seen_from(word)?)),
            Where::Mock(url) => Session::world(&self.transport, url, (seed, word), secrets()).await,
            Where::InProcess(cell) => {
                let mock = cell.get_or_try_init(|| Mock::start(on_a_free_port())).await;
                let mock = mock.map_err(|error| format!("the built-in mock can't start: {error}"))?;
                let url = Url::parse(mock.url()).map_err(|error| error.to_string())?;
                Session::world(&self.transport, &url, (seed, word), secrets()).await
            }
        }
    }
}

/// Why no scenario that needs the second environment of a target can run, if `other`, which that is, is at an address
/// that this version does not reach.
pub fn second_environment_missing(other: &TargetDefinition, variables: &Variables) -> Option<String> {
    // What is wrong with it otherwise is told when the target is made usable.
    let urls = urls_of(other, variables).ok()?;
    let url = out_of_reach(urls.values())?;
    Some(format!(
        "the other environment, `{}`, is at {url}, which this version does not reach: it runs against loopback hosts over \
         plain HTTP only",
        other.name
    ))
}

/// Whether `target` is a real one: one of its addresses is not on this machine, or it is declared to be real.
pub fn is_real(target: &TargetDefinition, variables: &Variables) -> bool {
    // An address that is none is told when the target is made usable.
    environment::is_real(target, &urls_of(target, variables).unwrap_or_default())
}

/// The pace of `target`; one that is faster than a real one bears needs an agreement.
fn paced(target: &TargetDefinition, variables: &Variables) -> Result<Pace, Unusable> {
    let pace = target.pace.clone();
    if !is_real(target, variables) {
        return Ok(pace);
    }
    match pace.excess(target.kind) {
        None => Ok(pace.of_real()),
        Some(excess) => Err(Unusable(format!(
            "the pace of target `{}` is too fast: {excess}; ask its operator, and write `agreed: {{ by: …, date: \
             YYYY-MM-DD }}` into `pace`",
            target.name
        ))),
    }
}

fn of_target(target: &TargetDefinition, variables: &Variables) -> Result<Arc<Environment>, Unusable> {
    let environment = Environment::of_target(target, variables).map_err(Unusable)?;
    environment.refuse_short_secrets().map_err(Unusable)?;
    Ok(Arc::new(environment))
}

fn on_a_free_port() -> Options {
    let listen = (std::net::Ipv4Addr::LOCALHOST, 0).into();
    Options { listen, public_url: None, settings: Settings::default() }
}

/// Only loopback hosts can be reached by this version, so nothing about any other may be attempted.
fn real_host(target: &str, url: &Url) -> Unusable {
    Unusable(format!(
        "target `{target}` is at {url}, which is not on this machine: this version runs against the built-in mock and \
         against loopback hosts over plain HTTP only; real environments come with the safety rules that they need"
    ))
}
