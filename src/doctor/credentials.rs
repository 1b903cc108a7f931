//! Whether the credentials of each client are right, by one or two token requests that buy nothing lasting.

use crate::config::{Reference, UrlName};
use crate::oauth::{Credentials, Endpoints, Grant, Parameter, TokenRequest, exchange};

use super::Line;
use super::subject::{LIMIT, Subject};
use super::token_answer::{Answer, read};

/// A code that no server issued.
const MADE_UP_CODE: &str = "made-up-by-tacktest-doctor";

/// What is known of a client.
pub(super) struct Examined {
    pub(super) name: String,
    pub(super) line: Line,
    /// Whether it acts for users, by a login.
    pub(super) acts_for_users: bool,
}

/// Whether a client acts for itself or for users, as far as it is known before it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Itself,
    Users,
    Unknown,
}

/// Examines every client; with a reason in `none`, without sending anything.
pub(super) async fn check(subject: &Subject<'_>, none: Option<&str>) -> Vec<Examined> {
    let mut all = Vec::new();
    for name in subject.clients() {
        let check = format!("credentials of {name}");
        let kind = kind(&name, subject.scopes(&name));
        let examined = |line, kind| Examined { name: name.clone(), line, acts_for_users: kind == Kind::Users };
        let Some(client) = subject.session.environment.client(&name) else {
            all.push(examined(Line::skipped(&check, "not all of it is set"), kind));
            continue;
        };
        if let Some(other) = owner(subject, &client.id) {
            let what = format!("its id is that of a client of `{other}`; nothing was sent");
            let advice = "credentials are valid in one environment only: use those that you were given for this one";
            all.push(examined(Line::wrong(&check, what, advice), kind));
            continue;
        }
        if let Some(reason) = none {
            all.push(examined(Line::skipped(&check, reason), kind));
            continue;
        }
        let (line, kind) = ask(subject, &name, client, kind).await;
        all.push(examined(line, kind));
    }
    all
}

/// By the scopes that it was given, else by its name.
fn kind(name: &str, scopes: &[String]) -> Kind {
    let has = |prefix: &str| scopes.iter().any(|scope| scope.starts_with(prefix));
    match name {
        _ if has("supply::") => Kind::Users,
        _ if has("demand::") => Kind::Itself,
        "supply" => Kind::Users,
        "demand" => Kind::Itself,
        _ => Kind::Unknown,
    }
}

/// The name of the second environment, if one of its clients has this id.
fn owner<'a>(subject: &'a Subject<'_>, id: &str) -> Option<&'a str> {
    let other = subject.project.other(subject.target)?;
    let is_its = other.clients.values().any(|client| {
        // An id in a file or printed by a command is not read to compare.
        let Reference::Text(known) = &client.id else { return false };
        known.text(&subject.project.variables).is_ok_and(|known| known == id)
    });
    is_its.then_some(other.name.as_str())
}

/// Asks for a token of its own, and where it may not have one, by a code that can't be right.
async fn ask(subject: &Subject<'_>, name: &str, client: &Credentials, kind: Kind) -> (Line, Kind) {
    let check = format!("credentials of {name}");
    if kind != Kind::Users {
        let mut request = TokenRequest::new(Grant::ClientCredentials);
        request.scope =
            subject.scopes(name).iter().find(|scope| is_of_the_api(scope)).map_or(Parameter::LeftOut, Into::into);
        request.audience = subject.session.environment.audience.as_ref().map_or(Parameter::LeftOut, Into::into);
        let answer = send(subject, client, &request).await;
        if answer != Answer::GrantNotAllowed {
            return (line(&check, answer, "a token by client credentials"), Kind::Itself);
        }
    }
    let mut request = TokenRequest::new(Grant::AuthorizationCode);
    request.code = MADE_UP_CODE.into();
    request.redirect_uri = client.redirect_uri.as_ref().map_or(Parameter::LeftOut, Into::into);
    (line(&check, send(subject, client, &request).await, "a token for a made-up code"), Kind::Users)
}

/// Scopes of `OpenID` Connect are about a user, whom a client by itself does not have.
fn is_of_the_api(scope: &str) -> bool {
    !["openid", "offline_access", "profile", "email", "phone", "address"].contains(&scope)
}

async fn send(subject: &Subject<'_>, client: &Credentials, request: &TokenRequest) -> Answer {
    let environment = &subject.session.environment;
    let Some(token_url) = environment.url(UrlName::TokenUrl) else {
        return Answer::Nothing("the target has no `token_url`".to_owned());
    };
    let endpoints = Endpoints {
        authorize_url: environment.url(UrlName::AuthorizeUrl).unwrap_or(token_url).clone(),
        token_url: token_url.clone(),
    };
    let answered = exchange(&subject.transport, &endpoints, client, request, LIMIT).await;
    let token = answered.response().and_then(|response| response.json()?.get("access_token")?.as_str());
    if let Some(token) = token {
        subject.session.learn_issued(token_url, "access_token", token);
    }
    read(&answered)
}

fn line(check: &str, answer: Answer, asked: &str) -> Line {
    match answer {
        Answer::Token => Line::ok(check, "they are right: a token was given"),
        // A code that nobody issued is refused only after the client is known.
        Answer::GrantWorthless => Line::ok(check, "they are right: only the made-up code was refused"),
        Answer::UnknownClient => Line::wrong(
            check,
            "`invalid_client`: id or secret is wrong, or they are of the other environment",
            "compare both with what you were given for this environment",
        ),
        Answer::GrantNotAllowed => Line::wrong(
            check,
            format!("the client is known, but may not have {asked} (`unauthorized_client`)"),
            "ask which grants the client was given",
        ),
        Answer::Refused(why) => Line::wrong(
            check,
            format!("{asked} was refused: {why}"),
            "correct `scopes`, `audience` or `auth` of the target in tacktest.yaml, or ask for what is missing",
        ),
        Answer::Nothing(why) => Line::outside(check, why, "look again later; it can't be told whether they are right"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind};

    #[test]
    fn scopes_tell_before_the_name_what_a_client_is() {
        let of = |name: &str, scopes: &[&str]| {
            kind(name, &scopes.iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(of("supply", &[]), Kind::Users);
        assert_eq!(of("demand", &["offline_access"]), Kind::Itself);
        assert_eq!(of("demand", &["offline_access", "supply::businesses.list"]), Kind::Users);
        assert_eq!(of("mine", &["demand::keywords.read"]), Kind::Itself);
        assert_eq!(of("mine", &["read"]), Kind::Unknown);
    }
}
