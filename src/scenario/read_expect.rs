//! What a step expects.

use crate::pattern::Pattern;
use crate::source::{Diagnostic, Entry, Located, Node, Problems, Value, duration, is_template};

use super::keys::EXPECT;
use super::model::{Expect, Expectation, Status};
use super::parts::{check_header_name, unquoted};

/// Reads `expect`: `none`, or what must hold.
pub(super) fn read_expectation(node: &Node, problems: &mut Problems) -> Option<Expectation> {
    match node.as_text() {
        Some("none") => Some(Expectation::None),
        Some(_) => {
            problems.push(
                Diagnostic::error("unknown-word", "`expect` is `none` or a mapping", node.place)
                    .help("such as `expect: { status: 200 }`")
                    .explained(node),
            );
            None
        }
        None => read_expect(node, problems).map(|expect| Expectation::Given(Box::new(expect))),
    }
}

/// Reads what must hold; an empty mapping, or an `example` alone, is no expectation.
pub(super) fn read_expect(node: &Node, problems: &mut Problems) -> Option<Expect> {
    if node.as_mapping().is_none() {
        problems.push(
            Diagnostic::error(
                "wrong-type",
                format!("`expect` is a mapping or `none`, not {}", node.kind()),
                node.place,
            )
            .label(node.kind())
            .help("such as `expect: { status: 200 }`"),
        );
        return None;
    }
    let fields = EXPECT.fields(node, problems)?;
    let written = node.as_mapping().unwrap_or_default();
    let is_nothing = |node: &Node| node.as_mapping().is_some_and(<[_]>::is_empty);
    let binds = |entry: &Entry| match &*entry.key.value {
        "example" => false,
        "headers" => !is_nothing(&entry.value),
        _ => true,
    };
    if !written.iter().any(binds) {
        problems.push(if fields.get("example").is_some() {
            Diagnostic::error("no-expectation", "nothing is expected that binds everywhere", node.place)
                .help("an `example` binds on the mock only: expect a status or a body beside it")
        } else {
            Diagnostic::error("no-expectation", "nothing is expected", node.place)
                .help("expect a status or a body, or write `expect: none` when nothing must hold")
        });
    }
    if let Some(node) = fields.get("text").filter(|node| matches!(node.value, Value::Number(..) | Value::Bool(_))) {
        problems.push(unquoted("`text`", node));
    }
    if let Some(node) = fields.get("redirect").filter(|node| !is_mapping_or_placeholder(node)) {
        problems.push(
            Diagnostic::error(
                "wrong-type",
                format!("`redirect` is a mapping of the redirect's parameters to patterns, not {}", node.kind()),
                node.place,
            )
            .help("such as `redirect: { code: { $present: true } }`; `uri` is the address without its query"),
        );
    }
    let mut pattern = |key: &str| fields.get(key).map(|node| Box::new(Pattern::compile(node, problems)));
    let (body, text, redirect, value) = (pattern("body"), pattern("text"), pattern("redirect"), pattern("value"));
    Some(Expect {
        status: fields.get("status").and_then(|node| read_statuses(node, problems)),
        headers: fields.get("headers").map(|node| read_headers(node, problems)).unwrap_or_default(),
        body,
        example: fields.get("example").map(|node| Box::new(Pattern::compile_exactly(node, problems))),
        text,
        redirect,
        within: fields
            .get("within")
            .and_then(|node| Some(Located::new(duration(node, "`within`", problems)?, node.place))),
        value,
    })
}

fn read_headers(node: &Node, problems: &mut Problems) -> Box<[(Box<str>, Pattern)]> {
    let Some(entries) = node.as_mapping() else {
        problems.push(Diagnostic::error(
            "wrong-type",
            format!("`headers` is a mapping of names to patterns, not {}", node.kind()),
            node.place,
        ));
        return Box::default();
    };
    let patterns: Vec<_> = entries
        .iter()
        .map(|entry| {
            check_header_name(&entry.key, problems);
            if matches!(entry.value.value, Value::Number(..) | Value::Bool(_)) {
                problems.push(unquoted(&format!("the header `{}`", entry.key.value), &entry.value));
            }
            (entry.key.value.to_ascii_lowercase().into(), Pattern::compile(&entry.value, problems))
        })
        .collect();
    patterns.into()
}

fn is_mapping_or_placeholder(node: &Node) -> bool {
    node.as_mapping().is_some() || node.as_text().is_some_and(is_template)
}

fn read_statuses(node: &Node, problems: &mut Problems) -> Option<Located<Box<[Status]>>> {
    let elements = node.as_sequence().unwrap_or(std::slice::from_ref(node));
    let statuses: Box<[Status]> = elements.iter().filter_map(|element| read_status(element, problems)).collect();
    if elements.is_empty() {
        problems.push(
            Diagnostic::error("bad-status", "no status is expected", node.place)
                .label("empty")
                .help("name the statuses that are allowed, such as `[200, 201]`"),
        );
    }
    (!statuses.is_empty()).then(|| Located::new(statuses, node.place))
}

fn read_status(node: &Node, problems: &mut Problems) -> Option<Status> {
    let status = match &node.value {
        Value::Number(number, _) => number
            .as_u64()
            .and_then(|number| u16::try_from(number).ok())
            .filter(|status| (100..=599).contains(status))
            .map(Status::Exactly),
        Value::Text(text) => match text.as_bytes() {
            [class @ b'1'..=b'5', b'x' | b'X', b'x' | b'X'] => Some(Status::Class(u16::from(class - b'0'))),
            _ => None,
        },
        _ => None,
    };
    if status.is_none() {
        problems.push(
            Diagnostic::error("bad-status", "this is no status", node.place)
                .label("not a status")
                .help("a status is a number from 100 to 599, several of them in `[ ]`, or a class such as `4xx`")
                .explained(node),
        );
    }
    status
}
