//! One step: act, judge, keep.

use serde_json::Value;
use tokio::time::sleep;

use crate::http::{Exchange, Failure};
use crate::oauth::redirect_parameters;
use crate::pattern::Finding;
use crate::plan::{Action, Expect, Expectation, Origin, Step, Until};
use crate::source::Place;
use crate::target::UrlName;

use super::blame::{inconclusive, speaks_of};
use super::interlock::sent;
use super::judge::{judge, judge_value, plain};
use super::limit::Limit;
use super::oauth_steps::Party;
use super::people::{personal_texts, withheld_finding};
use super::run::Run;
use super::values::Sent;
use super::{orders, request, save};

/// Why a step ended the scenario.
#[derive(Debug)]
pub(super) struct StepFailure {
    pub(super) findings: Vec<Finding>,
    pub(super) exchange: Option<Box<Exchange>>,
    /// Whether that came in, as webhooks do, so that not the answer but the request is what was judged.
    pub(super) came_in: bool,
    /// Why the surroundings are to blame, if they are.
    pub(super) inconclusive: Option<String>,
}

impl StepFailure {
    /// A failure that is one sentence about the step at `place`.
    pub(super) fn plain(place: Place, path: &str, message: String) -> Self {
        Self::of(vec![plain(place, path, message, "", "")], None)
    }

    /// A failure of these `findings`, about `exchange` if there is one.
    pub(super) fn of(findings: Vec<Finding>, exchange: Option<Exchange>) -> Self {
        Self { findings, exchange: exchange.map(Box::new), came_in: false, inconclusive: None }
    }
}

impl Run<'_> {
    /// Does `step`, judges it and keeps what it saves.
    pub(super) async fn step(&mut self, step: &Step) -> Result<(), StepFailure> {
        let cannot = |message: String| StepFailure::plain(step.place, "step", message);
        self.guard.expect_of(step);
        match &step.action {
            Action::Wait(duration) => {
                sleep(*duration).await;
                Ok(())
            }
            Action::Mock(action) => {
                let client = self.plan.scenario.client.as_ref().map(|client| client.value.as_str());
                let environment = self.environment_name();
                let command = orders::order(action, client, environment, &self.values).map_err(cannot)?;
                self.session.order(&self.context.target.transport, &command).await.map_err(cannot)
            }
            Action::Receive(receive) => self.receive(step, receive).await,
            Action::Reply(reply) => {
                self.reply(*reply);
                Ok(())
            }
            Action::Compare(data) => {
                let value = data.value(&self.values).map_err(|name| cannot(request::no_value(name)))?;
                self.judge_comparison(step, &value)
            }
            Action::Request(_) | Action::Token(_) | Action::Authorize(_) => {
                let exchange = match &step.until {
                    Some(until) => self.repeat(step, until).await?,
                    None => self.talk(step).await.map_err(|message| self.untold(step, message))?,
                };
                self.judge_exchange(step, exchange)
            }
        }
    }

    /// The failure of a step of which nothing was sent, for this reason.
    fn untold(&mut self, step: &Step, message: String) -> StepFailure {
        let inconclusive = self.outside.take();
        StepFailure { inconclusive, ..StepFailure::plain(step.place, "step", message) }
    }

    /// Sends what `step` says once; the error says why nothing was sent.
    async fn talk(&mut self, step: &Step) -> Result<Exchange, String> {
        let mut beside = Vec::new();
        let mut began_with = None;
        let exchange = match &step.action {
            Action::Request(written) => {
                let built = request::build(written, &self.values, self.carried.as_deref())?;
                self.learn_webhook_credentials(&built);
                self.make_sure_of_arrival(&built).await?;
                sent(self.transport.send(built, self.limit).await)?
            }
            Action::Token(token) => {
                let party = Party::of(self)?;
                party.token(token, &self.asked, &self.values, self.limit).await?
            }
            Action::Authorize(authorize) => {
                let party = Party::of(self)?;
                let visit = self.visit(&party, authorize).await?;
                if let Some(verifier) = &visit.asked.code_verifier {
                    beside.push(("code_verifier", verifier.clone()));
                    self.session.scrubber.learn("code_verifier", verifier);
                }
                // What was sent is the authorization request, wherever the redirects of the login have led since.
                began_with = Some(visit.asked.request());
                self.asked.push(visit.asked);
                visit.exchange
            }
            _ => return Err("the step sends nothing".to_owned()),
        };
        self.learn_issued(&exchange);
        let request = began_with.unwrap_or_else(|| exchange.request.clone());
        self.values.sent = Some(Sent { request, beside });
        Ok(exchange)
    }

    /// Sends once more what `step` sent as `request`; nothing is drawn anew.
    async fn talk_again(&mut self, step: &Step, request: &crate::http::Request) -> Result<Exchange, String> {
        // The last request of a login that was walked is not the one with which it began.
        let exchange = if let (Action::Authorize(authorize), Some(asked)) = (&step.action, self.asked.last().cloned()) {
            let party = Party::of(self)?;
            self.login_as(authorize).await?;
            let visit = party.visit_again(asked, authorize, &self.values, self.limit).await?;
            self.asked.push(visit.asked);
            visit.exchange
        } else {
            sent(self.transport.send(request.clone(), self.limit).await)?
        };
        self.learn_issued(&exchange);
        Ok(exchange)
    }

    /// What the token URL gives, and what a redirect gives a client, is secret by origin.
    pub(super) fn learn_issued(&self, exchange: &Exchange) {
        let learn = |name: &str, value: &str| self.session.learn_issued(&exchange.request.url, name, value);
        if self.asks_token(exchange)
            && let Some(json) = exchange.response().and_then(|response| response.json())
        {
            for name in ["access_token", "refresh_token", "id_token"] {
                if let Some(token) = json.get(name).and_then(Value::as_str) {
                    learn(name, token);
                }
            }
        }
        let redirect = redirect_parameters(exchange).map(|redirect| redirect.parameters).unwrap_or_default();
        for name in ["code", "access_token", "refresh_token", "id_token"] {
            redirect.get(name).into_iter().flatten().for_each(|value| learn(name, value));
        }
    }

    fn asks_token(&self, exchange: &Exchange) -> bool {
        let url = &exchange.request.url;
        let token_urls = self.session.environments().filter_map(|environment| environment.url(UrlName::TokenUrl));
        token_urls.into_iter().any(|own| own.origin() == url.origin() && own.path() == url.path())
    }

    /// Sends the same request until its `expect` holds, and gives the last answer.
    async fn repeat(&mut self, step: &Step, until: &Until) -> Result<Exchange, StepFailure> {
        let limit = Limit::new(until.within, &self.guard.waits);
        let cannot = |message| StepFailure::plain(step.place, "step", message);
        let mut exchange = self.talk(step).await.map_err(cannot)?;
        loop {
            let judgement = judge(&until.expect, &exchange, &self.values, step.place, self.session.is_mock());
            // A run that must not go on won't send anything later either.
            if judgement.findings.is_empty() || matches!(exchange.outcome, Err(Failure::HeldBack { .. })) {
                return Ok(exchange);
            }
            if limit.elapsed() + until.every > until.within {
                let message = format!("`until` did not hold within {:?}", until.within);
                let mut failure = StepFailure::plain(step.place, "until", message);
                failure.findings.extend(judgement.findings);
                let echoed = self.echoed_secrets(step.place, &exchange);
                if echoed.is_none() {
                    failure.inconclusive = self.blame(&exchange, Some(&until.expect), asks_token(step));
                }
                failure.findings.extend(echoed);
                failure.exchange = Some(Box::new(exchange));
                return Err(failure);
            }
            // The last answer is judged with the step's own expectation, the others here.
            let mut broken = self.stray_links(step.place, &exchange);
            broken.extend(self.echoed_secrets(step.place, &exchange));
            if !broken.is_empty() {
                return Err(StepFailure::of(broken, Some(exchange)));
            }
            sleep(until.every).await;
            exchange = self.talk_again(step, &exchange.request).await.map_err(cannot)?;
        }
    }

    /// Why the surroundings are to blame for what is wrong with `exchange`, if they are; on a mock they never are.
    pub(super) fn blame(&self, exchange: &Exchange, expect: Option<&Expect>, asks_token: bool) -> Option<String> {
        if self.session.is_mock() {
            return None;
        }
        let is_real = self.session.is_real();
        let speaks = |expect: &&Expect| exchange.response().is_none_or(|response| speaks_of(expect, response));
        let blamed = inconclusive(exchange, expect.filter(|expect| !is_real || speaks(expect)), asks_token);
        blamed.or_else(|| self.refused_login(exchange, expect))
    }

    fn judge_exchange(&mut self, step: &Step, exchange: Exchange) -> Result<(), StepFailure> {
        let expect = match &step.expect {
            Expectation::Given(expect) => Some(&**expect),
            Expectation::None => None,
        };
        let is_mock = self.session.is_mock();
        // Without any expectation a missing answer still is a finding.
        let nothing = Expect::default();
        let mut judgement = judge(expect.unwrap_or(&nothing), &exchange, &self.values, step.place, is_mock);
        let echoed = self.echoed_secrets(step.place, &exchange);
        // A secret in an answer is a finding, whatever else happened to it.
        let in_vain = self.outside.take();
        let blame = || self.blame(&exchange, expect, asks_token(step)).or(in_vain);
        let blame = if echoed.is_none() { blame() } else { None };
        judgement.findings.extend(echoed);
        judgement.findings.extend(self.stray_links(step.place, &exchange));
        self.note_bare_401(&exchange);
        self.note_differences(std::mem::take(&mut judgement.differences), exchange.status());
        let failed = |findings, exchange| StepFailure {
            inconclusive: blame.clone(),
            ..StepFailure::of(findings, Some(exchange))
        };
        // An answer that never came from the API may look like the one that is expected.
        if let Some(reason) = blame.as_ref().filter(|_| expect.is_some_and(|expect| expect.status.is_some()))
            && judgement.findings.is_empty()
        {
            judgement.findings.push(plain(step.place, "status", reason.clone(), "", ""));
        }
        if !judgement.findings.is_empty() {
            return Err(failed(judgement.findings, exchange));
        }
        let mut kept = Vec::with_capacity(step.save.len());
        for save in &step.save {
            match save::saved(save, &exchange) {
                Ok(value) => kept.push((save, value)),
                Err(finding) => return Err(failed(vec![*finding], exchange)),
            }
        }
        let from_token_url = self.asks_token(&exchange);
        for (save, value) in kept {
            if let (true, Some(secret)) = (from_token_url || matches!(save.origin, Origin::Redirect(_)), value.as_str())
                && looks_secret(&save.origin)
            {
                self.session.learn_issued(&exchange.request.url, &save.name.value, secret);
            }
            if let (true, Origin::Body(path)) = (self.session.is_real(), &save.origin) {
                let name = format!("saved {}", save.name.value);
                for text in personal_texts(path.as_str(), &value) {
                    self.told.learn(&name, &text);
                }
            }
            self.values.plain.insert(save.name.value.to_string(), value);
        }
        self.pin(&step.name, &exchange, expect);
        Ok(())
    }

    /// Notes in what an answer differs from the documented example, which binds on a mock only.
    pub(super) fn note_differences(&mut self, differences: Vec<Finding>, status: Option<u16>) {
        let hides = self.session.is_real() && status.is_none_or(|status| status < 400);
        for finding in differences {
            let finding = if hides { withheld_finding(finding) } else { finding };
            self.notes.push(format!("differs from the documented example: {finding}"));
        }
    }

    fn judge_comparison(&mut self, step: &Step, value: &Value) -> Result<(), StepFailure> {
        let mut findings = match &step.expect {
            Expectation::Given(expect) => judge_value(expect, value, &self.values),
            Expectation::None => Vec::new(),
        };
        for kept in &step.save {
            if let Origin::Body(path) = &kept.origin {
                match save::of_json(kept, path, value) {
                    Ok(value) => drop(self.values.plain.insert(kept.name.value.to_string(), value)),
                    Err(finding) => findings.push(*finding),
                }
            }
        }
        if findings.is_empty() { Ok(()) } else { Err(StepFailure::of(findings, None)) }
    }
}

/// Whether `step` goes to the token URL with the client's own credentials.
fn asks_token(step: &Step) -> bool {
    matches!(step.action, Action::Token(_))
}

/// Whether a value of the token URL or of a redirect is a credential by its member's name.
fn looks_secret(origin: &Origin) -> bool {
    let name = match origin {
        Origin::Body(path) => path.as_str(),
        Origin::Redirect(name) | Origin::Header(name) => name,
    };
    name.ends_with("token") || name.ends_with("code")
}
