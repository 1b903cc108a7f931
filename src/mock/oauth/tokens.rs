//! What an exchange issues, and the token response (RFC 6749 §5.1).

use axum::{body::Body, response::Response};
use serde::Serialize;

use super::{access_token, errors::json_headers, id_token};
use crate::mock::{
    control::{AccessTokenForm, ExpiresIn, RefreshWindow},
    issued::Kind,
    journal::Decision,
    ledger::{AccessToken, Authority, Lineage, RefreshToken},
    recent::Key,
    site::Site,
    thumbtack::clients::GrantType,
};

/// The token response; members in Hydra's alphabetical order.
#[derive(Serialize)]
struct TokenResponse<'a> {
    access_token: &'a str,
    expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    scope: String,
    token_type: &'static str,
}

/// Issues an access token, a refresh token if `offline_access` or its other name `offline` was granted to a client that may
/// refresh, and an `id_token` if a user granted `openid`.
///
/// They are signed before the world is locked again, so that a signature delays no other request.
pub fn issue(site: &Site, lineage: Lineage) -> Response {
    let (world, grant) = (&site.world, lineage.grant.clone());
    let authority = &grant.authority;
    let now = world.clock.now();
    let expires_at = now + i64::from(world.settings.access_token_seconds) * 1000;
    let access_token = match world.settings.access_token_form {
        AccessTokenForm::Opaque => world.identifiers.opaque("ory_at_"),
        AccessTokenForm::JwtEs256 => access_token::es256(site, authority, now, expires_at),
        AccessTokenForm::JwtRs256 => access_token::rs256(site, authority, now, expires_at),
    };
    let id_token = id_token::signed(site, authority, &access_token, now);
    let refresh_token = refreshable(authority).then(|| world.identifiers.opaque("ory_rt_"));
    let (access_key, refresh_key) = (Key::of(&access_token), refresh_token.as_deref().map(Key::of));
    let mut state = world.state();
    let ledger = state.ledger(site.environment);
    let access_name = ledger.name(Kind::Access);
    let mut decision = Decision {
        client: Some(authority.client.name),
        user: authority.user.map(|user| user.name),
        grant: Some(grant.number),
        used: lineage.from,
        issued: [Some(access_name), None],
        ..Decision::default()
    };
    let token = AccessToken { name: access_name, lineage: lineage.clone(), issued_at: now, expires_at, active: true };
    let forgotten_access = ledger.access_tokens.insert(access_key, token);
    let mut forgotten_refresh = None;
    if let Some(key) = refresh_key {
        let begins = match (world.settings.refresh_window, &authority.login) {
            (RefreshWindow::Fixed, Some(login)) => login.requested_at,
            _ => now,
        };
        let expires_at = begins + i64::from(world.settings.refresh_token_seconds) * 1000;
        let name = ledger.name(Kind::Refresh);
        decision.issued[1] = Some(name);
        let token =
            RefreshToken { name, lineage, expires_at, first_used_at: None, access_token: access_key, access_name };
        forgotten_refresh = ledger.refresh_tokens.insert(key, token);
    }
    drop(state);
    drop((forgotten_access, forgotten_refresh));
    let mut response = respond(&TokenResponse {
        access_token: &access_token,
        expires_in: match world.settings.expires_in {
            ExpiresIn::Left => left(authority, expires_at - now),
            ExpiresIn::Exact => world.settings.access_token_seconds.into(),
        },
        id_token,
        refresh_token: refresh_token.as_deref(),
        scope: authority.scopes.join(" "),
        token_type: "bearer",
    });
    Decision::on(&mut response).fill(decision);
    response
}

/// Whole seconds left. Hydra computes them a moment after issuing, so that client credentials lose a second; user
/// grants are rounded before.
fn left(authority: &Authority, milliseconds: i64) -> i64 {
    let moment = i64::from(authority.user.is_none());
    (milliseconds - moment).max(0) / 1000
}

fn refreshable(authority: &Authority) -> bool {
    authority.user.is_some()
        && authority.client.grants.contains(&GrantType::RefreshToken)
        && authority.scopes.iter().any(|scope| ["offline", "offline_access"].contains(scope))
}

fn respond(token: &TokenResponse<'_>) -> Response {
    let mut response = Response::new(Body::from(serde_json::to_vec(token).unwrap_or_default()));
    json_headers(response.headers_mut());
    response
}
