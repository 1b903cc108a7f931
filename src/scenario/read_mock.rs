//! What a step orders of the mock.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::config::MOCK_CLIENTS;
use crate::mock::control::{RateLimit, Span};
use crate::source::{Diagnostic, Entry, Node, Problems, Value, duration, number_within, one_of, text};

use super::keys::{GIVEN, MOCK, Object, REMEMBERED_CONSENT};
use super::keys_fault::{NEXT_LOGIN, RATE_LIMIT};
use super::model::{Given, MockAction};
use super::parts::template;
use super::read_fault::{read_at, read_fault};
use super::read_webhooks::read_emit;
use super::words::{ANSWER_WORDS, LIMIT_HEADER_WORDS, LIMITED_BY_WORDS, RETRY_AFTER_WORDS};

/// Reads the order `node` of a `mock` step.
pub(super) fn read_mock(node: &Node, problems: &mut Problems) -> Option<MockAction> {
    let fields = MOCK.fields(node, problems)?;
    let entry = exactly_one(node, &MOCK, "ordered of the mock", problems)?;
    let value = fields.get(&entry.key.value)?;
    match &*entry.key.value {
        "advance" => duration(value, "`advance`", problems).map(MockAction::Advance),
        "fault" => read_fault(value, MOCK_CLIENTS, problems).map(MockAction::Fault),
        "clear_faults" => only_true(value, "`clear_faults`", problems).then_some(MockAction::ClearFaults),
        "rate_limit" if value.as_text() == Some("none") => Some(MockAction::RateLimit(None)),
        "rate_limit" => read_rate_limit(value, problems).map(|limit| MockAction::RateLimit(Some(limit))),
        "next_login" => read_next_login(value, problems),
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
pub(super) fn only_true(node: &Node, what: &str, problems: &mut Problems) -> bool {
    let is_true = matches!(node.value, Value::Bool(true));
    if !is_true {
        let help = if node.as_text() == Some("true") {
            "write `true` without quotes"
        } else {
            "leave it out, and it does not happen"
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
        "picked_lead" => template(value, "`picked_lead`", problems).map(Given::PickedLead),
        "canceled_lead" => template(value, "`canceled_lead`", problems).map(Given::CanceledLead),
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

fn read_rate_limit(node: &Node, problems: &mut Problems) -> Option<RateLimit> {
    let fields = RATE_LIMIT.fields(node, problems)?;
    let at = fields.get("at").and_then(|node| read_at(node, problems));
    let requests = fields
        .get("requests")
        .and_then(|node| number_within(node, "`requests`", 1..=1_000_000, problems))
        .and_then(|requests| NonZeroU32::new(u32::try_from(requests).ok()?));
    let per = fields.get("per").and_then(|node| {
        let per = duration(node, "`per`", problems)?;
        if (Duration::from_secs(1)..=Duration::from_hours(24)).contains(&per) {
            return Some(Span(per));
        }
        problems.push(
            Diagnostic::error("bad-duration", "requests are counted for a second to a day", node.place)
                .help("write a window, such as `per: 60s`"),
        );
        None
    });
    let by = fields.get("by").and_then(|node| one_of(node, "`by`", LIMITED_BY_WORDS, problems));
    let retry_after =
        fields.get("retry_after").and_then(|node| one_of(node, "`retry_after`", RETRY_AFTER_WORDS, problems));
    let headers = fields.get("headers").and_then(|node| one_of(node, "`headers`", LIMIT_HEADER_WORDS, problems));
    Some(RateLimit {
        at,
        requests: requests?,
        per: per?,
        by: by.unwrap_or_default(),
        retry_after: retry_after.unwrap_or_default(),
        headers: headers.unwrap_or_default(),
    })
}

fn read_next_login(node: &Node, problems: &mut Problems) -> Option<MockAction> {
    let fields = NEXT_LOGIN.fields(node, problems)?;
    let user = fields.get("user").and_then(|node| text(node, "`user`", problems));
    let answer = fields.get("answer").and_then(|node| one_of(node, "`answer`", ANSWER_WORDS, problems));
    Some(MockAction::NextLogin { user: user?, answer: answer.unwrap_or_default() })
}
