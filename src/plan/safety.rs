//! Whether a scenario may run on a real target, by what it does to the world. The engine looks again at each request.

use crate::config::{Allowed, Effect, TargetDefinition, ids_of};
use crate::scenario::{Action, Grant, Request, Scenario, Step};

use super::destination::{Destination, spelled};
use super::effects::{effect, of_step};

/// Why `scenario` must not run on a real target, if it must not: `environments` are those that it speaks of.
pub(super) fn safety_reason(
    scenario: &Scenario,
    environments: &[&TargetDefinition],
    allowed: &Allowed,
) -> Option<String> {
    // What is on this machine has no limits.
    if environments.is_empty() {
        return None;
    }
    let effect = effect(scenario);
    let refused = environments.iter().find_map(|environment| allowed.refuse(environment.kind, effect));
    refused
        .or_else(|| match effect {
            Effect::SpendsLogin => login_reason(scenario),
            _ => None,
        })
        .or_else(|| stranger_reason(scenario))
}

/// A login that would be spent and is not the scenario's own.
fn login_reason(scenario: &Scenario) -> Option<String> {
    if scenario.token.as_ref().is_some_and(|token| token.grant == Grant::AuthorizationCode) {
        return Some(
            "its effect is `spends_login`, and its top-level `token` is that of the stored login, which it would end"
                .to_owned(),
        );
    }
    (!owns_login(scenario)).then(|| {
        "its effect is `spends_login`, which may end only a login of its own, and it has no `authorize` step".to_owned()
    })
}

/// Whether `scenario` has a login that is its own to spend.
pub(super) fn owns_login(scenario: &Scenario) -> bool {
    let is_stored = scenario.token.as_ref().is_some_and(|token| token.grant == Grant::AuthorizationCode);
    !is_stored && steps(scenario).any(|step| matches!(step.action, Action::Authorize(_)))
}

/// A step that may reach a person and names somebody else than those of the target's fixtures.
fn stranger_reason(scenario: &Scenario) -> Option<String> {
    let contacting = steps(scenario).filter(|step| of_step(step) == Effect::Contacts);
    let mut strangers = contacting.filter_map(|step| match &step.action {
        Action::Request(request) => stranger(request),
        _ => None,
    });
    let stranger = strangers.next()?;
    Some(format!(
        "its effect is `contacts`, which goes to `fixture.…` ids only, and `{stranger}` in the path of a step is none"
    ))
}

/// An id in the path of `request` that is not one of the target's fixtures.
fn stranger(request: &Request) -> Option<String> {
    let Destination::Api(path) = Destination::of(&request.url) else { return Some(spelled(&request.url.pieces)) };
    // In a path that was read as one, braces are encoded.
    let path = path.replace("%7B", "{").replace("%7D", "}");
    ids_of(request.method.http().as_str(), &path).into_iter().find(|id| !is_fixture(id)).map(str::to_owned)
}

fn is_fixture(segment: &str) -> bool {
    let name = segment.strip_prefix("${fixture.").and_then(|rest| rest.strip_suffix('}'));
    name.is_some_and(|name| !name.is_empty() && !name.contains(['$', '{', '}']))
}

fn steps(scenario: &Scenario) -> impl Iterator<Item = &Step> {
    scenario.steps.iter().chain(&scenario.finally)
}

#[cfg(test)]
mod tests {
    use super::super::testing::scenario;
    use super::*;
    use crate::config::{Allowance, builtin_targets};

    fn reason(allowed: &[Allowance], targets: &[usize], text: &str) -> String {
        let builtin = builtin_targets();
        let targets: Vec<&TargetDefinition> = targets.iter().map(|number| &builtin[*number]).collect();
        let scenario = scenario(&format!("title: a\nclient: demand\n{text}"));
        safety_reason(&scenario, &targets, &Allowed::new(allowed.to_vec())).unwrap_or_default()
    }

    #[test]
    fn each_environment_that_a_scenario_speaks_of_holds_it() {
        const STAGING: &[usize] = &[1];
        const BOTH: &[usize] = &[1, 2];
        let webhook = "steps: [{ post: /v4/users/webhooks, expect: none }]";
        let read = "steps: [{ get: /v4/a, expect: none }]";
        assert_eq!(reason(&[], &[], "effects: load\nsteps: [{ get: /v4/a, expect: none }]"), "");
        assert_eq!(reason(&[], STAGING, webhook), "");
        assert!(reason(&[], BOTH, read).contains("--allow production"));
        assert_eq!(reason(&[Allowance::Production], BOTH, read), "");
        assert!(reason(&[Allowance::Production], BOTH, webhook).contains("production is only read"));
        assert!(reason(&[], STAGING, "effects: load\nsteps: [{ wait: 1s }]").contains("`load`, which nothing allows"));
    }

    #[test]
    fn only_people_of_the_fixtures_are_contacted() {
        let told = |path: &str| {
            reason(&[Allowance::Contacts], &[1], &format!("steps: [{{ post: \"{path}\", expect: none }}]"))
        };
        for path in
            ["/v4/negotiations/${fixture.negotiation}/messages", "/v4/orders/${fixture.a}?id=1", "/v4/test-leads"]
        {
            assert_eq!(told(path), "", "{path}");
        }
        for path in [
            "/v4/negotiations/7/messages",
            "/v4/negotiations/abc/messages",
            "/v4/negotiations/${gen.uuid}/messages",
            "/v4/negotiations/${fixture.a}${fixture.b}/messages",
            "/v4/orders/${fixture.a}/7",
        ] {
            assert!(told(path).contains("goes to `fixture.…` ids only"), "{path}: {}", told(path));
        }
    }

    #[test]
    fn only_a_login_of_its_own_is_spent() {
        let told = |text: &str| reason(&[Allowance::SpendsLogin], &[1], text);
        let revoke = "  - post: \"${target.revoke_url}\"\n    form: { token: a }\n    expect: none\n";
        let authorize = "  - authorize: { scope: a }\n    expect: none\n";
        assert!(told(&format!("steps:\n{revoke}")).contains("no `authorize` step"));
        assert_eq!(told(&format!("steps:\n{authorize}{revoke}")), "");
        let stored = format!("token: {{ grant: authorization_code }}\nsteps:\n{authorize}{revoke}");
        assert!(told(&stored).contains("which it would end"));
        assert!(reason(&[], &[1], &stored).contains("--allow spends_login"));
    }
}
