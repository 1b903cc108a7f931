//! The client credentials grant (RFC 6749 §4.4): scopes, then audience, then whether the client is public, then whether it may use it at all.

use super::{
    errors::{Code, Error},
    token::{audience, grant_allowed, scopes, whitelisted, words},
};
use crate::mock::{
    control::{ClientMethod, OmittedScope, WrongAudience},
    form::Parameters,
    ledger::{Authority, Lineage},
    site::Site,
    thumbtack::clients::{Client, GrantType},
};

const PUBLIC: &str =
    "The OAuth 2.0 Client is marked as public and is thus not allowed to use authorization grant 'client_credentials'.";

/// Opens a grant for the application itself. A missing audience is granted as nothing, and so is a
/// missing scope by default.
pub fn grant(site: &Site, client: &'static Client, form: &Parameters) -> Result<Lineage, Error> {
    let mut scopes = scopes(site, client, form)?;
    let is_omitted = words(form.first("scope")).next().is_none();
    if is_omitted && site.world.settings.omitted_scope == OmittedScope::All {
        scopes = client.scopes.to_vec();
    }
    let audience = audience(form)?;
    if site.world.settings.wrong_audience == WrongAudience::TokenEndpoint {
        whitelisted(site, &audience)?;
    }
    if client.method == ClientMethod::None {
        let why = "the client is public: it has no secret by which it could be known as itself";
        return Err(Error::hinted(Code::InvalidGrant, PUBLIC).because(why));
    }
    grant_allowed(client, GrantType::ClientCredentials)?;
    let scopes = client.as_registered(scopes);
    let mut state = site.world.state();
    Ok(state.ledger(site.environment).open(Authority { client, user: None, scopes, audience, login: None }))
}
