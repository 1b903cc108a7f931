//! Why a scenario does not run on a target.

use crate::config::{
    Capability, EnvironmentWord, Kind, MOCK_CLIENTS, MOCK_FIXTURES, MOCK_USERS, Missing, Project, TargetDefinition,
    UrlName, Variables,
};
use crate::scenario::{Action, Answer, Grant, Scenario};
use crate::source::Template;

use super::logins::{login_reason, person_reason};
use super::needs::visit_names;
use super::safety::safety_reason;
use super::skip::Skip;
use super::terms::Terms;
use super::webhooks::receiver_reason;

/// Where scenarios are to run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting<'a> {
    pub(super) project: &'a Project,
    pub(super) target: &'a TargetDefinition,
    pub(super) terms: &'a Terms<'a>,
}

impl Setting<'_> {
    /// Whether the environment that `scenario` speaks of is a real one.
    pub(super) fn is_real(self, scenario: &Scenario) -> bool {
        Seen::of(scenario, self).is_real
    }
}

/// The definitions of a target's environments as a scenario sees them.
#[derive(Clone, Copy)]
struct Seen<'a> {
    variables: &'a Variables,
    terms: &'a Terms<'a>,
    /// What `target.` and `client.` mean.
    this: &'a TargetDefinition,
    /// Whether that is a real one.
    is_real: bool,
    /// What `other.` means; a mock's second environment is not defined but told.
    other: Option<&'a TargetDefinition>,
}

impl<'a> Seen<'a> {
    fn of(scenario: &Scenario, setting: Setting<'a>) -> Self {
        let Setting { project, target, terms } = setting;
        let variables = &project.variables;
        match (project.other(target), scenario.environment) {
            // A target that is the real one is what the scenario means already.
            (Some(other), EnvironmentWord::Production) if target.kind != Kind::Production => {
                Self { variables, terms, this: other, is_real: terms.other_is_real, other: Some(target) }
            }
            (other, _) => Self { variables, terms, this: target, is_real: terms.is_real, other },
        }
    }
}

/// Why `scenario`, which has these `needs`, can't run in `setting`, if it can't.
pub(super) fn skip_reason(scenario: &Scenario, needs: &[Capability], setting: Setting<'_>) -> Option<Skip> {
    let target = setting.target;
    if !scenario.targets.is_empty() && !scenario.targets.iter().any(|wanted| wanted.value == target.name) {
        let wanted: Vec<&str> = scenario.targets.iter().map(|wanted| wanted.value.as_str()).collect();
        return Some(Skip::by_nature(format!("it is for {} only", wanted.join(", "))));
    }
    let seen = Seen::of(scenario, setting);
    let offering = |need: Capability| if need == Capability::Environments { target } else { seen.this };
    let offers = |need: Capability| {
        let is_told_by_terms = seen.is_real && (need == Capability::Login || need == Capability::Consent);
        let is_too_wide = seen.is_real && need == Capability::NarrowScope;
        is_told_by_terms || !is_too_wide && offering(need).has(need)
    };
    if let Some(missing) = needs.iter().find(|need| !offers(**need)) {
        let (name, need) = (&offering(*missing).name, missing.word());
        return Some(Skip::by_nature(match missing {
            Capability::Mock => format!("it is for mocks only, and target `{name}` is none"),
            _ => format!("target `{name}` does not offer `{need}`"),
        }));
    }
    if let Some(reason) = gate_reason(scenario, needs, target) {
        return Some(Skip::by_nature(reason));
    }
    let both = needs.contains(&Capability::Environments);
    if let Some(reason) = safety_reason(scenario, &real_environments(both, setting), &setting.terms.allowed) {
        return Some(Skip::by_nature(reason));
    }
    let unset = || {
        url_reason(seen.this, seen.variables)
            .or_else(|| seen.other.filter(|_| both).and_then(|other| url_reason(other, seen.variables)))
            .map(Skip::missing)
    };
    let by_users = || {
        if seen.is_real {
            let person = person_reason(needs, seen.this, setting.terms).map(Skip::by_nature);
            return person.or_else(|| login_reason(scenario, seen.this, setting.terms).map(Skip::missing));
        }
        let user = user_reason(scenario, seen.this, seen.variables);
        user.or_else(|| answer_reason(scenario, seen.this, seen.variables))
    };
    let lacks = || {
        client_reason(scenario, seen.this, seen.variables)
            .map(Skip::missing)
            .or_else(by_users)
            .or_else(|| receiver_reason(needs, seen.is_real, setting))
            .or_else(|| Used { scenario, seen, missing: None }.first_missing())
    };
    // What a mock's worlds have is told by the mock, so nothing can be added to them.
    let is_mock = seen.this.kind == Kind::Mock;
    unset().or_else(|| lacks().map(|skip| if is_mock { Skip::by_nature(skip.reason) } else { skip }))
}

/// The real ones of the environments that a scenario speaks of: the target's, and with `both` the second one.
fn real_environments(both: bool, setting: Setting<'_>) -> Vec<&TargetDefinition> {
    let Setting { project, target, terms } = setting;
    let other = project.other(target).filter(|_| both && terms.other_is_real);
    Some(target).filter(|_| terms.is_real).into_iter().chain(other).collect()
}

/// A gate that is asked for where a mock has none: it is staging's, as the documents have it.
fn gate_reason(scenario: &Scenario, needs: &[Capability], target: &TargetDefinition) -> Option<String> {
    let is_open = target.kind == Kind::Mock && scenario.environment == EnvironmentWord::Production;
    (is_open && needs.contains(&Capability::Gate)).then(|| {
        format!(
            "target `{}` has a gate before the site of staging only, and none with `environment: production`",
            target.name
        )
    })
}

fn client_reason(scenario: &Scenario, target: &TargetDefinition, variables: &Variables) -> Option<String> {
    let (client, name) = (&scenario.client.as_ref()?.value, &target.name);
    let lacks = || Some(format!("target `{name}` has no client `{client}`"));
    if target.kind == Kind::Mock {
        return if MOCK_CLIENTS.contains(&client.as_str()) { None } else { lacks() };
    }
    let Some(definition) = target.clients.get(client) else { return lacks() };
    let redirect_uri = || definition.redirect_uri.as_ref().and_then(|uri| variables.unset(uri)).map(Missing::Variable);
    let missing = [&definition.id, &definition.secret].into_iter().find_map(|reference| variables.missing(reference));
    missing.or_else(redirect_uri).map(|missing| missing.reason(&format!("client `{client}`")))
}

fn url_reason(target: &TargetDefinition, variables: &Variables) -> Option<String> {
    let variable = target.urls.values().chain(&target.audience).find_map(|template| variables.unset(template))?;
    Some(format!("the environment variable `{variable}` of target `{}` is not set", target.name))
}

/// A user whom the scenario logs in and can't be had at the target.
///
/// A mock logs in any of its own. Elsewhere a login is that of the target's first user, or of any whose login pages the
/// harness can fill in; where a target names no users, a person logs in.
fn user_reason(scenario: &Scenario, target: &TargetDefinition, variables: &Variables) -> Option<Skip> {
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
            .map(|user| Skip::by_nature(format!("target `{name}` has no user `{user}`")));
    }
    let Some(first) = target.users.first().map(|user| user.name.as_str()) else {
        let user = named.next()?;
        let reason = format!("target `{name}` names no users, so that nobody can tell whether `{user}` logs in there");
        return Some(Skip::missing(reason));
    };
    let other = named.find(|user| *user != first)?;
    let Some(user) = target.users.iter().find(|known| known.name == other) else {
        return Some(Skip::missing(format!("target `{name}` has no user `{other}`")));
    };
    let Some((login, password)) = user.login.as_ref().zip(user.password.as_ref()) else {
        return Some(Skip::missing(format!("user `{other}` of target `{name}` has no `login` and `password`")));
    };
    let missing = [login, password].into_iter().find_map(|reference| variables.missing(reference))?;
    Some(Skip::missing(missing.reason(&format!("user `{other}`"))))
}

/// A user who is to say no where nobody can be told to: that needs a mock, or login pages that the harness can fill in.
fn answer_reason(scenario: &Scenario, target: &TargetDefinition, variables: &Variables) -> Option<Skip> {
    let mut denied = steps(scenario).filter_map(|action| match action {
        Action::Authorize(authorize) if authorize.answer == Answer::Deny => Some(authorize.user.as_ref()),
        _ => None,
    });
    let wanted = denied.next().filter(|_| target.kind != Kind::Mock)?;
    let known = target.users.iter().find(|user| wanted.is_none_or(|wanted| wanted.value == user.name));
    let Some((user, (login, password))) =
        known.and_then(|user| Some((user, user.login.as_ref().zip(user.password.as_ref())?)))
    else {
        let name = &target.name;
        let reason =
            format!("target `{name}` has no `login` and `password` of its user, so that no user can be told to deny");
        return Some(Skip::by_nature(reason));
    };
    let missing = [login, password].into_iter().find_map(|reference| variables.missing(reference))?;
    Some(Skip::missing(missing.reason(&format!("user `{}`", user.name))))
}

fn steps(scenario: &Scenario) -> impl Iterator<Item = &Action> {
    scenario.steps.iter().chain(&scenario.finally).map(|step| &step.action)
}

/// The search for the first value that the scenario uses and the target lacks.
struct Used<'a> {
    scenario: &'a Scenario,
    seen: Seen<'a>,
    missing: Option<Skip>,
}

impl Used<'_> {
    fn first_missing(mut self) -> Option<Skip> {
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
                    let client = || {
                        client_reason(self.scenario, other, self.seen.variables).filter(|_| name.starts_with("client."))
                    };
                    client().map(Skip::missing).or_else(|| self.lacks(name, other))
                }
                (None, _) => self.lacks(name, self.seen.this),
            };
        }
    }

    /// Why there is no token of the scenario's client at `target` that is over, if there is none.
    fn nothing_spent(&self, target: &TargetDefinition) -> Option<String> {
        let client = self.scenario.client.as_ref().map_or("", |client| &client.value);
        if !self.seen.is_real {
            return Some(format!(
                "target `{}` is no real one, of which access tokens are kept until they are over",
                target.name
            ));
        }
        let is_kept = self.seen.terms.kept.is_some_and(|kept| kept.has_spent(&target.name, client));
        (!is_kept).then(|| {
            format!(
                "no access token of client `{client}` that has been over for an hour is kept yet; one is kept from this run on"
            )
        })
    }

    /// Why `name` has no value at `target`, if it has none.
    fn lacks(&self, name: &str, target: &TargetDefinition) -> Option<Skip> {
        let is_mock = target.kind == Kind::Mock;
        let unset = |template: &Template| self.seen.variables.unset(template);
        let has = match name.split_once('.')? {
            ("fixture", fixture) if is_mock => MOCK_FIXTURES.contains(&fixture),
            ("fixture", fixture) => match target.fixtures.get(fixture) {
                Some(template) => {
                    if let Some(variable) = unset(template) {
                        let of = format!("`{name}` of target `{}`", target.name);
                        return Some(Skip::missing(format!(
                            "the environment variable `{variable}` of {of} is not set"
                        )));
                    }
                    true
                }
                None => false,
            },
            // A mock tells its own addresses and clients.
            _ if is_mock => true,
            ("spent", _) => return self.nothing_spent(target).map(Skip::by_nature),
            ("gate", _) => {
                let mut references = target.gate.iter().flat_map(|gate| [&gate.user, &gate.password]);
                if let Some(missing) = references.find_map(|reference| self.seen.variables.missing(reference)) {
                    return Some(Skip::missing(missing.reason(&format!("the gate of target `{}`", target.name))));
                }
                target.gate.is_some()
            }
            ("target", "audience") => target.audience.is_some(),
            ("target", word) => {
                !UrlName::WORDS.iter().any(|(known, url)| *known == word && !target.urls.contains_key(url))
            }
            ("client", "redirect_uri") => {
                let client = self.scenario.client.as_ref()?;
                if target.clients.get(&client.value)?.redirect_uri.is_none() {
                    let client = &client.value;
                    let reason = format!("client `{client}` of target `{}` has no `redirect_uri`", target.name);
                    return Some(Skip::missing(reason));
                }
                true
            }
            _ => true,
        };
        let reason = || format!("target `{}` has no `{name}`", target.name);
        // An address that a target does not have is nothing that its user could provide.
        let is_own = !name.starts_with("target.");
        (!has).then(|| if is_own { Skip::missing(reason()) } else { Skip::by_nature(reason()) })
    }
}

#[cfg(test)]
mod tests;
