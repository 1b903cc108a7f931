//! What a step orders of the mock.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::source::{Diagnostic, Entry, Node, Problems, Value, duration, number_within, one_of, text};

use super::keys::{FAULT, GIVEN, MOCK, Object, REMEMBERED_CONSENT, RESPOND};
use super::model::{Fault, FaultAnswer, Given, MockAction, Respond};
use super::parts::template;
use super::read_actions::{read_body, read_headers};
use super::read_webhooks::read_emit;
use super::words::PRESET_WORDS;

/// The headers by which the mock's server says where an answer ends (RFC 9112 §6).
const FRAMING: &[&str] = &["content-length", "transfer-encoding", "connection"];

/// The statuses that an answer may have.
const STATUSES: RangeInclusive<u64> = 200..=599;

/// The longest that a fault holds an answer back.
const LONGEST_DELAY: Duration = Duration::from_mins(10);

/// Reads the order `node` of a `mock` step.
pub(super) fn read_mock(node: &Node, problems: &mut Problems) -> Option<MockAction> {
    let fields = MOCK.fields(node, problems)?;
    let entry = exactly_one(node, &MOCK, "ordered of the mock", problems)?;
    let value = fields.get(&entry.key.value)?;
    match &*entry.key.value {
        "advance" => duration(value, "`advance`", problems).map(MockAction::Advance),
        "fault" => read_fault(value, problems).map(MockAction::Fault),
        "expire" => template(value, "`expire`", problems).map(MockAction::Expire),
        "revoke" => template(value, "`revoke`", problems).map(MockAction::Revoke),
        "rotate_keys" => only_true(value, "`rotate_keys`", problems).then_some(MockAction::RotateKeys),
        "given" => read_given(value, problems).map(MockAction::Given),
        "emit" => read_emit(value, problems).map(|emit| MockAction::Emit(Box::new(emit))),
        _ => None,
    }
}

/// The one entry of `node`; none, and several, are problems. `what` says what is done with it.
fn exactly_one<'n>(node: &'n Node, object: &Object, what: &str, problems: &mut Problems) -> Option<&'n Entry> {
    let entries = node.as_mapping().unwrap_or_default();
    if let [entry] = entries {
        return Some(entry);
    }
    let names = object.names().join(", ");
    problems.push(if entries.is_empty() {
        Diagnostic::error("no-action", format!("nothing is {what}"), node.place).help(format!("write one of: {names}"))
    } else {
        Diagnostic::error("two-actions", format!("in one step exactly one thing is {what}"), node.place)
            .help(format!("one of: {names}; make a step of each"))
    });
    None
}

/// Whether `node` is `true`; what it does can't be undone, so nothing else can be said.
fn only_true(node: &Node, what: &str, problems: &mut Problems) -> bool {
    let is_true = matches!(node.value, Value::Bool(true));
    if !is_true {
        let help = if node.as_text() == Some("true") {
            "write `true` without quotes"
        } else {
            "leave the step out, and it does not happen"
        };
        problems.push(
            Diagnostic::error("not-true", format!("{what} can only be `true`"), node.place)
                .label(node.kind())
                .help(help),
        );
    }
    is_true
}

fn read_given(node: &Node, problems: &mut Problems) -> Option<Given> {
    let fields = GIVEN.fields(node, problems)?;
    let entry = exactly_one(node, &GIVEN, "given", problems)?;
    let value = fields.get(&entry.key.value)?;
    match &*entry.key.value {
        "refunded_lead" => template(value, "`refunded_lead`", problems).map(Given::RefundedLead),
        "closed_business" => template(value, "`closed_business`", problems).map(Given::ClosedBusiness),
        "not_a_pro" => text(value, "`not_a_pro`", problems).map(Given::NotAPro),
        "remembered_consent" => {
            let fields = REMEMBERED_CONSENT.fields(value, problems)?;
            let user = fields.get("user").and_then(|node| text(node, "`user`", problems));
            let scope = fields.get("scope").and_then(|node| template(node, "`scope`", problems));
            Some(Given::RememberedConsent { user: user?, scope: scope? })
        }
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
    let respond = fields.get("respond").and_then(|node| read_fault_answer(node, problems));
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

/// What a fault answers: the word of a known answer, or an answer written out.
fn read_fault_answer(node: &Node, problems: &mut Problems) -> Option<FaultAnswer> {
    if node.as_mapping().is_some() {
        return read_respond(node, problems).map(FaultAnswer::Written);
    }
    if node.as_text().is_some() {
        return one_of(node, "`respond`", PRESET_WORDS, problems).map(FaultAnswer::Named);
    }
    let status = match &node.value {
        Value::Number(number, spelling) if number.as_u64().is_some_and(|status| STATUSES.contains(&status)) => spelling,
        _ => "500",
    };
    let words = PRESET_WORDS.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
    problems.push(
        Diagnostic::error("wrong-type", format!("`respond` is a word or a mapping, not {}", node.kind()), node.place)
            .label(node.kind())
            .help(format!("write `respond: {{ status: {status} }}`, or one of the words: {words}")),
    );
    None
}

fn read_respond(node: &Node, problems: &mut Problems) -> Option<Respond> {
    let fields = RESPOND.fields(node, problems)?;
    let status = fields
        .get("status")
        .and_then(|node| number_within(node, "`status` of an answer", STATUSES, problems))
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
    let body = read_body("an answer", &fields, &["json", "text"], problems);
    Some(Respond { status: status?, headers, body })
}
