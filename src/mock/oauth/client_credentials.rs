//! The client credentials grant (RFC 6749 §4.4): scopes, then audience, then whether the client may use it at all.

use super::{
    errors::Error,
    token::{audience, grant_allowed, scopes, whitelisted},
};
use crate::mock::{
    control::WrongAudience,
    form::Parameters,
    ledger::{Authority, Lineage},
    site::Site,
    thumbtack::clients::{Client, GrantType},
};

/// Opens a grant for the application itself. A missing scope or audience is granted as nothing.
pub fn grant(site: &Site, client: &'static Client, form: &Parameters) -> Result<Lineage, Error> {
    let scopes = scopes(client, site.environment, form)?;
    let audience = audience(form);
    if site.world.settings.wrong_audience == WrongAudience::TokenEndpoint {
        whitelisted(&audience)?;
    }
    grant_allowed(client, GrantType::ClientCredentials)?;
    let mut state = site.world.state();
    Ok(state.ledger(site.environment).open(Authority { client, user: None, scopes, audience, login: None }))
}
