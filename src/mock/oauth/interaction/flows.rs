//! What the mock remembers of logins by pages: those under way, sessions of browsers, consents. All of it is bounded.

use std::collections::VecDeque;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::rand::{SecureRandom, SystemRandom};

use super::super::errors::{Code, Error};
use crate::mock::thumbtack::{clients::Client, people::User};

/// Life of a challenge or verifier in seconds, from the authorization request on: Hydra's default.
pub const LIFE_SECONDS: i64 = 30 * 60;

/// How many logins may be under way, and how many sessions are kept, in one environment; the oldest give way.
const MOST: usize = 1000;

/// The logins of one environment.
#[derive(Debug, Default)]
pub struct Interactions {
    flows: VecDeque<(String, Flow)>,
    sessions: VecDeque<(String, Session)>,
    consents: Vec<Consent>,
}

/// A login under way, between two requests of its browser.
#[derive(Clone, Debug)]
pub struct Flow {
    /// When the authorization request came, in milliseconds since the epoch.
    pub started_at: i64,
    /// The secret of the browser that began it.
    pub browser: String,
    /// The authorization request, form-encoded.
    pub request: String,
    /// Who asks.
    pub client: &'static Client,
    /// What the client asks for.
    pub scopes: Vec<&'static str>,
    /// What comes next.
    pub stage: Stage,
}

/// The stage of a login. A challenge or verifier is good for one of them.
#[derive(Clone, Debug)]
pub enum Stage {
    /// The login page is to be answered; with a session, by itself.
    Login(Option<Session>),
    /// The login page was answered: who has logged in, unless the user refused.
    LoggedIn(Option<Session>),
    /// The consent page is to be answered; with scopes that were agreed to before, by itself.
    Consent(Session, Option<Vec<&'static str>>),
    /// The consent page was answered: the granted scopes, unless the user refused.
    Consented(Session, Option<Vec<&'static str>>),
}

/// A user who has logged in with a browser.
#[derive(Clone, Debug)]
pub struct Session {
    /// The user.
    pub user: &'static User,
    /// When the user logged in, in milliseconds since the epoch.
    pub at: i64,
    /// The session's public id, a UUID.
    pub id: String,
    /// Whether the browser is to stay logged in, if this login is new.
    pub keep: Option<bool>,
}

/// What a user agreed to and is not asked again.
#[derive(Debug)]
struct Consent {
    user: &'static str,
    client: &'static str,
    scopes: Vec<&'static str>,
}

impl Flow {
    /// Whether it has ended at `now`.
    pub fn is_over(&self, now: i64) -> bool {
        now >= self.started_at + LIFE_SECONDS * 1000
    }
}

impl Interactions {
    /// Keeps a flow, and gives the challenge or verifier that stands for it.
    pub fn keep(&mut self, flow: Flow) -> Result<String, Error> {
        let key = secret()?;
        push(&mut self.flows, (key.clone(), flow));
        Ok(key)
    }

    /// The flow of a challenge or verifier.
    pub fn flow(&self, key: &str) -> Option<&Flow> {
        self.flows.iter().find(|(known, _)| known == key).map(|(_, flow)| flow)
    }

    /// Takes the flow of a challenge or verifier, which is used up, if it is at the wanted stage.
    pub fn take(&mut self, key: &str, wanted: fn(&Stage) -> bool) -> Option<Flow> {
        let index = self.flows.iter().position(|(known, flow)| known == key && wanted(&flow.stage))?;
        self.flows.remove(index).map(|(_, flow)| flow)
    }

    /// Keeps a session, and gives the value of its cookie.
    pub fn log_in(&mut self, session: Session) -> Result<String, Error> {
        let key = secret()?;
        push(&mut self.sessions, (key.clone(), Session { keep: None, ..session }));
        Ok(key)
    }

    /// The session that one of these cookies stands for.
    pub fn session<'c>(&self, mut cookies: impl Iterator<Item = &'c str>) -> Option<Session> {
        cookies.find_map(|cookie| {
            let found = self.sessions.iter().find(|(known, _)| known == cookie);
            found.map(|(_, session)| session.clone())
        })
    }

    /// Ends the session of a cookie.
    pub fn log_out(&mut self, cookie: &str) {
        self.sessions.retain(|(known, _)| known != cookie);
    }

    /// Remembers what a user agreed to, beside what is remembered already.
    pub fn remember(&mut self, user: &'static str, client: &'static str, scopes: &[&'static str]) {
        let known = self.consents.iter_mut().find(|consent| consent.user == user && consent.client == client);
        match known {
            None => self.consents.push(Consent { user, client, scopes: scopes.to_vec() }),
            Some(consent) => {
                let new = scopes.iter().copied().filter(|scope| !consent.scopes.contains(scope));
                let new: Vec<&'static str> = new.collect();
                consent.scopes.extend(new);
            }
        }
    }

    /// What a user agreed to before, if that is remembered.
    pub fn remembered(&self, user: &str, client: &str) -> Option<&[&'static str]> {
        let consent = self.consents.iter().find(|consent| consent.user == user && consent.client == client)?;
        Some(&consent.scopes)
    }
}

/// Puts an entry behind the others, of which the oldest goes if there are too many.
fn push<T>(entries: &mut VecDeque<T>, entry: T) {
    if entries.len() == MOST {
        entries.pop_front();
    }
    entries.push_back(entry);
}

/// A value that nobody can guess; the world's own identifiers can be.
pub fn secret() -> Result<String, Error> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Error::plain(Code::ServerError))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::{
        site::Environment,
        thumbtack::{clients::Registry, people},
    };

    fn flow(stage: Stage) -> Flow {
        let client = &Registry::own().of(Environment::Staging).all()[0];
        Flow { started_at: 0, browser: String::new(), request: String::new(), client, scopes: Vec::new(), stage }
    }

    fn session() -> Session {
        let user = people::user_named(Environment::Staging, "pro").unwrap();
        Session { user, at: 0, id: String::new(), keep: Some(true) }
    }

    #[test]
    fn a_key_is_good_once_and_for_its_stage() {
        let mut interactions = Interactions::default();
        let key = interactions.keep(flow(Stage::Login(None))).unwrap();
        assert!(interactions.take(&key, |stage| matches!(stage, Stage::LoggedIn(_))).is_none());
        assert!(interactions.flow(&key).is_some());
        assert!(interactions.take(&key, |stage| matches!(stage, Stage::Login(_))).is_some());
        assert!(interactions.flow(&key).is_none());
    }

    #[test]
    fn a_flow_is_over_after_half_an_hour() {
        let flow = flow(Stage::Login(None));
        assert!(!flow.is_over(1_799_999) && flow.is_over(1_800_000));
    }

    #[test]
    fn the_oldest_give_way() {
        let mut interactions = Interactions::default();
        let first = interactions.keep(flow(Stage::Login(None))).unwrap();
        let second = interactions.keep(flow(Stage::Login(None))).unwrap();
        let cookie = interactions.log_in(session()).unwrap();
        for _ in 0..MOST - 1 {
            interactions.keep(flow(Stage::LoggedIn(None))).unwrap();
            interactions.log_in(session()).unwrap();
        }
        assert!(interactions.flow(&first).is_none() && interactions.flow(&second).is_some());
        assert!(interactions.session([cookie.as_str()].into_iter()).is_some());
        let newest = interactions.log_in(session()).unwrap();
        assert!(interactions.session([cookie.as_str()].into_iter()).is_none());
        interactions.log_out(&newest);
        assert!(interactions.session([newest.as_str()].into_iter()).is_none());
    }

    #[test]
    fn consents_add_up_by_user_and_client() {
        let mut interactions = Interactions::default();
        assert_eq!(interactions.remembered("pro", "supply"), None);
        interactions.remember("pro", "supply", &["openid"]);
        interactions.remember("pro", "supply", &["openid", "email"]);
        assert_eq!(interactions.remembered("pro", "supply").unwrap(), ["openid", "email"]);
        assert_eq!(interactions.remembered("pro", "demand"), None);
        assert_eq!(interactions.remembered("customer", "supply"), None);
    }
}
