//! One test from its first step to its verdict.

use std::any::Any;
use std::collections::{BTreeSet, HashMap};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;

use crate::event::{FailedStep, Failure, Outcome, Verdict};
use crate::http::{Scrubber, Transport};
use crate::oauth::LoginKey;
use crate::plan::{Body, Broken, Capability, Plan, Step, Test};
use crate::snapshot::StepShape;
use crate::source::{Place, SourceFile, Sources, Style, render};
use crate::target::{Environment, Leads, Session};

use super::bounds::Bounds;
use super::context::Context;
use super::failure::{failure, missing};
use super::generated::Generator;
use super::guard::{LAST_WORD, ScenarioGuard};
use super::interlock::Interlock;
use super::limit::Limit;
use super::login::carried_token;
use super::oauth_steps::Asked;
use super::people::without_people;
use super::receiving::Mailbox;
use super::shapes;
use super::step::StepFailure;
use super::values::Values;

/// How much longer than a scenario its requests may take, so that it is always the scenario's own `timeout` that ends
/// them and tells the step, and they have the time that is left to them then.
pub(super) const BEYOND: Duration = LAST_WORD.saturating_add(Duration::from_secs(1));

/// What one scenario has while it runs.
pub(super) struct Run<'a> {
    pub(super) context: &'a Context,
    pub(super) plan: &'a Plan,
    pub(super) session: Arc<Session>,
    /// Knows what must not be told: the secrets of the session, and of people what was saved of a real target's answers.
    pub(super) told: Scrubber,
    /// Stands before the transport.
    pub(super) guard: Arc<ScenarioGuard>,
    /// Sends what the guard lets pass, when it lets it pass.
    pub(super) transport: Transport,
    pub(super) values: Values<'a>,
    /// The token that requests to the API carry.
    pub(super) carried: Option<String>,
    /// The stored login whose token that is, if this run took it as it was kept.
    pub(super) kept_login: Option<LoginKey>,
    /// The authorization requests made so far.
    pub(super) asked: Vec<Asked>,
    pub(super) shapes: Vec<StepShape>,
    pub(super) notes: Vec<String>,
    /// Hosts of links of which nobody can tell whether they are right, and where they lead.
    pub(super) unjudged_hosts: BTreeSet<(Leads, String)>,
    pub(super) in_finally: bool,
    /// What is wrong around the step under way, if something is: it waited for a person in vain, or webhooks can't arrive.
    pub(super) outside: Option<String>,
    /// What webhooks bring, if the scenario needs any.
    pub(super) mailbox: Option<Mailbox>,
    /// The longest that one request may take, its body included.
    pub(super) limit: Duration,
}

/// Why a test did not run that had not begun when the run was interrupted.
const NOT_BEGUN: &str = "not run, as the run was interrupted before";

/// Runs `test` and gives its outcome. A skipped or broken test sends nothing, nor does one that begins when the run is
/// interrupted.
pub async fn run(context: &Context, test: &Test) -> Outcome {
    let started = Instant::now();
    let mut notes = Vec::new();
    let stopped = context.target.pacer.stopped();
    let verdict = match (&test.skip, &test.body) {
        (_, Body::Broken(broken)) => told(broken, &context.target.scrubber),
        (Some(skip), _) => Verdict::Skip(skip.reason.clone()),
        (None, Body::Missing(reason)) => Verdict::Fail(Box::new(missing(test, reason))),
        _ if context.interrupt.is_given() => Verdict::Skip(NOT_BEGUN.to_owned()),
        (None, _) if stopped.is_some() => not_begun(context, test, &stopped.unwrap_or_default()),
        (None, Body::Ready(plan)) => run_plan(context, test, plan, &mut notes).await,
        (None, Body::Later(later)) => match later.plan(test) {
            Ok(plan) => run_plan(context, test, &plan, &mut notes).await,
            Err(broken) => told(&broken, &context.target.scrubber),
        },
    };
    Outcome { name: test.name.clone(), verdict, elapsed: started.elapsed(), notes }
}

/// The verdict on a test whose turn comes after the run was stopped for this reason: it sends nothing.
fn not_begun(context: &Context, test: &Test, reason: &str) -> Verdict {
    let sources = Sources::of(SourceFile { path: test.file.clone(), text: String::new() });
    let failed = StepFailure::plain(Place::start_of(0), "run", format!("the run was stopped: {reason}"));
    Verdict::Inconclusive(Box::new(failure(test, &sources, None, failed, &context.target.scrubber)))
}

fn told(broken: &Broken, scrubber: &Scrubber) -> Verdict {
    let drawn: Vec<String> =
        broken.problems.iter().map(|problem| render(problem, &broken.sources, Style::Plain)).collect();
    Verdict::Broken(scrubber.scrub(&drawn.join("\n\n")))
}

async fn run_plan(context: &Context, test: &Test, plan: &Plan, notes: &mut Vec<String>) -> Verdict {
    let generator = Generator::new(context.seed, &test.name);
    let scenario = &plan.scenario;
    let opening = context.target.open_with(&scenario.knobs, generator.world_seed(), scenario.environment);
    let opened = context.interrupt.or(opening).await;
    let place = Place::start_of(0);
    let facts = |failed| Box::new(failure(test, &plan.sources, None, failed, &context.target.scrubber));
    let session = match opened {
        Some(Ok(session)) => Arc::new(session),
        Some(Err(reason)) => {
            let failed = StepFailure::plain(place, "target", reason);
            return unopened(context.target.is_in_process(), facts(failed));
        }
        None => return Verdict::Inconclusive(facts(interrupted(place))),
    };
    let needs_mailbox = test.needs.contains(&Capability::Webhooks);
    let opened = if needs_mailbox { context.receiving.open().await.map(Some) } else { Ok(None) };
    let mailbox = match opened {
        Ok(mailbox) => mailbox,
        Err(reason) => {
            session.close(&context.target.transport).await;
            let failed = StepFailure::plain(place, "receiver", reason);
            return unopened(context.target.is_in_process(), facts(failed));
        }
    };
    let client_in = |environment: &Environment| {
        plan.scenario.client.as_ref().and_then(|client| environment.client(&client.value).cloned())
    };
    let values = Values {
        environment: Arc::clone(&session.environment),
        client: client_in(&session.environment),
        other: session.other.as_ref().map(|other| (Arc::clone(other), client_in(other))),
        generator,
        definitions: &context.definitions,
        spent: None,
        plain: HashMap::new(),
        receiver: mailbox.as_ref().map(|mailbox| mailbox.url.to_string()),
        sent: None,
    };
    let bounds = Bounds::new(context.allowed.clone(), plan.owns_login());
    let interlock = Interlock::new(&session, test.needs.contains(&Capability::Gate), bounds);
    let guard = Arc::new(ScenarioGuard::new(interlock, &context.target.pacer));
    let transport = context.target.transport.guarded_by(Arc::clone(&guard) as _);
    let mut run = Run {
        context,
        plan,
        told: session.scrubber.child(),
        session,
        guard,
        transport,
        values,
        carried: None,
        kept_login: None,
        asked: Vec::new(),
        shapes: Vec::new(),
        notes: Vec::new(),
        unjudged_hosts: BTreeSet::new(),
        in_finally: false,
        outside: None,
        mailbox,
        limit: plan.scenario.timeout.saturating_add(BEYOND),
    };
    let scrubber = run.told.clone();
    let verdict = caught(Box::pin(run.all(test)), &scrubber).await.unwrap_or_else(|bug| bug);
    run.session.close(&context.target.transport).await;
    run.note_unjudged_hosts();
    run.note_deliveries_left();
    notes.append(&mut run.notes);
    for note in notes {
        *note = scrubber.scrub(note);
    }
    verdict
}

/// What `future` comes to; a panic is a bug of ours, told without the secrets that `scrubber` knows.
fn caught<T>(future: impl Future<Output = T>, scrubber: &Scrubber) -> impl Future<Output = Result<T, Verdict>> {
    let bug = |panic: Box<dyn Any + Send>| Verdict::Bug(scrubber.scrub(panic_message(&*panic)));
    AssertUnwindSafe(future).catch_unwind().map(move |done| done.map_err(bug))
}

/// The message of a panic, with all that it may hold.
pub fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a message")
}

fn too_slow(place: Place, limit: Duration) -> StepFailure {
    let message = format!("the scenario was not done within its {limit:?}, and this was under way");
    StepFailure::plain(place, "timeout", message)
}

/// The failure of a scenario that is ended early, which is nobody's fault.
fn interrupted(place: Place) -> StepFailure {
    let message = "the run was interrupted, and this was under way".to_owned();
    StepFailure { inconclusive: Some("interrupted".to_owned()), ..StepFailure::plain(place, "interrupted", message) }
}

/// The verdict on a test whose target gave no session: there are no surroundings about the built-in mock.
fn unopened(is_in_process: bool, facts: Box<Failure>) -> Verdict {
    if is_in_process { Verdict::Fail(facts) } else { Verdict::Inconclusive(facts) }
}

impl Run<'_> {
    async fn all(&mut self, test: &Test) -> Verdict {
        let plan = self.plan;
        let mut at = None;
        let scrubber = self.told.clone();
        // What was begun is cleaned up also after a bug of ours.
        let limit = Limit::new(plan.scenario.timeout, &self.guard.waits);
        let interrupt = &self.context.interrupt;
        let guard = Arc::clone(&self.guard);
        let main = async {
            let mut main = pin!(self.main(&mut at));
            let done = interrupt.or(limit.hold(main.as_mut())).await;
            if !matches!(done, Some(Some(_))) {
                guard.let_end(main).await;
            }
            done
        };
        let mut is_cut_short = false;
        let main = caught(Box::pin(main), &scrubber).await.map(|main| {
            is_cut_short = !matches!(main, Some(Some(_)));
            let step = at.and_then(|at| plan.scenario.steps.get(at)).map(|step| step.place);
            let token = plan.scenario.token.as_ref().map(|token| token.place);
            let place = step.or(token).unwrap_or(Place::start_of(0));
            match main {
                Some(Some(main)) => main,
                Some(None) => Err(too_slow(place, plan.scenario.timeout)),
                None => Err(interrupted(place)),
            }
        });
        let verdict = match main {
            Ok(main) => main.err().map(|failed| self.verdict(test, &plan.scenario.steps, at, failed)),
            Err(bug) => Some(bug),
        };
        if is_cut_short && at.is_some() {
            self.note_left_over();
        }
        let mut failures = self.cleanup(test).await.into_iter();
        let verdict = verdict.or_else(|| failures.next());
        // One verdict a test: what else went wrong while cleaning up is told beside it.
        self.notes.extend(failures.filter_map(|failure| told_beside(&failure)));
        match verdict {
            Some(verdict) => verdict,
            None if plan.scenario.snapshot && !self.shapes.is_empty() => {
                let shapes = std::mem::take(&mut self.shapes);
                shapes::compare(self.context, test, shapes, self.session.is_mock(), &mut self.notes)
            }
            None => Verdict::Pass,
        }
    }

    /// The token, the variables and the steps; `at` is the step under way, if one is.
    async fn main(&mut self, at: &mut Option<usize>) -> Result<(), StepFailure> {
        let plan = self.plan;
        // Before the token that requests carry, which must not be over too.
        self.spend().await?;
        for (name, data) in &plan.scenario.vars {
            let value = data
                .value(&self.values)
                .map_err(|missing| StepFailure::plain(name.place, "vars", super::request::no_value(missing)))?;
            self.values.plain.insert(name.value.clone(), value);
        }
        if let Some(wanted) = &plan.scenario.token {
            self.carried = Some(carried_token(self, wanted).await?);
        }
        for (index, step) in plan.scenario.steps.iter().enumerate() {
            if self.guard.is_ending() {
                break;
            }
            *at = Some(index);
            let done = self.step(step).await;
            if let Err(failed) = &done {
                self.give_up_login(failed).await;
            }
            done?;
        }
        Ok(())
    }

    pub(super) fn verdict(&self, test: &Test, steps: &[Step], at: Option<usize>, failed: StepFailure) -> Verdict {
        let step = at.and_then(|at| {
            let name = steps.get(at)?.name.clone();
            Some(FailedStep { number: at + 1, of: steps.len(), name, in_finally: self.in_finally })
        });
        let blame = failed.inconclusive.clone();
        let failed = if self.session.is_real() { without_people(failed) } else { failed };
        let mut facts = failure(test, &self.plan.sources, step, failed, &self.told);
        match blame {
            Some(reason) => {
                let reason = self.told.scrub(&reason);
                if let Some(finding) = facts.findings.first_mut()
                    && !finding.message.contains(&reason)
                {
                    finding.help = Some(reason);
                }
                Verdict::Inconclusive(Box::new(facts))
            }
            None => Verdict::Fail(Box::new(facts)),
        }
    }
}

/// A failure of `finally` in one line.
fn told_beside(verdict: &Verdict) -> Option<String> {
    let (Verdict::Fail(failure) | Verdict::Inconclusive(failure)) = verdict else { return None };
    let step = failure.step.as_ref().map_or("", |step| &step.name);
    let finding = failure.findings.first().map(ToString::to_string).unwrap_or_default();
    Some(format!("`finally` failed too, at step `{step}`: {finding}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_told_without_the_secrets_of_the_scenario() {
        let scrubber = Scrubber::new().child();
        scrubber.learn("access", "fictional-token");
        let (formatted, plain) = (String::from("a formatted fictional-token"), "a plain fictional-token");
        let told = caught(async { std::panic::panic_any(formatted) }, &scrubber).await;
        assert!(matches!(told, Err::<(), _>(Verdict::Bug(text)) if text == "a formatted [access]"));
        let told = caught(async { std::panic::panic_any(plain) }, &scrubber).await;
        assert!(matches!(told, Err::<(), _>(Verdict::Bug(text)) if text == "a plain [access]"));
        assert!(matches!(caught(async { 7 }, &scrubber).await, Ok(7)));
    }

    #[test]
    fn the_built_in_mock_has_no_surroundings_to_blame() {
        let facts = || {
            Box::new(Failure {
                title: String::new(),
                certifies: Vec::new(),
                file: std::path::PathBuf::new(),
                step: None,
                findings: Vec::new(),
                sources: crate::source::Sources::default(),
                exchange: None,
                curl: None,
            })
        };
        assert!(matches!(unopened(true, facts()), Verdict::Fail(_)));
        assert!(matches!(unopened(false, facts()), Verdict::Inconclusive(_)));
    }
}
