//! How members of a JSON body are read: what is wrong is told, each by its name. Members that nobody asks for are passed
//! over, which is a guess.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::mock::problem::Invalid;

/// Tells of each of these members that is missing.
pub fn require(members: &Map<String, Value>, names: &[&'static str], errors: &mut Vec<Invalid>) {
    let missing = names.iter().filter(|name| !members.contains_key(**name));
    errors.extend(missing.map(|name| Invalid { name, reason: "is required".to_owned() }));
}

/// A text of 1 to `longest` characters, if it was sent.
pub fn text<'a>(
    members: &'a Map<String, Value>,
    name: &'static str,
    longest: usize,
    errors: &mut Vec<Invalid>,
) -> Option<&'a str> {
    let value = members.get(name)?;
    let reason = match value.as_str() {
        None => "must be a string".to_owned(),
        Some(text) => match text.chars().count() {
            length if (1..=longest).contains(&length) => return Some(text),
            length => format!("must have 1 to {longest} characters, has {length}"),
        },
    };
    errors.push(Invalid { name, reason });
    None
}

/// One of some words, if it was sent.
pub fn word(members: &Map<String, Value>, name: &'static str, words: &[&'static str], errors: &mut Vec<Invalid>) {
    let Some(value) = members.get(name) else { return };
    if !words.iter().any(|word| value == word) {
        errors.push(Invalid { name, reason: format!("must be one of {}", words.join(", ")) });
    }
}

/// A date-time (RFC 3339), if it was sent.
pub fn time(members: &Map<String, Value>, name: &'static str, errors: &mut Vec<Invalid>) {
    let Some(value) = members.get(name) else { return };
    if value.as_str().is_none_or(|text| text.parse::<Timestamp>().is_err()) {
        errors.push(Invalid { name, reason: "must be a date-time, such as 2024-06-13T17:18:01Z".to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_member_is_told_by_its_name() {
        let body =
            serde_json::json!({"empty": "", "long": "ééé", "number": 1, "word": "c", "time": "now", "none": null});
        let members = body.as_object().unwrap();
        let mut errors = Vec::new();
        require(members, &["missing", "none"], &mut errors);
        for name in ["missing", "empty", "long", "number", "none"] {
            assert_eq!(text(members, name, 2, &mut errors), None);
        }
        word(members, "word", &["a", "b"], &mut errors);
        word(members, "missing", &["a"], &mut errors);
        time(members, "time", &mut errors);
        time(members, "number", &mut errors);
        time(members, "missing", &mut errors);
        let names: Vec<&str> = errors.iter().map(|error| error.name).collect();
        assert_eq!(names, ["missing", "empty", "long", "number", "none", "word", "time", "number"]);
        assert_eq!(errors[2].reason, "must have 1 to 2 characters, has 3");
        assert_eq!(errors[5].reason, "must be one of a, b");
    }

    #[test]
    fn what_is_right_is_taken() {
        let body = serde_json::json!({"text": "éé", "word": "a", "time": "2024-06-13T10:18:01-07:00"});
        let members = body.as_object().unwrap();
        let mut errors = Vec::new();
        assert_eq!(text(members, "text", 2, &mut errors), Some("éé"));
        word(members, "word", &["a", "b"], &mut errors);
        time(members, "time", &mut errors);
        assert!(errors.is_empty(), "{errors:?}");
    }
}
