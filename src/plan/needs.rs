//! What a scenario needs of its target, and why it is skipped where that is missing.

use crate::config::{Capability, Kind, MOCK_CLIENTS, MOCK_FIXTURES, MOCK_USERS, TargetDefinition, UrlName};
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
    client_reason(scenario, target).or_else(|| url_reason(target)).or_else(|| user_reason(scenario, target)).or_else(
        || {
            let mut used = Used { scenario, target, missing: None };
            used.look_at_all();
            used.missing
        },
    )
}

fn client_reason(scenario: &Scenario, target: &TargetDefinition) -> Option<String> {
    let (client, name) = (&scenario.client.as_ref()?.value, &target.name);
    let lacks = || Some(format!("target `{name}` has no client `{client}`"));
    if target.kind == Kind::Mock {
        return if MOCK_CLIENTS.contains(&client.as_str()) { None } else { lacks() };
    }
    let Some(definition) = target.clients.get(client) else { return lacks() };
    let templates = [Some(&definition.id), Some(&definition.secret), definition.redirect_uri.as_ref()];
    let variable = templates.into_iter().flatten().find_map(unset)?;
    Some(format!("the environment variable `{variable}` of client `{client}` is not set"))
}

fn url_reason(target: &TargetDefinition) -> Option<String> {
    let variable = target.urls.values().chain(&target.audience).find_map(unset)?;
    Some(format!("the environment variable `{variable}` of target `{}` is not set", target.name))
}

/// A user whom the scenario logs in and can't be had at the target.
///
/// A mock logs in any of its own. Elsewhere a login is that of the target's first user; where a target names no users,
/// a person logs in.
fn user_reason(scenario: &Scenario, target: &TargetDefinition) -> Option<String> {
    let of_steps = scenario.steps.iter().chain(&scenario.finally).filter_map(|step| match &step.action {
        Action::Authorize(authorize) => authorize.user.as_ref(),
        _ => None,
    });
    let of_token = scenario.token.iter().filter_map(|token| token.user.as_ref());
    let mut named = of_steps.chain(of_token).map(|user| user.value.as_str());
    let name = &target.name;
    if target.kind == Kind::Mock {
        return named
            .find(|user| !MOCK_USERS.contains(user))
            .map(|user| format!("target `{name}` has no user `{user}`"));
    }
    let first = target.users.first()?.name.as_str();
    let other = named.find(|user| *user != first)?;
    Some(if target.users.iter().any(|known| known.name == other) {
        format!("target `{name}` logs in its first user, `{first}`, and not `{other}`")
    } else {
        format!("target `{name}` has no user `{other}`")
    })
}

/// The variable that a reference names and the environment does not have.
fn unset(template: &Template) -> Option<String> {
    // What is set and no text can't be used either.
    let unset =
        |name: &str| name.strip_prefix("env.").filter(|variable| std::env::var(variable).is_err()).map(str::to_owned);
    template.names().find_map(|(name, _)| unset(name))
}

/// The search for the first value that the scenario uses and the target lacks.
struct Used<'a> {
    scenario: &'a Scenario,
    target: &'a TargetDefinition,
    missing: Option<String>,
}

impl Used<'_> {
    fn look_at_all(&mut self) {
        let scenario = self.scenario;
        for (_, data) in &scenario.vars {
            data.visit_names(&mut |name, _| self.look(name));
        }
        if let Some(token) = &scenario.token {
            let written = [&token.scope, &token.audience];
            written.into_iter().flatten().flat_map(Template::names).for_each(|(name, _)| self.look(name));
            self.look("target.token_url");
            if token.grant == Grant::AuthorizationCode {
                self.look("target.authorize_url");
            }
        }
        for step in scenario.steps.iter().chain(&scenario.finally) {
            step.visit_names(&mut |name, _, _| self.look(name));
            match &step.action {
                Action::Token(_) => self.look("target.token_url"),
                Action::Authorize(_) => {
                    self.look("target.authorize_url");
                    self.look("target.token_url");
                }
                _ => {}
            }
        }
    }

    fn look(&mut self, name: &str) {
        if self.missing.is_none() {
            self.missing = self.lacks(name);
        }
    }

    /// Why `name` has no value at the target, if it has none.
    fn lacks(&self, name: &str) -> Option<String> {
        let target = self.target;
        let is_mock = target.kind == Kind::Mock;
        let has = match name.split_once('.')? {
            ("fixture", fixture) if is_mock => MOCK_FIXTURES.contains(&fixture),
            ("fixture", fixture) => match target.fixtures.get(fixture) {
                Some(template) => {
                    if let Some(variable) = unset(template) {
                        let of = format!("`{name}` of target `{}`", target.name);
                        return Some(format!("the environment variable `{variable}` of {of} is not set"));
                    }
                    true
                }
                None => false,
            },
            // A mock tells its own addresses and clients.
            _ if is_mock => true,
            ("target", "audience") => target.audience.is_some(),
            ("target", word) => {
                !UrlName::WORDS.iter().any(|(known, url)| *known == word && !target.urls.contains_key(url))
            }
            ("client", "redirect_uri") => {
                let client = self.scenario.client.as_ref()?;
                if target.clients.get(&client.value)?.redirect_uri.is_none() {
                    let client = &client.value;
                    return Some(format!("client `{client}` of target `{}` has no `redirect_uri`", target.name));
                }
                true
            }
            _ => true,
        };
        (!has).then(|| format!("target `{}` has no `{name}`", target.name))
    }
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

    /// A target with everything but what each case takes away.
    const WHOLE: &str = r#"targets:
  local:
    kind: staging
    api: http://127.0.0.1:9/
    authorize_url: http://127.0.0.1:9/a
    token_url: http://127.0.0.1:9/t
    audience: urn:a
    offers: [login, consent]
    fixtures: { here: "1", unset: "${env.TACKTEST_NEVER_SET}" }
    users: { first: { login: a, password: b }, second: { login: a, password: b } }
    clients: { whole: { id: a, secret: b, redirect_uri: "http://127.0.0.1:9/" }, bare: { id: a, secret: b } }
"#;

    fn told_at_whole(without: &str, text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let lines = WHOLE.lines().filter(|line| without.is_empty() || !line.contains(without));
        let project = lines.collect::<Vec<_>>().join("\n");
        std::fs::write(folder.path().join(crate::config::PROJECT_FILE), project).unwrap();
        let project = Project::read(folder.path()).unwrap();
        let scenario = scenario(&format!("title: a\n{text}"));
        skip_reason(&scenario, &needs(&scenario), project.target("local").unwrap()).unwrap_or_default()
    }

    #[test]
    fn whatever_is_used_anywhere_must_be_there() {
        let vars = |value: &str| format!("vars: {{ v: \"{value}\" }}\n{ONE_STEP}");
        let token = |token: &str| format!("client: whole\ntoken: {{ {token} }}\n{ONE_STEP}");
        let step = |client: &str, step: &str| format!("client: {client}\nsteps: [{{ {step}, expect: none }}]");
        for (without, text, reason) in [
            ("", vars("${fixture.here}"), ""),
            ("", vars("${fixture.gone}"), "target `local` has no `fixture.gone`"),
            (
                "",
                vars("${fixture.unset}"),
                "the environment variable `TACKTEST_NEVER_SET` of `fixture.unset` of target `local` is not set",
            ),
            ("audience", vars("${target.audience}"), "target `local` has no `target.audience`"),
            ("", token("grant: client_credentials"), ""),
            ("token_url", token("grant: client_credentials"), "target `local` has no `target.token_url`"),
            ("authorize_url", token("grant: client_credentials"), ""),
            ("authorize_url", token("grant: authorization_code"), "target `local` has no `target.authorize_url`"),
            (
                "",
                token("grant: client_credentials, scope: \"${fixture.gone}\""),
                "target `local` has no `fixture.gone`",
            ),
            ("token_url", step("whole", "authorize: {}"), "target `local` has no `target.token_url`"),
            ("", step("whole", "get: \"/${client.redirect_uri}\""), ""),
            (
                "",
                step("bare", "get: \"/${client.redirect_uri}\""),
                "client `bare` of target `local` has no `redirect_uri`",
            ),
            ("", step("whole", "authorize: { user: first }"), ""),
            (
                "",
                step("whole", "authorize: { user: second }"),
                "target `local` logs in its first user, `first`, and not `second`",
            ),
            ("users", step("whole", "authorize: { user: second }"), ""),
        ] {
            assert_eq!(told_at_whole(without, &text), reason, "{text}");
        }
    }

    #[test]
    fn the_mock_has_what_is_its_own_and_not_what_is_of_other_targets() {
        let targets = builtin_targets();
        let mock = &targets[0];
        assert_eq!(reason("needs: [clock, faults, login, consent]\nclient: demand", mock), None);
        for (head, told) in [
            ("targets: [staging]", "it is for staging only"),
            ("client: acme", "target `mock` has no client `acme`"),
            ("vars: { v: \"${fixture.lead}\" }", "target `mock` has no `fixture.lead`"),
            (
                "client: demand\ntoken: { grant: authorization_code, user: somebody }",
                "target `mock` has no user `somebody`",
            ),
        ] {
            assert_eq!(reason(head, mock).as_deref(), Some(told), "{head}");
        }
    }
}
