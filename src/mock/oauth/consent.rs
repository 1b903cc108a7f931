//! Who logs in at the authorization URL and what they agree to, without pages: the world's orders answer for the user.
//!
//! Every authorization is a fresh login. No session is ever remembered, so `max_age` always holds, and `prompt=none` is
//! refused even where an earlier consent is remembered.

use super::errors::{Code, Error};
use crate::mock::{
    control::Answer,
    form::Parameters,
    site::Site,
    thumbtack::{
        clients::Client,
        people::{self, User},
    },
};

const NO_SESSION: &str = "Prompt 'none' was requested, but no existing login session was found.";
const NONE_AND_MORE: &str =
    "Parameter 'prompt' was set to 'none', but contains other values as well which is not allowed.";

/// A user's agreement.
pub struct Consent {
    /// Who agreed.
    pub user: Option<&'static User>,
    /// What they agreed to, of what was asked for and in its order.
    pub scopes: Vec<String>,
}

/// Lets the world's user log in and answer. A user whose consent is remembered is asked again only with
/// `prompt=consent`; else what is new in `scopes` is silently left out, as a partner observed.
pub fn ask(site: &Site, client: &'static Client, form: &Parameters, mut scopes: Vec<String>) -> Result<Consent, Error> {
    let asks_again = prompt(form.first("prompt"))?;
    let (name, answer) = take_login(site);
    let user = people::user_named(site.environment, name);
    if answer == Answer::Deny {
        return Err(Error::plain(Code::AccessDenied));
    }
    let mut state = site.world.state();
    if asks_again {
        state.given.agree_again(name, client.name, &scopes);
    } else if let Some(remembered) = state.given.remembered(name, client.name) {
        scopes.retain(|scope| remembered.contains(scope));
    }
    Ok(Consent { user, scopes })
}

/// Who answers this request: the ordered login, once, else the first user.
fn take_login(site: &Site) -> (&'static str, Answer) {
    let [first, ..] = people::USERS;
    site.world.state().next_login.take().unwrap_or((first, Answer::Approve))
}

/// `prompt` (`OpenID` Connect Core §3.1.2.1): whether the user is to be asked for consent again.
fn prompt(prompt: &str) -> Result<bool, Error> {
    let words: Vec<&str> = prompt.split(' ').filter(|word| !word.is_empty()).collect();
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
