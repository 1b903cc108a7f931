//! What a scenario does to the world, derived from its steps.

use crate::config::{Effect, UrlName, effect_of};
use crate::scenario::{Action, Bearer, Body, Parameter, Parameters, Request, Scenario, Step};
use crate::source::{Diagnostic, Problems, Template};

use super::destination::{Destination, Side, spelled};

/// The parameters that are credentials, or stand for a login, besides the client's id.
const QUERY_CREDENTIALS: &[&str] =
    &["client_secret", "client_assertion", "code", "code_verifier", "refresh_token", "token", "access_token"];

/// What `scenario` does: what it claims, else what its steps imply.
pub(super) fn effect(scenario: &Scenario) -> Effect {
    scenario.effects.as_ref().map_or_else(|| derived(scenario), |claim| claim.value)
}

/// The strongest effect that the steps of `scenario` imply.
fn derived(scenario: &Scenario) -> Effect {
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

pub(super) fn of_step(step: &Step) -> Effect {
    match &step.action {
        Action::Request(request) => of_request(request),
        _ => Effect::None,
    }
}

fn of_request(request: &Request) -> Effect {
    let method = request.method.http();
    match Destination::of(&request.url) {
        Destination::Api(path) => effect_of(method.as_str(), &path),
        Destination::OAuth { side, url, query } => {
            let least = if url == UrlName::RevokeUrl { Effect::SpendsLogin } else { Effect::None };
            least.max(wrong_credentials(request, side, Some(url), &query))
        }
        Destination::AuthorizationServer(side) if method.is_safe() => wrong_credentials(request, side, None, ""),
        Destination::Unknown if method.is_safe() && !knocks_wrongly(request) => Effect::None,
        // It can be the token URL or the revocation URL, with whatever the request carries.
        Destination::AuthorizationServer(_) | Destination::Unknown => Effect::WrongCredentials,
    }
}

/// Whether HTTP Basic carries anything but the credentials of the gate: nothing else opens the pages of a site.
fn knocks_wrongly(request: &Request) -> bool {
    let is_of_gate = |template: &Template, name: &str| template.as_placeholder() == Some(name);
    request
        .basic
        .as_ref()
        .is_some_and(|basic| !is_of_gate(&basic.user, "gate.user") || !is_of_gate(&basic.password, "gate.password"))
}

/// What a request does at the authorization server of `side` by what it carries: credentials other than the client's
/// own there are wrong on purpose, and where it can't be known what is sent, the worst is taken.
///
/// `url` is the OAuth URL to which it goes, if that is known, and `query` what stands in the URL itself.
fn wrong_credentials(request: &Request, side: Side, url: Option<UrlName>, query: &str) -> Effect {
    let wrong = has_wrong_authorization(request, side, url)
        || has_wrong_body(&request.body, side)
        || has_credentials_in_query(request, url, query);
    if wrong { Effect::WrongCredentials } else { Effect::None }
}

/// Whether `template` is what the client has under `word`, and nothing else.
fn is_own(template: &Template, side: Side, word: &str) -> bool {
    let own = |name: &str| name.strip_prefix(side.prefix())?.strip_prefix("client.").map(|own| own == word);
    template.as_placeholder().and_then(own) == Some(true)
}

fn has_wrong_authorization(request: &Request, side: Side, url: Option<UrlName>) -> bool {
    let wrong_basic = request
        .basic
        .as_ref()
        .is_some_and(|basic| !is_own(&basic.user, side, "id") || !is_own(&basic.password, side, "secret"));
    // A header that is written is not the client's: that is what `basic` makes.
    let written = match &request.headers {
        Parameters::Each(each) => {
            each.iter().any(|(name, value)| name.eq_ignore_ascii_case("authorization") && !value.templates().is_empty())
        }
        Parameters::All(_) => true,
    };
    // Where a client authenticates, a token stands in the place of its credentials.
    let authenticates = matches!(url, Some(UrlName::AuthorizeUrl | UrlName::TokenUrl | UrlName::RevokeUrl));
    wrong_basic || written || (authenticates && matches!(request.bearer, Bearer::Token(_)))
}

/// Whether `body` holds credentials that are not the client's, or may hold them: only a form tells what is in it.
fn has_wrong_body(body: &Body, side: Side) -> bool {
    match body {
        Body::None => false,
        Body::Form(Parameters::Each(each)) => each.iter().any(|(name, parameter)| {
            let own = match (&**name, parameter) {
                (_, Parameter::LeftOut) => return false,
                ("client_id", _) => "id",
                ("client_secret", _) => "secret",
                // RFC 7521 §4.2.
                ("client_assertion", _) => return true,
                _ => return false,
            };
            !matches!(parameter, Parameter::One(template) if is_own(template, side, own))
        }),
        Body::Form(Parameters::All(_)) | Body::Json(_) | Body::Text(_) => true,
    }
}

/// Whether credentials stand in the query, where they never belong (RFC 6749 §2.3.1), or may stand there.
fn has_credentials_in_query(request: &Request, url: Option<UrlName>, query: &str) -> bool {
    let is_credential = |name: &str| match name {
        // At the authorization URL it says who asks, and proves nothing (RFC 6749 §2.2).
        "client_id" => url != Some(UrlName::AuthorizeUrl),
        _ => QUERY_CREDENTIALS.contains(&name) || name.contains("${"),
    };
    let written = match &request.query {
        Parameters::Each(each) => each.iter().any(|(name, value)| !value.templates().is_empty() && is_credential(name)),
        Parameters::All(_) => true,
    };
    written || url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| is_credential(&name))
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

/// The codes and refresh tokens that `step` presents at the token URL, as they were written, once for each time.
fn presented(step: &Step) -> Vec<String> {
    let mut presented = Vec::new();
    let mut look = |name: &str, parameter: &Parameter| {
        if ["code", "refresh_token"].contains(&name) {
            presented.extend(parameter.templates().iter().map(|template| spelled(&template.pieces)));
        }
    };
    match &step.action {
        Action::Token(token) => token.parameters.iter().for_each(|(name, value)| look(name, value)),
        Action::Request(request) if is_for_token(request) => {
            if let Body::Form(Parameters::Each(each)) = &request.body {
                each.iter().for_each(|(name, value)| look(name, value));
            }
        }
        _ => {}
    }
    presented
}

fn is_for_token(request: &Request) -> bool {
    matches!(Destination::of(&request.url), Destination::OAuth { url: UrlName::TokenUrl, .. })
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
            ("post: \"${target.token_url}\"\n    form: { client_id: null, client_secret: null }", Effect::None),
            ("post: \"${target.token_url}\"\n    form: { client_assertion: a }", Effect::WrongCredentials),
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
    fn nothing_but_the_gates_credentials_is_right_at_the_site() {
        for (basic, expected) in [
            ("", Effect::None),
            ("    basic: { user: \"${gate.user}\", password: \"${gate.password}\" }\n", Effect::None),
            ("    basic: { user: \"${client.id}\", password: \"${client.secret}\" }\n", Effect::WrongCredentials),
            ("    basic: { user: \"${gate.user}\", password: a guess }\n", Effect::WrongCredentials),
        ] {
            let step = format!("  - get: \"${{target.site}}\"\n{basic}    expect: none\n");
            assert_eq!(effect(&step), expected, "{step}");
        }
    }

    #[test]
    fn at_an_oauth_url_the_worst_is_taken_of_what_can_hold_credentials() {
        let own = "basic: { user: \"${client.id}\", password: \"${client.secret}\" }";
        for (request, expected) in [
            ("post: \"${target.token_url}\"", Effect::None),
            ("post: \"${target.token_url}\"\n    headers: { authorization: Basic YTpi }", Effect::WrongCredentials),
            ("post: \"${target.token_url}\"\n    headers: { Authorization: [a] }", Effect::WrongCredentials),
            ("post: \"${target.token_url}\"\n    headers: { authorization: null, accept: a/b }", Effect::None),
            ("post: \"${target.token_url}\"\n    headers: \"${x}\"", Effect::WrongCredentials),
            ("post: \"${target.token_url}\"\n    bearer: abc", Effect::WrongCredentials),
            ("post: \"${target.token_url}\"\n    text: client_id=a", Effect::WrongCredentials),
            ("post: \"${target.token_url}\"\n    json: { client_id: a }", Effect::WrongCredentials),
            (&format!("post: \"${{target.token_url}}\"\n    {own}\n    text: a=b"), Effect::WrongCredentials),
            ("post: \"${target.token_url}\"\n    query: { client_secret: a }", Effect::WrongCredentials),
            ("post: \"${target.token_url}\"\n    query: { client_id: a }", Effect::WrongCredentials),
            ("post: \"${target.token_url}\"\n    query: { refresh_token: [a] }", Effect::WrongCredentials),
            ("post: \"${target.token_url}\"\n    query: { code: null, state: a }", Effect::None),
            ("post: \"${target.token_url}\"\n    query: \"${x}\"", Effect::WrongCredentials),
            ("post: \"${target.token_url}?client%5Fsecret=a\"", Effect::WrongCredentials),
            ("post: \"${target.token_url}?${x}\"", Effect::WrongCredentials),
            ("post: \"${target.token_url}?state=${x}\"", Effect::None),
            ("get: \"${target.authorize_url}\"\n    query: { client_id: a }", Effect::None),
            ("get: \"${target.authorize_url}\"\n    query: { client_secret: a }", Effect::WrongCredentials),
            ("get: \"${target.authorize_url}\"\n    bearer: abc", Effect::WrongCredentials),
            ("get: \"${target.userinfo_url}\"\n    bearer: abc", Effect::None),
            ("get: \"${target.jwks_url}\"", Effect::None),
            (&format!("post: \"${{target.revoke_url}}\"\n    {own}\n    text: a=b"), Effect::WrongCredentials),
        ] {
            assert_eq!(effect(&format!("  - {request}\n    expect: none\n")), expected, "{request}");
        }
    }

    #[test]
    fn where_the_destination_is_not_known_the_worst_is_taken() {
        for (request, expected) in [
            ("post: \"${target.token_url}/../revoke\"", Effect::WrongCredentials),
            ("post: \"${target.auth_server}oauth2/revoke\"", Effect::WrongCredentials),
            ("get: \"${target.auth_server}.well-known/openid-configuration\"", Effect::None),
            ("get: \"${target.auth_server}userinfo\"\n    bearer: abc", Effect::None),
            ("get: \"${target.auth_server}a\"\n    basic: { user: a, password: b }", Effect::WrongCredentials),
            ("post: \"${gen.uuid}\"", Effect::WrongCredentials),
            ("delete: \"${target.site}a\"", Effect::WrongCredentials),
            ("get: \"${target.site}\"\n    basic: { user: a, password: b }", Effect::WrongCredentials),
            ("post: https://auth.example.com/oauth2/token", Effect::WrongCredentials),
            ("get: https://auth.example.com/oauth2/token", Effect::None),
            ("post: /../oauth2/token", Effect::WrongCredentials),
            ("post: \"${target.api}v4/businesses/search\"", Effect::None),
            ("post: \"${other.target.api}v4/negotiations/1/messages\"", Effect::Contacts),
        ] {
            assert_eq!(effect(&format!("  - {request}\n    expect: none\n")), expected, "{request}");
        }
        let saved =
            "  - get: /v4/a\n    expect: none\n    save: { where: $.url }\n  - post: \"${where}\"\n    expect: none\n";
        assert_eq!(effect(saved), Effect::WrongCredentials);
        let written = "title: a\nvars: { where: /v4/businesses/search }\nsteps: [{ post: \"${where}\", expect: none }]";
        assert_eq!(derived(&scenario(written)), Effect::None, "its value is in the file");
        let written = written.replace("/v4/businesses/search", "https://auth.example.com/oauth2/token");
        assert_eq!(derived(&scenario(&written)), Effect::WrongCredentials);
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
        assert_eq!(effect(&(exchange("a") + &form("code: [b, a]"))), Effect::SpendsLogin);
        assert_eq!(effect(&(exchange("a") + &exchange("[a]"))), Effect::SpendsLogin);
        assert_eq!(effect(&exchange("[a, a]")), Effect::SpendsLogin);
        assert_eq!(effect(&exchange("[a, b]")), Effect::None);
        assert_eq!(effect(&form("refresh_token: [a, a]")), Effect::SpendsLogin);
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
