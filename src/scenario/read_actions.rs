//! What a step does.

use std::time::Duration;

use crate::config::ClientAuthentication;
use crate::source::{Data, Diagnostic, Entry, Fields, Node, Problems, duration, number_within, one_of, text};

use super::keys::{AUTHORIZE, BASIC, FAULT, MOCK, RESPOND, TOKEN};
use super::model::{Action, Authorize, Basic, Bearer, Body, Fault, MockAction, Request, Respond, Token};
use super::parts::{Parameter, Parameters, check_header_name, template};
use super::words::{ANSWER_WORDS, Grant, Method, PKCE_WORDS};

/// The keys that only a request may have.
const REQUEST_KEYS: &[&str] = &["query", "headers", "json", "form", "text", "bearer", "basic"];

/// The headers by which the mock's server says where an answer ends (RFC 9112 §6).
const FRAMING: &[&str] = &["content-length", "transfer-encoding", "connection"];

/// The longest that a fault holds an answer back.
const LONGEST_DELAY: Duration = Duration::from_mins(10);

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
    let body = read_body(fields, &["json", "form", "text"], problems);
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
fn read_headers(node: &Node, problems: &mut Problems) -> Parameters {
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

fn read_body(fields: &Fields<'_>, keys: &[&str], problems: &mut Problems) -> Body {
    let written = fields.among(keys);
    if let [first, second, ..] = written.as_slice() {
        problems.push(
            Diagnostic::error(
                "two-bodies",
                format!("a request has one body: `{}` or `{}`", first.key.value, second.key.value),
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
    if let Some(node) = fields.get("answer") {
        one_of(node, "`answer`", ANSWER_WORDS, problems);
    }
    Some(Authorize { parameters, pkce, user })
}

fn read_mock(node: &Node, problems: &mut Problems) -> Option<MockAction> {
    let fields = MOCK.fields(node, problems)?;
    let entries = node.as_mapping().unwrap_or_default();
    let [entry] = entries else {
        let names = MOCK.names().join(", ");
        problems.push(if entries.is_empty() {
            Diagnostic::error("no-action", "nothing is ordered of the mock", node.place)
                .help(format!("order one of: {names}"))
        } else {
            Diagnostic::error("two-actions", "a step orders exactly one thing of the mock", node.place)
                .help(format!("one of: {names}; make a step of each"))
        });
        return None;
    };
    let value = fields.get(&entry.key.value)?;
    match &*entry.key.value {
        "advance" => duration(value, "`advance`", problems).map(MockAction::Advance),
        "fault" => read_fault(value, problems).map(MockAction::Fault),
        "expire" => template(value, "`expire`", problems).map(MockAction::Expire),
        "revoke" => template(value, "`revoke`", problems).map(MockAction::Revoke),
        _ => None,
    }
}

fn read_fault(node: &Node, problems: &mut Problems) -> Option<Fault> {
    let fields = FAULT.fields(node, problems)?;
    let at = fields.get("at").and_then(|node| template(node, "`at`", problems));
    if let Some(written) = at.as_ref().and_then(|at| at.as_literal())
        && !is_method_and_path(written)
    {
        problems.push(
            Diagnostic::error(
                "bad-fault",
                format!("`{written}` is no method and path"),
                node.get("at").map_or(node.place, |at| at.place),
            )
            .help(
                "write it as a step does, such as `GET /v4/keywords/search` or `POST /oauth2/token`, without a query",
            ),
        );
    }
    let respond = fields.get("respond").and_then(|node| read_respond(node, problems));
    let delay = fields.get("delay").and_then(|node| duration(node, "`delay`", problems));
    if let (Some(node), Some(_)) = (fields.get("delay"), delay.filter(|delay| *delay > LONGEST_DELAY)) {
        problems.push(
            Diagnostic::error("bad-duration", "an answer is held back for ten minutes at most", node.place)
                .help("no scenario waits that long: `timeout` ends it before"),
        );
    }
    if fields.get("respond").is_none() && fields.get("delay").is_none() {
        problems.push(
            Diagnostic::error("bad-fault", "the fault does nothing", node.place)
                .help("say what to `respond`, or how long to `delay`"),
        );
    }
    let times = fields
        .get("times")
        .and_then(|node| number_within(node, "`times`", 1..=1_000_000, problems))
        .and_then(|times| u32::try_from(times).ok());
    Some(Fault { at: at?, times, respond, delay })
}

fn is_method_and_path(written: &str) -> bool {
    let Some((method, path)) = written.split_once(' ') else { return false };
    !method.is_empty()
        && method.bytes().all(|byte| byte.is_ascii_uppercase())
        && path.starts_with('/')
        && !path.contains([' ', '?', '#'])
}

fn read_respond(node: &Node, problems: &mut Problems) -> Option<Respond> {
    let fields = RESPOND.fields(node, problems)?;
    let status = fields
        .get("status")
        .and_then(|node| number_within(node, "`status` of an answer", 200..=599, problems))
        .and_then(|status| u16::try_from(status).ok());
    let headers = fields.get("headers").map(|node| read_headers(node, problems)).unwrap_or_default();
    for entry in fields.get("headers").and_then(Node::as_mapping).unwrap_or_default() {
        if FRAMING.iter().any(|name| entry.key.value.eq_ignore_ascii_case(name)) {
            problems.push(
                Diagnostic::error(
                    "bad-header",
                    format!("an answer's `{}` can't be ordered", entry.key.value),
                    entry.key.place,
                )
                .label("says how the answer is sent")
                .help("the mock's server writes it itself, to fit the body that it sends"),
            );
        }
    }
    let body = read_body(&fields, &["json", "text"], problems);
    Some(Respond { status: status?, headers, body })
}
