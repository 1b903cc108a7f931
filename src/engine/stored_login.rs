//! The token that a scenario carries on a real target: of the login that is stored for its client and user.

use std::sync::Arc;

use crate::oauth::{CacheKey, Fetched, Grant as AskedGrant, NoToken};
use crate::plan::{Grant, TokenUse};
use crate::target::UrlName;

use super::oauth_steps::Party;
use super::run::Run;

/// Whether the token that `wanted` describes is that of a stored login: nobody logs in at a real target by itself.
pub(super) fn is_stored(run: &Run<'_>, wanted: &TokenUse) -> bool {
    wanted.grant == Grant::AuthorizationCode && run.values.environment.is_real
}

/// The token of the stored login, refreshed at most once for all scenarios of the run.
pub(super) async fn stored_token(
    run: &Run<'_>,
    party: &Party,
    wanted: &TokenUse,
) -> Result<Arc<Fetched>, Arc<NoToken>> {
    let failed = |reason: String| Arc::new(NoToken { reason, exchange: None });
    let environment = &run.values.environment;
    let Some(logins) = &run.context.logins else { return Err(failed("this run has no stored logins".to_owned())) };
    let sender = party.sender(run.session.scrubber.clone());
    let named = wanted.user.as_ref().map(|user| user.value.as_str());
    let user = named.unwrap_or_else(|| environment.default_user());
    let client = run.plan.scenario.client.as_ref().map_or("", |client| &client.value);
    let key = sender.key(&environment.name, client, user);
    // One for all scopes: a login has those that the user approved.
    let shared = CacheKey {
        environment: key.target.clone(),
        client: key.client.clone(),
        user: Some(user.to_owned()),
        grant: AskedGrant::RefreshToken,
        scopes: String::new(),
        audience: None,
    };
    run.context.tokens.token(shared, logins.token(&key, &sender)).await
}

impl Run<'_> {
    /// The token that the scenario carries is secret, and that of its own environment.
    pub(super) fn learn_token(&self, token: &str) {
        if let Some(url) = self.values.environment.url(UrlName::TokenUrl) {
            self.session.learn_issued(url, "access_token", token);
        }
    }
}
