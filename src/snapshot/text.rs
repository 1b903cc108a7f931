//! Shapes as YAML that people review and that the strict reader reads back.
//!
//! A member name is written as it is, with `?` behind it where the member is optional. Three spellings would be
//! misread, so a backslash stands before a `\`, before a `?` that ends the name, and before a `$` that begins it:
//! a `$` without one begins a word of this format (`$one_of`). YAML's own quotes are used only where YAML needs them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::shape::{Elements, Member};
use super::{Body, Shape, Shapes, StepShape};

/// The key under which the alternatives of a union stand.
pub(super) const ONE_OF: &str = "$one_of";
/// The word for a body that is not JSON.
pub(super) const TEXT: &str = "text";
/// The word for no body, and for no status.
pub(super) const NONE: &str = "none";

/// YAML reads a longer key only in its explicit form, `? key` (YAML 1.2.2 §7.4.2: at most 1024 characters).
const LONGEST_KEY: usize = 1_000;

/// A value as written: behind its key or dash, or in lines of its own.
enum Written {
    Inline(String),
    Block(Vec<String>),
}

impl Shapes {
    /// The text of the shapes, which [`Shapes::parse`] reads back; ends with a newline.
    pub fn to_text(&self) -> String {
        let steps: Vec<String> = self.steps.iter().flat_map(|step| dashed(step_lines(step))).collect();
        lines_text(if steps.is_empty() { Written::Inline("[]".to_owned()) } else { Written::Block(steps) })
    }
}

/// The text of one shape.
#[cfg(test)]
pub(super) fn shape_text(shape: &Shape) -> String {
    lines_text(written(shape))
}

fn lines_text(written: Written) -> String {
    match written {
        Written::Inline(text) => text + "\n",
        Written::Block(lines) => lines.iter().fold(String::new(), |text, line| text + line + "\n"),
    }
}

fn step_lines(step: &StepShape) -> Written {
    let status = step.status.map_or_else(|| NONE.to_owned(), |status| status.to_string());
    let mut lines = vec![format!("step: {}", scalar(&step.step)), format!("status: {status}")];
    if let Some(media_type) = &step.media_type {
        lines.push(format!("media_type: {}", scalar(media_type)));
    }
    lines.extend(keyed(
        "body",
        match &step.body {
            Body::Empty => Written::Inline(NONE.to_owned()),
            Body::Text => Written::Inline(TEXT.to_owned()),
            Body::Json(shape) => written(shape),
        },
    ));
    Written::Block(lines)
}

fn written(shape: &Shape) -> Written {
    let mut alternatives = Vec::new();
    if !shape.types.is_empty() {
        let words: Vec<&str> = shape.types.iter().map(|simple| simple.word()).collect();
        alternatives.push(Written::Inline(words.join(" | ")));
    }
    match &shape.array {
        None => {}
        Some(Elements::Unseen) => alternatives.push(Written::Inline("[]".to_owned())),
        Some(Elements::Of(element)) => alternatives.push(Written::Block(dashed(written(element)))),
    }
    if let Some(members) = &shape.object {
        alternatives.push(object(members));
    }
    if alternatives.len() == 1 {
        return alternatives.remove(0);
    }
    Written::Block(keyed(ONE_OF, Written::Block(alternatives.into_iter().flat_map(dashed).collect())))
}

fn object(members: &BTreeMap<String, Member>) -> Written {
    if members.is_empty() {
        return Written::Inline("{}".to_owned());
    }
    let lines = members.iter().flat_map(|(name, member)| keyed(&key(name, member.optional), written(&member.shape)));
    Written::Block(lines.collect())
}

fn dashed(value: Written) -> Vec<String> {
    match value {
        Written::Inline(text) => vec![format!("- {text}")],
        Written::Block(lines) => lines
            .into_iter()
            .enumerate()
            .map(|(index, line)| format!("{}{line}", if index == 0 { "- " } else { "  " }))
            .collect(),
    }
}

fn keyed(key: &str, value: Written) -> Vec<String> {
    let is_long = key.chars().count() > LONGEST_KEY;
    let mut lines = Vec::new();
    let key = if is_long {
        lines.push(format!("? {key}"));
        ""
    } else {
        key
    };
    match value {
        Written::Inline(text) => lines.push(format!("{key}: {text}")),
        Written::Block(block) => {
            lines.push(format!("{key}:"));
            lines.extend(block.into_iter().map(|line| format!("  {line}")));
        }
    }
    lines
}

/// A member's name as a key.
fn key(name: &str, optional: bool) -> String {
    let mut escaped = String::with_capacity(name.len() + 2);
    for (index, character) in name.char_indices() {
        let is_last = index + character.len_utf8() == name.len();
        if character == '\\' || character == '$' && index == 0 || character == '?' && is_last {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    if optional {
        escaped.push('?');
    }
    scalar(&escaped)
}

/// `text` as a YAML scalar that every reader takes for this very text.
fn scalar(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            unseen if is_unseen(unseen) => {
                // Writing to a `String` can't fail.
                let _ = write!(quoted, "\\u{:04X}", u32::from(unseen));
            }
            seen => quoted.push(seen),
        }
    }
    quoted.push('"');
    quoted
}

/// Characters that YAML doesn't print or that a reviewer wouldn't see: controls, joiners, direction marks, line breaks.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(character, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}')
}

/// Whether `text` needs no quotes for any YAML reader.
fn is_plain(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && !text.ends_with(' ')
        && text.chars().all(|character| character.is_ascii_alphanumeric() || " _-./+?\\".contains(character))
        && !["yes", "no", "on", "off", "y", "n", "true", "false", "null"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word))
}
