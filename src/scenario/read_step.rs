//! A step: exactly one action, what is expected of it, and what is kept.

use crate::pattern::Path;
use crate::source::{
    Data, Diagnostic, Entry, Fields, Located, Node, Problems, Value, did_you_mean, duration, is_name, text,
};

use super::keys::{ACTIONS, STEP, UNTIL};
use super::model::{Action, Expectation, Origin, Save, Step, Until};
use super::parts::plain_text;
use super::read_actions::read_action;
use super::read_expect::{read_expect, read_expectation};
use super::read_webhooks::check_receive;
use super::webhooks::Receive;

/// Reads a sequence of steps.
pub(super) fn read_steps(node: &Node, what: &str, problems: &mut Problems) -> Vec<Step> {
    let Some(elements) = node.as_sequence() else {
        problems.push(Diagnostic::error(
            "wrong-type",
            format!("{what} is a sequence of steps, not {}", node.kind()),
            node.place,
        ));
        return Vec::new();
    };
    elements.iter().map(|element| read_step(element, problems)).collect()
}

fn read_step(node: &Node, problems: &mut Problems) -> Step {
    let Some(fields) = STEP.fields(node, problems) else { return unreadable(node, Box::default()) };
    let save: Box<[Save]> = fields.get("save").map(|node| read_saves(node, problems)).unwrap_or_default().into();
    let Some(action) = the_action(&fields, node, problems) else { return unreadable(node, save) };
    if let Some(with) = fields.among(&["with"]).first().filter(|_| &*action.key.value != "use") {
        problems.push(
            Diagnostic::error("misplaced-key", "`with` belongs to `use`", with.key.place)
                .help("it gives values to the fragment that `use` names"),
        );
    }
    let name = match fields.get("name") {
        Some(name) => plain_text(name, "`name`", problems),
        None => Some(spoken(action)),
    };
    let read = read_action(action, &fields, problems);
    let until = fields.get("until").and_then(|node| read_until(node, problems));
    let expect = match (&read, fields.get("expect")) {
        (_, Some(expect)) => read_expectation(expect, problems),
        // What silence lacks is told in its own words.
        (Some(Action::Receive(Receive::Silence)), None) => Some(Expectation::None),
        (
            Some(
                Action::Request(_) | Action::Token(_) | Action::Authorize(_) | Action::Compare(_) | Action::Receive(_),
            ),
            None,
        ) if fields.get("until").is_none() => {
            problems.push(
                Diagnostic::error("no-expectation", "the step expects nothing", action.key.place)
                    .help("say what must hold under `expect`, or `expect: none` when nothing must"),
            );
            None
        }
        (_, None) => Some(Expectation::None),
    };
    let Some(read) = read else { return unreadable(node, save) };
    match (&read, fields.get("save")) {
        (Action::Compare(_), Some(node)) => refuse_saves(node, "a compared value", &["header", "redirect"], problems),
        (Action::Receive(_), Some(node)) => refuse_saves(node, "a delivery", &["redirect"], problems),
        _ => {}
    }
    check_expectation(&read, expect.as_ref(), &fields, problems);
    Step {
        name: name.unwrap_or_default(),
        place: action.key.place,
        action: read,
        expect: expect.unwrap_or(Expectation::None),
        save,
        until: until.map(Box::new),
    }
}

/// What is kept of a step that is wrong, so that the names it saves are not told as unknown; it is never run.
fn unreadable(node: &Node, save: Box<[Save]>) -> Step {
    Step {
        name: String::new(),
        place: node.place,
        action: Action::Compare(Data::Literal(serde_json::Value::Null)),
        expect: Expectation::None,
        save,
        until: None,
    }
}

/// The one entry that says what is done.
fn the_action<'n>(fields: &Fields<'n>, node: &Node, problems: &mut Problems) -> Option<&'n Entry> {
    match fields.among(ACTIONS).as_slice() {
        [action] => Some(*action),
        [] => {
            let written = node.as_mapping().unwrap_or_default();
            // A misspelt action is told as an unknown key, with what it should be.
            let is_misspelt = |key: &str| {
                !STEP.names().contains(&key)
                    && did_you_mean(key, STEP.names()).is_some_and(|guess| ACTIONS.contains(&guess))
            };
            if written.iter().any(|entry| is_misspelt(&entry.key.value)) {
                return None;
            }
            problems.push(
                Diagnostic::error("no-action", "the step does nothing", node.place)
                    .help(format!("a step has exactly one of: {}", ACTIONS.join(", "))),
            );
            None
        }
        [first, second, ..] => {
            problems.push(
                Diagnostic::error(
                    "two-actions",
                    format!("the step does two things: `{}` and `{}`", first.key.value, second.key.value),
                    second.key.place,
                )
                .label("second action")
                .context(first.key.place, "first action")
                .help("make two steps of it"),
            );
            None
        }
    }
}

/// What a step without a name is called: its action and that action's main word.
fn spoken(action: &Entry) -> String {
    let word = &*action.key.value;
    let detail = match &action.value.value {
        Value::Text(text) => Some(text.to_string()),
        Value::Mapping(entries) => match entries.iter().find(|entry| &*entry.key.value == "grant") {
            Some(grant) => grant.value.as_text().map(str::to_owned),
            None if word == "mock" => entries.first().map(|entry| entry.key.value.to_string()),
            None => None,
        },
        _ => None,
    };
    match detail {
        Some(detail) => format!("{word} {detail}"),
        None => word.to_owned(),
    }
}

fn check_expectation(action: &Action, expect: Option<&Expectation>, fields: &Fields<'_>, problems: &mut Problems) {
    let talks = matches!(action, Action::Request(_) | Action::Token(_) | Action::Authorize(_));
    let compares = matches!(action, Action::Compare(_));
    if let Action::Receive(receive) = action {
        check_receive(receive, expect, fields, problems);
    }
    let receives = matches!(action, Action::Receive(_));
    let mut refuse = |key: &str, why: &str| {
        if let Some(entry) = fields.among(&[key]).first() {
            problems.push(Diagnostic::error(
                "misplaced-key",
                format!("`{key}` has no meaning here: {why}"),
                entry.key.place,
            ));
        }
    };
    if !talks && !compares && !receives {
        refuse("expect", "the step gets no answer");
        refuse("save", "the step gets no answer");
    }
    if !talks {
        refuse("until", "only a request can be repeated");
    }
    if let (Some(Expectation::Given(given)), Some(node)) = (expect, fields.get("expect")) {
        let has_value = given.value.is_some();
        let answered = given.status.is_some()
            || !given.headers.is_empty()
            || given.body.is_some()
            || given.example.is_some()
            || given.text.is_some()
            || given.redirect.is_some()
            || given.within.is_some();
        if compares && answered {
            problems.push(Diagnostic::error(
                "misplaced-key",
                "a comparison has no answer: only `value` may be expected",
                node.place,
            ));
        }
        if talks && has_value {
            problems.push(Diagnostic::error(
                "misplaced-key",
                "`value` belongs to `compare`: an answer has a `body`",
                node.place,
            ));
        }
    }
}

/// What is no answer, as `what` is none, does not have all that can be saved from one.
fn refuse_saves(node: &Node, what: &str, lacking: &[&str], problems: &mut Problems) {
    for entry in node.as_mapping().unwrap_or_default() {
        for origin in entry.value.as_mapping().unwrap_or_default() {
            if lacking.contains(&&*origin.key.value) {
                problems.push(
                    Diagnostic::error(
                        "misplaced-key",
                        format!("{what} has no `{}`", origin.key.value),
                        origin.key.place,
                    )
                    .help("save it by a path, such as `$`"),
                );
            }
        }
    }
}

fn read_saves(node: &Node, problems: &mut Problems) -> Vec<Save> {
    let Some(entries) = node.as_mapping() else {
        problems.push(
            Diagnostic::error(
                "wrong-type",
                format!("`save` is a mapping of names to places in the answer, not {}", node.kind()),
                node.place,
            )
            .help("such as `save: { access: $.access_token }`"),
        );
        return Vec::new();
    };
    entries.iter().map(|entry| read_save(entry, problems)).collect()
}

fn read_save(entry: &Entry, problems: &mut Problems) -> Save {
    if !is_name(&entry.key.value) {
        problems.push(
            Diagnostic::error(
                "bad-name",
                format!("a saved value can't be named `{}`", entry.key.value),
                entry.key.place,
            )
            .help("names have lower-case letters, digits and `_`"),
        );
    }
    // A name whose origin is wrong is saved all the same, so that its uses are not told as unknown.
    let origin = read_origin(&entry.value, problems).unwrap_or(Origin::Header(Box::default()));
    Save { name: Located::new(entry.key.value.clone(), entry.key.place), origin }
}

fn read_origin(node: &Node, problems: &mut Problems) -> Option<Origin> {
    if let Some(path) = node.as_text() {
        return Path::compile(path, node.place).map_err(|problem| problems.push(problem)).ok().map(Origin::Body);
    }
    let one_place = |problems: &mut Problems| {
        problems.push(
            Diagnostic::error("wrong-type", "a value is saved from one place", node.place)
                .help("write a path such as `$.access_token`, `{ header: NAME }` or `{ redirect: PARAMETER }`"),
        );
        None
    };
    if node.as_mapping().is_none() {
        return one_place(problems);
    }
    let fields = Fields::of(node, "the place of a saved value", &["header", "redirect"], problems)?;
    match (fields.get("header"), fields.get("redirect")) {
        (Some(header), None) => {
            Some(Origin::Header(text(header, "`header`", problems)?.value.to_ascii_lowercase().into()))
        }
        (None, Some(parameter)) => Some(Origin::Redirect(text(parameter, "`redirect`", problems)?.value.into())),
        // An unknown key was told.
        (None, None) if node.as_mapping().is_some_and(|entries| !entries.is_empty()) => None,
        _ => one_place(problems),
    }
}

fn read_until(node: &Node, problems: &mut Problems) -> Option<Until> {
    let fields = UNTIL.fields(node, problems)?;
    let every = fields.get("every").and_then(|node| duration(node, "`every`", problems));
    let within = fields.get("for").and_then(|node| duration(node, "`for`", problems));
    let expect = fields.get("expect").and_then(|node| read_expect(node, problems));
    if let (Some(every), Some(node)) = (every, fields.get("every"))
        && every.is_zero()
    {
        problems.push(Diagnostic::error(
            "bad-duration",
            "`every` can't be zero: that would be a loop without a pause",
            node.place,
        ));
    }
    Some(Until { every: every?, within: within?, expect: expect? })
}
