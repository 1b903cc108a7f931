//! The authorization code grant (RFC 6749 §4.1.3). A second use revokes all that came of the first.

use super::{
    errors::{Code, Error},
    pkce,
    token::grant_allowed,
};
use crate::mock::{
    form::Parameters,
    ledger::Lineage,
    recent::Key,
    site::Site,
    thumbtack::clients::{Client, GrantType},
};

const USED: &str = "The authorization code has already been used.";
const OTHER_CLIENT: &str =
    "The OAuth 2.0 Client ID from this request does not match the one from the authorize request.";
const OTHER_REDIRECT: &str = "The 'redirect_uri' from this request does not match the one from the authorize request.";
const SHORT_NONCE: &str = "Parameter 'nonce' is set but does not satisfy the minimum entropy of 8 characters.";

/// Exchanges a code. Scope and audience of this request are ignored: the authorization request settled them.
pub fn exchange(site: &Site, client: &'static Client, form: &Parameters) -> Result<Lineage, Error> {
    grant_allowed(client, GrantType::AuthorizationCode)?;
    let now = site.world.clock.now();
    let mut state = site.world.state();
    let ledger = state.ledger(site.environment);
    let Some(code) = ledger.codes.get_mut(Key::of(form.first("code"))) else {
        return Err(Error::plain(Code::InvalidGrant));
    };
    if code.used {
        code.lineage.grant.revoke();
        return Err(Error::hinted(Code::InvalidGrant, USED));
    }
    if now >= code.expires_at {
        return Err(Error::plain(Code::InvalidGrant));
    }
    if code.lineage.authority().client.id != client.id {
        return Err(Error::hinted(Code::InvalidGrant, OTHER_CLIENT));
    }
    if code.redirect_uri.as_ref().is_some_and(|sent| sent != form.first("redirect_uri")) {
        return Err(Error::hinted(Code::InvalidGrant, OTHER_REDIRECT));
    }
    pkce::verify(code.challenge.as_deref(), form.first("code_verifier"))?;
    let authority = code.lineage.authority();
    let openid = authority.scopes.iter().any(|scope| scope == "openid");
    if openid && authority.login.as_ref().is_some_and(|login| (1..8).contains(&login.nonce.len())) {
        return Err(Error::hinted(Code::InsufficientEntropy, SHORT_NONCE));
    }
    code.used = true;
    Ok(code.lineage.clone())
}
