//! Shapes of answers, pinned when everything else held.

use std::borrow::Cow;

use serde_json::Value;

use crate::event::{ShapeChange, Verdict};
use crate::http::{Exchange, Response};
use crate::plan::{Expect, Test};
use crate::snapshot::{Body, On, Outcome, Shapes, SnapshotName, StepShape};

use super::context::Context;
use super::run::Run;

impl Run<'_> {
    /// Keeps the shape of an answer; `expect` says what was judged.
    pub(super) fn pin(&mut self, step: &str, exchange: &Exchange, expect: Option<&Expect>) {
        if !self.plan.scenario.snapshot || self.in_finally {
            return;
        }
        if let Ok(response) = &exchange.outcome {
            // A member's name is a secret when a server makes it of one; names are kept, so they are scrubbed.
            let json = response.json().map(|json| self.without_secret_names(json));
            let body = Body::of(&response.body, json.as_deref());
            let shape = StepShape::new(step, response.status, response.header("content-type"), body);
            let judges_status = expect.is_some_and(|expect| expect.status.is_some());
            self.shapes.push(if judges_status { shape.with_judged_status() } else { shape });
        }
    }

    /// Keeps the shape of a webhook, which stands in the place of an answer.
    pub(super) fn pin_delivery(&mut self, step: &str, delivery: &Response) {
        if !self.plan.scenario.snapshot || self.in_finally {
            return;
        }
        let json = delivery.json().map(|json| self.without_secret_names(json));
        let body = Body::of(&delivery.body, json.as_deref());
        let shape = StepShape::of_delivery(step, delivery.header("content-type"), body);
        self.shapes.push(shape);
    }
}

impl Run<'_> {
    /// `value` with every member's name scrubbed.
    fn without_secret_names<'v>(&self, value: &'v Value) -> Cow<'v, Value> {
        let mut names = Vec::new();
        collect_names(value, &mut names);
        let joined = names.join("\n");
        if self.session.scrubber.scrub(&joined) == joined {
            return Cow::Borrowed(value);
        }
        let mut scrubbed = value.clone();
        self.scrub_names(&mut scrubbed);
        Cow::Owned(scrubbed)
    }

    fn scrub_names(&self, value: &mut Value) {
        match value {
            Value::Array(elements) => elements.iter_mut().for_each(|element| self.scrub_names(element)),
            Value::Object(members) => {
                for (name, mut member) in std::mem::take(members) {
                    self.scrub_names(&mut member);
                    members.insert(self.session.scrubber.scrub(&name), member);
                }
            }
            _ => {}
        }
    }
}

fn collect_names<'v>(value: &'v Value, names: &mut Vec<&'v str>) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|element| collect_names(element, names)),
        Value::Object(members) => {
            for (name, member) in members {
                names.push(name);
                collect_names(member, names);
            }
        }
        _ => {}
    }
}

/// Compares the shapes of a scenario that held with the accepted ones.
pub(super) fn compare(
    context: &Context,
    test: &Test,
    shapes: Vec<StepShape>,
    is_mock: bool,
    notes: &mut Vec<String>,
) -> Verdict {
    let name = match SnapshotName::new(&test.file_name.replace("::", "/"), test.row.as_deref()) {
        Ok(name) => name,
        Err(error) => return Verdict::Unusable(error.to_string()),
    };
    let on = if is_mock { On::Mock } else { On::Target(&context.target.name) };
    let outcome = match context.store.check(&name, &test.source, &test.title, &Shapes { steps: shapes }, on) {
        Ok(outcome) => outcome,
        Err(error) => return Verdict::Unusable(error.to_string()),
    };
    if outcome.passes() {
        match outcome {
            Outcome::Notes(told) => notes.extend(told),
            Outcome::Accepted { file } => notes.push(format!("wrote {}", file.display())),
            _ => {}
        }
        return Verdict::Pass;
    }
    match outcome {
        Outcome::New { text, pending, .. } => {
            change("the shapes of the answers are not accepted yet".to_owned(), text, pending)
        }
        Outcome::Different { diff, pending, .. } => {
            change("the shapes of the answers are not the accepted ones".to_owned(), diff, pending)
        }
        Outcome::Drift { changes, pending, .. } => {
            change("the target no longer keeps the accepted shapes".to_owned(), changes.join("\n"), pending)
        }
        _ => Verdict::Pass,
    }
}

fn change(summary: String, text: String, pending: Option<std::path::PathBuf>) -> Verdict {
    Verdict::Shapes(Box::new(ShapeChange { summary, text, pending }))
}
