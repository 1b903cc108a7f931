//! The authorization code grant (RFC 6749 §4.1.3). A second use revokes all that came of the first.

use super::{
    errors::{Code, Error},
    pkce,
    token::grant_allowed,
};
use crate::mock::{
    control::FailedVerifier,
    explain::{self, span},
    form::Parameters,
    issued::Kind,
    journal::{short, shown_uri},
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
        drop(state);
        let why = explain::unknown(site, Kind::Code, form.first("code"));
        return Err(Error::plain(Code::InvalidGrant).because(why));
    };
    let (name, grant) = (code.name, code.lineage.grant.number);
    let refuse = |hint: &str, why: String| Err(Error::hinted(Code::InvalidGrant, hint).because(why));
    if let Some(used_at) = code.used_at {
        code.lineage.grant.revoke(now, "its code was used twice");
        let ago = span(now - used_at);
        return refuse(USED, format!("{name} was already used {ago} ago, so all tokens of grant {grant} end"));
    }
    if now >= code.expires_at {
        return refuse("", format!("{name} expired {} ago", span(now - code.expires_at)));
    }
    let owner = code.lineage.authority().client;
    if owner.id != client.id {
        let why = format!("{name} was issued to the client {}, and {} presents it", owner.name, client.name);
        return refuse(OTHER_CLIENT, why);
    }
    if let Some(sent) = code.redirect_uri.as_ref().filter(|sent| *sent != form.first("redirect_uri")) {
        let [asked, presented] =
            [sent, form.first("redirect_uri")].map(|uri| short(&shown_uri(uri), site.world.clients));
        let why = match form.first("redirect_uri") {
            "" => format!("the authorization request had redirect_uri `{asked}`, and this request has none"),
            _ => format!("the authorization request had redirect_uri `{asked}`, and this request has `{presented}`"),
        };
        return refuse(OTHER_REDIRECT, why);
    }
    if let Err(error) = pkce::verify(code.challenge.as_deref(), form.first("code_verifier")) {
        if site.world.settings.failed_verifier == FailedVerifier::DropsChallenge {
            code.challenge = None;
        }
        return Err(error);
    }
    let authority = code.lineage.authority();
    let openid = authority.scopes.contains(&"openid");
    if openid && authority.login.as_ref().is_some_and(|login| (1..8).contains(&login.nonce.len())) {
        return Err(Error::hinted(Code::InsufficientEntropy, SHORT_NONCE));
    }
    code.used_at = Some(now);
    Ok(code.lineage.through(name))
}
