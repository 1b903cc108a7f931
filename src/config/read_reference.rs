//! Reading what may stand where a secret may stand.

use crate::source::{Diagnostic, Fields, Node, Problems, Template, Value, is_template, text};

use super::read::reference;
use super::reference::Reference;

/// The value of `key`, which is no secret by itself: a text, or any reference.
pub(super) fn read_reference(node: &Node, key: &str, problems: &mut Problems) -> Option<Reference> {
    match &node.value {
        Value::Mapping(_) => read_elsewhere(node, key, problems),
        _ => reference(node, &format!("`{key}`"), problems).map(Reference::Text),
    }
}

/// The value of `key`, which is a secret: any reference, and no text of its own.
pub(super) fn read_secret(node: &Node, key: &str, problems: &mut Problems) -> Option<Reference> {
    let is_reference_alone = |text: &str| {
        // What is no template at all may still be a secret, such as one that holds `${`.
        Template::parse(text, node.place).is_ok_and(|template| template.as_placeholder().is_some())
    };
    match &node.value {
        Value::Mapping(_) => read_elsewhere(node, key, problems),
        Value::Text(text) if is_reference_alone(text) => {
            reference(node, &format!("`{key}`"), problems).map(Reference::Text)
        }
        // A key without a value, as in a file that is still to be filled in.
        Value::Null => text(node, &format!("`{key}`"), problems).and(None),
        _ => {
            problems.push(
                Diagnostic::error("literal-secret", format!("`{key}` can't be written in a project file"), node.place)
                    .label("a secret is given by a reference")
                    .note("a project file is shared and committed, and whoever has it would have the secret")
                    .help(format!("a variable, of the environment or of `.env`: `{key}: \"${{env.NAME}}\"`"))
                    .help(format!("a file that only you can read: `{key}: {{ file: ~/.secrets/name }}`"))
                    .help(format!("what a command prints: `{key}: {{ command: pass show name }}`")),
            );
            None
        }
    }
}

/// `{ file: … }` or `{ command: … }`.
fn read_elsewhere(node: &Node, key: &str, problems: &mut Problems) -> Option<Reference> {
    let fields = Fields::of(node, &format!("`{key}`"), &["file", "command"], problems)?;
    let help = "write `{ file: PATH }` or `{ command: COMMAND }`";
    let (word, value) = match (fields.get("file"), fields.get("command")) {
        (Some(path), None) => ("file", path),
        (None, Some(command)) => ("command", command),
        (Some(_), Some(_)) => {
            let title = format!("`{key}` has both `file` and `command`");
            problems.push(Diagnostic::error("bad-reference", title, node.place).help(help));
            return None;
        }
        (None, None) => {
            // What has other keys was told about them.
            if node.as_mapping().is_some_and(<[_]>::is_empty) {
                problems.push(Diagnostic::error("bad-reference", format!("`{key}` is empty"), node.place).help(help));
            }
            return None;
        }
    };
    let written = text(value, &format!("`{word}`"), problems)?;
    if written.value.trim().is_empty() {
        problems.push(Diagnostic::error("bad-reference", format!("`{word}` is empty"), value.place).help(help));
        return None;
    }
    if word == "command" {
        return Some(Reference::Command(written));
    }
    if is_template(&written.value) {
        problems.push(
            Diagnostic::error("bad-reference", "no variable can stand in the path of a file", value.place)
                .help("a path is one from the project's folder, or from your own by `~/`"),
        );
        return None;
    }
    Some(Reference::File(written))
}
