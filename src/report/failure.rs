//! What went wrong with a test, in words: what, where, and how to see it again.

use std::fmt::Write as _;

use crate::event::{Failure, Finding, ShapeChange, Verdict};
use crate::source::{Diagnostic, Style, render};

/// The text that explains a verdict which is not good; empty for one that is.
pub fn explain(verdict: &Verdict, style: Style) -> String {
    match verdict {
        Verdict::Pass | Verdict::Skip(_) => String::new(),
        Verdict::Fail(failure) => explain_failure(failure, None, style),
        Verdict::Inconclusive(failure) => explain_failure(
            failure,
            Some(
                "inconclusive: the surroundings failed (see `help`), so this says nothing about the scenario's statement",
            ),
            style,
        ),
        Verdict::Shapes(change) => explain_shapes(change),
        Verdict::Broken(text) => text.clone(),
        Verdict::Bug(text) => {
            format!("a bug of tacktest, not of the scenario or the API: {text}\nplease report it with this message")
        }
    }
}

fn explain_failure(failure: &Failure, heading: Option<&str>, style: Style) -> String {
    let mut text = String::new();
    if let Some(heading) = heading {
        let _ = writeln!(text, "{heading}");
    }
    let _ = writeln!(text, "{}", failure.title);
    if let Some(step) = &failure.step {
        let part = if step.in_finally { " of `finally`" } else { "" };
        let _ = writeln!(text, "step {} of {}{part}: {}", step.number, step.of, step.name);
    }
    if !failure.certifies.is_empty() {
        let _ = writeln!(text, "certifies {}", failure.certifies.join(", "));
    }
    for finding in &failure.findings {
        let _ = write!(text, "\n{}\n", render(&diagnostic(finding), &failure.sources, style));
    }
    if let Some(exchange) = &failure.exchange {
        let _ = write!(text, "\n{}\n", exchange.trim_end());
    }
    if let Some(curl) = &failure.curl {
        let _ = write!(text, "\nto send it again:\n{}\n", curl.trim_end());
    }
    text
}

/// A finding as a diagnostic: the YAML line with a caret, and the place in the answer.
fn diagnostic(finding: &Finding) -> Diagnostic {
    let label = if finding.expected.is_empty() { String::new() } else { format!("expected {}", finding.expected) };
    let mut diagnostic = Diagnostic::error("finding", finding.to_string(), finding.place).label(label);
    // Most messages tell already what was there.
    if !finding.actual.is_empty() && !finding.message.ends_with(&finding.actual) {
        diagnostic = diagnostic.note(format!("actual, at {}: {}", finding.path, finding.actual));
    }
    match &finding.help {
        Some(help) => diagnostic.help(help.clone()),
        None => diagnostic,
    }
}

fn explain_shapes(change: &ShapeChange) -> String {
    let mut text = format!("{}\n", change.summary);
    if !change.text.is_empty() {
        let _ = write!(text, "\n{}\n", change.text.trim_end());
    }
    match &change.pending {
        Some(pending) => {
            let _ = write!(
                text,
                "\nwritten to {}\nif this is right, accept it: `cargo insta review`, or run again with INSTA_UPDATE=always\n",
                pending.display()
            );
        }
        None => text.push_str("\nnothing was written; set INSTA_UPDATE=new to have a file to review\n"),
    }
    text
}
