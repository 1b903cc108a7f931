//! One test from its first step to its verdict.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::event::{FailedStep, Outcome, Verdict};
use crate::plan::{Body, Broken, Plan, Step, Test};
use crate::snapshot::StepShape;
use crate::source::{Style, render};
use crate::target::Session;

use super::context::Context;
use super::failure::failure;
use super::generated::Generator;
use super::login::carried_token;
use super::oauth_steps::Asked;
use super::shapes;
use super::step::StepFailure;
use super::values::Values;

/// The longest that the steps of `finally` may take together.
const FINALLY_TIMEOUT: Duration = Duration::from_secs(30);

/// What one scenario has while it runs.
pub(super) struct Run<'a> {
    pub(super) context: &'a Context,
    pub(super) plan: &'a Plan,
    pub(super) session: Session,
    pub(super) values: Values<'a>,
    /// The token that requests to the API carry.
    pub(super) carried: Option<String>,
    /// The authorization requests made so far.
    pub(super) asked: Vec<Asked>,
    pub(super) shapes: Vec<StepShape>,
    pub(super) notes: Vec<String>,
    pub(super) in_finally: bool,
}

/// Runs `test` and gives its outcome. A skipped or broken test sends nothing.
pub async fn run(context: &Context, test: &Test) -> Outcome {
    let started = Instant::now();
    let mut notes = Vec::new();
    let verdict = match (&test.skip, &test.body) {
        (_, Body::Broken(broken)) => told(broken),
        (Some(reason), _) => Verdict::Skip(reason.clone()),
        (None, Body::Ready(plan)) => run_plan(context, test, plan, &mut notes).await,
        (None, Body::Later(later)) => match later.plan(test) {
            Ok(plan) => run_plan(context, test, &plan, &mut notes).await,
            Err(broken) => told(&broken),
        },
    };
    Outcome { name: test.name.clone(), verdict, elapsed: started.elapsed(), notes }
}

fn told(broken: &Broken) -> Verdict {
    let drawn: Vec<String> =
        broken.problems.iter().map(|problem| render(problem, &broken.sources, Style::Plain)).collect();
    Verdict::Broken(drawn.join("\n\n"))
}

async fn run_plan(context: &Context, test: &Test, plan: &Plan, notes: &mut Vec<String>) -> Verdict {
    let generator = Generator::new(context.seed, &test.name);
    let session = match context.target.open(generator.world_seed()).await {
        Ok(session) => session,
        Err(reason) => {
            let place = crate::source::Place::start_of(0);
            let failed = StepFailure::plain(place, "target", reason);
            return Verdict::Inconclusive(Box::new(failure(test, plan, None, failed, &context.target.scrubber)));
        }
    };
    let client = plan.scenario.client.as_ref().and_then(|client| session.environment.client(&client.value).cloned());
    let values = Values {
        environment: std::sync::Arc::clone(&session.environment),
        client,
        generator,
        definitions: &context.definitions,
        plain: HashMap::new(),
        sent: None,
    };
    let mut run = Run {
        context,
        plan,
        session,
        values,
        carried: None,
        asked: Vec::new(),
        shapes: Vec::new(),
        notes: Vec::new(),
        in_finally: false,
    };
    let verdict = run.all(test).await;
    run.session.close(&context.target.transport).await;
    notes.append(&mut run.notes);
    let scrubber = run.session.scrubber;
    for note in notes {
        *note = scrubber.scrub(note);
    }
    verdict
}

impl Run<'_> {
    async fn all(&mut self, test: &Test) -> Verdict {
        let plan = self.plan;
        let mut at = None;
        let main = timeout(plan.scenario.timeout, self.main(&mut at)).await;
        let main = main.unwrap_or_else(|_| {
            let step = at.and_then(|at| plan.scenario.steps.get(at)).map(|step| step.place);
            let token = plan.scenario.token.as_ref().map(|token| token.place);
            let message =
                format!("the scenario was not done within its {:?}, and this was under way", plan.scenario.timeout);
            let place = step.or(token).unwrap_or(crate::source::Place::start_of(0));
            Err(StepFailure::plain(place, "timeout", message))
        });
        let verdict = main.err().map(|failed| self.verdict(test, &plan.scenario.steps, at, failed));
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
            *at = Some(index);
            self.step(step).await?;
        }
        Ok(())
    }

    /// Runs `finally` with what was saved; a step that lacks a value is skipped. Gives what failed.
    async fn cleanup(&mut self, test: &Test) -> Vec<Verdict> {
        let plan = self.plan;
        self.in_finally = true;
        let mut failures = Vec::new();
        for (index, step) in plan.scenario.finally.iter().enumerate() {
            if self.lacks_value(step) {
                continue;
            }
            let done = timeout(FINALLY_TIMEOUT, self.step(step)).await.unwrap_or_else(|_| {
                Err(StepFailure::plain(
                    step.place,
                    "timeout",
                    format!("the step was not done within {FINALLY_TIMEOUT:?}"),
                ))
            });
            if let Err(failed) = done {
                failures.push(self.verdict(test, &plan.scenario.finally, Some(index), failed));
            }
        }
        failures
    }

    fn lacks_value(&self, step: &Step) -> bool {
        let mut lacks = false;
        step.visit_names(&mut |name, _, _| lacks |= !name.contains('.') && !self.values.plain.contains_key(name));
        lacks
    }

    fn verdict(&self, test: &Test, steps: &[Step], at: Option<usize>, failed: StepFailure) -> Verdict {
        let step = at.and_then(|at| {
            let name = steps.get(at)?.name.clone();
            Some(FailedStep { number: at + 1, of: steps.len(), name, in_finally: self.in_finally })
        });
        let blame = failed.inconclusive.clone();
        let mut facts = failure(test, self.plan, step, failed, &self.session.scrubber);
        match blame {
            Some(reason) => {
                let reason = self.session.scrubber.scrub(&reason);
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
