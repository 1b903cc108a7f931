//! The refresh token grant (RFC 6749 §6): always rotated, with a grace, and reuse beyond it revokes the whole chain.

use super::{
    errors::{Code, Error},
    token::grant_allowed,
};
use crate::mock::{
    form::Parameters,
    ledger::{Ledger, Lineage, RefreshToken},
    recent::Key,
    site::Site,
    thumbtack::clients::{Client, GrantType},
};

const UNKNOWN: &str = "The refresh token is malformed or not valid.";
const USED: &str = "The refresh token was already used.";
const EXPIRED: &str = "The refresh token expired.";
const OTHER_CLIENT: &str =
    "The OAuth 2.0 Client ID from this request does not match the ID during the initial token issuance.";

/// Exchanges a refresh token. Scope and audience of this request are ignored: there is no narrowing.
pub fn exchange(site: &Site, client: &'static Client, form: &Parameters) -> Result<Lineage, Error> {
    grant_allowed(client, GrantType::RefreshToken)?;
    let refuse = |hint: &str| Err(Error::hinted(Code::InvalidGrant, hint));
    let now = site.world.clock.now();
    let grace = i64::from(site.world.settings.refresh_grace_seconds) * 1000;
    let mut state = site.world.state();
    let ledger = state.ledger(site.environment);
    let presented = Key::of(form.first("refresh_token"));
    let Some(token) = ledger.refresh_tokens.get(presented) else { return refuse(UNKNOWN) };
    let lineage = token.lineage.clone();
    let reused = token.first_used_at.is_some_and(|first| now >= first + grace);
    if reused || !lineage.is_alive() {
        lineage.grant.revoke();
        return refuse(USED);
    }
    if now >= token.expires_at {
        return refuse(EXPIRED);
    }
    if lineage.authority().client.id != client.id {
        return refuse(OTHER_CLIENT);
    }
    if grace == 0 { Ok(lineage.next_generation()) } else { Ok(rotate_gracefully(ledger, presented, now, lineage)) }
}

/// Ends the access token that came with the presented one; the presented one lives on for the grace.
fn rotate_gracefully(ledger: &mut Ledger, presented: Key, now: i64, lineage: Lineage) -> Lineage {
    if let Some(RefreshToken { first_used_at, access_token, .. }) = ledger.refresh_tokens.get_mut(presented) {
        first_used_at.get_or_insert(now);
        if let Some(access) = ledger.access_tokens.get_mut(*access_token) {
            access.active = false;
        }
    }
    lineage
}
