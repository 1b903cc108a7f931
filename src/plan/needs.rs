//! What a scenario needs of its target, and why it is skipped where that is missing.

use crate::config::{Capability, Kind, TargetDefinition, UrlName};
use crate::scenario::{Action, Grant, MockAction, Scenario, Step};
use crate::source::Template;

/// The capabilities that `scenario` needs: written ones, and those that its steps imply.
pub(super) fn needs(scenario: &Scenario) -> Vec<Capability> {
    let mut needs = scenario.needs.clone();
    needs.extend(scenario.steps.iter().chain(&scenario.finally).filter_map(implied));
    if scenario.token.as_ref().is_some_and(|token| token.grant == Grant::AuthorizationCode) {
        needs.push(Capability::Login);
    }
    needs.sort();
    needs.dedup();
    needs
}

fn implied(step: &Step) -> Option<Capability> {
    match &step.action {
        Action::Authorize(_) => Some(Capability::Consent),
        Action::Mock(action) => Some(match **action {
            MockAction::Advance(_) => Capability::Clock,
            MockAction::Fault(_) | MockAction::Expire(_) | MockAction::Revoke(_) => Capability::Faults,
        }),
        Action::Request(_) | Action::Token(_) | Action::Compare(_) | Action::Wait(_) => None,
    }
}

/// Why `scenario` can't run on `target`, if it can't.
pub(super) fn skip_reason(scenario: &Scenario, needs: &[Capability], target: &TargetDefinition) -> Option<String> {
    let name = &target.name;
    if !scenario.targets.is_empty() && !scenario.targets.iter().any(|wanted| wanted.value == *name) {
        let wanted: Vec<&str> = scenario.targets.iter().map(|wanted| wanted.value.as_str()).collect();
        return Some(format!("it is for {} only", wanted.join(", ")));
    }
    if let Some(missing) = needs.iter().find(|need| !target.offers.contains(need)) {
        return Some(format!("target `{name}` does not offer `{}`", missing.word()));
    }
    if target.kind == Kind::Mock {
        return None;
    }
    if let Some(client) = &scenario.client {
        let Some(definition) = target.clients.get(&client.value) else {
            return Some(format!("target `{name}` has no client `{}`", client.value));
        };
        let templates = [Some(&definition.id), Some(&definition.secret), definition.redirect_uri.as_ref()];
        if let Some(variable) = templates.into_iter().flatten().find_map(unset) {
            return Some(format!("the environment variable `{variable}` of client `{}` is not set", client.value));
        }
    }
    if let Some(variable) = target.urls.values().chain(&target.audience).find_map(unset) {
        return Some(format!("the environment variable `{variable}` of target `{name}` is not set"));
    }
    if let Some(user) = unknown_user(scenario, target) {
        return Some(format!("target `{name}` has no user `{user}`"));
    }
    missing_value(scenario, target)
}

/// A user whom the scenario logs in and the target does not have. Where a target names no users, a person logs in.
fn unknown_user<'s>(scenario: &'s Scenario, target: &TargetDefinition) -> Option<&'s str> {
    let of_steps = scenario.steps.iter().chain(&scenario.finally).filter_map(|step| match &step.action {
        Action::Authorize(authorize) => authorize.user.as_ref(),
        _ => None,
    });
    let of_token = scenario.token.iter().filter_map(|token| token.user.as_ref());
    let unknown = |user: &&str| target.users.iter().all(|known| known.name != *user);
    let named = of_steps.chain(of_token).map(|user| user.value.as_str()).find(unknown);
    named.filter(|_| !target.users.is_empty())
}

/// The variable that a reference names and the environment does not have.
fn unset(template: &Template) -> Option<String> {
    let unset = |name: &str| {
        name.strip_prefix("env.").filter(|variable| std::env::var_os(variable).is_none()).map(str::to_owned)
    };
    template.names().find_map(|(name, _)| unset(name))
}

/// A fixture, URL or audience that the scenario uses and the target lacks.
fn missing_value(scenario: &Scenario, target: &TargetDefinition) -> Option<String> {
    let mut missing = None;
    let mut look = |name: &str| {
        let lacks = if let Some(fixture) = name.strip_prefix("fixture.") {
            !target.fixtures.contains_key(fixture)
        } else if name == "target.audience" {
            target.audience.is_none()
        } else if let Some(word) = name.strip_prefix("target.") {
            UrlName::WORDS.iter().any(|(known, url)| *known == word && !target.urls.contains_key(url))
        } else {
            false
        };
        if lacks && missing.is_none() {
            missing = Some(format!("target `{}` has no `{name}`", target.name));
        }
    };
    for step in scenario.steps.iter().chain(&scenario.finally) {
        step.visit_names(&mut |name, _, _| look(name));
        match &step.action {
            Action::Token(_) => look("target.token_url"),
            Action::Authorize(_) => look("target.authorize_url"),
            _ => {}
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::super::testing::scenario;
    use super::*;
    use crate::config::{Project, builtin_targets};

    const ONE_STEP: &str = "steps:\n  - get: /v4/a\n    expect: none\n";

    #[test]
    fn steps_imply_what_they_need() {
        for (text, expected) in [
            (ONE_STEP, &[][..]),
            ("steps: [{ mock: { advance: 1s } }]", &[Capability::Clock]),
            ("steps: [{ mock: { expire: a } }]", &[Capability::Faults]),
            ("steps: [{ mock: { revoke: a } }]", &[Capability::Faults]),
            ("steps: [{ mock: { fault: { at: GET /v4/a, delay: 1s } } }]", &[Capability::Faults]),
            ("steps: [{ authorize: {}, expect: none }]", &[Capability::Consent]),
            ("steps: [{ token: { grant: client_credentials }, expect: none }]", &[]),
            ("token: { grant: authorization_code }\nsteps: [{ wait: 1s }]", &[Capability::Login]),
            ("token: { grant: client_credentials }\nsteps: [{ wait: 1s }]", &[]),
            ("needs: [login, clock]\nsteps: [{ mock: { advance: 1s } }]", &[Capability::Clock, Capability::Login]),
            ("steps: [{ wait: 1s }]\nfinally: [{ mock: { expire: a } }]", &[Capability::Faults]),
        ] {
            assert_eq!(needs(&scenario(&format!("title: a\n{text}"))), expected, "{text}");
        }
    }

    fn reason(head: &str, target: &TargetDefinition) -> Option<String> {
        let scenario = scenario(&format!("title: a\n{head}\n{ONE_STEP}"));
        skip_reason(&scenario, &needs(&scenario), target)
    }

    #[test]
    fn a_scenario_is_skipped_with_the_reason_where_something_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let project = "targets:\n  local:\n    kind: staging\n    api: http://127.0.0.1:9/\n    \
                       clients: { demand: { id: a, secret: \"${env.TACKTEST_NEVER_SET}\" }, supply: { id: a, secret: b } }\n";
        std::fs::write(folder.path().join(crate::config::PROJECT_FILE), project).unwrap();
        let project = Project::read(folder.path()).unwrap();
        let local = project.target("local").unwrap();
        let told = |head: &str| reason(head, local).unwrap_or_default();
        assert_eq!(told(""), "");
        assert_eq!(told("targets: [mock, local]"), "");
        assert_eq!(told("client: supply"), "");
        assert_eq!(told("targets: [mock, staging]"), "it is for mock, staging only");
        assert_eq!(told("needs: [clock]"), "target `local` does not offer `clock`");
        assert_eq!(told("client: other"), "target `local` has no client `other`");
        assert_eq!(
            told("client: demand"),
            "the environment variable `TACKTEST_NEVER_SET` of client `demand` is not set"
        );
        assert_eq!(
            told("client: supply\nfinally: [{ get: \"/v4/${fixture.business}\", expect: none }]"),
            "target `local` has no `fixture.business`"
        );
        assert_eq!(
            told("client: supply\nfinally: [{ token: { grant: client_credentials }, expect: none }]"),
            "target `local` has no `target.token_url`"
        );
    }

    #[test]
    fn the_mock_has_everything() {
        let targets = builtin_targets();
        let mock = &targets[0];
        assert_eq!(reason("needs: [clock, faults, login, consent]\nclient: demand", mock), None);
        assert_eq!(reason("targets: [staging]", mock), Some("it is for staging only".to_owned()));
    }
}
