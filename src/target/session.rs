//! What one scenario has of its target.

use std::sync::Arc;

use url::Url;

use crate::config::{EnvironmentWord, UrlName};
use crate::http::{Scrubber, Transport};
use crate::mock::control::{Command, NewWorld};

use super::control::Control;
use super::sites::depth_below;
use super::view::View;
use super::{Environment, Sites};

/// A scenario's own view of its target; on a mock, a world of its own.
#[derive(Debug)]
pub struct Session {
    /// The environment that the scenario speaks of.
    pub environment: Arc<Environment>,
    /// The second environment, if the target has one.
    pub other: Option<Arc<Environment>>,
    /// Knows those of `secrets`, and what the scenario learns.
    pub scrubber: Scrubber,
    /// Knows the secrets of both environments' clients and gates.
    pub secrets: Scrubber,
    /// Where links may lead.
    pub sites: Sites,
    /// Knows the secrets of the second environment that must not reach the first; `None` if the two count as one.
    foreign: Option<Scrubber>,
    world: Option<Control>,
}

impl Session {
    /// A session with the environments of a target that is no mock.
    pub(super) fn shared(view: &View) -> Self {
        Self::of(view.clone(), None)
    }

    /// A session with a new world of `mock`, made as `order` says. The scenario speaks of the environment
    /// `view`; `secrets` are taught.
    pub(super) async fn world(
        transport: &Transport,
        mock: &Control,
        (order, view): (&NewWorld, EnvironmentWord),
        secrets: Scrubber,
    ) -> Result<Self, String> {
        let (world, control) = mock.make_world(transport, order).await?;
        let environment = Arc::new(Environment::of_world("staging", world.staging)?);
        let other = Arc::new(Environment::of_world("production", world.production)?);
        for environment in [&environment, &other] {
            mock.refuse_strangers(environment)?;
        }
        Ok(Self::of(View::of(view, &environment, Some(&other), secrets)?, Some(control)))
    }

    fn of(view: View, world: Option<Control>) -> Self {
        let View { environment, other, secrets, foreign } = view;
        let sites = Sites::of(&environment, other.as_deref());
        // What the scenario learns is its own, the rest can be another's too.
        let (scrubber, foreign) = (secrets.child(), foreign.map(|foreign| foreign.child()));
        std::iter::once(&environment).chain(&other).for_each(|it| it.teach_passwords(&scrubber));
        Self { environment, other, scrubber, secrets, sites, foreign, world }
    }

    /// Whether credentials may be sent to `url`: it lies on a host of this target. Both environments count as one
    /// target if they are a mock's or on this machine; real ones never do.
    pub fn owns(&self, url: &Url) -> bool {
        let other = self.other.as_ref().filter(|_| self.foreign.is_none());
        self.environment.owns(url) || other.is_some_and(|other| other.owns(url))
    }

    /// Whether an address of either environment is on `host`, which is written with its port if it has one.
    pub fn has_host(&self, host: &str) -> bool {
        self.environment.has_host(host) || self.other.as_ref().is_some_and(|other| other.has_host(host))
    }

    /// Whether `text` holds a secret of the second environment that must not reach the first.
    pub fn holds_foreign_secret(&self, text: &str) -> bool {
        self.foreign.as_ref().is_some_and(|foreign| foreign.finds_in(text))
    }

    /// From now on `secret`, which the answer of `url` gave, is shown as `[name]`. What the second environment issued is
    /// a secret of that.
    pub fn learn_issued(&self, url: &Url, name: &str, secret: &str) {
        self.scrubber.learn(name, secret);
        if let Some(foreign) = self.foreign.as_ref().filter(|_| self.is_of_other(url)) {
            foreign.learn(name, secret);
        }
    }

    /// Whether `url` is a page of the site of the scenario's own environment: none of the other URLs of both
    /// environments is as near above it as the site.
    pub fn is_page(&self, url: &Url) -> bool {
        let site = self.environment.url(UrlName::Site).and_then(|site| depth_below(url, site));
        let other = self.other.as_ref().and_then(|other| other.depth_of(url));
        site > self.environment.depth_beside_site(url).max(other)
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

    /// The environment that answers at `url`: the second one if it is an address of that, else the scenario's own.
    pub fn environment_of(&self, url: &Url) -> &Environment {
        self.other.as_ref().filter(|_| self.is_of_other(url)).unwrap_or(&self.environment)
    }

    /// Whether one of the environments is a real one.
    pub fn is_real(&self) -> bool {
        self.environments().any(|environment| environment.is_real)
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
        world.order(transport, command).await
    }

    /// Ends the world, if there is one.
    pub async fn close(&self, transport: &Transport) {
        if let Some(world) = &self.world {
            world.end(transport).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{PROJECT_FILE, Project};

    use super::super::credentials::Credentials;
    use super::super::uses::Used;
    use super::super::view::Views;
    use super::*;

    /// The environment of a target `name` at `host`, with what `more` says.
    fn environment(name: &str, host: &str, more: &str) -> Arc<Environment> {
        let folder = tempfile::tempdir().unwrap();
        let kind = if name == "first" { "staging" } else { "production" };
        let client = "clients: { demand: { id: a, secret: \"${env.TACKTEST_SECRET}\" } }";
        let text = format!("targets:\n  {name}: {{ kind: {kind}, api: \"{host}\", {client}{more} }}\n");
        std::fs::write(folder.path().join(PROJECT_FILE), text).unwrap();
        let project = Project::read(folder.path()).unwrap();
        std::fs::write(folder.path().join(".env"), format!("TACKTEST_SECRET={name}-fictional\n")).unwrap();
        let credentials = Credentials::new(&project.variables);
        Arc::new(Environment::of_target(project.target(name).unwrap(), &credentials, &Used::default()).unwrap())
    }

    fn views(host: &str, other: &str) -> Views {
        Views::new(&environment("first", host, ""), Some(&environment("second", other, "")))
    }

    /// A session with one environment at `host` and another at `other`.
    fn session(host: &str, other: &str) -> Session {
        Session::shared(views(host, other).seen_from(EnvironmentWord::Staging).unwrap())
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn environments_on_this_machine_count_as_one_and_real_ones_never() {
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
    fn what_a_real_environment_issued_is_a_secret_of_its_own() {
        let views = views("https://api.example.com/", "https://other.example.com/");
        let real = Session::shared(views.seen_from(EnvironmentWord::Staging).unwrap());
        real.learn_issued(&url("https://other.example.com/token"), "access_token", "token-of-second");
        real.learn_issued(&url("https://api.example.com/token"), "access_token", "token-of-first");
        assert!(real.holds_foreign_secret("Bearer token-of-second") && !real.holds_foreign_secret("token-of-first"));
        assert_eq!(real.scrubber.scrub("token-of-second token-of-first"), "[access_token] [access_token]");
        // It was learnt for one scenario, and only the names of clients' and gates' secrets are for all.
        let next = Session::shared(views.seen_from(EnvironmentWord::Staging).unwrap());
        assert!(!next.holds_foreign_secret("token-of-second") && !next.secrets.finds_in("token-of-first"));
        let here = session("http://127.0.0.1:1/", "http://127.0.0.1:2/");
        here.learn_issued(&url("http://127.0.0.1:2/token"), "access_token", "token-of-second");
        assert!(!here.holds_foreign_secret("token-of-second"));
    }

    #[test]
    fn production_is_the_other_environment_and_must_be_there() {
        let (first, second) =
            (environment("first", "http://127.0.0.1:1/", ""), environment("second", "http://127.0.0.1:2/", ""));
        let seen = |environment, other, word| {
            let view = View::of(word, environment, other, Scrubber::new());
            view.map(|view| (view.environment.name.clone(), view.other.map(|other| other.name.clone())))
        };
        let named = |name: &str, other: Option<&str>| Ok((name.to_owned(), other.map(str::to_owned)));
        let production = EnvironmentWord::Production;
        assert_eq!(seen(&first, Some(&second), production), named("second", Some("first")));
        assert_eq!(seen(&second, Some(&first), production), named("second", Some("first")));
        assert_eq!(seen(&first, None, EnvironmentWord::Staging), named("first", None));
        assert!(seen(&first, None, production).is_err());
        let real = environment("second", "https://api.example.com/", "");
        assert_eq!(seen(&first, Some(&real), production), named("second", Some("first")));
        assert_eq!(seen(&first, Some(&real), EnvironmentWord::Staging), named("first", Some("second")));
    }

    #[test]
    fn secrets_have_the_names_of_the_scenarios_view() {
        let views = views("http://127.0.0.1:1/", "http://127.0.0.1:2/");
        for (word, told) in [
            (EnvironmentWord::Staging, "[demand.secret] [other.demand.secret]"),
            (EnvironmentWord::Production, "[other.demand.secret] [demand.secret]"),
        ] {
            let session = Session::shared(views.seen_from(word).unwrap());
            assert_eq!(session.scrubber.scrub("first-fictional second-fictional"), told);
        }
    }

    #[test]
    fn a_page_is_nearer_to_the_site_than_to_any_other_address() {
        let more = ", token_url: \"http://127.0.0.1:1/w/oauth2/token\", authorize_url: \"http://127.0.0.1:1/w/oauth2/auth\", \
                    site: \"http://127.0.0.1:1/w\"";
        let first = environment("first", "http://127.0.0.1:1/w/api/", more);
        let others = ", site: \"http://127.0.0.1:1/w/production/\"";
        let second = environment("second", "http://127.0.0.1:1/w/production/api", others);
        let views = Views::new(&first, Some(&second));
        let (staging, production) = (EnvironmentWord::Staging, EnvironmentWord::Production);
        let of = |word| Session::shared(views.seen_from(word).unwrap());
        let (staging, production) = (of(staging), of(production));
        for (link, of_staging, of_production) in [
            ("http://127.0.0.1:1/w", true, false),
            ("http://127.0.0.1:1/w/", true, false),
            ("http://127.0.0.1:1/w/page?a=b", true, false),
            ("http://127.0.0.1:1/w/apis", true, false),
            ("http://127.0.0.1:1/w/api", false, false),
            ("http://127.0.0.1:1/w/api/v4/x", false, false),
            ("http://127.0.0.1:1/w/oauth2/token", false, false),
            ("http://127.0.0.1:1/w/oauth2/token?a=b", false, false),
            ("http://127.0.0.1:1/w/oauth2/auth", false, false),
            ("http://127.0.0.1:1/w/production", false, true),
            ("http://127.0.0.1:1/w/production/page", false, true),
            ("http://127.0.0.1:1/w/production/api/", false, false),
            ("http://127.0.0.1:1/w/productions", true, false),
            ("http://127.0.0.1:1/wx", false, false),
            ("http://127.0.0.1:1/", false, false),
            ("http://127.0.0.1:2/w", false, false),
            ("https://127.0.0.1:1/w", false, false),
        ] {
            let link = url(link);
            assert_eq!((staging.is_page(&link), production.is_page(&link)), (of_staging, of_production), "{link}");
        }
        // What two addresses share is neither's.
        let shared = environment("second", "http://127.0.0.1:1/b/", ", site: \"http://127.0.0.1:1/w/\"");
        let session = Session::shared(Views::new(&first, Some(&shared)).seen_from(EnvironmentWord::Staging).unwrap());
        assert!(!session.is_page(&url("http://127.0.0.1:1/w/page")));
        let at_root = environment("first", "http://127.0.0.1:1/", ", site: \"http://127.0.0.1:1\"");
        let session = Session::shared(Views::new(&at_root, None).seen_from(EnvironmentWord::Staging).unwrap());
        assert!(!session.is_page(&url("http://127.0.0.1:1/page")));
    }
}
