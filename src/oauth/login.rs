//! A user's login as it is kept: whose it is, and the tokens that came of it.

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use super::Fetched;
use super::cache::LEAST_TIME_LEFT;
use crate::config::login_command;

/// Whose login it is. It is kept by the token URL, the client's id and the user, so that a target may be renamed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LoginKey {
    /// The name of the target.
    pub target: String,
    /// The name of the client there.
    pub client: String,
    /// The name of the user there.
    pub user: String,
    /// Where its tokens are bought.
    pub token_url: Url,
    /// The client's id.
    pub client_id: String,
}

impl LoginKey {
    /// `TARGET/CLIENT/USER`, by which a person or a command tells logins apart.
    pub fn name(&self) -> String {
        format!("{}/{}/{}", self.target, self.client, self.user)
    }

    /// The command that makes this login anew.
    pub fn command(&self) -> String {
        login_command(&self.target, &self.client, Some(&self.user))
    }

    /// The name of its file, without an ending.
    pub(super) fn file_name(&self) -> String {
        let text = format!("{}\n{}\n{}", self.token_url, self.client_id, self.user);
        Sha256::digest(text).iter().take(16).fold(String::new(), |name, byte| format!("{name}{byte:02x}"))
    }
}

/// A login: the tokens, and what is known of them.
#[derive(Debug, Clone)]
pub struct Login {
    /// `refresh_token`, if the server gave one.
    pub refresh_token: Option<SecretString>,
    /// `access_token`.
    pub access_token: SecretString,
    /// When the access token ends, if the server told.
    pub expires_at: Option<Timestamp>,
    /// The scopes that were granted.
    pub scopes: Vec<String>,
    /// When the user logged in.
    pub obtained: Timestamp,
    /// When a refresh was begun of which no answer was kept.
    pub refreshing_since: Option<Timestamp>,
}

impl Login {
    /// The login of a token response, for which these scopes were `asked`: a server that grants just what it is asked
    /// need not say so (RFC 6749 §5.1).
    pub fn of(fetched: &Fetched, asked: &[String]) -> Self {
        let body = fetched.exchange.as_ref().and_then(|exchange| exchange.response()?.json());
        let text = |name: &str| body.and_then(|body| body.get(name)?.as_str());
        let granted = text("scope").map(|scopes| scopes.split_whitespace().map(str::to_owned).collect());
        Self {
            refresh_token: text("refresh_token").map(SecretString::from),
            access_token: fetched.access_token.clone(),
            expires_at: fetched.expires_at,
            scopes: granted.unwrap_or_else(|| asked.to_vec()),
            obtained: Timestamp::now(),
            refreshing_since: None,
        }
    }

    /// Whether the access token is good for at least a minute more. Without an end it is taken to last an hour from the
    /// login, which is what the servers that tell none mostly do.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        let end = self.expires_at.or_else(|| self.obtained.checked_add(SignedDuration::from_hours(1)).ok());
        end.is_some_and(|end| end.duration_since(now) >= LEAST_TIME_LEFT)
    }

    /// As JSON: the text that is kept.
    pub(super) fn to_json(&self, key: &LoginKey) -> String {
        let secret = |secret: &SecretString| secret.expose_secret().to_owned();
        let written = Written {
            version: 1,
            token_url: key.token_url.to_string(),
            client_id: key.client_id.clone(),
            user: key.user.clone(),
            refresh_token: self.refresh_token.as_ref().map(secret),
            access_token: secret(&self.access_token),
            expires_at: self.expires_at.map(|time| time.to_string()),
            scopes: self.scopes.clone(),
            obtained: self.obtained.to_string(),
            refreshing_since: self.refreshing_since.map(|time| time.to_string()),
        };
        // A structure of texts and numbers can always be written.
        serde_json::to_string_pretty(&written).unwrap_or_default()
    }

    /// Reads what [`Login::to_json`] wrote, and whose it is. The error says what is wrong, and nothing of the content.
    pub(super) fn from_json(text: &str) -> Result<(Owner, Self), String> {
        let written: Written = serde_json::from_str(text).map_err(|error| {
            // The message of the parser may quote a value, so only the place is told.
            format!("it is no stored login: line {}, column {} is not as it was written", error.line(), error.column())
        })?;
        if written.version != 1 {
            return Err(format!("it is of version {}, and this program knows version 1", written.version));
        }
        let owner = Owner { token_url: written.token_url, client_id: written.client_id, user: written.user };
        let login = Self {
            refresh_token: written.refresh_token.map(SecretString::from),
            access_token: written.access_token.into(),
            expires_at: written.expires_at.as_deref().map(time).transpose()?,
            scopes: written.scopes,
            obtained: time(&written.obtained)?,
            refreshing_since: written.refreshing_since.as_deref().map(time).transpose()?,
        };
        Ok((owner, login))
    }
}

/// Whose a file says that it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) token_url: String,
    pub(super) client_id: String,
    pub(super) user: String,
}

impl Owner {
    /// Whether it is the owner that `key` names.
    pub(super) fn is(&self, key: &LoginKey) -> bool {
        self.token_url == key.token_url.as_str() && self.client_id == key.client_id && self.user == key.user
    }
}

/// What is kept. It has no `Debug`, as it holds secrets in the clear.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    token_url: String,
    client_id: String,
    user: String,
    refresh_token: Option<String>,
    access_token: String,
    expires_at: Option<String>,
    scopes: Vec<String>,
    obtained: String,
    refreshing_since: Option<String>,
}

fn time(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "a time in it is none".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> LoginKey {
        LoginKey {
            target: "staging".to_owned(),
            client: "supply".to_owned(),
            user: "pro".to_owned(),
            token_url: "https://auth.example.com/oauth2/token".parse().unwrap(),
            client_id: "fictional-id".to_owned(),
        }
    }

    fn login() -> Login {
        Login {
            refresh_token: Some("fictional-refresh".into()),
            access_token: "fictional-access".into(),
            expires_at: Some("2026-11-01T01:00:00Z".parse().unwrap()),
            scopes: vec!["a".to_owned(), "b".to_owned()],
            obtained: "2026-11-01T00:00:00Z".parse().unwrap(),
            refreshing_since: None,
        }
    }

    #[test]
    fn what_is_written_is_read_again_and_shown_nowhere() {
        let (owner, read) = Login::from_json(&login().to_json(&key())).unwrap();
        assert!(owner.is(&key()) && read.to_json(&key()) == login().to_json(&key()));
        assert_eq!(
            (&read.scopes, read.expires_at, read.obtained),
            (&login().scopes, login().expires_at, login().obtained)
        );
        assert!(!owner.is(&LoginKey { user: "other".to_owned(), ..key() }));
        assert!(!format!("{read:?}").contains("fictional"));
        for wrong in ["{\"fictional-access\": fictional", "{}", "", "{\"version\": \"fictional\"}"] {
            let told = Login::from_json(wrong).unwrap_err();
            assert!(told.contains("no stored login") && !told.contains("fictional"), "{told}");
        }
        let newer = login().to_json(&key()).replace("\"version\": 1", "\"version\": 2");
        assert!(Login::from_json(&newer).unwrap_err().contains("version 2"));
    }

    #[test]
    fn an_access_token_is_used_while_a_minute_is_left() {
        let at = |time: &str| login().is_fresh(time.parse().unwrap());
        assert!(at("2026-11-01T00:59:00Z") && !at("2026-11-01T00:59:01Z"));
        let untold = Login { expires_at: None, ..login() };
        assert!(untold.is_fresh("2026-11-01T00:59:00Z".parse().unwrap()));
        assert!(!untold.is_fresh("2026-11-01T00:59:01Z".parse().unwrap()));
    }

    #[test]
    fn another_user_client_or_server_is_another_file() {
        let other = LoginKey { user: "other".to_owned(), ..key() };
        assert_eq!(key().file_name(), LoginKey { target: "renamed".to_owned(), ..key() }.file_name());
        assert_ne!(key().file_name(), other.file_name());
        assert_eq!(other.command(), "tacktest login --target staging --client supply --user other");
    }
}
