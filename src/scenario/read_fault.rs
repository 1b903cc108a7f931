//! Faults of the mock, as steps order them and files list them.
//!
//! A fault is checked here and handed on as it is written: the control API of the mock knows the same words.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::config::{EnvironmentWord, MOCK_USERS};
use crate::mock::control::At;
use crate::source::{
    Data, Diagnostic, Fields, Node, Problems, Value, did_you_mean, duration, is_template, number_within, one_of, text,
    texts,
};

use super::keys_fault::{CALLBACK, DRIBBLE, EFFECT, FAULT, ID_TOKEN, MEMBERS, REDIRECT_TO, RESPOND, effects};
use super::parts::{plain_text, template};
use super::read_actions::{read_body, read_headers};
use super::words::{
    CLAIM_WORDS, CODE_WORDS, Grant, KEY_ID_WORDS, MOMENT_WORDS, PASS_WORDS, PRESET_WORDS, SIGNATURE_WORDS, STATE_WORDS,
};

/// The headers by which the mock's server says where an answer ends (RFC 9112 §6).
const FRAMING: &[&str] = &["content-length", "transfer-encoding", "connection"];

/// The statuses that an answer may have.
const STATUSES: RangeInclusive<u64> = 200..=599;

/// The statuses of redirects (RFC 9110 §15.4).
const REDIRECTS: &[u64] = &[301, 302, 303, 307, 308];

/// The longest that a fault holds an answer back.
const LONGEST_DELAY: Duration = Duration::from_mins(10);

/// The most requests that a sequence names.
const LONGEST_SEQUENCE: usize = 1000;

/// The words of which one ends a request without its real answer.
const ENDS: &[&str] = &["respond", "redirect_to", "hang", "reset"];

/// The words that change the real answer.
const CHANGES: &[&str] = &["body", "token", "id_token", "callback"];

/// The words about how an answer is sent.
const SENDING: &[&str] = &["dribble", "truncate"];

/// Checks the fault `node` at a mock with these clients, and gives it back as it is written.
pub(super) fn read_fault(node: &Node, clients: &[&str], problems: &mut Problems) -> Option<Data> {
    let fields = FAULT.fields(node, problems)?;
    if let Some(node) = fields.get("at") {
        read_places(node, problems);
    }
    known_name(&fields, "client", clients, problems);
    known_name(&fields, "user", MOCK_USERS, problems);
    let word = |key, words, problems: &mut Problems| word(&fields, key, words, problems);
    word("grant", Grant::WORDS, problems);
    fields.get("environment").and_then(|node| one_of(node, "`environment`", EnvironmentWord::WORDS, problems));
    number(&fields, "times", 1..=1_000_000, problems);
    number(&fields, "percentage", 1..=100, problems);
    match fields.get("sequence") {
        None => read_effect(node, &fields, problems),
        Some(sequence) => {
            for beside in fields.among(&["times", "percentage"]).into_iter().chain(fields.among(&effects())) {
                problems.push(
                    Diagnostic::error(
                        "bad-fault",
                        format!("`{}` can't stand beside `sequence`", beside.key.value),
                        beside.key.place,
                    )
                    .context(sequence.place, "it says what each request meets, and how many do")
                    .help("write it into an element of `sequence`, or remove one of the two"),
                );
            }
            read_sequence(sequence, problems);
        }
    }
    Some(Data::of(node, problems))
}

fn read_sequence(node: &Node, problems: &mut Problems) {
    let elements = node.as_sequence().unwrap_or_default();
    if elements.is_empty() || elements.len() > LONGEST_SEQUENCE {
        problems.push(
            Diagnostic::error(
                "bad-fault",
                format!("`sequence` is a sequence of 1 to {LONGEST_SEQUENCE} elements"),
                node.place,
            )
            .help("write what each request meets: `[pass, { respond: { status: 500 } }]`"),
        );
    }
    for element in elements {
        if element.as_text().is_some() {
            one_of(element, "an element of `sequence`", PASS_WORDS, problems);
        } else if let Some(fields) = EFFECT.fields(element, problems) {
            read_effect(element, &fields, problems);
        }
    }
}

/// Checks what happens, of which `fields` are those of `node`.
fn read_effect(node: &Node, fields: &Fields<'_>, problems: &mut Problems) {
    if fields.among(&effects()).is_empty() {
        problems.push(
            Diagnostic::error("bad-fault", "the fault does nothing", node.place)
                .help(format!("say what happens: one of {}", effects().join(", "))),
        );
    }
    let ends = fields.among(ENDS);
    let end = ends.first();
    let (changes, sending) = (fields.among(CHANGES), fields.among(SENDING));
    let has_no_answer = end.is_some_and(|end| ["hang", "reset"].contains(&&*end.key.value));
    let pointless = ends.iter().skip(1).chain(&changes).chain(sending.iter().filter(|_| has_no_answer));
    for (end, pointless) in end.into_iter().flat_map(|end| pointless.clone().map(move |other| (end, other))) {
        problems.push(
            Diagnostic::error(
                "bad-fault",
                format!("`{}` can't stand beside `{}`", pointless.key.value, end.key.value),
                pointless.key.place,
            )
            .context(end.key.place, "this ends the request without the real answer")
            .help("remove one of the two, or order two faults"),
        );
    }
    read_answers(fields, problems);
    for key in ["hang", "reset"] {
        word(fields, key, MOMENT_WORDS, problems);
    }
    let delay = fields.get("delay").and_then(|node| duration(node, "`delay`", problems));
    if let (Some(node), Some(_)) = (fields.get("delay"), delay.filter(|delay| *delay > LONGEST_DELAY)) {
        problems.push(
            Diagnostic::error("bad-duration", "an answer is held back for ten minutes at most", node.place)
                .help("no scenario waits that long: `timeout` ends it before"),
        );
    }
    number(fields, "truncate", 0..=1_000_000_000, problems);
    read_changes(fields, problems);
}

fn read_answers(fields: &Fields<'_>, problems: &mut Problems) {
    if let Some(node) = fields.get("respond") {
        read_answer(node, problems);
    }
    if let Some(fields) = fields.get("redirect_to").and_then(|node| REDIRECT_TO.fields(node, problems)) {
        let url = fields.get("url").and_then(|node| template(node, "`url`", problems));
        if let (Some(node), Some(url)) = (fields.get("url"), url.as_ref().and_then(|url| url.as_literal()))
            && !url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
        {
            problems.push(
                Diagnostic::error("bad-fault", format!("`{url}` is no http or https URL"), node.place)
                    .help("write where the request is sent, such as `http://127.0.0.1:9/`"),
            );
        }
        if let Some(node) = fields.get("status")
            && let Some(status) = number_within(node, "`status` of a redirect", 301..=308, problems)
            && !REDIRECTS.contains(&status)
        {
            problems.push(
                Diagnostic::error("bad-fault", format!("{status} is not the status of a redirect"), node.place)
                    .help("it is one of: 301, 302, 303, 307, 308"),
            );
        }
    }
    if let Some(fields) = fields.get("dribble").and_then(|node| DRIBBLE.fields(node, problems)) {
        let every = fields.get("every").and_then(|node| duration(node, "`every`", problems));
        if let (Some(node), Some(every)) = (fields.get("every"), every)
            && (every.is_zero() || every > LONGEST_DELAY)
        {
            problems.push(
                Diagnostic::error("bad-duration", "pieces come at intervals of up to ten minutes", node.place)
                    .help("write a pause, such as `every: 100ms`"),
            );
        }
        number(&fields, "bytes", 1..=1_000_000_000, problems);
    }
}

fn read_changes(fields: &Fields<'_>, problems: &mut Problems) {
    for key in ["body", "token"] {
        let Some(node) = fields.get(key) else { continue };
        let Some(fields) = MEMBERS.fields(node, problems) else { continue };
        changes_something(node, &fields, &MEMBERS.names(), problems);
        read_members(&fields, problems);
    }
    if let Some(node) = fields.get("id_token")
        && let Some(fields) = ID_TOKEN.fields(node, problems)
    {
        changes_something(node, &fields, &ID_TOKEN.names(), problems);
        word(&fields, "signature", SIGNATURE_WORDS, problems);
        word(&fields, "kid", KEY_ID_WORDS, problems);
        for claim in fields.get("wrong").map(|node| list(node, "`wrong`", problems)).unwrap_or_default() {
            one_of(claim, "an element of `wrong`", CLAIM_WORDS, problems);
        }
        read_members(&fields, problems);
    }
    if let Some(node) = fields.get("callback")
        && let Some(fields) = CALLBACK.fields(node, problems)
    {
        changes_something(node, &fields, &CALLBACK.names(), problems);
        word(&fields, "state", STATE_WORDS, problems);
        word(&fields, "code", CODE_WORDS, problems);
        if let (Some(_), Some(code)) = (fields.get("error"), fields.get("code")) {
            problems.push(
                Diagnostic::error("bad-fault", "`code` can't stand beside `error`", code.place)
                    .help("an error is told in place of the code; to tell both, write `extra: { error: … }`"),
            );
        }
        fields.get("error").and_then(|node| template(node, "`error`", problems));
        fields.get("duplicate").map(|node| texts(node, "`duplicate`", problems));
        if let Some(node) = fields.get("extra") {
            for entry in mapping(node, "`extra`", problems) {
                template(&entry.value, &format!("`{}`", entry.key.value), problems);
            }
        }
    }
}

fn changes_something(node: &Node, fields: &Fields<'_>, names: &[&str], problems: &mut Problems) {
    if fields.among(names).is_empty() {
        problems.push(
            Diagnostic::error("bad-fault", "nothing is changed", node.place)
                .help(format!("write one at least of: {}", names.join(", "))),
        );
    }
}

fn read_members(fields: &Fields<'_>, problems: &mut Problems) {
    let omitted = fields.get("omit").map(|node| texts(node, "`omit`", problems)).unwrap_or_default();
    let set = fields.get("set").map(|node| mapping(node, "`set`", problems)).unwrap_or_default();
    for entry in set {
        if let Some(omitted) = omitted.iter().find(|omitted| *omitted.value == *entry.key.value) {
            problems.push(
                Diagnostic::error("bad-fault", format!("`{}` is left out and set", omitted.value), entry.key.place)
                    .context(omitted.place, "left out here")
                    .help("remove one of the two"),
            );
        }
    }
}

fn mapping<'n>(node: &'n Node, what: &str, problems: &mut Problems) -> &'n [crate::source::Entry] {
    // A placeholder may stand for the whole.
    if node.as_mapping().is_none() && !node.as_text().is_some_and(is_template) {
        problems.push(
            Diagnostic::error("wrong-type", format!("{what} is a mapping, not {}", node.kind()), node.place)
                .label(node.kind()),
        );
    }
    node.as_mapping().unwrap_or_default()
}

fn list<'n>(node: &'n Node, what: &str, problems: &mut Problems) -> &'n [Node] {
    if node.as_sequence().is_none() {
        problems.push(
            Diagnostic::error("wrong-type", format!("{what} is a sequence, not {}", node.kind()), node.place)
                .label(node.kind()),
        );
    }
    node.as_sequence().unwrap_or_default()
}

fn word<T: Copy>(fields: &Fields<'_>, key: &str, words: &[(&str, T)], problems: &mut Problems) {
    if let Some(node) = fields.get(key) {
        one_of(node, &format!("`{key}`"), words, problems);
    }
}

fn number(fields: &Fields<'_>, key: &str, range: RangeInclusive<u64>, problems: &mut Problems) {
    if let Some(node) = fields.get(key) {
        number_within(node, &format!("`{key}`"), range, problems);
    }
}

fn known_name(fields: &Fields<'_>, key: &str, names: &[&str], problems: &mut Problems) {
    let Some(name) = fields.get(key).and_then(|node| text(node, &format!("`{key}`"), problems)) else { return };
    if !names.contains(&name.value.as_str()) {
        problems.push(
            Diagnostic::error("unknown-word", format!("the mock has no {key} `{}`", name.value), name.place)
                .label(format!("unknown {key}"))
                .suggest(did_you_mean(&name.value, names.iter().copied()))
                .help(format!("it has: {}", names.join(", "))),
        );
    }
}

fn read_places(node: &Node, problems: &mut Problems) {
    let (places, is_one) = places(node, problems);
    for place in places {
        let Some(at) = template(place, "`at`", problems) else { continue };
        if let Some(written) = at.as_literal() {
            refuse_place(written, is_one, place, problems);
        }
    }
}

/// Reads the places in `node`, which are known before the run.
pub(super) fn read_at(node: &Node, problems: &mut Problems) -> Option<At> {
    let (places, is_one) = places(node, problems);
    let mut read = Vec::with_capacity(places.len());
    for place in places {
        let written = plain_text(place, "`at`", problems)?;
        if !is_template(&written) {
            refuse_place(&written, is_one, place, problems);
        }
        read.push(written);
    }
    if is_one { read.pop().map(At::One) } else { Some(At::Several(read)) }
}

/// The places in `node`, and whether there is one without a list around it.
fn places<'n>(node: &'n Node, problems: &mut Problems) -> (&'n [Node], bool) {
    let Value::Sequence(places) = &node.value else { return (std::slice::from_ref(node), true) };
    if places.is_empty() {
        problems.push(
            Diagnostic::error("bad-fault", "`at` names no place", node.place).help("write `any` for every place"),
        );
    }
    (places, false)
}

fn refuse_place(written: &str, is_one: bool, node: &Node, problems: &mut Problems) {
    if is_method_and_path(written) || is_one && written == "any" {
        return;
    }
    problems.push(
        Diagnostic::error("bad-fault", format!("`{written}` is no method and path"), node.place).help(
            "write it as a step does, such as `GET /v4/keywords/search` or `POST /oauth2/token`, without a query; a segment \
             `*` or `{id}` is any, and `any` alone is every place",
        ),
    );
}

fn is_method_and_path(written: &str) -> bool {
    let Some((method, path)) = written.split_once(' ') else { return false };
    !method.is_empty()
        && (method == "*" || method.bytes().all(|byte| byte.is_ascii_uppercase()))
        && path.starts_with('/')
        && !path.contains([' ', '?', '#'])
}

/// Checks what a fault answers: the word of a known answer, or an answer written out.
fn read_answer(node: &Node, problems: &mut Problems) {
    if node.as_mapping().is_some() {
        return read_respond(node, problems);
    }
    if node.as_text().is_some() {
        one_of(node, "`respond`", PRESET_WORDS, problems);
        return;
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
}

fn read_respond(node: &Node, problems: &mut Problems) {
    let Some(fields) = RESPOND.fields(node, problems) else { return };
    if let Some(node) = fields.get("status") {
        number_within(node, "`status` of an answer", STATUSES, problems);
    }
    if let Some(node) = fields.get("headers") {
        read_headers(node, problems);
    }
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
    read_body("an answer", &fields, &["json", "text"], problems);
}
