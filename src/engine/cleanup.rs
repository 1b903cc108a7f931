//! What is done at the end of a scenario in any case.

use std::pin::pin;
use std::time::Duration;

use crate::event::Verdict;
use crate::plan::{Action, Step, Test};

use super::limit::Limit;
use super::run::{BEYOND, Run};
use super::step::StepFailure;

/// The longest that the steps of `finally` may take together.
const FINALLY_TIMEOUT: Duration = Duration::from_secs(30);

impl Run<'_> {
    /// Runs `finally` with what was saved; a step that lacks a value, or the token that it would carry, is skipped.
    /// Gives what failed.
    pub(super) async fn cleanup(&mut self, test: &Test) -> Vec<Verdict> {
        let plan = self.plan;
        self.in_finally = true;
        self.limit = FINALLY_TIMEOUT.saturating_add(BEYOND);
        self.guard.clean_up();
        let limit = Limit::new(FINALLY_TIMEOUT, &self.guard.waits);
        let mut failures = Vec::new();
        for (index, step) in plan.scenario.finally.iter().enumerate() {
            if self.lacking(step).is_some() || self.lacks_token(step) {
                continue;
            }
            let done = limit.hold(pin!(self.step(step))).await.unwrap_or_else(|| {
                Err(StepFailure::plain(
                    step.place,
                    "timeout",
                    format!("`finally` was not done within its {FINALLY_TIMEOUT:?}, and this was under way"),
                ))
            });
            if let Err(failed) = done {
                failures.push(self.verdict(test, &plan.scenario.finally, Some(index), failed));
            }
        }
        failures
    }

    /// Notes which steps of `finally` are skipped, after something may have been created of which nobody knows.
    pub(super) fn note_left_over(&mut self) {
        for step in &self.plan.scenario.finally {
            if let Some(name) = self.lacking(step) {
                self.notes.push(format!(
                    "`finally`: step `{}` was skipped, as `{name}` was never saved; what it would delete may be left over",
                    step.name
                ));
            }
        }
    }

    /// The name of a value that `step` needs and that was never saved.
    fn lacking(&self, step: &Step) -> Option<String> {
        let mut lacking = None;
        step.visit_names(&mut |name, _, _| {
            if !name.contains('.') && !self.values.plain.contains_key(name) {
                lacking.get_or_insert_with(|| name.to_owned());
            }
        });
        lacking
    }

    /// Whether `step` would carry the scenario's token, which was never obtained.
    fn lacks_token(&self, step: &Step) -> bool {
        let wanted = self.plan.scenario.token.is_some() && self.carried.is_none();
        let Action::Request(written) = &step.action else { return false };
        // A request that can't be built says so itself when it is to be sent.
        wanted && super::request::would_carry(written, &self.values).unwrap_or(false)
    }
}
