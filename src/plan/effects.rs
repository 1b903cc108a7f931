//! What a scenario does to the world, derived from its steps.

use crate::config::{Effect, effect_of};
use crate::scenario::{Action, Body, Parameter, Parameters, Request, Scenario, Step};
use crate::source::{Diagnostic, Piece, Problems, Template};

/// The strongest effect that the steps of `scenario` imply.
pub(super) fn derived(scenario: &Scenario) -> Effect {
    let steps = || scenario.steps.iter().chain(&scenario.finally);
    let strongest = steps().map(of_step).max().unwrap_or(Effect::None);
    if second_use(steps()).is_some() { strongest.max(Effect::SpendsLogin) } else { strongest }
}

/// A claim that is weaker than what the steps imply is a problem.
pub(super) fn check_claim(scenario: &Scenario, problems: &mut Problems) {
    let Some(claim) = &scenario.effects else { return };
    let implied = derived(scenario);
    if claim.value < implied {
        let problem =
            Diagnostic::error("weak-effects", format!("the steps do more than `{}`", claim.value.word()), claim.place)
                .label(format!("the steps imply `{}`", implied.word()))
                .help("leave `effects` out, and what the steps imply is taken");
        let steps = || scenario.steps.iter().chain(&scenario.finally);
        let culprit = steps().find(|step| of_step(step) == implied).or_else(|| second_use(steps()));
        problems.push(match culprit {
            Some(step) => problem.context(step.place, format!("implies `{}`", implied.word())),
            None => problem,
        });
    }
}

fn of_step(step: &Step) -> Effect {
    match &step.action {
        Action::Request(request) => of_request(request),
        _ => Effect::None,
    }
}

fn of_request(request: &Request) -> Effect {
    let path = spelled(&request.url);
    for side in ["", "other."] {
        let goes_to = |url: &str| path.starts_with(&format!("${{{side}target.{url}}}"));
        if goes_to("revoke_url") {
            return wrong_credentials(request, side).max(Effect::SpendsLogin);
        }
        if ["token_url", "authorize_url", "userinfo_url", "jwks_url"].into_iter().any(goes_to) {
            return wrong_credentials(request, side);
        }
    }
    effect_of(request.method.http().as_str(), &path)
}

/// Credentials at an OAuth URL other than the client's own there are wrong on purpose; `side` is `other.` for the
/// second environment's.
fn wrong_credentials(request: &Request, side: &str) -> Effect {
    let is = |template: &Template, word: &str| {
        template.as_placeholder().and_then(|name| name.strip_prefix(side)?.strip_prefix("client.")) == Some(word)
    };
    let wrong_basic =
        request.basic.as_ref().is_some_and(|basic| !is(&basic.user, "id") || !is(&basic.password, "secret"));
    let wrong_form = match &request.body {
        Body::Form(Parameters::Each(each)) => each.iter().any(|(name, parameter)| {
            let own = match &**name {
                "client_id" => "id",
                "client_secret" => "secret",
                _ => return false,
            };
            !matches!(parameter, Parameter::One(template) if is(template, own))
        }),
        // What a whole form that stands elsewhere holds is not known here, so the worst is taken.
        Body::Form(Parameters::All(_)) => true,
        _ => false,
    };
    if wrong_basic || wrong_form { Effect::WrongCredentials } else { Effect::None }
}

/// The step that presents a code or a refresh token for the second time.
fn second_use<'s>(steps: impl Iterator<Item = &'s Step>) -> Option<&'s Step> {
    let mut spent = Vec::new();
    for step in steps {
        for spelling in presented(step) {
            // A request that is repeated presents again what it holds.
            if step.until.is_some() || spent.contains(&spelling) {
                return Some(step);
            }
            spent.push(spelling);
        }
    }
    None
}

/// The codes and refresh tokens that `step` presents at the token URL, as they were written.
fn presented(step: &Step) -> Vec<String> {
    let one = |name: &str, parameter: &Parameter| match parameter {
        Parameter::One(template) if ["code", "refresh_token"].contains(&name) => Some(spelled(template)),
        _ => None,
    };
    match &step.action {
        Action::Token(token) => token.parameters.iter().filter_map(|(name, value)| one(name, value)).collect(),
        Action::Request(request) if is_for_token(request) => match &request.body {
            Body::Form(Parameters::Each(each)) => each.iter().filter_map(|(name, value)| one(name, value)).collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn is_for_token(request: &Request) -> bool {
    let url = spelled(&request.url);
    ["${target.token_url}", "${other.target.token_url}"].iter().any(|token_url| url.starts_with(token_url))
}

/// The template as it was written.
fn spelled(template: &Template) -> String {
    template
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.to_string(),
            Piece::Placeholder { name, .. } => format!("${{{name}}}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::scenario;
    use super::*;

    fn effect(steps: &str) -> Effect {
        derived(&scenario(&format!("title: a\nclient: demand\nsteps:\n{steps}")))
    }

    #[test]
    fn each_kind_of_step_has_its_effect() {
        let own = "{ user: \"${client.id}\", password: \"${client.secret}\" }";
        let others = "{ user: \"${other.client.id}\", password: \"${other.client.secret}\" }";
        for (step, expected) in [
            ("get: /v4/anything", Effect::None),
            ("head: /v4/anything", Effect::None),
            ("post: /v4/businesses/search", Effect::None),
            ("post: \"/v4/businesses/${fixture.business}/webhooks\"", Effect::OwnData),
            ("post: /v4/negotiations/1/messages", Effect::Contacts),
            ("delete: /v4/unknown", Effect::Contacts),
            ("token: { grant: client_credentials }", Effect::None),
            ("authorize: { scope: offline_access }", Effect::None),
            ("post: \"${target.token_url}\"\n    form: { client_id: \"${client.id}\" }", Effect::None),
            ("post: \"${target.token_url}\"\n    form: { client_id: other }", Effect::WrongCredentials),
            ("post: \"${target.token_url}\"\n    form: { client_secret: [a, b] }", Effect::WrongCredentials),
            (&format!("post: \"${{target.token_url}}\"\n    basic: {own}"), Effect::None),
            ("post: \"${target.token_url}\"\n    basic: { user: a, password: b }", Effect::WrongCredentials),
            (&format!("post: \"${{target.token_url}}\"\n    basic: {others}"), Effect::WrongCredentials),
            (&format!("post: \"${{other.target.token_url}}\"\n    basic: {others}"), Effect::None),
            (&format!("post: \"${{other.target.token_url}}\"\n    basic: {own}"), Effect::WrongCredentials),
            ("post: \"${other.target.revoke_url}\"\n    form: { token: abc }", Effect::SpendsLogin),
            ("post: \"${target.token_url}\"\n    form: \"${x}\"", Effect::WrongCredentials),
            ("post: /v4/businesses/search\n    form: \"${x}\"", Effect::None),
            ("post: \"${target.revoke_url}\"\n    form: { token: abc }", Effect::SpendsLogin),
            ("post: \"${target.revoke_url}\"\n    form: { client_id: other }", Effect::WrongCredentials),
        ] {
            assert_eq!(effect(&format!("  - {step}\n    expect: none\n")), expected, "{step}");
        }
        assert_eq!(effect("  - wait: 1s\n  - mock: { advance: 1h }\n"), Effect::None);
    }

    #[test]
    fn the_strongest_step_counts_and_so_does_the_second_use_of_a_code() {
        let message = "  - post: /v4/negotiations/1/messages\n    expect: none\n";
        assert_eq!(effect(&format!("  - get: /v4/a\n    expect: none\nfinally:\n{message}")), Effect::Contacts);
        let exchange =
            |code: &str| format!("  - token: {{ grant: authorization_code, code: {code} }}\n    expect: none\n");
        assert_eq!(effect(&(exchange("a") + &exchange("b"))), Effect::None);
        assert_eq!(effect(&(exchange("a") + &exchange("a"))), Effect::SpendsLogin);
        let form =
            |form: &str| format!("  - post: \"${{target.token_url}}\"\n    form: {{ {form} }}\n    expect: none\n");
        let refresh = "  - token: { grant: refresh_token, refresh_token: \"${first}\" }\n    expect: none\n";
        assert_eq!(effect(&(form("code: a") + &form("code: b"))), Effect::None);
        assert_eq!(effect(&(form("code: a") + &form("code: a"))), Effect::SpendsLogin);
        assert_eq!(effect(&(exchange("a") + &form("code: a"))), Effect::SpendsLogin);
        assert_eq!(effect(&(refresh.to_owned() + &form("refresh_token: \"${first}\""))), Effect::SpendsLogin);
        let until = "    until: { every: 1s, for: 2s, expect: { status: 200 } }\n";
        assert_eq!(effect(&(refresh.to_owned() + until)), Effect::SpendsLogin);
        assert_eq!(effect(&(form("refresh_token: a") + until)), Effect::SpendsLogin);
        assert_eq!(effect(&format!("  - token: {{ grant: client_credentials }}\n{until}")), Effect::None);
    }

    #[test]
    fn a_claim_may_be_stronger_than_the_steps_and_not_weaker() {
        let problems = |claim: &str| {
            let mut problems = Problems::default();
            let text = format!("title: a\neffects: {claim}\nsteps:\n  - post: /v4/users/webhooks\n    expect: none\n");
            check_claim(&scenario(&text), &mut problems);
            problems.len()
        };
        assert_eq!(["none", "own_data", "contacts", "load"].map(problems), [1, 0, 0, 0]);
    }
}
