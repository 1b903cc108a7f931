//! The token that a scenario's requests carry: fetched before the first step, never renewed inside a scenario.

use secrecy::ExposeSecret;

use crate::http::Exchange;
use crate::mock::control::{Answer, Command};
use crate::oauth::{CacheKey, Fetched, NoToken};
use crate::plan::{Authorize, Grant, Parameter, Token, TokenUse};
use crate::source::{Place, Template};

use super::oauth_steps::{Party, grant};
use super::run::Run;
use super::step::StepFailure;

/// Obtains the token that `wanted` describes; on a target that is no mock, one for all scenarios of the run.
pub(super) async fn carried_token(run: &mut Run<'_>, wanted: &TokenUse) -> Result<String, StepFailure> {
    let failed = |message: String| StepFailure::plain(wanted.place, "token", message);
    let party = Party::of(run).map_err(failed)?;
    let is_stored = super::stored_login::is_stored(run, wanted);
    let fetched = if is_stored {
        super::stored_login::stored_token(run, &party, wanted).await
    } else if run.context.target.is_mock() {
        fetch(run, &party, wanted).await.map(std::sync::Arc::new).map_err(std::sync::Arc::from)
    } else {
        let key = key(run, wanted).map_err(failed)?;
        // What another scenario takes to fetch it is no time of this one.
        let waiting = run.guard.waits.begin();
        let fetch = Box::pin(async {
            drop(waiting);
            fetch(run, &party, wanted).await
        });
        run.context.tokens.token(key, fetch).await
    };
    match fetched {
        Ok(fetched) => {
            let token = fetched.access_token.expose_secret().to_owned();
            run.learn_token(&token);
            if wanted.grant == Grant::ClientCredentials {
                run.keep_to_be_spent(&fetched).await;
            }
            let Some(exchange) = &fetched.exchange else { return Ok(token) };
            run.learn_issued(exchange);
            let (mut broken, _) = run.links(wanted.place, exchange);
            broken.extend(run.echoed_secrets(wanted.place, exchange));
            if broken.is_empty() {
                return Ok(token);
            }
            learn_sent(run, exchange);
            let exchange = Some(exchange.clone());
            Err(StepFailure::of(broken, exchange))
        }
        Err(no_token) => {
            let message = format!("the token that requests carry can't be obtained: {}", no_token.reason);
            let mut failure = failed(message);
            // Of the API nothing was asked: what tokens themselves must be is stated by scenarios of their own.
            let is_precondition = is_stored || no_token.exchange.is_some() && !run.session.is_mock();
            failure.inconclusive = is_precondition.then(|| no_token.reason.clone());
            if let Some(exchange) = &no_token.exchange {
                run.learn_issued(exchange);
                learn_sent(run, exchange);
                let echoed = run.echoed_secrets(wanted.place, exchange);
                failure.inconclusive = match echoed {
                    Some(_) => None,
                    None => run.blame(exchange, None, true).or(failure.inconclusive),
                };
                failure.findings.extend(echoed);
                failure.exchange = Some(Box::new(exchange.clone()));
            }
            Err(failure)
        }
    }
}

/// The code and verifier of a login, which may be another scenario's, are shown nowhere.
fn learn_sent(run: &Run<'_>, exchange: &Exchange) {
    for (name, value) in url::form_urlencoded::parse(&exchange.request.body) {
        if matches!(&*name, "code" | "code_verifier" | "refresh_token") {
            run.session.scrubber.learn(&name, &value);
        }
    }
}

fn key(run: &Run<'_>, wanted: &TokenUse) -> Result<CacheKey, String> {
    let text = |template: &Option<Template>| {
        template.as_ref().map(|template| template.text(&run.values).map_err(super::request::no_value)).transpose()
    };
    let user = wanted.user.as_ref().map(|user| user.value.clone());
    Ok(CacheKey {
        environment: run.values.environment.name.clone(),
        client: run.plan.scenario.client.as_ref().map(|client| client.value.clone()).unwrap_or_default(),
        user: user.or_else(|| run.values.environment.users.first().cloned()),
        grant: grant(wanted.grant),
        scopes: text(&wanted.scope)?.unwrap_or_default(),
        audience: text(&wanted.audience)?.or_else(|| run.values.environment.audience.clone()),
    })
}

async fn fetch(run: &Run<'_>, party: &Party, wanted: &TokenUse) -> Result<Fetched, Box<NoToken>> {
    let mut parameters: Vec<(&'static str, Parameter)> = Vec::new();
    let written = [("scope", &wanted.scope), ("audience", &wanted.audience)];
    parameters
        .extend(written.into_iter().filter_map(|(name, template)| Some((name, Parameter::One(template.clone()?)))));
    let mut asked = Vec::new();
    if wanted.grant == Grant::AuthorizationCode {
        let visit = visit(run, party, wanted, std::mem::take(&mut parameters)).await?;
        let Some(code) = visit.asked.code.clone() else {
            return Err(no_token("the authorization URL gave no code".to_owned(), Some(visit.exchange)));
        };
        run.learn_issued(&visit.exchange);
        if run.echoed_secrets(wanted.place, &visit.exchange).is_some() {
            return Err(no_token("the authorization URL gives a secret away".to_owned(), Some(visit.exchange)));
        }
        asked.push(visit.asked);
        parameters.push(("code", Parameter::One(literal(code, wanted.place))));
    }
    let step = Token { grant: wanted.grant, parameters, authentication: None };
    match party.token(&step, &asked, &run.values, run.limit).await {
        Ok(exchange) => Fetched::read(exchange),
        Err(reason) => Err(no_token(reason, None)),
    }
}

async fn visit(
    run: &Run<'_>,
    party: &Party,
    wanted: &TokenUse,
    parameters: Vec<(&'static str, Parameter)>,
) -> Result<super::oauth_steps::Visit, Box<NoToken>> {
    let step = Authorize { parameters, pkce: true, user: wanted.user.clone(), answer: Answer::Approve };
    run.login_as(&step).await.map_err(|reason| no_token(reason, None))?;
    party.visit(&step, &run.values, run.limit).await.map_err(|reason| no_token(reason, None))
}

fn no_token(reason: String, exchange: Option<Exchange>) -> Box<NoToken> {
    Box::new(NoToken { reason, exchange })
}

fn literal(text: String, place: Place) -> Template {
    Template { pieces: [crate::source::Piece::Literal(text.into())].into(), place }
}

impl Run<'_> {
    /// Tells a mock who answers the authorization request of `step`, and how; elsewhere a person or the target decides.
    pub(super) async fn login_as(&self, step: &Authorize) -> Result<(), String> {
        // The mock's first user approves by itself.
        let is_said = step.user.is_some() || step.answer != Answer::Approve;
        if !is_said || !self.session.is_mock() {
            return Ok(());
        }
        let named = step.user.as_ref().map(|user| &user.value);
        let user = named.or(self.values.environment.users.first()).ok_or("the mock has no users")?;
        let command = Command::NextLogin { user: user.clone(), answer: step.answer };
        self.session.order(&self.context.target.transport, &command).await
    }
}
