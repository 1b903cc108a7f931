//! Reading a mapping with known keys; every problem is collected, none stops the reading.

use std::time::Duration;

use super::{Diagnostic, Entry, Located, Node, Problems, Value, did_you_mean};

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
    Diagnostic::error("wrong-type", format!("{what}, not {}", node.kind()), node.place).label(node.kind())
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
        problems.push(expected(node, &format!("{what} is a sequence of texts")));
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

/// A whole number from 0 to `largest`.
pub fn whole_number(node: &Node, what: &str, largest: u64, problems: &mut Problems) -> Option<u64> {
    if let Value::Number(number, _) = &node.value
        && let Some(value) = number.as_u64().filter(|value| *value <= largest)
    {
        return Some(value);
    }
    problems.push(expected(node, &format!("{what} is a whole number from 0 to {largest}")));
    None
}

/// One word of a closed vocabulary.
pub fn one_of<T: Copy>(node: &Node, what: &str, words: &[(&str, T)], problems: &mut Problems) -> Option<T> {
    let all = || words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
    let Some(word) = node.as_text() else {
        problems.push(expected(node, &format!("{what} is one of: {}", all())));
        return None;
    };
    let found = words.iter().find(|(known, _)| *known == word).map(|(_, value)| *value);
    if found.is_none() {
        problems.push(
            Diagnostic::error("unknown-word", format!("{what} can't be `{word}`"), node.place)
                .label("unknown word")
                .suggest(did_you_mean(word, words.iter().map(|(known, _)| *known)))
                .help(format!("it is one of: {}", all())),
        );
    }
    found
}

/// A duration with its unit: `500ms`, `30s`, `5m`, `2h`, `180d`.
pub fn duration(node: &Node, what: &str, problems: &mut Problems) -> Option<Duration> {
    let help = "a duration has a unit: 500ms, 30s, 5m, 2h, 180d";
    let Some(written) = node.as_text() else {
        let mut diagnostic = expected(node, &format!("{what} is a duration with a unit")).help(help);
        if let Value::Number(_, spelling) = &node.value {
            diagnostic = diagnostic.help(format!("did you mean `{spelling}s`?"));
        }
        problems.push(diagnostic);
        return None;
    };
    let digits = written.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = written.split_at(digits);
    let milliseconds = match unit {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        "d" => Some(86_400_000),
        _ => None,
    };
    // Ten years are more than any scenario needs and keep all arithmetic far from overflow.
    let duration = number
        .parse::<u64>()
        .ok()
        .zip(milliseconds)
        .and_then(|(number, factor)| number.checked_mul(factor))
        .filter(|milliseconds| *milliseconds <= 3_650 * 86_400_000)
        .map(Duration::from_millis);
    if duration.is_none() {
        problems.push(
            Diagnostic::error("bad-duration", format!("{what} can't be `{written}`"), node.place)
                .label("not a duration")
                .help(help),
        );
    }
    duration
}
