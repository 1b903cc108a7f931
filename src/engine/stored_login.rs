//! The token that a scenario carries on a real target: of the login that is stored for its client and user.

use std::sync::Arc;

use crate::http::Exchange;
use crate::oauth::{CacheKey, Fetched, Grant as AskedGrant, LoginKey, NoToken, Sender};
use crate::plan::{Expect, Grant, TokenUse};
use crate::target::UrlName;

use super::blame::expects;
use super::oauth_steps::Party;
use super::run::Run;
use super::step::StepFailure;

/// Whether the token that `wanted` describes is that of a stored login: nobody logs in at a real target by itself.
pub(super) fn is_stored(run: &Run<'_>, wanted: &TokenUse) -> bool {
    wanted.grant == Grant::AuthorizationCode && run.values.environment.is_real
}

/// Whose login the token that `wanted` describes is of.
fn key(run: &Run<'_>, sender: &Sender, wanted: &TokenUse) -> LoginKey {
    let environment = &run.values.environment;
    let named = wanted.user.as_ref().map(|user| user.value.as_str());
    let user = named.unwrap_or_else(|| environment.default_user());
    let client = run.plan.scenario.client.as_ref().map_or("", |client| &client.value);
    sender.key(&environment.name, client, user)
}

/// The token of the stored login, refreshed at most once for all scenarios of the run.
pub(super) async fn stored_token(
    run: &mut Run<'_>,
    party: &Party,
    wanted: &TokenUse,
) -> Result<Arc<Fetched>, Arc<NoToken>> {
    let failed = |reason: String| Arc::new(NoToken { reason, exchange: None });
    let Some(logins) = &run.context.logins else { return Err(failed("this run has no stored logins".to_owned())) };
    let sender = party.sender(run.session.scrubber.clone());
    let key = key(run, &sender, wanted);
    // One for all scopes: a login has those that the user approved.
    let shared = CacheKey {
        environment: key.target.clone(),
        client: key.client.clone(),
        user: Some(key.user.clone()),
        grant: AskedGrant::RefreshToken,
        scopes: String::new(),
        audience: None,
    };
    let fetched = run.context.tokens.token(shared, logins.token(&key, &sender)).await?;
    // Of one that was not asked for now, only this machine's clock says that it is good.
    run.kept_login = fetched.exchange.is_none().then_some(key);
    Ok(fetched)
}

impl Run<'_> {
    /// Why nothing can be said about `exchange`, if the target refused the access token of a stored login as this run
    /// found it, and this was not expected: the login may have been ended elsewhere.
    pub(super) fn refused_login(&self, exchange: &Exchange, expect: Option<&Expect>) -> Option<String> {
        let key = self.kept_login.as_ref().filter(|_| self.is_refused(exchange) && !expects(expect, 401))?;
        Some(format!(
            "the target no longer takes the access token of the stored login {} (401), though by the clock of this machine \
             it is good: the next run refreshes it; if that fails too, the login was ended elsewhere: run `{}`",
            key.name(),
            key.command()
        ))
    }

    /// Sees to it that the next run refreshes the stored login, if `failed` shows that its access token is over.
    pub(super) async fn give_up_login(&mut self, failed: &StepFailure) {
        let is_refused = failed.exchange.as_ref().is_some_and(|exchange| self.is_refused(exchange));
        if failed.inconclusive.is_none() || !is_refused {
            return;
        }
        let (Some(key), Some(logins), Some(token)) = (&self.kept_login, &self.context.logins, &self.carried) else {
            return;
        };
        if let Err(problem) = logins.end_token(key, token).await {
            self.notes.push(format!("the stored login {} can't be marked to be refreshed: {problem}", key.name()));
        }
    }

    /// Whether `exchange` carried the scenario's token and was answered by 401.
    fn is_refused(&self, exchange: &Exchange) -> bool {
        let sent = exchange.request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        exchange.status() == Some(401) && sent.is_some() && sent == self.carried.as_deref()
    }

    /// The token that the scenario carries is secret, and that of its own environment.
    pub(super) fn learn_token(&self, token: &str) {
        if let Some(url) = self.values.environment.url(UrlName::TokenUrl) {
            self.session.learn_issued(url, "access_token", token);
        }
    }
}
