//! Matching at run time: a value against a pattern, and all mismatches at once.

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use crate::source::{Place, Scope, Template, did_you_mean};

use super::describe::{Difference, count, first_difference, pattern as describe_pattern};
use super::describe::{quoted, value as describe_value, with_kind};
use super::finding::Finding;
use super::jsonpath::{push_index, push_name};
use super::model::{Member, Pattern, Rule};
use super::operators::number::compare_numbers;

/// How many names of members are listed in a help text.
const LISTED_NAMES: usize = 20;

/// Matches `actual` with `pattern`; no findings mean that it holds.
///
/// `actual` is `None` if no value is there (which is not null), `root` is how the value is called in findings: `$` for
/// a body, or `status`, `header content-type` and the like. Placeholders take their values from `scope`; one that has
/// none is a finding.
pub fn compare(pattern: &Pattern, actual: Option<&Value>, root: &str, scope: &dyn Scope) -> Vec<Finding> {
    let mut comparison =
        Comparison { scope, path: root.to_owned(), findings: Vec::new(), unanswerable: Vec::new(), unanswered: 0 };
    match actual {
        Some(actual) => comparison.value(pattern, actual),
        None if pattern.holds_without_value() => {}
        None => {
            comparison.missing(pattern.place, pattern, "no value is there".to_owned());
        }
    }
    let mut findings = comparison.unanswerable;
    findings.append(&mut comparison.findings);
    findings
}

/// One comparison under way.
pub(super) struct Comparison<'s> {
    pub(super) scope: &'s dyn Scope,
    path: String,
    findings: Vec<Finding>,
    /// Questions that could not be asked, such as a placeholder without a value: no `$not` turns them around.
    unanswerable: Vec<Finding>,
    /// How often a question could not be asked.
    unanswered: usize,
}

impl Comparison<'_> {
    /// Reports every way in which `actual` misses `pattern`.
    pub(super) fn value(&mut self, pattern: &Pattern, actual: &Value) {
        let place = pattern.place;
        match &pattern.rule {
            Rule::Null => {
                if !actual.is_null() {
                    self.differs(place, &Value::Null, actual);
                }
            }
            Rule::Bool(expected) => {
                if actual.as_bool() != Some(*expected) {
                    self.differs(place, &Value::Bool(*expected), actual);
                }
            }
            Rule::Number(expected) => self.number(place, expected, actual),
            Rule::Text(expected) => self.text(place, expected, actual),
            Rule::Template { template, closed } => self.template(template, *closed, actual),
            Rule::Members { members, closed } => self.members(pattern, members, *closed, actual),
            Rule::Elements(elements) => self.elements(pattern, elements, actual),
            Rule::Operators(operations) => {
                for operation in operations {
                    operation.check.check(actual, operation.place, self);
                }
            }
        }
    }

    fn number(&mut self, place: Place, expected: &Number, actual: &Value) {
        let equal = actual.as_number().is_some_and(|actual| compare_numbers(expected, actual) == Ordering::Equal);
        if !equal {
            self.differs(place, &Value::Number(expected.clone()), actual);
        }
    }

    fn text(&mut self, place: Place, expected: &str, actual: &Value) {
        let Some(found) = actual.as_str() else {
            self.differs(place, &Value::String(expected.to_owned()), actual);
            return;
        };
        if found == expected {
            return;
        }
        let help = if found.to_lowercase() == expected.to_lowercase() {
            "they differ in upper and lower case only: `$any_case` ignores it"
        } else if found.trim() == expected.trim() {
            "they differ in white space at the ends only"
        } else {
            ""
        };
        let finding = match first_difference(expected, found) {
            Some(Difference { character, expected, actual }) => {
                let message = format!("differs at character {character}: expected {expected}, got {actual}");
                self.report(place, message, expected, actual)
            }
            None => self.miss(place, quoted(expected), actual),
        };
        finding.help = (!help.is_empty()).then(|| help.to_owned());
    }

    fn template(&mut self, template: &Template, closed: bool, actual: &Value) {
        match template.value(self.scope) {
            Ok(expected) => self.value(&Pattern::literal(&expected, template.place, closed), actual),
            Err(name) => self.unresolved(template, &name),
        }
    }

    fn members(&mut self, pattern: &Pattern, members: &[Member], closed: bool, actual: &Value) {
        let Some(object) = actual.as_object() else {
            self.wrong_kind(pattern, "an object", actual);
            return;
        };
        for member in members {
            let name = &*member.key.value;
            match object.get(name) {
                Some(value) => self.within(|path| push_name(path, name), |inner| inner.value(&member.pattern, value)),
                None if member.pattern.holds_without_value() => {}
                None => self.missing_member(member, object, members),
            }
        }
        if closed {
            for (name, value) in object.iter().filter(|(name, _)| !is_among(members, name)) {
                self.within(
                    |path| push_name(path, name),
                    |inner| {
                        let finding = inner.miss(pattern.place, "nothing".to_owned(), value);
                        finding.message = format!("the member {} is not expected here", quoted(name));
                    },
                );
            }
        }
    }

    fn missing_member(&mut self, member: &Member, object: &Map<String, Value>, members: &[Member]) {
        let name = &*member.key.value;
        let message = format!("the member {} is missing", quoted(name));
        // A member that is expected itself is not a misspelling of this one.
        let others = object.keys().map(String::as_str).filter(|other| !is_among(members, other));
        let suggestion = did_you_mean(name, others).map(|near| format!("is it {}? ", quoted(near)));
        let names: Vec<String> = object.keys().take(LISTED_NAMES).map(|name| quoted(name)).collect();
        let there = match object.len() {
            0 => "the object is empty".to_owned(),
            some if some > LISTED_NAMES => {
                format!("members there: {} and {} more", names.join(", "), some - LISTED_NAMES)
            }
            _ => format!("members there: {}", names.join(", ")),
        };
        self.within(
            |path| push_name(path, name),
            |inner| {
                let finding = inner.missing(member.key.place, &member.pattern, message);
                let wants_null = matches!(member.pattern.rule, Rule::Null);
                let hint = if wants_null { "; a missing member is not null" } else { "" };
                finding.help = Some(format!("{}{there}{hint}", suggestion.unwrap_or_default()));
            },
        );
    }

    fn elements(&mut self, pattern: &Pattern, elements: &[Pattern], actual: &Value) {
        let Some(array) = actual.as_array() else {
            self.wrong_kind(pattern, "an array", actual);
            return;
        };
        for (index, (element, value)) in elements.iter().zip(array).enumerate() {
            self.within(|path| push_index(path, index), |inner| inner.value(element, value));
        }
        if array.len() != elements.len() {
            let (expected, found) = (count(elements.len(), "element"), count(array.len(), "element"));
            self.report(pattern.place, format!("expected {expected}, got {found}"), expected, found);
        }
    }

    /// Runs `inner` with a longer path.
    pub(super) fn within(&mut self, lengthen: impl FnOnce(&mut String), inner: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        lengthen(&mut self.path);
        inner(self);
        self.path.truncate(length);
    }

    /// The findings that `pattern` would give, without reporting them; `None` if that can't be told, which is reported.
    pub(super) fn attempt(&mut self, pattern: &Pattern, actual: &Value) -> Option<Vec<Finding>> {
        let reported = std::mem::take(&mut self.findings);
        let unanswered = self.unanswered;
        self.value(pattern, actual);
        let found = std::mem::replace(&mut self.findings, reported);
        (self.unanswered == unanswered).then_some(found)
    }

    /// Reports that `actual` is not `expected`; the finding can be refined.
    pub(super) fn miss(&mut self, place: Place, expected: String, actual: &Value) -> &mut Finding {
        let actual = describe_value(actual);
        let message = format!("expected {expected}, got {actual}");
        self.report(place, message, expected, actual)
    }

    /// Reports that `actual` is of another kind than `expected`, such as `a text that begins with "x"`.
    pub(super) fn miss_kind(&mut self, place: Place, expected: String, actual: &Value) -> &mut Finding {
        let named = with_kind(actual);
        let finding = self.miss(place, expected, actual);
        finding.message = format!("expected {}, got {named}", finding.expected);
        finding
    }

    /// Reports that nothing is there, and `pattern` needs a value.
    pub(super) fn missing(&mut self, place: Place, pattern: &Pattern, message: String) -> &mut Finding {
        self.report(place, message, describe_pattern(pattern), "nothing".to_owned())
    }

    /// Reports that the placeholder `name` of `template` has no value.
    pub(super) fn unresolved(&mut self, template: &Template, name: &str) {
        let place = template.names().find(|(known, _)| *known == name).map_or(template.place, |(_, place)| place);
        let message = format!("the placeholder `${{{name}}}` has no value");
        self.unanswerable(place, message, "a value");
    }

    /// Reports that this part of the pattern was refused when it was loaded.
    pub(super) fn refused(&mut self, place: Place) {
        self.unanswerable(place, "this pattern was refused when the file was loaded".to_owned(), "a valid pattern");
    }

    /// Reports a question that can't be asked, once for each place.
    pub(super) fn unanswerable(&mut self, place: Place, message: String, expected: &str) {
        self.unanswered += 1;
        if self.unanswerable.iter().any(|known| known.place == place && known.message == message) {
            return;
        }
        let (path, expected, actual) = (self.path.clone(), expected.to_owned(), "nothing".to_owned());
        self.unanswerable.push(Finding { place, path, message, expected, actual, help: None });
    }

    fn differs(&mut self, place: Place, expected: &Value, actual: &Value) {
        let finding = self.miss(place, describe_value(expected), actual);
        // Written alone, the text "401" and the number 401 are easily taken for each other.
        if expected.is_string() != actual.is_string() {
            finding.message = format!("expected {}, got {}", with_kind(expected), with_kind(actual));
        }
    }

    fn wrong_kind(&mut self, pattern: &Pattern, expected: &str, actual: &Value) {
        let finding = self.miss_kind(pattern.place, expected.to_owned(), actual);
        finding.expected = describe_pattern(pattern);
    }

    /// Adds what may help to all findings since there were `before` of them, unless they have their own help.
    pub(super) fn help_since(&mut self, before: usize, help: &str) {
        for finding in self.findings.iter_mut().skip(before).filter(|finding| finding.help.is_none()) {
            finding.help = Some(help.to_owned());
        }
    }

    /// How many findings there are.
    pub(super) fn count(&self) -> usize {
        self.findings.len()
    }

    /// Reports a finding in the caller's own words.
    pub(super) fn report(&mut self, place: Place, message: String, expected: String, actual: String) -> &mut Finding {
        self.findings.push_mut(Finding { place, path: self.path.clone(), message, expected, actual, help: None })
    }
}

fn is_among(members: &[Member], name: &str) -> bool {
    members.iter().any(|member| &*member.key.value == name)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Values, covered, findings, json, pattern, told};
    use super::*;

    #[test]
    fn scalars_equal_by_value_and_kind() {
        for (yaml, holds, fails, words) in [
            ("status: 401", r#"{"status": 401.0}"#, r#"{"status": 200}"#, "$.status: expected 401, got 200"),
            ("401", "401", r#""401""#, r#"$: expected the number 401, got the text "401""#),
            ("'401'", r#""401""#, "401", r#"$: expected the text "401", got the number 401"#),
            ("true", "true", r#""true""#, r#"$: expected the boolean true, got the text "true""#),
            ("null", "null", "false", "$: expected null, got false"),
            ("0", "-0.0", "null", "$: expected 0, got null"),
            (
                "9007199254740993",
                "9007199254740993",
                "9007199254740992",
                "$: expected 9007199254740993, got 9007199254740992",
            ),
            ("a", r#""a""#, "null", r#"$: expected the text "a", got null"#),
            ("{}", r#"{"a": 1}"#, "[]", "$: expected an object, got the array []"),
            ("[]", "[]", "{}", "$: expected an array, got the object {}"),
            ("[]", "[]", "[1, 2]", "$: expected 0 elements, got 2 elements"),
            ("[1]", "[1]", "[]", "$: expected 1 element, got 0 elements"),
        ] {
            assert_eq!(told(yaml, holds), [""; 0], "{yaml}");
            assert_eq!(told(yaml, fails), [words], "{yaml}");
        }
    }

    #[test]
    fn all_mismatches_are_told_at_once_with_both_places() {
        let yaml = "id: 1\ndata:\n  - name: a\n    odd name: {$gt: 5}\n  - name: b\n  - 3\nmore: [1]\nlast: x\n";
        let actual =
            json(r#"{"id": 2, "data": [{"name": "z", "odd name": 5}, {"nmae": "b"}], "more": 1, "last": "x"}"#);
        let found = findings(&pattern(yaml), &actual, &Values::default());
        let rows: Vec<_> = found.iter().map(|finding| (finding.to_string(), covered(yaml, finding.place))).collect();
        let rows: Vec<_> = rows.iter().map(|(words, place)| (&**words, place.lines().next().unwrap())).collect();
        assert_eq!(
            rows,
            [
                ("$.id: expected 1, got 2", "1"),
                ("$.data[0].name: expected \"a\", got \"z\"", "a"),
                ("$.data[0]['odd name']: expected a number greater than 5, got 5", "$gt: 5"),
                ("$.data[1].name: the member \"name\" is missing", "name"),
                ("$.data: expected 3 elements, got 2 elements", "- name: a"),
                ("$.more: expected an array, got the number 1", "[1]"),
            ]
        );
        let missing = &found[3];
        assert_eq!((&*missing.expected, &*missing.actual), ("\"b\"", "nothing"));
        assert_eq!(missing.help.as_deref(), Some("is it \"nmae\"? members there: \"nmae\""));
        assert_eq!((&*found[0].expected, &*found[0].actual), ("1", "2"));
    }

    #[test]
    fn a_missing_member_is_not_null() {
        let found = findings(&pattern("a: null"), &json("{}"), &Values::default());
        assert_eq!(found[0].to_string(), "$.a: the member \"a\" is missing");
        assert_eq!(found[0].help.as_deref(), Some("the object is empty; a missing member is not null"));
    }

    #[test]
    fn a_member_that_is_expected_itself_is_no_misspelling_of_another() {
        let found = findings(&pattern("{name: 1, names: 2}"), &json(r#"{"names": 2}"#), &Values::default());
        assert_eq!(found[0].help.as_deref(), Some("members there: \"names\""));
    }

    #[test]
    fn long_texts_are_told_by_their_first_difference() {
        let found = findings(
            &pattern("invalid token. failure reason(s) [token is not active]"),
            &json(r#""invalid token. failure reason(s) [token is now active]""#),
            &Values::default(),
        );
        assert_eq!(
            found[0].message,
            r#"differs at character 46: expected …"failure reason(s) [token is not active]", got …"failure reason(s) [token is now active]""#
        );
        let help =
            |yaml: &str, actual: &str| findings(&pattern(yaml), &json(actual), &Values::default())[0].help.clone();
        assert_eq!(
            help("Bearer", r#""bearer""#).unwrap(),
            "they differ in upper and lower case only: `$any_case` ignores it"
        );
        assert_eq!(help("a", r#""a\n""#).unwrap(), "they differ in white space at the ends only");
        assert_eq!(help("a", r#""b""#), None);
    }

    #[test]
    fn long_values_are_cut_and_what_steers_a_terminal_is_escaped() {
        let long = Value::String("x".repeat(5_000_000));
        let found = findings(&pattern("short"), &long, &Values::default());
        assert!(found[0].actual.chars().count() <= 201 && found[0].actual.ends_with('…'), "{}", found[0].actual);
        let many = Value::Array(vec![Value::Null; 100_000]);
        assert!(findings(&pattern("{}"), &many, &Values::default())[0].message.chars().count() < 300);
        assert_eq!(told("a", r#""\u001b[31m\u202e\u0000""#), [r#"$: expected "a", got "\u{1b}[31m\u{202e}\u{0}""#]);
        let names: Map<String, Value> = (0..1_000).map(|number| (format!("m{number}"), Value::Null)).collect();
        let found = findings(&pattern("zebra: 1"), &Value::Object(names), &Values::default());
        assert!(found[0].help.as_deref().unwrap().ends_with(" and 980 more"));
    }

    #[test]
    fn the_caller_says_what_is_compared() {
        let found = compare(&pattern("a"), Some(&json("\"b\"")), "header content-type", &Values::default());
        assert_eq!(found[0].to_string(), "header content-type: expected \"a\", got \"b\"");
        let found = compare(&pattern("a"), None, "header content-type", &Values::default());
        assert_eq!(found[0].to_string(), "header content-type: no value is there");
    }
}
