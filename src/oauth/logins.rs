//! The logins of a run: kept ones, refreshed so that no rotated token is ever lost.
//!
//! A refresh token is good for one use (and a short grace). So a refresh is made under a lock, by one at a time; that it
//! was begun is written down first; and what came is kept before any of it is used. A process that ends in between
//! leaves the old token, which the next one presents again within the server's grace.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::RwLock;
use tokio::task::spawn_blocking;

use super::rescue::Rescue;
use super::store::{Lock, LoginFolder};
use super::{
    Credentials, Endpoints, Fetched, Grant, Login, LoginCommands, LoginKey, NoToken, Parameter, TokenRequest, exchange,
};
use crate::http::{Exchange, Scrubber, Transport};

/// How long the token endpoint may take for a refresh.
const REFRESH_TIMEOUT: Duration = Duration::from_secs(30);

/// For how long a token must have been over to be called spent.
const SURELY_OVER: SignedDuration = SignedDuration::from_hours(1);

/// For how long a token may have been over to be recognized as one.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The logins that are kept on this machine, or by commands. Clones share them.
#[derive(Debug, Clone)]
pub struct Logins {
    folder: LoginFolder,
    /// Where a token of a client is kept until it is over.
    spent: LoginFolder,
    commands: Option<LoginCommands>,
    in_ci: bool,
    /// Why a login has ended: it is not asked for again.
    ended: Arc<Mutex<HashMap<LoginKey, String>>>,
    /// Read by each refresh while it is under way.
    under_way: Arc<RwLock<()>>,
    rescue: Rescue,
}

/// Who sends a refresh, and where to.
#[derive(Debug, Clone)]
pub struct Sender {
    /// What sends it.
    pub transport: Transport,
    /// The addresses of the authorization server.
    pub endpoints: Endpoints,
    /// The client whose login it is.
    pub credentials: Credentials,
    /// Learns the tokens before any is sent or told of.
    pub scrubber: Scrubber,
}

impl Logins {
    /// The logins in `folder`, or those of `commands`, if there are any; `in_ci` says that this machine is thrown away
    /// after the run.
    pub fn new(folder: PathBuf, commands: Option<LoginCommands>, in_ci: bool) -> Self {
        let spent = LoginFolder::at(folder.with_file_name("spent"));
        let rescue = Rescue::beside(&folder);
        let folder = LoginFolder::at(folder);
        Self { folder, spent, commands, in_ci, ended: Arc::default(), under_way: Arc::default(), rescue }
    }

    /// The scopes of the login of `key`, if there is one. Nothing is sent, but the command of an external store is run,
    /// which blocks.
    pub fn scopes(&self, key: &LoginKey) -> Result<Option<Vec<String>>, String> {
        let login = match &self.commands {
            Some(commands) => commands.load(key)?,
            None => self.folder.load(key)?,
        };
        Ok(login.map(|login| login.scopes))
    }

    /// The users, whoever `key` names, who are known to have a login of its client; an external store tells none.
    pub fn users(&self, key: &LoginKey) -> Result<Vec<String>, String> {
        if self.commands.is_some() { Ok(Vec::new()) } else { self.folder.users_of(key) }
    }

    /// Whether the logins are kept by commands.
    pub fn are_external(&self) -> bool {
        self.commands.is_some()
    }

    /// Where the login of `key` is kept, in words.
    pub fn place(&self, key: &LoginKey) -> String {
        match self.commands {
            Some(_) => format!("the store of `logins`, as {}", key.name()),
            None => self.folder.file_of(key).display().to_string(),
        }
    }

    /// Makes sure that a login can be kept, so that none is made in vain. Nothing of an external store is tried.
    pub async fn check(&self, key: &LoginKey) -> Result<(), String> {
        let _lock = self.folder.lock(key).await?;
        if self.commands.is_none() { self.folder.load(key).map(drop) } else { Ok(()) }
    }

    /// Keeps `login`, in the place of an older one.
    pub async fn keep(&self, key: &LoginKey, login: &Login) -> Result<(), String> {
        let lock = Arc::new(self.folder.lock(key).await?);
        self.save(key, login, &lock).await
    }

    /// Takes the login of `key` out of the store: `revoke` is given it while nobody else can use it, and it is removed if
    /// that ends well. Whether there was one. An external store has no command that removes.
    pub async fn remove(
        &self,
        key: &LoginKey,
        revoke: impl AsyncFnOnce(Login) -> Result<(), String>,
    ) -> Result<bool, String> {
        let lock = Arc::new(self.folder.lock(key).await?);
        let Some(login) = self.load(key, &lock).await? else { return Ok(false) };
        revoke(login).await?;
        if self.commands.is_some() { Ok(true) } else { self.folder.remove(key) }
    }

    /// The access token of the login of `key`: the kept one, if it has at least 60 seconds left, else one of a refresh.
    ///
    /// A refresh that was begun goes on to its end also when nobody waits for it any more.
    pub async fn token(&self, key: &LoginKey, sender: &Sender) -> Result<Fetched, Box<NoToken>> {
        let (logins, key, sender) = (self.clone(), key.clone(), sender.clone());
        let under_way = Arc::clone(&self.under_way).read_owned().await;
        let refresh = tokio::spawn(async move {
            let _under_way = under_way;
            logins.fresh(&key, &sender).await
        });
        match refresh.await {
            Ok(token) => token,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(no_token("the run was ended while a login was refreshed".to_owned(), None)),
        }
    }

    /// The access token that was kept of the client of `key` and that has been over for an hour, if there is one. The
    /// clocks of two machines may differ, but not by that.
    pub fn spent(&self, key: &LoginKey) -> Result<Option<SecretString>, String> {
        let kept = self.spent.load(&of_client(key))?;
        let is_over = |login: &Login| over_for(login).is_some_and(|over| over >= SURELY_OVER);
        Ok(kept.filter(is_over).map(|login| login.access_token))
    }

    /// Keeps the token that the client of `key` was given for itself, for a run after its end. One that is kept stays,
    /// until it is so old that a server may have forgotten it.
    pub async fn keep_to_be_spent(&self, key: &LoginKey, fetched: &Fetched) -> Result<(), String> {
        let key = of_client(key);
        let _lock = self.spent.lock(&key).await?;
        let stays = self.spent.load(&key)?.and_then(|kept| over_for(&kept)).is_some_and(|over| over < FORGOTTEN);
        if stays || fetched.expires_at.is_none() {
            return Ok(());
        }
        self.spent.save(&key, &Login { refresh_token: None, ..Login::of(fetched, &[]) })
    }

    /// Marks the access token of the login of `key` as over, if it still is `token`, so that the next use refreshes it.
    pub async fn end_token(&self, key: &LoginKey, token: &str) -> Result<(), String> {
        let lock = Arc::new(self.folder.lock(key).await?);
        match self.load(key, &lock).await? {
            Some(login) if login.access_token.expose_secret() == token => {
                self.save(key, &Login { expires_at: Some(Timestamp::now()), ..login }, &lock).await
            }
            // Somebody else has refreshed or removed it meanwhile.
            _ => Ok(()),
        }
    }

    /// Waits until no refresh is under way. Gives what must be told of refreshed logins that could not be kept, each once:
    /// who asked for them may not wait any more.
    pub async fn settled(&self) -> Vec<String> {
        drop(self.under_way.write().await);
        self.rescue.take_untold()
    }

    async fn fresh(&self, key: &LoginKey, sender: &Sender) -> Result<Fetched, Box<NoToken>> {
        let failed = |reason: String| no_token(reason, None);
        if let Some(reason) = self.ended.lock().unwrap_or_else(PoisonError::into_inner).get(key) {
            return Err(failed(reason.clone()));
        }
        let lock = Arc::new(self.folder.lock(key).await.map_err(failed)?);
        // Another process may have refreshed it while the lock was waited for.
        let Some(login) = self.load(key, &lock).await.map_err(failed)? else {
            return Err(failed(format!("no login is stored for {}; run `{}`", key.name(), key.command())));
        };
        sender.learn(&login);
        if login.is_fresh(Timestamp::now()) {
            return Ok(Fetched { access_token: login.access_token, expires_at: login.expires_at, exchange: None });
        }
        let Some(refresh_token) = login.refresh_token.clone() else {
            return Err(failed(format!(
                "the access token of the login {} is over, and the server gave no refresh token with it (was the scope \
                 `offline_access` left out?); run `{}`",
                key.name(),
                key.command()
            )));
        };
        if self.in_ci && self.commands.is_none() {
            return Err(failed(format!(
                "the login {} must be refreshed, which is refused where `CI` is set: the new refresh token would be lost \
                 with this machine, and the login with it; name a store that lasts by `logins: {{ load: …, save: … }}` in \
                 tacktest.yaml",
                key.name()
            )));
        }
        let begun = Login { refreshing_since: Some(Timestamp::now()), ..login.clone() };
        // A store that can't be written is found out here, where nothing is lost yet.
        self.save(key, &begun, &lock).await.map_err(|problem| {
            failed(format!("the login {} was not refreshed, as it could not be kept: {problem}", key.name()))
        })?;
        let answer = refresh(sender, &refresh_token).await;
        let fetched = match Fetched::read(answer) {
            Ok(fetched) => fetched,
            Err(no_token) => {
                if no_token
                    .exchange
                    .as_ref()
                    .and_then(Exchange::status)
                    .is_some_and(|status| (400..500).contains(&status))
                {
                    // This refresh was not cut short. A mark that stays says too much, and does no harm.
                    let _ = self.save(key, &login, &lock).await;
                }
                return Err(self.refused(key, &login, *no_token));
            }
        };
        let refreshed = refreshed(&login, &fetched);
        sender.learn(&refreshed);
        if self.save(key, &refreshed, &lock).await.is_err()
            && let Err(problem) = self.save(key, &refreshed, &lock).await
        {
            let reason = self.rescue.put_aside(key, &refreshed, &problem);
            self.end(key, &reason);
            return Err(no_token(reason, fetched.exchange));
        }
        Ok(fetched)
    }

    /// Why a refresh brought no token. What the server refuses for good is not asked again.
    fn refused(&self, key: &LoginKey, login: &Login, no_token: NoToken) -> Box<NoToken> {
        let NoToken { reason, exchange } = no_token;
        let error = exchange.as_ref().and_then(|exchange| {
            let json = exchange.response()?.json()?;
            Some(json.get("error")?.as_str()?.to_owned())
        });
        if error.as_deref() != Some("invalid_grant") {
            return self::no_token(format!("the login {} could not be refreshed: {reason}", key.name()), exchange);
        }
        let cut_short = login.refreshing_since.map_or_else(String::new, |since| {
            format!(
                ", or was lost when a refresh was cut short at {}",
                since.round(jiff::Unit::Second).unwrap_or(since)
            )
        });
        let reason = format!(
            "the login {} has expired, was ended by the user, or its refresh token was used elsewhere{cut_short} (the \
             server answered `invalid_grant`); run `{}`",
            key.name(),
            key.command()
        );
        self.end(key, &reason);
        self::no_token(reason, exchange)
    }

    fn end(&self, key: &LoginKey, reason: &str) {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), reason.to_owned());
    }

    async fn load(&self, key: &LoginKey, lock: &Arc<Lock>) -> Result<Option<Login>, String> {
        let Some(commands) = self.commands.clone() else { return self.folder.load(key) };
        let (key, lock) = (key.clone(), Arc::clone(lock));
        blocking(move || (lock, commands.load(&key)).1).await
    }

    /// A file is written without a pause, so that nothing can come between the answer of a server and this.
    async fn save(&self, key: &LoginKey, login: &Login, lock: &Arc<Lock>) -> Result<(), String> {
        let Some(commands) = self.commands.clone() else { return self.folder.save(key, login) };
        let (key, login, lock) = (key.clone(), login.clone(), Arc::clone(lock));
        blocking(move || (lock, commands.save(&key, &login)).1).await
    }
}

impl Sender {
    /// The key of the login of `user`, where the sender is the client of this name at this target.
    pub fn key(&self, target: &str, client: &str, user: &str) -> LoginKey {
        LoginKey {
            target: target.to_owned(),
            client: client.to_owned(),
            user: user.to_owned(),
            token_url: self.endpoints.token_url.clone(),
            client_id: self.credentials.id.clone(),
        }
    }

    fn learn(&self, login: &Login) {
        self.scrubber.learn("access_token", login.access_token.expose_secret());
        if let Some(token) = &login.refresh_token {
            self.scrubber.learn("refresh_token", token.expose_secret());
        }
    }
}

/// The key of what belongs to a client alone: no user has such a name.
fn of_client(key: &LoginKey) -> LoginKey {
    LoginKey { user: "-".to_owned(), ..key.clone() }
}

/// For how long the access token of `login` has been over, if it tells its end; less than nothing while it is not.
fn over_for(login: &Login) -> Option<SignedDuration> {
    Some(Timestamp::now().duration_since(login.expires_at?))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, String> + Send + 'static) -> Result<T, String> {
    spawn_blocking(work).await.unwrap_or_else(|error| Err(format!("the store of logins could not be asked: {error}")))
}

/// Asks for new tokens (RFC 6749 §6). Neither scope nor audience is sent: both stay as the user approved them.
async fn refresh(sender: &Sender, token: &SecretString) -> Exchange {
    let request = TokenRequest {
        refresh_token: Parameter::from(token.expose_secret()),
        ..TokenRequest::new(Grant::RefreshToken)
    };
    exchange(&sender.transport, &sender.endpoints, &sender.credentials, &request, REFRESH_TIMEOUT).await
}

/// `login` after a refresh that brought `fetched`.
fn refreshed(login: &Login, fetched: &Fetched) -> Login {
    let now = Timestamp::now();
    let mut refreshed = Login::of(fetched, &login.scopes);
    // A server that gives no new one lets the old one stand (RFC 6749 §6).
    refreshed.refresh_token = refreshed.refresh_token.or_else(|| login.refresh_token.clone());
    // Without an end, a token is taken to last an hour.
    refreshed.expires_at = refreshed.expires_at.or_else(|| now.checked_add(SignedDuration::from_hours(1)).ok());
    refreshed.obtained = login.obtained;
    refreshed
}

fn no_token(reason: String, exchange: Option<Exchange>) -> Box<NoToken> {
    Box::new(NoToken { reason, exchange })
}
