//! The last look before anything is sent to a target: credentials go to hosts of their own target only, and nothing is
//! done to a real one that the run may not do.

use std::borrow::Cow;
use std::sync::Arc;

use secrecy::ExposeSecret;
use url::Position;

use crate::http::{Exchange, Failure, Request, Scrubber};
use crate::target::Session;

use super::bounds::{Bounds, may_repeat};

/// Looks at every request of a scenario, whichever action makes it; only a mock's control API is spoken to without.
#[derive(Debug)]
pub(super) struct Interlock {
    session: Arc<Session>,
    /// Knows the password of the gate of the environment that the scenario speaks of, if the scenario uses it.
    gate: Option<Scrubber>,
    bounds: Bounds,
}

impl Interlock {
    /// The interlock of `session`; `uses_gate` says that the scenario may know what opens the site, and `bounds` what it
    /// may do to real environments.
    pub(super) fn new(session: &Arc<Session>, uses_gate: bool, bounds: Bounds) -> Self {
        let gate = session.environment.gate.as_ref().filter(|_| uses_gate).map(|gate| {
            let password = Scrubber::new();
            password.learn_pair("gate.password", &gate.user, gate.password.expose_secret());
            password
        });
        Self { session: Arc::clone(session), gate, bounds }
    }

    /// Refuses a request that would carry a credential to a host that is not its target's, or would do to a real
    /// environment what the run may not; the error says why.
    pub(super) fn refuse(&self, request: &Request) -> Result<(), String> {
        self.refuse_credentials(request)?;
        if !self.session.is_real() {
            return Ok(());
        }
        let environment = self.session.environment_of(&request.url);
        if environment.is_real { self.bounds.refuse(environment, request) } else { Ok(()) }
    }

    /// Whether `request` does and spends nothing more if it is sent twice.
    pub(super) fn may_repeat(&self, request: &Request) -> bool {
        may_repeat(self.session.environment_of(&request.url), request)
    }

    fn refuse_credentials(&self, request: &Request) -> Result<(), String> {
        let session = &self.session;
        if let Some(password) = self.gate.as_ref().filter(|_| !session.is_page(&request.url))
            && texts(request).any(|text| password.finds_in(&text))
        {
            return Err(format!(
                "the request carries the password of the site's gate to {}, which is no page of the site: a page lies at \
                 or below `site`, and not below another address of the target that is as near; the password goes nowhere \
                 else",
                &request.url[..Position::AfterPath]
            ));
        }
        let origin = || request.url.origin().ascii_serialization();
        if session.owns(&request.url) {
            if texts(request).any(|text| session.holds_foreign_secret(&text)) {
                return Err(format!(
                    "the request carries a credential of the other environment to {}; real environments never share \
                     credentials",
                    origin()
                ));
            }
            return Ok(());
        }
        let secret = texts(request).any(|text| session.scrubber.scrub(&text) != text);
        if secret || request.header("authorization").is_some() {
            return Err(format!(
                "the request carries a credential, and {} is no address of the target; leave the credential out, or add \
                 the address to the target in tacktest.yaml",
                origin()
            ));
        }
        Ok(())
    }
}

/// `exchange`, if there was one: a request that was held back is none.
pub(super) fn sent(exchange: Exchange) -> Result<Exchange, String> {
    match &exchange.outcome {
        Err(failure @ Failure::NotAllowed { .. }) => Err(failure.to_string()),
        _ => Ok(exchange),
    }
}

/// The texts of `request`: its URL, its headers' values and its body.
pub(super) fn texts(request: &Request) -> impl Iterator<Item = Cow<'_, str>> {
    let headers = request.headers.iter().map(|(_, value)| Cow::Borrowed(value.as_str()));
    std::iter::once(Cow::Borrowed(request.url.as_str())).chain(headers).chain([String::from_utf8_lossy(&request.body)])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::http::Transport;

    /// An own target whose second environment is a real one.
    const TARGETS: &str = "\
targets:
  own:
    kind: staging
    api: http://127.0.0.1:1/api/
    token_url: http://127.0.0.1:1/token
    site: http://127.0.0.1:1/
    gate: { user: someone, password: \"${env.TACKTEST_PASSWORD}\" }
    other: real
    clients: { demand: { id: a, secret: \"${env.TACKTEST_FIRST}\" } }
  real:
    kind: production
    api: https://api.example.com/
    token_url: https://api.example.com/token
    clients: { demand: { id: b, secret: \"${env.TACKTEST_SECOND}\" } }
";

    const VARIABLES: &str = "\
TACKTEST_PASSWORD=fictional-password
TACKTEST_FIRST=first-fictional
TACKTEST_SECOND=second-fictional
";

    async fn session() -> Arc<Session> {
        Arc::new(crate::target::testing::session(TARGETS, VARIABLES, "own").await)
    }

    fn harmless() -> Bounds {
        Bounds::new(crate::plan::Allowed::default(), false)
    }

    fn get(url: &str, header: &str) -> Request {
        Request::new(::http::Method::GET, url.parse().unwrap()).with_header("x-header", header)
    }

    #[tokio::test]
    async fn each_credential_goes_where_it_belongs_and_nowhere_else() {
        let session = session().await;
        session.learn_issued(&"https://api.example.com/token".parse().unwrap(), "access_token", "token-of-second");
        session.learn_issued(&"http://127.0.0.1:1/token".parse().unwrap(), "access_token", "token-of-first");
        let interlock = Interlock::new(&session, true, harmless());
        let refused = |url: &str, text: &str| interlock.refuse(&get(url, text)).err().unwrap_or_default();
        let (page, api, stranger) = ("http://127.0.0.1:1/page", "http://127.0.0.1:1/api/x", "http://127.0.0.1:2/");
        let token_url = "http://127.0.0.1:1/token";
        let basic = crate::oauth::plain_basic_header("someone", "fictional-password");
        let second = crate::oauth::basic_header("b", "second-fictional");
        for (url, text, told) in [
            (page, "nothing", ""),
            (page, "fictional-password", ""),
            (page, &basic, ""),
            (page, "first-fictional", ""),
            (page, "second-fictional", "of the other environment"),
            (api, "first-fictional", ""),
            (api, "token-of-first", ""),
            (api, "fictional-password", "the password of the site's gate"),
            (api, "second-fictional", "of the other environment"),
            (api, &second, "of the other environment"),
            (api, "Bearer token-of-second", "of the other environment"),
            (token_url, "first-fictional", ""),
            (token_url, "a fictional%2Dpassword b", "the password of the site's gate"),
            (token_url, &basic, "the password of the site's gate"),
            (token_url, "token-of-second", "of the other environment"),
            (stranger, "someone", ""),
            (stranger, "fictional-password", "the password of the site's gate"),
            (stranger, "first-fictional", "is no address of the target"),
            (stranger, "token-of-first", "is no address of the target"),
            ("https://api.example.com/", "first-fictional", "is no address of the target"),
            ("https://api.example.com/", "second-fictional", "is no address of the target"),
        ] {
            let why = refused(url, text);
            assert!(if told.is_empty() { why.is_empty() } else { why.contains(told) }, "{url} {text}: {why}");
        }
        // The second environment is held by its own kind, and this machine by nothing.
        assert!(refused("https://api.example.com/x", "nothing").contains("`--allow production`"));
        let order = Request::new(::http::Method::DELETE, api.parse().unwrap());
        assert_eq!(interlock.refuse(&order), Ok(()));
        // A scenario that does not speak of the gate need not be asked for what it can't know.
        assert_eq!(Interlock::new(&session, false, harmless()).refuse(&get(api, "fictional-password")), Ok(()));
    }

    #[tokio::test]
    async fn what_is_refused_is_not_sent_and_no_exchange() {
        let interlock = Interlock::new(&session().await, true, harmless());
        let transport = Transport::new().unwrap().guarded(move |request: &Request| interlock.refuse(request));
        let exchange =
            transport.send(get("http://127.0.0.1:1/api/x", "second-fictional"), Duration::from_secs(5)).await;
        assert!(matches!(&exchange.outcome, Err(Failure::NotAllowed { .. })), "{exchange:?}");
        assert!(sent(exchange).unwrap_err().starts_with("nothing was sent: the request carries a credential"));
    }
}
