//! What a step does.

use crate::config::ClientAuthentication;
use crate::source::{Data, Diagnostic, Entry, Fields, Node, Problems, duration, one_of, text};

use super::keys::{AUTHORIZE, BASIC, TOKEN};
use super::model::{Action, Authorize, Basic, Bearer, Body, Request, Token};
use super::parts::{Parameter, Parameters, check_header_name, template};
use super::read_mock::read_mock;
use super::read_webhooks::{read_receive, read_reply};
use super::words::{ANSWER_WORDS, Grant, Method, PKCE_WORDS};

/// The keys that only a request may have.
const REQUEST_KEYS: &[&str] = &["query", "headers", "json", "form", "text", "bearer", "basic"];

/// Reads the action `entry` of the step with these `fields`.
pub(super) fn read_action(entry: &Entry, fields: &Fields<'_>, problems: &mut Problems) -> Option<Action> {
    let node = &entry.value;
    let method = Method::WORDS.iter().find(|(word, _)| *word == &*entry.key.value);
    if let Some((_, method)) = method {
        return read_request(*method, node, fields, problems).map(|request| Action::Request(Box::new(request)));
    }
    for misplaced in fields.among(REQUEST_KEYS) {
        problems.push(
            Diagnostic::error(
                "misplaced-key",
                format!("`{}` belongs to a request", misplaced.key.value),
                misplaced.key.place,
            )
            .help("a request begins with get, post, put, patch, delete, head or options"),
        );
    }
    match &*entry.key.value {
        "token" => read_token(node, problems).map(|token| Action::Token(Box::new(token))),
        "authorize" => read_authorize(node, problems).map(|authorize| Action::Authorize(Box::new(authorize))),
        "compare" => Some(Action::Compare(Data::of(node, problems))),
        "receive" => read_receive(node, problems).map(Action::Receive),
        "reply" => read_reply(node, problems).map(Action::Reply),
        "mock" => read_mock(node, problems).map(|action| Action::Mock(Box::new(action))),
        "wait" => duration(node, "`wait`", problems).map(Action::Wait),
        // `use` was replaced by the steps of its fragment; what is left of it was told there.
        _ => None,
    }
}

fn read_request(method: Method, node: &Node, fields: &Fields<'_>, problems: &mut Problems) -> Option<Request> {
    let url = template(node, "the path or URL", problems);
    let parameters = |key: &str, problems: &mut Problems| {
        fields.get(key).map(|node| Parameters::of(node, &format!("`{key}`"), problems))
    };
    let body = read_body("a request", fields, &["json", "form", "text"], problems);
    let bearer = match fields.get("bearer") {
        None => Bearer::Carried,
        Some(node) if node.as_text() == Some("none") => Bearer::None,
        Some(node) => template(node, "`bearer`", problems).map_or(Bearer::None, Bearer::Token),
    };
    let basic = fields.get("basic").and_then(|node| {
        let fields = BASIC.fields(node, problems)?;
        let mut part = |key: &str| template(fields.get(key)?, &format!("`{key}`"), problems);
        let (user, password) = (part("user"), part("password"));
        Some(Box::new(Basic { user: user?, password: password? }))
    });
    if let (Bearer::Token(_), Some(_), Some(node)) = (&bearer, &basic, fields.get("basic")) {
        problems.push(
            Diagnostic::error("two-credentials", "a request carries `bearer` or `basic`, not both", node.place)
                .help("both are sent in the header `Authorization`: remove one of the two"),
        );
    }
    let carries = |entry: &&Entry| entry.key.value.eq_ignore_ascii_case("authorization") && !entry.value.is_null();
    let written = fields.get("headers").and_then(Node::as_mapping).unwrap_or_default().iter().find(carries);
    if let (Some(header), true) = (written, matches!(bearer, Bearer::Token(_)) || basic.is_some()) {
        problems.push(
            Diagnostic::error(
                "two-credentials",
                "a request carries its own `Authorization`, or `bearer` or `basic`, not both",
                header.key.place,
            )
            .help("both are sent in the header `Authorization`: remove one of the two"),
        );
    }
    let query = parameters("query", problems).unwrap_or_default();
    let headers = fields.get("headers").map(|node| read_headers(node, problems)).unwrap_or_default();
    Some(Request { method, url: url?, query, headers, body, bearer, basic })
}

/// Headers by name; a name or a value that HTTP can't carry is a problem (RFC 9110 §5.1, §5.5).
pub(super) fn read_headers(node: &Node, problems: &mut Problems) -> Parameters {
    let headers = Parameters::of(node, "`headers`", problems);
    for entry in node.as_mapping().unwrap_or_default() {
        check_header_name(&entry.key, problems);
        let carried = |text: &str| ::http::HeaderValue::from_str(text).is_ok();
        if let Some(text) = entry.value.as_text().filter(|text| !carried(text)) {
            problems.push(
                Diagnostic::error(
                    "bad-header",
                    format!("the header `{}` can't have the value {text:?}", entry.key.value),
                    entry.value.place,
                )
                .label("not a header's value")
                .help("a value has visible ASCII characters and spaces, and no line break"),
            );
        }
    }
    headers
}

/// Reads the body of `what`, "a request" or "an answer", which is written under one of `keys`.
pub(super) fn read_body(what: &str, fields: &Fields<'_>, keys: &[&str], problems: &mut Problems) -> Body {
    let written = fields.among(keys);
    if let [first, second, ..] = written.as_slice() {
        problems.push(
            Diagnostic::error(
                "two-bodies",
                format!("{what} has one body: `{}` or `{}`", first.key.value, second.key.value),
                second.key.place,
            )
            .label("second body")
            .context(first.key.place, "first body")
            .help("remove one of the two"),
        );
    }
    let Some(entry) = written.first() else { return Body::None };
    match &*entry.key.value {
        "json" => Body::Json(Data::of(&entry.value, problems)),
        "form" => Body::Form(Parameters::of(&entry.value, "`form`", problems)),
        _ => template(&entry.value, "`text`", problems).map_or(Body::None, Body::Text),
    }
}

/// Reads the parameters of `fields` that are among `names`, in that order.
fn named_parameters(
    fields: &Fields<'_>,
    names: &[&'static str],
    problems: &mut Problems,
) -> Vec<(&'static str, Parameter)> {
    names
        .iter()
        .filter_map(|name| Some((*name, Parameter::of(fields.get(name)?, &format!("`{name}`"), problems)?)))
        .collect()
}

fn read_token(node: &Node, problems: &mut Problems) -> Option<Token> {
    let fields = TOKEN.fields(node, problems)?;
    let names = ["scope", "audience", "code", "refresh_token", "redirect_uri", "code_verifier"];
    let parameters = named_parameters(&fields, &names, problems);
    let authentication =
        fields.get("auth").and_then(|node| one_of(node, "`auth`", ClientAuthentication::WORDS, problems));
    let grant_node = fields.get("grant")?;
    let grant = one_of(grant_node, "`grant`", Grant::WORDS, problems)?;
    let needed = match grant {
        Grant::AuthorizationCode => Some("code"),
        Grant::RefreshToken => Some("refresh_token"),
        Grant::ClientCredentials => None,
    };
    if let Some(needed) = needed.filter(|needed| fields.get(needed).is_none()) {
        problems.push(
            Diagnostic::error("missing-key", format!("this grant needs `{needed}`"), grant_node.place)
                .help(format!("write `{needed}: null` to leave the parameter out on purpose")),
        );
    }
    Some(Token { grant, parameters, authentication })
}

fn read_authorize(node: &Node, problems: &mut Problems) -> Option<Authorize> {
    let fields = AUTHORIZE.fields(node, problems)?;
    let names = ["scope", "state", "audience", "redirect_uri", "response_type", "nonce", "prompt"];
    let parameters = named_parameters(&fields, &names, problems);
    let pkce = fields.get("pkce").and_then(|node| one_of(node, "`pkce`", PKCE_WORDS, problems)).unwrap_or(false);
    let user = fields.get("user").and_then(|node| text(node, "`user`", problems));
    let answer = fields.get("answer").and_then(|node| one_of(node, "`answer`", ANSWER_WORDS, problems));
    Some(Authorize { parameters, pkce, user, answer: answer.unwrap_or_default() })
}
