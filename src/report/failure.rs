//! What went wrong with a test, in words: what, where, and how to see it again.

use std::fmt::Write as _;

use crate::event::{Certified, Failure, Finding, ShapeChange, Verdict};
use crate::source::{Diagnostic, Place, Remark, Style, render};

/// Of findings about one expectation, how many are told beside the first.
const MOST_ALIKE: usize = 20;

/// The text that explains a verdict which is not good; empty for one that is.
pub fn explain(verdict: &Verdict, style: Style) -> String {
    match verdict {
        Verdict::Pass | Verdict::Skip(_) => String::new(),
        Verdict::Fail(failure) => explain_failure(failure, None, style),
        Verdict::Inconclusive(failure) => explain_failure(
            failure,
            Some("inconclusive: the surroundings failed, so nothing is said about what the scenario states"),
            style,
        ),
        Verdict::Shapes(change) => explain_shapes(change),
        Verdict::Unusable(text) | Verdict::Broken(text) => text.clone(),
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
    for Certified { id, statement, document, section, date } in &failure.certifies {
        let _ = writeln!(text, "certifies {id}: {statement} ({document}, {section}, {date})");
    }
    let mut told: Vec<Place> = Vec::new();
    for finding in &failure.findings {
        // One expectation that many values miss, as under `$each`, is shown once.
        if told.contains(&finding.place) {
            continue;
        }
        told.push(finding.place);
        let same = || failure.findings.iter().filter(|other| other.place == finding.place).skip(1);
        let mut diagnostic = diagnostic(finding, if heading.is_some() { "inconclusive" } else { "finding" });
        diagnostic.remarks.splice(0..0, same().take(MOST_ALIKE).map(|other| Remark::Note(format!("also {other}"))));
        if let Some(more @ 1..) = same().count().checked_sub(MOST_ALIKE) {
            diagnostic = diagnostic.note(format!("and {more} more"));
        }
        let _ = write!(text, "\n{}\n", render(&diagnostic, &failure.sources, style));
    }
    if let Some(exchange) = &failure.exchange {
        let _ = write!(text, "\n{}\n", exchange.trim_end());
    }
    if let Some(curl) = &failure.curl {
        let variables = if curl.contains('$') { ", with each secret in a variable of its name" } else { "" };
        let _ = write!(text, "\nthe request as a curl command{variables}:\n{}\n", curl.trim_end());
    }
    text
}

/// A finding as a diagnostic: the YAML line with a caret, and the place in the answer.
fn diagnostic(finding: &Finding, code: &'static str) -> Diagnostic {
    let label = if finding.expected.is_empty() { String::new() } else { format!("expected {}", finding.expected) };
    // What compares nothing is a whole sentence already.
    let is_sentence = finding.expected.is_empty() && finding.actual.is_empty();
    let message = if is_sentence { finding.message.clone() } else { finding.to_string() };
    let mut diagnostic = Diagnostic::error(code, message, finding.place).label(label);
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
            let _ = write!(text, "\nwritten to {}\nreview it: `tacktest review`\n", pending.display());
        }
        None if !change.text.is_empty() => {
            text.push_str("\nnothing was written; set INSTA_UPDATE=new to have a file to review\n");
        }
        None => {}
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceFile, Sources};

    fn failure(findings: Vec<Finding>, curl: &str) -> Box<Failure> {
        let file = SourceFile { path: "scenarios/a.yaml".into(), text: "title: A\n".to_owned() };
        Box::new(Failure {
            title: "A".to_owned(),
            certifies: Vec::new(),
            file: "scenarios/a.yaml".into(),
            step: None,
            findings,
            sources: Sources::of(file),
            exchange: None,
            curl: Some(curl.to_owned()),
        })
    }

    fn finding(message: &str, expected: &str, actual: &str) -> Finding {
        Finding {
            place: Place::start_of(0),
            path: "$.a".to_owned(),
            message: message.to_owned(),
            expected: expected.to_owned(),
            actual: actual.to_owned(),
            help: None,
        }
    }

    #[test]
    fn a_finding_tells_its_place_and_what_was_there_once() {
        let text_of = |finding| explain(&Verdict::Fail(failure(vec![finding], "curl x")), Style::Plain);
        let text = text_of(finding("expected 1, got 2", "1", "2"));
        assert!(text.contains("$.a: expected 1, got 2") && !text.contains("actual, at $.a: 2"), "{text}");
        let text = text_of(finding("the member \"a\" is missing", "1", "nothing"));
        assert!(text.contains("actual, at $.a: nothing"), "{text}");
        assert!(text.ends_with("the request as a curl command:\ncurl x\n"), "{text}");
    }

    #[test]
    fn an_expectation_that_many_values_miss_is_shown_once() {
        let findings = (0..25).map(|number| finding(&format!("expected 1, got {number}"), "1", "x")).collect();
        let text = explain(&Verdict::Fail(failure(findings, "curl x")), Style::Plain);
        assert_eq!(text.matches("scenarios/a.yaml:1:1").count(), 1, "{text}");
        assert!(text.contains("also $.a: expected 1, got 20") && !text.contains("got 21"), "{text}");
        assert!(text.contains("and 4 more"), "{text}");
    }

    #[test]
    fn a_sentence_stands_alone_and_variables_are_explained() {
        let failure = failure(vec![finding("nothing was sent", "", "")], "curl \"$SECRET\"");
        let text = explain(&Verdict::Inconclusive(failure), Style::Plain);
        assert!(text.starts_with("inconclusive: the surroundings failed"), "{text}");
        assert!(text.contains("error[inconclusive]: nothing was sent\n"), "{text}");
        assert!(text.contains("with each secret in a variable of its name:\n"), "{text}");
    }
}
