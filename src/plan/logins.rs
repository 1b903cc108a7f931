//! Whether a real target has the logins that a scenario needs: stored ones for tokens, a person for steps.

use crate::config::{Capability, TargetDefinition, login_command};
use crate::scenario::{Grant, Scenario};
use crate::source::Template;

use super::terms::Terms;

/// Whether a scenario with these `needs` asks a person to log in, if it runs on a real target.
pub(super) fn asks_person(needs: &[Capability]) -> bool {
    needs.contains(&Capability::Consent)
}

/// Why a scenario with these `needs` can't run at the real `target`, if nobody is there to log in.
pub(super) fn person_reason(needs: &[Capability], target: &TargetDefinition, terms: &Terms<'_>) -> Option<String> {
    (asks_person(needs) && !terms.attended)
        .then(|| format!("a person must log in at target `{}`: run it with `--attended`, and be there", target.name))
}

/// Why the token that `scenario` carries can't come from a login that is stored for the real `target`.
pub(super) fn login_reason(scenario: &Scenario, target: &TargetDefinition, terms: &Terms<'_>) -> Option<String> {
    let token = scenario.token.as_ref().filter(|token| token.grant == Grant::AuthorizationCode)?;
    let stored = terms.kept?.logins()?;
    let client = scenario.client.as_ref().map_or("", |client| &client.value);
    let named = token.user.as_ref().map(|user| user.value.as_str());
    let user = named.unwrap_or_else(|| target.default_user());
    let command = login_command(&target.name, client, named.filter(|user| *user != target.default_user()));
    let is_it = |login: &&super::terms::StoredLogin| {
        login.target == target.name && login.client == client && login.user == user
    };
    let Some(login) = stored.iter().find(is_it) else {
        return Some(format!("no login is stored for client `{client}`, user `{user}`: `{command}`"));
    };
    // What a placeholder stands for is known only while the scenario runs.
    let asked: Vec<&str> = token.scope.as_ref().and_then(Template::as_literal)?.split_whitespace().collect();
    let missing: Vec<&str> =
        asked.into_iter().filter(|scope| !login.scopes.iter().any(|granted| granted == scope)).collect();
    if missing.is_empty() {
        return None;
    }
    let missing = missing.join(" ");
    let all = login.scopes.iter().map(String::as_str).chain([missing.as_str()]).collect::<Vec<_>>().join(" ");
    Some(format!(
        "the stored login of client `{client}`, user `{user}` was not granted {missing}: `{command} --scope \"{all}\"`"
    ))
}
