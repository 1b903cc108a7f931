//! From what went wrong to what the reporters are told: scrubbed, and with all that helps.

use crate::event::{Certified, FailedStep, Failure};
use crate::http::{Scrubber, curl, describe};
use crate::pattern::Finding;
use crate::plan::Test;
use crate::source::{Place, SourceFile, Sources};

use super::step::StepFailure;

/// The facts about a failed step, without secrets.
pub(super) fn failure(
    test: &Test,
    sources: &Sources,
    step: Option<FailedStep>,
    failed: StepFailure,
    scrubber: &Scrubber,
) -> Failure {
    Failure {
        title: scrubber.scrub(&test.title),
        certifies: certified(test),
        file: test.file.clone(),
        step: step.map(|step| FailedStep { name: scrubber.scrub(&step.name), ..step }),
        findings: failed.findings.into_iter().map(|finding| scrubbed(finding, scrubber)).collect(),
        // A secret that somebody wrote into the scenario is one all the same.
        sources: sources.with_texts().map_texts(|text| scrubber.blank(text)),
        exchange: failed.exchange.as_ref().map(|exchange| describe(exchange, scrubber)),
        // What came in is nobody's to send again.
        curl: failed.exchange.filter(|_| !failed.came_in).map(|exchange| curl(&exchange.request, scrubber)),
    }
}

/// The facts about a test that was to run and can't, as something is missing for this `reason`.
pub(super) fn missing(test: &Test, reason: &str) -> Failure {
    let finding = Finding {
        place: Place::start_of(0),
        path: "target".to_owned(),
        message: reason.to_owned(),
        expected: String::new(),
        actual: String::new(),
        help: Some(
            "provide it, or leave out `--strict-skips` (TACKTEST_STRICT_SKIPS), which makes its want a failure"
                .to_owned(),
        ),
    };
    Failure {
        title: test.title.clone(),
        certifies: certified(test),
        file: test.file.clone(),
        step: None,
        findings: vec![finding],
        // Nothing in the file is to blame, so that nothing of it is shown.
        sources: Sources::of(SourceFile { path: test.file.clone(), text: String::new() }),
        exchange: None,
        curl: None,
    }
}

fn certified(test: &Test) -> Vec<Certified> {
    test.certifies
        .iter()
        .map(|requirement| Certified {
            id: requirement.id.clone(),
            statement: requirement.statement.clone(),
            document: requirement.document.title.clone(),
            section: requirement.section.clone(),
            date: requirement.document.date.clone(),
        })
        .collect()
}

fn scrubbed(finding: Finding, scrubber: &Scrubber) -> Finding {
    Finding {
        path: scrubber.scrub(&finding.path),
        message: scrubber.scrub(&finding.message),
        expected: scrubber.scrub(&finding.expected),
        actual: scrubber.scrub(&finding.actual),
        help: finding.help.map(|help| scrubber.scrub(&help)),
        ..finding
    }
}
