//! Whether a scenario may run on a real target, by what it does to the world. The engine looks again at each request.

use crate::config::{Allowed, Effect, Recipients, TargetDefinition, ids_of, recipients_of};
use crate::scenario::{Action, Body, Grant, Request, Scenario, Step};
use crate::source::Data;

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
    Some(format!("its effect is `contacts`, which goes to `fixture.…` ids only, and {stranger}"))
}

/// What in `request` is not one of the target's fixtures: an id in its path, or one of those whom its body names.
fn stranger(request: &Request) -> Option<String> {
    let Destination::Api(path) = Destination::of(&request.url) else {
        return Some(format!("`{}` in the path of a step is none", spelled(&request.url.pieces)));
    };
    // In a path that was read as one, braces are encoded.
    let path = path.replace("%7B", "{").replace("%7D", "}");
    let method = request.method.http();
    if let Some(id) = ids_of(method.as_str(), &path).into_iter().find(|id| !is_fixture(id)) {
        return Some(format!("`{id}` in the path of a step is none"));
    }
    stranger_in_body(&request.body, recipients_of(method.as_str(), &path)?)
}

/// Whom `body` names who is not one of the fixtures, or that it does not say.
fn stranger_in_body(body: &Body, recipients: &Recipients) -> Option<String> {
    let members = recipients.members;
    let named = |member: &'static str| match body {
        Body::Json(json) => ids_in(json, member).into_iter().map(|id| (member, id)).collect(),
        Body::None | Body::Form(_) | Body::Text(_) => Vec::new(),
    };
    let named: Vec<(&str, String)> = members.iter().flat_map(|member| named(member)).collect();
    if named.is_empty() {
        return Some(format!(
            "the `json` of a step does not say whom it reaches: it names nobody in `{}`",
            members.join("` or `")
        ));
    }
    let stranger = named.into_iter().find(|(_, id)| !is_fixture(id));
    stranger.map(|(member, id)| format!("`{id}` in `{member}` of a step is none"))
}

/// The ids in `member` of `json`, a list or a single one, as they were written.
fn ids_in(json: &Data, member: &str) -> Vec<String> {
    let written = |id: &serde_json::Value| id.as_str().map_or_else(|| id.to_string(), str::to_owned);
    let of_value = |value: &serde_json::Value| match value {
        serde_json::Value::Array(ids) => ids.iter().map(written).collect(),
        id => vec![written(id)],
    };
    let of_data = |data: &Data| match data {
        Data::Literal(value) => of_value(value),
        Data::Template(template) => vec![spelled(&template.pieces)],
        // An object is no id, and no fixture either.
        Data::Sequence(_) | Data::Mapping(_) => vec![format!("{data:?}")],
    };
    match json {
        Data::Literal(value) => value.get(member).map(of_value).unwrap_or_default(),
        Data::Mapping(members) => match members.iter().find(|(name, _)| **name == *member) {
            Some((_, Data::Sequence(ids))) => ids.iter().flat_map(of_data).collect(),
            Some((_, data)) => of_data(data),
            None => Vec::new(),
        },
        Data::Template(_) | Data::Sequence(_) => Vec::new(),
    }
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
    fn only_businesses_of_the_fixtures_are_asked_for_offers() {
        let told = |body: &str| {
            reason(&[Allowance::Contacts], &[1], &format!("steps: [{{ post: /v4/requests, {body}expect: none }}]"))
        };
        let own = "\"${fixture.business}\"";
        for body in [
            format!("json: {{ searchID: \"${{search}}\", serviceIDs: [{own}] }}, "),
            format!("json: {{ businessIDs: [{own}, {own}], categoryID: \"7\" }}, "),
        ] {
            assert_eq!(told(&body), "", "{body}");
        }
        for (body, why) in [
            (format!("json: {{ serviceIDs: [{own}, \"7\"] }}, "), "`7` in `serviceIDs` of a step is none"),
            ("json: { serviceIDs: [\"7\"] }, ".to_owned(), "`7` in `serviceIDs` of a step is none"),
            (format!("json: {{ serviceIDs: [{own}], businessIDs: [8] }}, "), "`8` in `businessIDs` of a step is none"),
            ("json: { serviceIDs: [\"${found}\"] }, ".to_owned(), "`${found}` in `serviceIDs` of a step is none"),
            ("json: { businessIDs: \"${found}\" }, ".to_owned(), "`${found}` in `businessIDs` of a step is none"),
            (format!("json: {{ serviceIDs: [{{ id: {own} }}] }}, "), "in `serviceIDs` of a step is none"),
            ("json: { searchID: \"7\" }, ".to_owned(), "names nobody in `serviceIDs` or `businessIDs`"),
            ("json: { serviceIDs: [] }, ".to_owned(), "names nobody"),
            ("json: \"${all}\", ".to_owned(), "names nobody"),
            (format!("text: '{{\"serviceIDs\":[{own}]}}', "), "names nobody"),
            (String::new(), "names nobody"),
        ] {
            assert!(told(&body).contains(why), "{body}: {}", told(&body));
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
