//! The access token that is certainly over: made on a mock, kept from an earlier run on a real target.

use std::time::Duration;

use secrecy::ExposeSecret;

use crate::mock::control::{Command, Span};
use crate::oauth::{Fetched, LoginKey};
use crate::plan::{Grant, Token};
use crate::source::Place;

use super::oauth_steps::Party;
use super::run::Run;
use super::step::StepFailure;

impl Run<'_> {
    /// Obtains `spent.access_token`, if the scenario names it.
    pub(super) async fn spend(&mut self) -> Result<(), StepFailure> {
        let scenario = &self.plan.scenario;
        let mut place = None;
        let mut look = |name: &str, at: Place| {
            if name == "spent.access_token" {
                place.get_or_insert(at);
            }
        };
        for (name, data) in &scenario.vars {
            data.visit_names(&mut |used, _| look(used, name.place));
        }
        for step in scenario.steps.iter().chain(&scenario.finally) {
            step.visit_names(&mut |used, _, _| look(used, step.place));
        }
        let Some(place) = place else { return Ok(()) };
        let token = if self.session.is_mock() { self.made(place).await? } else { self.kept(place)? };
        self.learn_token(&token);
        self.values.spent = Some(token);
        Ok(())
    }

    /// A token of a mock, whose time then goes on to the token's end.
    async fn made(&self, place: Place) -> Result<String, StepFailure> {
        let party = Party::of(self).map_err(|reason| failed(place, &reason))?;
        let wanted = Token { grant: Grant::ClientCredentials, parameters: Vec::new(), authentication: None };
        let exchange = party.token(&wanted, &[], &self.values, self.limit).await;
        let exchange = exchange.map_err(|reason| failed(place, &reason))?;
        self.learn_issued(&exchange);
        let ended = exchange.ended();
        let fetched = Fetched::read(exchange).map_err(|no_token| StepFailure {
            exchange: no_token.exchange.map(Box::new),
            ..failed(place, &no_token.reason)
        })?;
        let left = fetched.expires_at.map(|end| end.duration_since(ended).as_millis());
        let Some(left) = left.and_then(|left| u64::try_from(left).ok()) else {
            return Err(failed(place, "the server does not tell when it ends"));
        };
        // A second more, as a token may be good to the end of its last one.
        let command = Command::Advance(Span(Duration::from_millis(left.saturating_add(1_000))));
        let ordered = self.session.order(&self.context.target.transport, &command).await;
        ordered.map_err(|reason| failed(place, &reason))?;
        Ok(fetched.access_token.expose_secret().to_owned())
    }

    /// The token that was kept when the run was planned: another may stand in its place by now. That there is none is
    /// nothing that the API can be blamed for.
    fn kept(&self, place: Place) -> Result<String, StepFailure> {
        let client = self.plan.scenario.client.as_ref().map(|client| client.value.clone()).unwrap_or_default();
        let target = &self.values.environment.name;
        if let Some(token) = self.context.spent.get(&(target.clone(), client.clone())) {
            return Ok(token.expose_secret().to_owned());
        }
        let reason = format!(
            "no access token of client `{client}` at target `{target}` was kept when the run was planned; run a scenario \
             that carries a token of that client, and this one again when that token has been over for an hour"
        );
        Err(StepFailure { inconclusive: Some(reason.clone()), ..failed(place, &reason) })
    }

    /// Keeps the token that the client was given for itself, for a run after its end. What is wrong with that is no
    /// fault of the scenario's.
    pub(super) async fn keep_to_be_spent(&mut self, fetched: &Fetched) {
        if !self.values.environment.is_real {
            return;
        }
        if let (Some(logins), Ok(party)) = (&self.context.logins, Party::of(self))
            && let Err(problem) = logins.keep_to_be_spent(&self.client_key(&party), fetched).await
        {
            self.notes.push(format!("no access token is kept until it is over: {problem}"));
        }
    }

    /// The key under which what belongs to the scenario's client is kept.
    fn client_key(&self, party: &Party) -> LoginKey {
        let client = self.plan.scenario.client.as_ref().map_or("", |client| &client.value);
        party.sender(self.session.scrubber.clone()).key(&self.values.environment.name, client, "")
    }
}

fn failed(place: Place, reason: &str) -> StepFailure {
    StepFailure::plain(place, "spent", format!("an access token that is over can't be had: {reason}"))
}
