//! Why a scenario does not run on a target.

use crate::config::{
    Capability, EnvironmentWord, Kind, MOCK_CLIENTS, MOCK_FIXTURES, MOCK_USERS, Project, TargetDefinition, UrlName,
};
use crate::scenario::{Action, Answer, Grant, Scenario};
use crate::source::Template;

use super::needs::visit_names;

/// The definitions of a target's environments as a scenario sees them.
struct Seen<'a> {
    /// What `target.` and `client.` mean.
    this: &'a TargetDefinition,
    /// What `other.` means; a mock's second environment is not defined but told.
    other: Option<&'a TargetDefinition>,
}

impl<'a> Seen<'a> {
    fn of(scenario: &Scenario, target: &'a TargetDefinition, project: &'a Project) -> Self {
        match (project.other(target), scenario.environment) {
            (Some(other), EnvironmentWord::Production) => Self { this: other, other: Some(target) },
            (other, _) => Self { this: target, other },
        }
    }
}

/// Why `scenario`, which has these `needs`, can't run on `target` of `project`, if it can't.
pub(super) fn skip_reason(
    scenario: &Scenario,
    needs: &[Capability],
    target: &TargetDefinition,
    project: &Project,
) -> Option<String> {
    if !scenario.targets.is_empty() && !scenario.targets.iter().any(|wanted| wanted.value == target.name) {
        let wanted: Vec<&str> = scenario.targets.iter().map(|wanted| wanted.value.as_str()).collect();
        return Some(format!("it is for {} only", wanted.join(", ")));
    }
    let seen = Seen::of(scenario, target, project);
    let offering = |need: Capability| if need == Capability::Environments { target } else { seen.this };
    if let Some(missing) = needs.iter().find(|need| !offering(**need).has(**need)) {
        return Some(format!("target `{}` does not offer `{}`", offering(*missing).name, missing.word()));
    }
    let both = needs.contains(&Capability::Environments);
    client_reason(scenario, seen.this)
        .or_else(|| url_reason(seen.this))
        .or_else(|| seen.other.filter(|_| both).and_then(url_reason))
        .or_else(|| user_reason(scenario, seen.this))
        .or_else(|| answer_reason(scenario, seen.this))
        .or_else(|| Used { scenario, seen, missing: None }.first_missing())
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
    let of_steps = steps(scenario).filter_map(|action| match action {
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

/// A user who is to say no where nobody can be told to: the redirects of a login lead to an approval.
fn answer_reason(scenario: &Scenario, target: &TargetDefinition) -> Option<String> {
    let denies = |action: &Action| matches!(action, Action::Authorize(authorize) if authorize.answer == Answer::Deny);
    (target.kind != Kind::Mock && steps(scenario).any(denies))
        .then(|| format!("target `{}` is no mock, so that no user can be told to deny", target.name))
}

fn steps(scenario: &Scenario) -> impl Iterator<Item = &Action> {
    scenario.steps.iter().chain(&scenario.finally).map(|step| &step.action)
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
    seen: Seen<'a>,
    missing: Option<String>,
}

impl Used<'_> {
    fn first_missing(mut self) -> Option<String> {
        let scenario = self.scenario;
        visit_names(scenario, &mut |name| self.look(name));
        if let Some(token) = &scenario.token {
            self.look("target.token_url");
            if token.grant == Grant::AuthorizationCode {
                self.look("target.authorize_url");
            }
        }
        for action in steps(scenario) {
            match action {
                Action::Token(_) => self.look("target.token_url"),
                Action::Authorize(_) => {
                    self.look("target.authorize_url");
                    self.look("target.token_url");
                }
                _ => {}
            }
        }
        self.missing
    }

    fn look(&mut self, name: &str) {
        if self.missing.is_none() {
            self.missing = match (name.strip_prefix("other."), self.seen.other) {
                // A mock tells what its second environment has.
                (Some(_), None) => None,
                (Some(name), Some(other)) => {
                    let client = || client_reason(self.scenario, other).filter(|_| name.starts_with("client."));
                    client().or_else(|| self.lacks(name, other))
                }
                (None, _) => self.lacks(name, self.seen.this),
            };
        }
    }

    /// Why `name` has no value at `target`, if it has none.
    fn lacks(&self, name: &str, target: &TargetDefinition) -> Option<String> {
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
            ("gate", _) => match target.gate.iter().flat_map(|gate| [&gate.user, &gate.password]).find_map(unset) {
                Some(variable) => {
                    let of = format!("the gate of target `{}`", target.name);
                    return Some(format!("the environment variable `{variable}` of {of} is not set"));
                }
                None => target.gate.is_some(),
            },
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
    use super::super::needs::needs;
    use super::super::testing::scenario;
    use super::*;
    use crate::config::PROJECT_FILE;

    const ONE_STEP: &str = "steps:\n  - get: /v4/a\n    expect: none\n";

    fn project(text: &str) -> Project {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(PROJECT_FILE), text).unwrap();
        Project::read(folder.path()).unwrap()
    }

    fn reason(text: &str, target: &str, project: &Project) -> String {
        let scenario = scenario(&format!("title: a\n{text}"));
        skip_reason(&scenario, &needs(&scenario), project.target(target).unwrap(), project).unwrap_or_default()
    }

    #[test]
    fn a_scenario_is_skipped_with_the_reason_where_something_is_missing() {
        let project = project(
            "targets:\n  local:\n    kind: staging\n    api: http://127.0.0.1:9/\n    \
             clients: { demand: { id: a, secret: \"${env.TACKTEST_NEVER_SET}\" }, supply: { id: a, secret: b } }\n",
        );
        let told = |head: &str| reason(&format!("{head}\n{ONE_STEP}"), "local", &project);
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
        let lines = WHOLE.lines().filter(|line| without.is_empty() || !line.contains(without));
        reason(text, "local", &project(&lines.collect::<Vec<_>>().join("\n")))
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
            ("", step("whole", "authorize: { answer: approve }"), ""),
            (
                "",
                step("whole", "authorize: { answer: deny }"),
                "target `local` is no mock, so that no user can be told to deny",
            ),
        ] {
            assert_eq!(told_at_whole(without, &text), reason, "{text}");
        }
    }

    #[test]
    fn the_mock_has_what_is_its_own_and_not_what_is_of_other_targets() {
        let project = project("");
        let told_at_mock = |head: &str| reason(&format!("{head}\n{ONE_STEP}"), "mock", &project);
        let all = "needs: [clock, faults, login, consent, given, environments, gate]\nclient: demand\nenvironment: production";
        assert_eq!(told_at_mock(all), "");
        for (head, told) in [
            ("targets: [staging]", "it is for staging only"),
            ("client: acme", "target `mock` has no client `acme`"),
            ("vars: { v: \"${fixture.lead}\" }", "target `mock` has no `fixture.lead`"),
            (
                "client: demand\ntoken: { grant: authorization_code, user: somebody }",
                "target `mock` has no user `somebody`",
            ),
        ] {
            assert_eq!(told_at_mock(head), told, "{head}");
        }
    }

    const TWO: &str = r#"targets:
  one:
    kind: staging
    api: http://127.0.0.1:9/
    token_url: http://127.0.0.1:9/t
    other: two
    fixtures: { here: "1" }
    users: { pro: { login: a, password: b } }
    clients: { both: { id: a, secret: b, redirect_uri: "http://127.0.0.1:9/" }, mine: { id: a, secret: b } }
  two:
    kind: production
    api: http://127.0.0.1:9/p/
    clients: { both: { id: a, secret: b }, unset: { id: a, secret: "${env.TACKTEST_NEVER_SET}" } }
"#;

    #[test]
    fn the_gate_must_be_told_whole() {
        let text = "steps: [{ get: \"${target.site}\", text: \"${gate.user}\", expect: none }]";
        for (gate, told) in [
            ("", "target `local` does not offer `gate`"),
            ("gate: { user: a, password: b }", ""),
            (
                "gate: { user: a, password: \"${env.TACKTEST_NEVER_SET}\" }",
                "the environment variable `TACKTEST_NEVER_SET` of the gate of target `local` is not set",
            ),
        ] {
            let site = "site: http://127.0.0.1:9/";
            let local = format!("targets: {{ local: {{ kind: staging, api: http://127.0.0.1:9/, {site}, {gate} }} }}");
            assert_eq!(reason(text, "local", &project(&local)), told, "{gate}");
        }
    }

    #[test]
    fn the_second_environment_must_have_what_is_used_of_it() {
        let project = project(TWO);
        let step = |head: &str, step: &str| format!("{head}\nsteps: [{{ {step}, expect: none }}]");
        let get = |client: &str, name: &str| step(&format!("client: {client}"), &format!("get: \"/${{{name}}}\""));
        for (text, told) in [
            (get("both", "other.target.api"), ""),
            (get("both", "other.client.secret"), ""),
            (get("mine", "other.target.api"), ""),
            (get("mine", "other.client.id"), "target `two` has no client `mine`"),
            (get("both", "other.client.redirect_uri"), "client `both` of target `two` has no `redirect_uri`"),
            (get("both", "other.target.token_url"), "target `two` has no `target.token_url`"),
            (format!("environment: production\nclient: both\n{ONE_STEP}"), ""),
            (
                step("environment: production\nclient: both", "token: { grant: client_credentials }"),
                "target `two` has no `target.token_url`",
            ),
            (step("environment: production", "get: \"/${fixture.here}\""), "target `two` has no `fixture.here`"),
            (step("environment: production", "get: \"${other.target.token_url}\""), ""),
            (
                format!("environment: production\nclient: unset\n{ONE_STEP}"),
                "the environment variable `TACKTEST_NEVER_SET` of client `unset` is not set",
            ),
        ] {
            assert_eq!(reason(&text, "one", &project), told, "{text}");
        }
        // A target whose `other` is missing has one environment only.
        for text in [get("both", "other.target.api"), format!("environment: production\n{ONE_STEP}")] {
            assert_eq!(reason(&text, "two", &project), "target `two` does not offer `environments`");
        }
    }
}
