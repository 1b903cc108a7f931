//! Shapes of answers, pinned when everything else held.

use crate::event::{ShapeChange, Verdict};
use crate::http::Exchange;
use crate::plan::Test;
use crate::snapshot::{Body, On, Outcome, Shapes, SnapshotName, StepShape};

use super::context::Context;
use super::run::Run;

impl Run<'_> {
    /// Keeps the shape of an answer.
    pub(super) fn pin(&mut self, step: &str, exchange: &Exchange) {
        if !self.plan.scenario.snapshot || self.in_finally {
            return;
        }
        if let Ok(response) = &exchange.outcome {
            let body = Body::of(&response.body, response.json());
            // A member's name may be a secret's value when a server echoes it; names are scrubbed like all else.
            self.shapes.push(StepShape::new(step, response.status, response.header("content-type"), body));
        }
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
        Err(error) => return change(error.to_string(), String::new(), None),
    };
    let on = if is_mock { On::Mock } else { On::Target(&context.target.name) };
    let source = test.file.display().to_string().replace('\\', "/");
    let outcome = match context.store.check(&name, &source, &test.title, &Shapes { steps: shapes }, on) {
        Ok(outcome) => outcome,
        Err(error) => return change(error.to_string(), String::new(), None),
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
