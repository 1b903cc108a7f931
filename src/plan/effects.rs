//! What a scenario does to the world, derived from its steps.

use crate::config::{Effect, effect_of};
use crate::scenario::{Action, Parameter, Request, Scenario, Step};
use crate::source::{Diagnostic, Piece, Problems, Template};

/// The strongest effect that the steps of `scenario` imply.
pub(super) fn derived(scenario: &Scenario) -> Effect {
    let steps = || scenario.steps.iter().chain(&scenario.finally);
    let strongest = steps().map(of_step).max().unwrap_or(Effect::None);
    if spends_twice(steps()) { strongest.max(Effect::SpendsLogin) } else { strongest }
}

/// A claim that is weaker than what the steps imply is a problem.
pub(super) fn check_claim(scenario: &Scenario, problems: &mut Problems) {
    let Some(claim) = &scenario.effects else { return };
    let implied = derived(scenario);
    if claim.value < implied {
        problems.push(
            Diagnostic::error("weak-effects", format!("the steps do more than `{}`", claim.value.word()), claim.place)
                .label(format!("the steps imply `{}`", implied.word()))
                .help("leave `effects` out, and what the steps imply is taken"),
        );
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
    let oauth = ["${target.token_url}", "${target.authorize_url}", "${target.userinfo_url}", "${target.jwks_url}"];
    if path.starts_with("${target.revoke_url}") {
        return wrong_credentials(request).max(Effect::SpendsLogin);
    }
    if oauth.iter().any(|url| path.starts_with(url)) {
        return wrong_credentials(request);
    }
    effect_of(request.method.http().as_str(), &path)
}

/// Credentials at an OAuth URL other than the client's own are wrong on purpose.
fn wrong_credentials(request: &Request) -> Effect {
    let is = |template: &Template, name: &str| template.as_placeholder() == Some(name);
    let wrong_basic = request
        .basic
        .as_ref()
        .is_some_and(|basic| !is(&basic.user, "client.id") || !is(&basic.password, "client.secret"));
    let wrong_form = match &request.body {
        crate::scenario::Body::Form(crate::scenario::Parameters::Each(each)) => each.iter().any(|(name, parameter)| {
            let own = match &**name {
                "client_id" => "client.id",
                "client_secret" => "client.secret",
                _ => return false,
            };
            !matches!(parameter, Parameter::One(template) if is(template, own))
        }),
        _ => false,
    };
    if wrong_basic || wrong_form { Effect::WrongCredentials } else { Effect::None }
}

/// Whether a code or a refresh token is presented twice.
fn spends_twice<'s>(steps: impl Iterator<Item = &'s Step>) -> bool {
    let mut spent = Vec::new();
    for step in steps {
        let Action::Token(token) = &step.action else { continue };
        for (name, parameter) in &token.parameters {
            let (true, Parameter::One(template)) = (["code", "refresh_token"].contains(name), parameter) else {
                continue;
            };
            let spelling = spelled(template);
            if spent.contains(&spelling) {
                return true;
            }
            spent.push(spelling);
        }
    }
    false
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
