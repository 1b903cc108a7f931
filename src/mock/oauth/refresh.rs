//! The refresh token grant (RFC 6749 §6): always rotated, with a grace, and reuse beyond it revokes the whole chain
//! by default.

use super::{
    errors::{Code, Error},
    token::grant_allowed,
};
use crate::mock::{
    control::RefreshReuse,
    explain::{self, span},
    form::Parameters,
    issued::Kind,
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
    let refuse = |hint: &str, why: String| Err(Error::hinted(Code::InvalidGrant, hint).because(why));
    let now = site.world.clock.now();
    let grace = i64::from(site.world.settings.refresh_grace_seconds) * 1000;
    let mut state = site.world.state();
    let ledger = state.ledger(site.environment);
    let presented = Key::of(form.first("refresh_token"));
    let Some(token) = ledger.refresh_tokens.get(presented) else {
        drop(state);
        return refuse(UNKNOWN, explain::unknown(site, Kind::Refresh, form.first("refresh_token")));
    };
    let (name, lineage) = (token.name, token.lineage.through(token.name));
    let number = lineage.grant.number;
    let reused = token.first_used_at.is_some_and(|first| now >= first + grace);
    if reused || !lineage.is_alive() {
        let ends_all = site.world.settings.refresh_reuse == RefreshReuse::EndsLogin;
        let so = if ends_all { format!(", so all tokens of grant {number} end") } else { String::new() };
        let why = match (token.first_used_at, lineage.grant.ending()) {
            (_, Some(ending)) => {
                let ago = span(now - ending.at);
                format!("{name} is of grant {number}, which was revoked {ago} ago: {}", ending.why)
            }
            (Some(first), None) => {
                let (ago, grace) = (span(now - first), span(grace));
                format!("{name} was first used {ago} ago, and the grace is {grace}{so}")
            }
            (None, None) => {
                format!("{name} was already used, and the grace is 0 s{so}")
            }
        };
        if ends_all {
            lineage.grant.revoke(now, "a refresh token was used again");
        }
        return refuse(USED, why);
    }
    if now >= token.expires_at {
        return refuse(EXPIRED, format!("{name} expired {} ago", span(now - token.expires_at)));
    }
    let owner = lineage.authority().client;
    if owner.id != client.id {
        let why = format!("{name} was issued to the client {}, and {} presents it", owner.name, client.name);
        return refuse(OTHER_CLIENT, why);
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
