//! `POST /oauth2/revoke` (RFC 7009): anything but a failed client authentication is a success.

use axum::response::Response;
use http::HeaderMap;

use super::{
    client_authentication::authenticate,
    errors::{Code, DEFAULT_HINT, Error, no_store},
    token::posted,
};
use crate::mock::{arrived::Arrived, explain, journal::Decision, site::Site};

/// Revokes the whole grant of the token, if it belongs to the client; else nothing, with the same answer.
pub async fn post(Arrived { site, uri, headers, body, .. }: Arrived) -> Response {
    let decision = match revoke(&site, &uri, &headers, &body) {
        Ok(decision) => decision,
        // Only the bare errors exist here, whatever the cause.
        Err(error) => {
            let bare = match error.code() {
                Code::InvalidClient => Error::plain(Code::InvalidClient),
                _ => Error::hinted(Code::InvalidRequest, DEFAULT_HINT),
            };
            return bare.caused_by(error).response();
        }
    };
    let mut response = Response::default();
    no_store(response.headers_mut());
    Decision::on(&mut response).fill(decision);
    response
}

fn revoke(site: &Site, uri: &http::Uri, headers: &HeaderMap, body: &[u8]) -> Result<Decision, Error> {
    let form = posted(uri, headers, body)?;
    let client = authenticate(headers, &form, site.clients())?;
    let mut decision = Decision { client: Some(client.name), ..Decision::default() };
    let now = site.world.clock.now();
    explain::presented(site, form.first("token"), &mut decision);
    let mut state = site.world.state();
    let ledger = state.ledger(site.environment);
    match ledger.lineage(form.first("token")) {
        Some(lineage) if lineage.authority().client.id == client.id => {
            lineage.grant.revoke(now, "the client revoked a token of it");
        }
        Some(_) => decision.because("nothing is revoked: the token was issued to another client"),
        None => decision.because("nothing is revoked: no token of this environment has this value"),
    }
    Ok(decision)
}
