//! Steps about webhooks: one is taken and judged, later ones are answered otherwise.

use std::time::Duration;

use serde_json::Value;

use crate::http::{Exchange, Request};
use crate::mock::control::EnvironmentName;
use crate::pattern::Finding;
use crate::plan::{EnvironmentWord, Expect, Expectation, Origin, Receive, Reply, Step};
use crate::receiver::{self, Delivery};

use super::interlock::texts;
use super::judge::{judge_delivery, plain};
use super::people::personal_texts;
use super::run::Run;
use super::save;
use super::step::StepFailure;

/// How long a webhook is waited for when a step does not say.
const DEFAULT_WAIT: Duration = Duration::from_secs(5);

/// The most characters of an event's name that are told.
const LONGEST_NAME: usize = 60;

impl Run<'_> {
    /// Takes the webhook that `step` means, or waits for it, and judges it.
    pub(super) async fn receive(&mut self, step: &Step, receive: &Receive) -> Result<(), StepFailure> {
        let Some(mailbox) = &self.mailbox else {
            let message = "there is no receiver of webhooks".to_owned();
            return Err(StepFailure::plain(step.place, "step", message));
        };
        let expect = match &step.expect {
            Expectation::Given(expect) => Some(&**expect),
            Expectation::None => None,
        };
        let within = expect.and_then(|expect| expect.within.as_ref()).map_or(DEFAULT_WAIT, |within| within.value);
        let is_wanted = |delivery: &Delivery| match receive {
            Receive::Event(event) => delivery.event.as_ref() == Some(event),
            Receive::Any | Receive::Silence => true,
        };
        let came = mailbox.inbox.take(is_wanted, within).await;
        match (came, receive) {
            (None, Receive::Silence) => Ok(()),
            (None, _) => Err(self.nothing_came(step, receive, within)),
            (Some(delivery), Receive::Silence) => {
                let name = name_of(&delivery);
                let message = format!("expected nothing within {within:?}, and {name} came");
                let place = expect.and_then(|expect| expect.within.as_ref()).map_or(step.place, |within| within.place);
                let finding = plain(place, "delivery", message, "nothing", &name);
                Err(StepFailure { came_in: true, ..StepFailure::of(vec![finding], Some(mailbox.shown(&delivery))) })
            }
            (Some(delivery), _) => {
                let (shown, judged) = (mailbox.shown(&delivery), mailbox.judged(&delivery));
                let judged = self.judge_came_in(step, expect, &judged);
                judged.map_err(|findings| StepFailure { came_in: true, ..StepFailure::of(findings, Some(shown)) })
            }
        }
    }

    /// From now on webhooks for this scenario are answered with `reply`.
    pub(super) fn reply(&self, reply: Reply) {
        if let Some(mailbox) = &self.mailbox {
            mailbox.inbox.reply(receiver::Reply { status: reply.status, delay: reply.delay });
        }
    }

    /// What a webhook is to carry so that it is known whose it is, and that `request` registers, is a secret by origin:
    /// the password, or the value of a header.
    pub(super) fn learn_webhook_credentials(&self, request: &Request) {
        if self.mailbox.is_none() {
            return;
        }
        let body: Option<Value> = serde_json::from_slice(&request.body).ok();
        let Some(auth) = body.as_ref().and_then(|body| body.get("auth")) else { return };
        let text = |name: &str| auth.get(name).and_then(Value::as_str);
        if let (Some(user), Some(password)) = (text("username"), text("password")) {
            self.session.scrubber.learn_pair("auth.password", user, password);
        }
        if let (Some(_), Some(value)) = (text("header"), text("value")) {
            self.session.scrubber.learn("auth.value", value);
        }
    }

    /// Makes sure that webhooks arrive here before `request` asks a target that is no mock for one; the error says why
    /// they do not, which is the surroundings' fault.
    pub(super) async fn make_sure_of_arrival(&mut self, request: &Request) -> Result<(), String> {
        let Some(mailbox) = &self.mailbox else { return Ok(()) };
        let id = mailbox.inbox.id();
        if self.session.is_mock() || !texts(request).any(|text| text.contains(id)) {
            return Ok(());
        }
        let Err(astray) = self.context.receiving.arrives().await else { return Ok(()) };
        self.outside = Some(astray.advice);
        Err(astray.why)
    }

    /// Notes the webhooks that no step took.
    pub(super) fn note_deliveries_left(&mut self) {
        let left = self.mailbox.as_ref().map(|mailbox| mailbox.inbox.waiting()).unwrap_or_default();
        match left.len() {
            0 => {}
            1 => self.notes.push(format!("a webhook came that no step received: {}", names(&left))),
            number => self.notes.push(format!("{number} webhooks came that no step received: {}", names(&left))),
        }
    }

    /// The environment of the mock of which the scenario speaks.
    pub(super) fn environment_name(&self) -> EnvironmentName {
        match self.plan.scenario.environment {
            EnvironmentWord::Staging => EnvironmentName::Staging,
            EnvironmentWord::Production => EnvironmentName::Production,
        }
    }

    fn nothing_came(&self, step: &Step, receive: &Receive, within: Duration) -> StepFailure {
        let wanted = match receive {
            Receive::Event(event) => format!("a webhook of `{event}`"),
            Receive::Any | Receive::Silence => "a webhook".to_owned(),
        };
        let message = format!("expected {wanted} within {within:?}, and none came");
        let mut finding = plain(step.place, "delivery", message, &wanted, "none");
        finding.help = Some(self.what_came_instead());
        StepFailure::of(vec![finding], None)
    }

    fn what_came_instead(&self) -> String {
        let Some(mailbox) = &self.mailbox else { return String::new() };
        let (waiting, refusals) = (mailbox.inbox.waiting(), mailbox.inbox.refusals());
        let mut told = Vec::new();
        if !waiting.is_empty() {
            told.push(format!("what came instead: {}", names(&waiting)));
        }
        if !refusals.is_empty() {
            told.push(format!("refused was: {}", refusals.join(", ")));
        }
        if told.is_empty() {
            told.push("nothing came at all: look whether a webhook is registered and enabled for the event".to_owned());
            if self.session.is_real() {
                told.push("`tacktest doctor` tells whether `receiver.public_url` leads here".to_owned());
            }
        }
        told.join("; ")
    }

    /// Judges what came in and keeps what `step` saves of it; `came` has it in the place of an answer.
    fn judge_came_in(&mut self, step: &Step, expect: Option<&Expect>, came: &Exchange) -> Result<(), Vec<Finding>> {
        let Some(delivery) = came.response() else { return Ok(()) };
        let mut findings = Vec::new();
        if let Some(expect) = expect {
            let judgement = judge_delivery(expect, delivery, &self.values, self.session.is_mock());
            findings = judgement.findings;
            self.note_differences(judgement.differences, None);
        }
        if let Some(what) = self.repeated_secret(delivery) {
            let message = format!("the webhook holds {what}");
            findings.push(plain(step.place, "secrets", message, "no secret", what));
        }
        findings.extend(self.stray_links(step.place, came));
        if !findings.is_empty() {
            return Err(findings);
        }
        let kept = step.save.iter().map(|save| Ok((save, save::saved(save, came)?)));
        let kept = kept.collect::<Result<Vec<_>, Box<Finding>>>().map_err(|finding| vec![*finding])?;
        for (save, value) in kept {
            if let (true, Origin::Body(path)) = (self.session.is_real(), &save.origin) {
                let name = format!("saved {}", save.name.value);
                for text in personal_texts(path.as_str(), &value) {
                    self.told.learn(&name, &text);
                }
            }
            self.values.plain.insert(save.name.value.to_string(), value);
        }
        self.pin_delivery(&step.name, delivery);
        Ok(())
    }
}

fn name_of(delivery: &Delivery) -> String {
    match &delivery.event {
        Some(event) => format!("`{}`", event.chars().take(LONGEST_NAME).collect::<String>()),
        None => "a delivery without an event".to_owned(),
    }
}

/// What `deliveries` tell of, in the order in which they came; what is repeated has its number.
fn names(deliveries: &[Delivery]) -> String {
    let mut counted: Vec<(String, usize)> = Vec::new();
    for name in deliveries.iter().map(name_of) {
        match counted.iter_mut().find(|(known, _)| *known == name) {
            Some((_, number)) => *number += 1,
            None => counted.push((name, 1)),
        }
    }
    let told = |(name, number): (String, usize)| if number == 1 { name } else { format!("{name} ({number} times)") };
    counted.into_iter().map(told).collect::<Vec<_>>().join(", ")
}
