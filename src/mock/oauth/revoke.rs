//! `POST /oauth2/revoke` (RFC 7009): anything but a failed client authentication is a success.

use axum::{Extension, body::Bytes, response::Response};
use http::HeaderMap;

use super::{
    client_authentication::authenticate,
    errors::{Code, DEFAULT_HINT, Error, no_store},
    token::posted,
};
use crate::mock::site::Site;

/// Revokes the whole grant of the token, if it belongs to the client; else nothing, with the same answer.
pub async fn post(Extension(site): Extension<Site>, uri: http::Uri, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(error) = revoke(&site, &uri, &headers, &body) {
        // Only the bare errors exist here, whatever the cause.
        return match error.code() {
            Code::InvalidClient => Error::plain(Code::InvalidClient),
            _ => Error::hinted(Code::InvalidRequest, DEFAULT_HINT),
        }
        .response();
    }
    let mut response = Response::default();
    no_store(response.headers_mut());
    response
}

fn revoke(site: &Site, uri: &http::Uri, headers: &HeaderMap, body: &[u8]) -> Result<(), Error> {
    let form = posted(uri, headers, body)?;
    let client = authenticate(headers, &form, site.environment)?;
    let mut state = site.world.state();
    let ledger = state.ledger(site.environment);
    let lineage = ledger.lineage(form.first("token")).filter(|lineage| lineage.authority().client.id == client.id);
    if let Some(lineage) = lineage {
        lineage.grant.revoke();
    }
    Ok(())
}
