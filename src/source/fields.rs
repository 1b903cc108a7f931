//! Reading a mapping with known keys; every problem is collected, none stops the reading.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::{Diagnostic, Entry, Located, Node, Problems, Value, did_you_mean, is_template};

/// The members of a mapping whose keys were checked.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'n> {
    entries: &'n [Entry],
}

impl<'n> Fields<'n> {
    /// Takes `node`, which is `what` (such as "a step"), as a mapping with no other keys than `known`.
    ///
    /// `None` if it is no mapping. Unknown keys are problems, but the known ones can be read.
    pub fn of(node: &'n Node, what: &str, known: &[&str], problems: &mut Problems) -> Option<Self> {
        let Some(entries) = node.as_mapping() else {
            problems.push(expected(node, &format!("{what} is a mapping")));
            return None;
        };
        for entry in entries {
            let key = &entry.key;
            if !known.contains(&&*key.value) {
                problems.push(
                    Diagnostic::error("unknown-key", format!("{what} has no key `{}`", key.value), key.place)
                        .label("unknown key")
                        .suggest(did_you_mean(&key.value, known.iter().copied()))
                        .help(format!("known keys: {}", known.join(", "))),
                );
            }
        }
        Some(Self { entries })
    }

    /// The value of `key`, if it is written.
    pub fn get(&self, key: &str) -> Option<&'n Node> {
        self.entries.iter().find(|entry| &*entry.key.value == key).map(|entry| &entry.value)
    }

    /// The entries whose keys are in `keys`, in the order in which they were written.
    pub fn among(&self, keys: &[&str]) -> Vec<&'n Entry> {
        self.entries.iter().filter(|entry| keys.contains(&&*entry.key.value)).collect()
    }
}

fn expected(node: &Node, what: &str) -> Diagnostic {
    let told = if node.as_text().is_some_and(is_template) { "a placeholder" } else { node.kind() };
    let diagnostic = Diagnostic::error("wrong-type", format!("{what}, not {told}"), node.place).label(told);
    diagnostic.explained(node)
}

impl Diagnostic {
    /// Adds why a placeholder that is left in `node` can't stand where the value is needed while the file is read.
    #[must_use]
    pub fn explained(self, node: &Node) -> Self {
        if !node.as_text().is_some_and(is_template) {
            return self;
        }
        self.help("a placeholder can stand here only if its value is written in the file: it is needed before the run")
    }
}

/// A text; `what` names it in the message, such as "`title`".
pub fn text(node: &Node, what: &str, problems: &mut Problems) -> Option<Located<String>> {
    if let Some(text) = node.as_text() {
        return Some(Located::new(text.to_owned(), node.place));
    }
    problems.push(match &node.value {
        Value::Number(_, spelling) => {
            expected(node, &format!("{what} is a text")).help(format!("quote it: \"{spelling}\""))
        }
        Value::Bool(value) => expected(node, &format!("{what} is a text")).help(format!("quote it: \"{value}\"")),
        _ => expected(node, &format!("{what} is a text")),
    });
    None
}

/// A sequence of texts.
pub fn texts(node: &Node, what: &str, problems: &mut Problems) -> Vec<Located<String>> {
    let Some(elements) = node.as_sequence() else {
        let mut problem = expected(node, &format!("{what} is a sequence of texts"));
        if let Some(text) = node.as_text() {
            problem = problem.help(format!("write `[{text}]`"));
        }
        problems.push(problem);
        return Vec::new();
    };
    elements.iter().filter_map(|element| text(element, &format!("an element of {what}"), problems)).collect()
}

/// `true` or `false`.
pub fn flag(node: &Node, what: &str, problems: &mut Problems) -> Option<bool> {
    if let Value::Bool(value) = node.value {
        return Some(value);
    }
    problems.push(expected(node, &format!("{what} is `true` or `false`")));
    None
}

/// Whether `name` is one that files may give to things: lower-case letters, digits and `_`.
pub fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// A whole number from 0 to `largest`.
pub fn whole_number(node: &Node, what: &str, largest: u64, problems: &mut Problems) -> Option<u64> {
    number_within(node, what, 0..=largest, problems)
}

/// A whole number within `range`.
pub fn number_within(node: &Node, what: &str, range: RangeInclusive<u64>, problems: &mut Problems) -> Option<u64> {
    let title = format!("{what} is a whole number from {} to {}", range.start(), range.end());
    if let Value::Number(number, spelling) = &node.value {
        if let Some(value) = number.as_u64().filter(|value| range.contains(value)) {
            return Some(value);
        }
        problems.push(
            Diagnostic::error("wrong-type", format!("{title}, not {spelling}"), node.place).label("out of range"),
        );
        return None;
    }
    problems.push(expected(node, &title));
    None
}

/// One word of a closed vocabulary.
pub fn one_of<T: Copy>(node: &Node, what: &str, words: &[(&str, T)], problems: &mut Problems) -> Option<T> {
    let all = || match words {
        [(only, _)] => format!("it can only be `{only}`"),
        _ => format!("it is one of: {}", words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ")),
    };
    let Some(word) = node.as_text() else {
        problems.push(expected(node, &format!("{what} is a word")).help(all()));
        return None;
    };
    let found = words.iter().find(|(known, _)| *known == word).map(|(_, value)| *value);
    if found.is_none() {
        problems.push(
            Diagnostic::error("unknown-word", format!("{what} can't be `{word}`"), node.place)
                .label("unknown word")
                .suggest(did_you_mean(word, words.iter().map(|(known, _)| *known)))
                .help(all())
                .explained(node),
        );
    }
    found
}

/// The duration that `text` spells, as a number and `ms`, `s`, `m`, `h` or `d`, if it spells one of at most ten years.
pub fn spelled_duration(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    // Ten years are more than any scenario needs and keep all arithmetic far from overflow.
    let all = number.parse::<u64>().ok()?.checked_mul(milliseconds)?;
    (all <= 3_650 * 86_400_000).then(|| Duration::from_millis(all))
}

/// A duration with its unit: `500ms`, `30s`, `5m`, `2h`, `180d`.
pub fn duration(node: &Node, what: &str, problems: &mut Problems) -> Option<Duration> {
    let help = "a duration has a unit: 500ms, 30s, 5m, 2h, 180d";
    let Some(written) = node.as_text() else {
        let diagnostic = expected(node, &format!("{what} is a duration with a unit"));
        problems.push(match &node.value {
            Value::Number(_, spelling) => diagnostic.help(format!("write `{spelling}s` for seconds; {help}")),
            _ => diagnostic.help(help),
        });
        return None;
    };
    let duration = spelled_duration(written);
    if duration.is_none() {
        problems.push(
            Diagnostic::error("bad-duration", format!("{what} can't be `{written}`"), node.place)
                .label("not a duration")
                .help(help)
                .explained(node),
        );
    }
    duration
}
