//! What a step says of webhooks: what is received, how it is answered, what the mock lets happen.

use std::time::Duration;

use crate::mock::control::{EventType, LONGEST_WAIT, MOST_TIMES};
use crate::source::{Diagnostic, Fields, Node, Problems, duration, number_within, one_of, text};

use super::model::{Expect, Expectation};
use super::parts::{plain_text, template};
use super::read_mock::only_true;
use super::webhook_keys::{EMIT, REPLY};
use super::webhooks::{Emit, Receive, Reply};
use super::words::{AUTHOR_WORDS, EVENT_WORDS, ORDER_WORDS};

/// The longest that the answer to a delivery is held back.
const LONGEST_DELAY: Duration = Duration::from_mins(10);

/// Reads which delivery `node`, the value of `receive`, means.
pub(super) fn read_receive(node: &Node, problems: &mut Problems) -> Option<Receive> {
    let event = plain_text(node, "`receive`", problems)?;
    Some(match event.as_str() {
        "any" => Receive::Any,
        "none" => Receive::Silence,
        "" => {
            problems.push(
                Diagnostic::error("unknown-word", "`receive` names no event", node.place)
                    .help("write the name of an event, `any`, or `none`"),
            );
            return None;
        }
        _ => Receive::Event(event),
    })
}

/// Reads how later deliveries are answered.
pub(super) fn read_reply(node: &Node, problems: &mut Problems) -> Option<Reply> {
    let fields = REPLY.fields(node, problems)?;
    if fields.get("status").is_none() && fields.get("delay").is_none() {
        problems.push(
            Diagnostic::error("missing-key", "the reply says nothing", node.place)
                .help("say with which `status` later deliveries are answered, or after which `delay`"),
        );
    }
    let status = fields.get("status").and_then(|node| number_within(node, "`status` of a reply", 200..=599, problems));
    let delay = fields.get("delay").and_then(|node| duration(node, "`delay`", problems));
    at_most(LONGEST_DELAY, delay, fields.get("delay"), problems);
    let status = status.and_then(|status| u16::try_from(status).ok()).unwrap_or(200);
    Some(Reply { status, delay: delay.unwrap_or_default() })
}

/// Reads the event that the mock lets happen: its name, or what is to be said of it.
pub(super) fn read_emit(node: &Node, problems: &mut Problems) -> Option<Emit> {
    if node.as_mapping().is_none() {
        let event = one_of(node, "`emit`", EVENT_WORDS, problems)?;
        let (business, user, negotiation, from) = (None, None, None, None);
        return Some(Emit {
            event,
            business,
            user,
            negotiation,
            from,
            text: None,
            message: None,
            full: false,
            times: 1,
            after: None,
        });
    }
    let fields = EMIT.fields(node, problems)?;
    let event = fields.get("event").and_then(|node| one_of(node, "`event`", EVENT_WORDS, problems));
    if let Some(event) = event {
        refuse_what_it_has_not(event, &fields, problems);
    }
    let text_of = |key: &str, problems: &mut Problems| template(fields.get(key)?, &format!("`{key}`"), problems);
    let (business, negotiation) = (text_of("business", problems), text_of("negotiation", problems));
    let after = fields.get("after").and_then(|node| duration(node, "`after`", problems));
    at_most(LONGEST_WAIT, after, fields.get("after"), problems);
    Some(Emit {
        business,
        user: fields.get("user").and_then(|node| text(node, "`user`", problems)),
        negotiation,
        from: fields.get("from").and_then(|node| one_of(node, "`from`", AUTHOR_WORDS, problems)),
        text: text_of("text", problems),
        message: fields.get("message").and_then(|node| one_of(node, "`message`", ORDER_WORDS, problems)),
        full: fields.get("full").is_some_and(|node| only_true(node, "`full`", problems)),
        times: fields
            .get("times")
            .and_then(|node| number_within(node, "`times`", 1..=MOST_TIMES, problems))
            .unwrap_or(1),
        after,
        event: event?,
    })
}

/// The keys that say nothing of `event` are problems.
fn refuse_what_it_has_not(event: EventType, fields: &Fields<'_>, problems: &mut Problems) {
    let refused: &[(&str, &str)] = match event {
        EventType::NegotiationCreated => &[
            ("negotiation", "the event makes a new negotiation"),
            ("from", "a new lead is the customer's"),
            ("text", "a new lead has a description of its own"),
            ("user", "the event concerns a business"),
        ],
        EventType::MessageCreated => {
            &[("message", "it belongs to a new lead"), ("user", "the event concerns a negotiation")]
        }
        EventType::ReviewCreated => &[
            ("from", "a review is the customer's"),
            ("message", "it belongs to a new lead"),
            ("full", "a review has no more"),
            ("user", "the event concerns a business"),
        ],
        EventType::IncentiveUsed => &[
            ("business", "the event concerns a user"),
            ("negotiation", "the event concerns a user"),
            ("from", "the event is no message"),
            ("text", "the event has no text"),
            ("message", "it belongs to a new lead"),
            ("full", "the event has no more"),
        ],
        EventType::PresetJobMatched
        | EventType::PresetJobStatusChanged
        | EventType::PresetJobCancelled
        | EventType::PresetJobUpdated
        | EventType::PresetJobCompleted => &[
            ("user", "the event concerns a business"),
            ("from", "the event is no message"),
            ("text", "the event has no text"),
            ("message", "it belongs to a new lead"),
            ("full", "what more it has is unknown"),
        ],
    };
    for (key, why) in refused {
        if let Some(entry) = fields.among(&[*key]).first() {
            problems.push(Diagnostic::error(
                "misplaced-key",
                format!("`{key}` has no meaning here: {why}"),
                entry.key.place,
            ));
        }
    }
}

/// What a `receive` step expects is about a delivery, and silence is only waited for.
pub(super) fn check_receive(
    receive: &Receive,
    expect: Option<&Expectation>,
    fields: &Fields<'_>,
    problems: &mut Problems,
) {
    let node = fields.get("expect");
    let given = match expect {
        Some(Expectation::Given(given)) => Some(&**given),
        _ => None,
    };
    if let (Some(given), Some(node)) = (given, node) {
        let of_answers = [
            ("status", given.status.is_some(), "a delivery has no status"),
            ("redirect", given.redirect.is_some(), "a delivery leads nowhere"),
            ("value", given.value.is_some(), "a delivery has a `body`"),
        ];
        let entries = node.as_mapping().unwrap_or_default();
        for (key, is_there, why) in of_answers {
            if let (true, Some(entry)) = (is_there, entries.iter().find(|entry| &*entry.key.value == key)) {
                problems.push(Diagnostic::error(
                    "misplaced-key",
                    format!("`{key}` has no meaning here: {why}"),
                    entry.key.place,
                ));
            }
        }
    }
    if *receive == Receive::Silence {
        check_silence(given, fields, problems);
    }
}

fn check_silence(given: Option<&Expect>, fields: &Fields<'_>, problems: &mut Problems) {
    let place = fields.get("receive").map(|node| node.place);
    let within = given.and_then(|given| given.within.as_ref());
    if let (None, Some(place)) = (within, place) {
        problems.push(
            Diagnostic::error("missing-key", "`receive: none` does not say how long nothing may come", place)
                .help("such as `expect: { within: 500ms }`; a delivery in that time is a finding"),
        );
    }
    if let Some(within) = within.filter(|within| within.value.is_zero()) {
        problems.push(
            Diagnostic::error("bad-duration", "`within` can't be zero here: a webhook takes its time", within.place)
                .help("such as `within: 500ms`"),
        );
    }
    let speaks_of_a_delivery = given.is_some_and(|given| {
        !given.headers.is_empty() || given.body.is_some() || given.example.is_some() || given.text.is_some()
    });
    if let (true, Some(node)) = (speaks_of_a_delivery, fields.get("expect")) {
        problems.push(Diagnostic::error(
            "misplaced-key",
            "where nothing comes, only `within` may be expected",
            node.place,
        ));
    }
    if let Some(save) = fields.among(&["save"]).first() {
        problems.push(Diagnostic::error(
            "misplaced-key",
            "`save` has no meaning here: nothing comes that it could be taken from",
            save.key.place,
        ));
    }
}

fn at_most(longest: Duration, written: Option<Duration>, node: Option<&Node>, problems: &mut Problems) {
    if let (Some(_), Some(node)) = (written.filter(|written| *written > longest), node) {
        problems.push(
            Diagnostic::error("bad-duration", format!("the longest is {} minutes", longest.as_secs() / 60), node.place)
                .help("no scenario waits that long: `timeout` ends it before"),
        );
    }
}
