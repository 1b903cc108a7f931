//! What a scenario needs of its target.

use crate::config::{Capability, EnvironmentWord};
use crate::scenario::{Action, Grant, MockAction, Scenario, Step};
use crate::source::Template;

/// The capabilities that `scenario` needs: written ones, and those that its steps and names imply.
pub(super) fn needs(scenario: &Scenario) -> Vec<Capability> {
    let mut needs = scenario.needs.clone();
    needs.extend(scenario.steps.iter().chain(&scenario.finally).flat_map(implied).copied());
    if scenario.token.as_ref().is_some_and(|token| token.grant == Grant::AuthorizationCode) {
        needs.push(Capability::Login);
    }
    if !scenario.knobs.is_empty() {
        needs.push(Capability::Mock);
    }
    if scenario.environment == EnvironmentWord::Production {
        needs.push(Capability::Environments);
    }
    visit_names(scenario, &mut |name| needs.extend(implied_by_name(name)));
    needs.sort();
    needs.dedup();
    needs
}

fn implied(step: &Step) -> &'static [Capability] {
    match &step.action {
        Action::Authorize(_) => &[Capability::Consent],
        Action::Mock(action) => match **action {
            MockAction::Advance(_) => &[Capability::Clock],
            MockAction::Fault(_)
            | MockAction::ClearFaults
            | MockAction::RateLimit(_)
            | MockAction::NextLogin { .. }
            | MockAction::Expire(_)
            | MockAction::Revoke(_)
            | MockAction::RotateKeys => &[Capability::Faults],
            MockAction::Given(_) => &[Capability::Given],
            // An event is data that comes about without an operation of the API.
            MockAction::Emit(_) => &[Capability::Given, Capability::Webhooks],
        },
        Action::Receive(_) | Action::Reply(_) => &[Capability::Webhooks],
        Action::Request(_) | Action::Token(_) | Action::Compare(_) | Action::Wait(_) => &[],
    }
}

fn implied_by_name(name: &str) -> Option<Capability> {
    match name.split_once('.')? {
        ("other", _) => Some(Capability::Environments),
        ("gate", _) => Some(Capability::Gate),
        ("receiver", _) => Some(Capability::Webhooks),
        _ => None,
    }
}

/// Tells `visit` every placeholder of `scenario`.
pub(super) fn visit_names(scenario: &Scenario, visit: &mut dyn FnMut(&str)) {
    for (_, data) in &scenario.vars {
        data.visit_names(&mut |name, _| visit(name));
    }
    if let Some(token) = &scenario.token {
        let written = [&token.scope, &token.audience];
        written.into_iter().flatten().flat_map(Template::names).for_each(|(name, _)| visit(name));
    }
    for step in scenario.steps.iter().chain(&scenario.finally) {
        step.visit_names(&mut |name, _, _| visit(name));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::scenario;
    use super::*;

    const ONE_STEP: &str = "steps:\n  - get: /v4/a\n    expect: none\n";

    #[test]
    fn steps_imply_what_they_need() {
        for (text, expected) in [
            (ONE_STEP, &[][..]),
            ("steps: [{ mock: { advance: 1s } }]", &[Capability::Clock]),
            ("knobs: { code_seconds: 1 }\nsteps: [{ wait: 1s }]", &[Capability::Mock]),
            ("steps: [{ mock: { expire: a } }]", &[Capability::Faults]),
            ("steps: [{ mock: { revoke: a } }]", &[Capability::Faults]),
            ("steps: [{ mock: { fault: { at: GET /v4/a, delay: 1s } } }]", &[Capability::Faults]),
            ("steps: [{ authorize: {}, expect: none }]", &[Capability::Consent]),
            ("steps: [{ token: { grant: client_credentials }, expect: none }]", &[]),
            ("token: { grant: authorization_code }\nsteps: [{ wait: 1s }]", &[Capability::Login]),
            ("token: { grant: client_credentials }\nsteps: [{ wait: 1s }]", &[]),
            ("needs: [login, clock]\nsteps: [{ mock: { advance: 1s } }]", &[Capability::Clock, Capability::Login]),
            ("steps: [{ wait: 1s }]\nfinally: [{ mock: { expire: a } }]", &[Capability::Faults]),
            ("steps: [{ get: \"${target.site}\", text: \"${gate.user}\", expect: none }]", &[Capability::Gate]),
            ("steps: [{ mock: { rotate_keys: true } }]", &[Capability::Faults]),
            ("steps: [{ mock: { given: { not_a_pro: pro } } }]", &[Capability::Given]),
            ("steps: [{ mock: { emit: ReviewCreatedV4 } }]", &[Capability::Given, Capability::Webhooks]),
            ("steps: [{ receive: any, expect: none }]", &[Capability::Webhooks]),
            ("steps: [{ reply: { status: 500 } }]", &[Capability::Webhooks]),
            ("steps: [{ compare: \"${receiver.url}\", expect: none }]", &[Capability::Webhooks]),
            ("environment: staging\nsteps: [{ wait: 1s }]", &[]),
            ("environment: production\nsteps: [{ wait: 1s }]", &[Capability::Environments]),
            ("vars: { v: \"${other.target.site}\" }\nsteps: [{ wait: 1s }]", &[Capability::Environments]),
            ("steps: [{ get: \"${other.target.api}\", expect: none }]", &[Capability::Environments]),
            ("steps: [{ compare: 1, expect: { value: \"${other.client.id}\" } }]", &[Capability::Environments]),
        ] {
            assert_eq!(needs(&scenario(&format!("title: a\n{text}"))), expected, "{text}");
        }
    }
}
