//! What a failure tells of a real target's answers: no person's data.

use serde_json::Value;

use crate::http::{withheld, without_sent_values, without_values};
use crate::pattern::Finding;

use super::step::StepFailure;

/// `failed` as it may be told of a real target. Errors are told whole.
pub(super) fn without_people(failed: StepFailure) -> StepFailure {
    if failed.came_in {
        return StepFailure {
            findings: failed.findings.into_iter().map(withheld_finding).collect(),
            exchange: failed.exchange.map(|exchange| Box::new(without_sent_values(*exchange))),
            ..failed
        };
    }
    if failed.exchange.as_ref().and_then(|exchange| exchange.status()).is_some_and(|status| status >= 400) {
        return failed;
    }
    StepFailure {
        findings: failed.findings.into_iter().map(withheld_finding).collect(),
        exchange: failed.exchange.map(|exchange| Box::new(without_values(*exchange))),
        ..failed
    }
}

/// `finding` without the observed value, if it is about one of the answer's body.
pub(super) fn withheld_finding(mut finding: Finding) -> Finding {
    if !(finding.path.starts_with('$') || finding.path == "text") {
        return finding;
    }
    // It may tell the value in other words, or those of its elements.
    finding.help = None;
    let Some(shape) = shape(member(&finding.path), &finding.actual) else { return finding };
    if shape == finding.actual {
        return finding;
    }
    finding.message = match finding.message.strip_suffix(&finding.actual) {
        Some(before) => format!("{before}{shape}"),
        None => finding.message.replace(&finding.actual, &shape),
    };
    finding.actual = shape;
    finding
}

/// The texts in `value`, which was saved from `path` of a real target's answer, that may be a person's data.
pub(super) fn personal_texts(path: &str, value: &Value) -> Vec<String> {
    let mut texts = Vec::new();
    gather(member(path), value, &mut texts);
    texts
}

fn gather(name: &str, value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|element| gather(name, element, texts)),
        Value::Object(members) => members.iter().for_each(|(name, value)| gather(name, value, texts)),
        value if withheld(name, value) == *value => {}
        Value::String(text) => texts.push(text.clone()),
        other => texts.push(other.to_string()),
    }
}

/// What is told in place of `actual`; `None` if it holds no value.
fn shape(member: &str, actual: &str) -> Option<String> {
    if let Ok(value) = serde_json::from_str::<Value>(actual) {
        let shape = withheld(member, &value);
        return Some(match shape {
            Value::String(text) if !value.is_string() || text.starts_with("[string,") => text,
            shape => shape.to_string(),
        });
    }
    // A long value is cut off, and is no JSON any more.
    let start = actual.trim_start_matches('…').chars().next()?;
    match start {
        '"' => Some("[string]".to_owned()),
        '{' => Some("[object]".to_owned()),
        '[' => Some("[array]".to_owned()),
        _ => None,
    }
}

/// The name of the member that `path` leads to, an element of an array having that of the array.
fn member(path: &str) -> &str {
    let mut path = path;
    while let Some(before) = path.strip_suffix(']').and_then(|rest| {
        let (before, index) = rest.rsplit_once('[')?;
        index.bytes().all(|byte| byte.is_ascii_digit()).then_some(before)
    }) {
        path = before;
    }
    path.rsplit_once('.').map_or("", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Place;

    fn told(path: &str, message: &str, actual: &str) -> (String, String) {
        let finding = Finding {
            place: Place::start_of(0),
            path: path.to_owned(),
            message: message.to_owned(),
            expected: "\"a\"".to_owned(),
            actual: actual.to_owned(),
            help: Some("the nearest misses by: got \"Jane\"".to_owned()),
        };
        let finding = withheld_finding(finding);
        assert_eq!(finding.help.is_some(), path.starts_with("header"), "{path}");
        (finding.message, finding.actual)
    }

    #[test]
    fn of_what_is_saved_no_person_is_told() {
        let person =
            serde_json::json!({ "name": "Jane Fictional", "userID": "17", "phone": 15_550_100, "tags": ["a b"] });
        assert_eq!(personal_texts("$.data[0]", &person), ["Jane Fictional", "15550100", "a b"]);
        assert_eq!(personal_texts("$.data[0].name", &"Jane".into()), ["Jane"]);
        assert_eq!(personal_texts("$.data[0].userID", &"17".into()), [""; 0]);
        assert_eq!(personal_texts("$.createdAt", &"2026-01-31T10:00:00Z".into()), [""; 0]);
    }

    #[test]
    fn a_finding_tells_the_shape_of_what_was_there() {
        for (path, actual, shape) in [
            ("$.name", "\"Jane Fictional\"", "[string, 14 characters]"),
            ("$.data[0].names[3]", "\"Jane\"", "[string, 4 characters]"),
            ("$.data[0]['first name']", "\"Jane\"", "[string, 4 characters]"),
            ("$.businessIDs[3]", "\"17\"", "\"17\""),
            ("$.status", "\"open\"", "\"open\""),
            ("$.price", "17", "[number]"),
            ("$.count", "17", "17"),
            ("$", "{\"name\":\"Jane\"}", "{\"name\":\"[string, 4 characters]\"}"),
            ("$", "{\"name\":\"Ja…", "[object]"),
            ("$.name", "…\"Ja\"…", "[string]"),
            ("text", "\"Jane\"", "[string, 4 characters]"),
            ("$.name", "nothing", "nothing"),
            ("$.data", "3 elements", "3 elements"),
            ("header x", "\"Jane\"", "\"Jane\""),
        ] {
            let expected = format!("expected \"a\", got the text {shape}");
            let message = format!("expected \"a\", got the text {actual}");
            assert_eq!(told(path, &message, actual), (expected, shape.to_owned()), "{path} {actual}");
        }
        let (message, _) = told("$.name", "differs: got \"Jane\", not \"Joan\"", "\"Jane\"");
        assert_eq!(message, "differs: got [string, 4 characters], not \"Joan\"");
    }
}
