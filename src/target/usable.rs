//! From the definition of a target to one that a run can use.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::OnceCell;
use url::Url;

use crate::config::{EnvironmentWord, Kind, Pace, Project, TargetDefinition, UrlName, Variables};
use crate::http::{Hosts, Scrubber, Transport, credentials_of_environment};
use crate::mock::control::{Knobs, NewWorld};
use crate::mock::{Mock, Options};

use super::apart::refuse_shared;
use super::control::Control;
use super::credentials::Credentials;
use super::environment::{self, urls_of};
use super::network::network_of;
use super::uses::Used;
use super::view::Views;
use super::{Environment, Pacer, Session, Uses};

/// A target that a run can use.
#[derive(Debug)]
pub struct Usable {
    /// Its name.
    pub name: String,
    /// The agreement on its pace, in words, if it is a real one that has one.
    pub agreement: Option<String>,
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
    Mock(Control),
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
    /// A value that is no URL, a host elsewhere that is not reached by https, a `network` that can't be used, and a secret
    /// that is too short to be kept out of outputs are refused, and so are credentials that a real target shares with its
    /// second environment. What else names a variable that is not set is left out.
    /// Of the credentials that are in files or printed by commands, those that the run `uses` are read, and one that
    /// can't be had is refused.
    pub fn new(project: &Project, target: &TargetDefinition, uses: &Uses) -> Result<Self, Unusable> {
        let (other, variables) = (project.other(target), &project.variables);
        let credentials = Credentials::new(variables);
        let mut scrubber = Scrubber::new();
        let mut slowest = paced(target, variables)?;
        let mut is_real = is_real(target, variables);
        let mut hosts = Vec::new();
        let place = match (target.kind, target.urls.is_empty()) {
            (Kind::Mock, true) => Where::InProcess(OnceCell::new()),
            (Kind::Mock, false) => of_mock(project, target, &credentials, (&mut hosts, &scrubber))?,
            (_, _) => {
                let environment = of_target(target, &credentials, &uses.here, &mut hosts)?;
                let second = other.map(|other| of_target(other, &credentials, &uses.other, &mut hosts)).transpose()?;
                if let Some(second) = &second {
                    refuse_shared(&environment, second).map_err(Unusable)?;
                }
                // Requests to the second environment take their turns with all others.
                if let Some(other) = other {
                    slowest = slowest.and(paced(other, variables)?);
                    is_real |= second.as_ref().is_some_and(|second| second.is_real);
                }
                let views = Views::new(&environment, second.as_ref());
                scrubber = views.secrets();
                Where::Fixed(Box::new(views))
            }
        };
        let mut transport =
            Transport::reaching(hosts).map_err(|failure| Unusable(format!("no HTTP client can be made: {failure}")))?;
        if let Some(contact) = &project.contact {
            transport = transport.with_contact(contact);
        }
        let agreement = slowest.agreement().filter(|_| is_real);
        Ok(Self {
            name: target.name.clone(),
            agreement,
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
        self.open_with(&Knobs::new(), seed, word).await
    }

    /// The same; a mock's world has these `knobs` turned.
    pub async fn open_with(&self, knobs: &Knobs, seed: u64, word: EnvironmentWord) -> Result<Session, String> {
        let order = || NewWorld { seed: Some(seed), settings: knobs.clone() };
        let secrets = || self.scrubber.child();
        match &self.place {
            Where::Fixed(views) => Ok(Session::shared(views.seen_from(word)?)),
            Where::Mock(control) => Session::world(&self.transport, control, (&order(), word), secrets()).await,
            Where::InProcess(cell) => {
                let mock = cell.get_or_try_init(|| Mock::start(on_a_free_port())).await;
                let mock = mock.map_err(|error| format!("the built-in mock can't start: {error}"))?;
                let url = Url::parse(mock.url()).map_err(|error| error.to_string())?;
                let control = Control::new(url, None);
                Session::world(&self.transport, &control, (&order(), word), secrets()).await
            }
        }
    }
}

/// Whether `target` is a real one: one of its addresses is not on this machine, or it is declared to be real.
pub fn is_real(target: &TargetDefinition, variables: &Variables) -> bool {
    // An address that is none is told when the target is made usable.
    environment::is_real(target, &urls_of(target, variables).unwrap_or_default(), variables)
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

/// The environment of `target`; its hosts, and how they are reached, are added to `hosts`.
fn of_target(
    target: &TargetDefinition,
    credentials: &Credentials<'_>,
    used: &Used,
    hosts: &mut Vec<Hosts>,
) -> Result<Arc<Environment>, Unusable> {
    let mut environment = Environment::of_target(target, credentials, used).map_err(Unusable)?;
    if let Some(wrong) = credentials.variables().wrong() {
        return Err(Unusable(wrong.to_string()));
    }
    environment.refuse_short_secrets().map_err(Unusable)?;
    if let Some(url) = environment.out_of_reach() {
        return Err(Unusable(format!(
            "target `{}` is at {url}, which is not on this machine: other hosts are reached by https only, as credentials \
             could be read on the way; write https:// if the host speaks it",
            target.name
        )));
    }
    let network = network_of(target, credentials.variables()).map_err(Unusable)?;
    if let Some(proxy) = network.proxy.as_ref().filter(|proxy| !proxy.is_on_this_machine())
        && let Some(url) = environment.in_the_clear()
    {
        return Err(Unusable(format!(
            "target `{}` is at {url}, and its requests go through the proxy at {}, which is not on this machine: whatever \
             is there is reached by https only, as credentials could be read on the way; write https:// if it speaks it, \
             or take `network.proxy` out if the target is on this machine",
            target.name,
            proxy.address()
        )));
    }
    environment.proxy = match &network.proxy {
        Some(proxy) => proxy.credentials(),
        None => environment.elsewhere().and_then(credentials_of_environment),
    };
    hosts.push(Hosts { origins: environment.origins(), network });
    Ok(Arc::new(environment))
}

/// Where the mock `target` of `project` runs; its hosts are added, and its control token is taught. One elsewhere is
/// refused unless it has a control token: what binds real hosts does not bind a mock, so it must be sure to be one.
fn of_mock(
    project: &Project,
    target: &TargetDefinition,
    credentials: &Credentials<'_>,
    (hosts, scrubber): (&mut Vec<Hosts>, &Scrubber),
) -> Result<Where, Unusable> {
    let environment = Environment::of_target(target, credentials, &Used::default()).map_err(Unusable)?;
    let token = control_token(target, credentials).map_err(Unusable)?;
    if let Some(url) = environment.elsewhere() {
        if token.is_none() {
            return Err(Unusable(format!(
                "the mock `{}` is at {url}, which is not on this machine: start `tacktest mock` here; or start it there with \
                 a control token, and give the target that as its `control_token`; or give the target the kind `staging`, \
                 whose rules of safety protect other hosts",
                target.name
            )));
        }
        refuse_real(project, &environment)?;
    }
    let mut network = network_of(target, credentials.variables()).map_err(Unusable)?;
    // There is nothing real at a mock that anyone could read on the way.
    network.in_the_clear = token.is_some();
    hosts.push(Hosts { origins: environment.origins(), network });
    if let Some(token) = &token {
        scrubber.learn("control_token", token.expose_secret());
    }
    match environment.url(UrlName::Api) {
        Some(api) => {
            let root = api.join("/").map_err(|error| Unusable(error.to_string()))?;
            Ok(Where::Mock(Control::new(root, token)))
        }
        // An address whose variable is not set skips every scenario, with that reason.
        None if target.urls.contains_key(&UrlName::Api) => {
            Ok(Where::Fixed(Box::new(Views::new(&Arc::new(environment), None))))
        }
        None => Err(Unusable(format!("the mock `{}` has no `api`, by which it is found", target.name))),
    }
}

/// The token by which the mock `target` is controlled, if it has one. One that is not there is an error: without it the
/// mock would refuse every scenario.
fn control_token(target: &TargetDefinition, credentials: &Credentials<'_>) -> Result<Option<SecretString>, String> {
    let Some(reference) = &target.control_token else { return Ok(None) };
    let about = |reason: &str| format!("the `control_token` of the mock `{}` can't be used: {reason}", target.name);
    if let Some(missing) = credentials.variables().missing(reference) {
        return Err(about(&missing.reason("it")));
    }
    let token = credentials.value(reference).map_err(|reason| about(&reason))?.unwrap_or_default();
    if !Scrubber::can_hide(&token) {
        return Err(about("it is too short to be kept out of outputs"));
    }
    Ok(Some(token.into()))
}

/// Refuses a mock at an address of a target that is none.
fn refuse_real(project: &Project, mock: &Environment) -> Result<(), Unusable> {
    let others = project.targets.iter().filter(|target| target.kind != Kind::Mock);
    for other in others {
        let urls = urls_of(other, &project.variables).unwrap_or_default();
        if let Some(url) = urls.values().find(|url| mock.owns(url)) {
            return Err(Unusable(format!(
                "the mock `{}` is at {}, where target `{}` is, which is no mock: give it the address of a mock",
                mock.name,
                url.origin().ascii_serialization(),
                other.name
            )));
        }
    }
    Ok(())
}

fn on_a_free_port() -> Options {
    Options::default()
}
