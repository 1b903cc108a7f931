//! Who logs in at the authorization URL and what they agree to, without pages: the world's orders answer for the user.
//!
//! Every authorization is a fresh login here. No session is ever remembered, so `max_age` always holds, and `prompt=none` is
//! refused even where an earlier consent is remembered.

use super::{
    errors::{Code, Error},
    id_token,
    interaction::Session,
    token::words,
};
use crate::mock::{
    control::Answer,
    form::Parameters,
    site::Site,
    thumbtack::{
        clients::Client,
        people::{self, User},
    },
};

/// The hint where a login without a word is asked for and nobody is logged in.
pub const NO_SESSION: &str = "Prompt 'none' was requested, but no existing login session was found.";
const NONE_AND_MORE: &str =
    "Parameter 'prompt' was set to 'none', but contains other values as well which is not allowed.";
const BAD_HINT: &str =
    "Failed to validate OpenID Connect request as decoding id token from id_token_hint parameter failed.";
/// The hint where `id_token_hint` is of another user.
pub const OTHER_SUBJECT: &str =
    "Request failed because subject claim from id_token_hint does not match subject from authentication session.";

/// A user's agreement.
pub struct Consent {
    /// Who agreed.
    pub user: Option<&'static User>,
    /// What they agreed to, of what was asked for and in its order.
    pub scopes: Vec<&'static str>,
    /// The login on a page and when the authorization request came, in milliseconds since the epoch. Without pages, the
    /// login is new, and both are one moment.
    pub login: Option<(Session, i64)>,
}

/// Lets the world's user log in and answer. A user whose consent is remembered is asked again only with
/// `prompt=consent`; else what is new in `scopes` is silently left out, as a partner observed.
pub fn ask(
    site: &Site,
    client: &'static Client,
    form: &Parameters,
    mut scopes: Vec<&'static str>,
) -> Result<Consent, Error> {
    let asks_again = prompt(form.first("prompt"))?;
    let hinted = hinted_subject(site, form.first("id_token_hint"))?;
    let (name, answer) = take_login(site);
    let user = people::user_named(site.environment, name);
    if hinted.is_some_and(|subject| user.is_none_or(|user| user.id != subject)) {
        return Err(Error::hinted(Code::LoginRequired, OTHER_SUBJECT));
    }
    if answer == Answer::Deny {
        return Err(Error::plain(Code::AccessDenied).because(format!("the user {name} denied, as was ordered")));
    }
    let mut state = site.world.state();
    if asks_again {
        state.given.agree_again(name, client.name, &scopes);
    } else if let Some(remembered) = state.given.remembered(name, client.name) {
        scopes.retain(|scope| remembered.contains(scope));
    }
    Ok(Consent { user, scopes, login: None })
}

/// Who answers this request: the ordered login, once, else the first user.
fn take_login(site: &Site) -> (&'static str, Answer) {
    let [first, ..] = people::USERS;
    site.world.state().next_login.take().unwrap_or((first, Answer::Approve))
}

/// The `sub` of `id_token_hint` (`OpenID` Connect Core §3.1.2.1), which must be of one of this environment's keys; its
/// age does not matter. The text of the refusal is Hydra's for a later check of the same; its first one is not known.
pub fn hinted_subject(site: &Site, hint: &str) -> Result<Option<String>, Error> {
    if hint.is_empty() {
        return Ok(None);
    }
    let subject = id_token::subject(site, hint).ok_or_else(|| Error::hinted(Code::InvalidRequest, BAD_HINT))?;
    Ok(Some(subject))
}

/// `prompt` (`OpenID` Connect Core §3.1.2.1): whether the user is to be asked for consent again.
pub fn prompt(prompt: &str) -> Result<bool, Error> {
    let words: Vec<&str> = words(prompt).collect();
    if words == ["none"] {
        return Err(Error::hinted(Code::LoginRequired, NO_SESSION));
    }
    if words.contains(&"none") {
        return Err(Error::hinted(Code::InvalidRequest, NONE_AND_MORE));
    }
    match words.iter().find(|word| !["login", "consent", "registration"].contains(word)) {
        None => Ok(words.contains(&"consent")),
        Some(unknown) => {
            let hint = format!(
                "Used unknown value '[{unknown}]' for prompt parameter. Allowed: login, none, consent, registration"
            );
            Err(Error::hinted(Code::InvalidRequest, hint))
        }
    }
}
