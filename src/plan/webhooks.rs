//! Whether the webhooks that a scenario waits for can come.

use crate::config::Capability;
use crate::scenario::{Action, Receive, Scenario};
use crate::source::{Diagnostic, Problems};

use super::needs::visit_names;
use super::skip::Skip;
use super::skips::Setting;

/// A scenario that waits for webhooks and tells nobody where to send them waits in vain, which is a problem.
pub(super) fn check_webhooks(scenario: &Scenario, problems: &mut Problems) {
    let mut steps = scenario.steps.iter().chain(&scenario.finally);
    let Some(step) = steps.find(|step| matches!(step.action, Action::Receive(_))) else { return };
    let mut is_told = false;
    visit_names(scenario, &mut |name| is_told |= name == "receiver.url");
    if !is_told {
        let what = match &step.action {
            Action::Receive(Receive::Silence) => "silence proves nothing, as",
            _ => "no webhook can come, as",
        };
        problems.push(
            Diagnostic::error("no-receiver", format!("{what} nobody is told where to send one"), step.place)
                .label("waits for webhooks")
                .help("register `${receiver.url}` before: it is the scenario's own address"),
        );
    }
}

/// Why webhooks of a real target can't reach this machine, if they can't.
pub(super) fn receiver_reason(needs: &[Capability], is_real: bool, setting: Setting<'_>) -> Option<Skip> {
    if !is_real || !needs.contains(&Capability::Webhooks) {
        return None;
    }
    let Some(receiver) = &setting.project.receiver else {
        return Some(Skip::missing(
            "webhooks of a real target reach this machine by `receiver: { public_url: … }` only, which tacktest.yaml does \
             not have",
        ));
    };
    let variable = setting.project.variables.unset(&receiver.public_url)?;
    Some(Skip::missing(format!("the environment variable `{variable}` of `receiver.public_url` is not set")))
}
