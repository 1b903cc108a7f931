//! Syntax errors of the YAML crate, and what this language leaves out of YAML, in the words of this tool.

use serde_yaml::granit_parser::ScanError;

use super::yaml::DEEPEST;
use super::{Diagnostic, Place};

/// What of YAML is refused though it is well formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    SecondDocument,
    Tag,
    MergeKey,
    KeyIsNoText,
    UnknownAnchor,
    TooDeep,
    TooManyNodes,
    NoValue,
}

/// What is told about a refusal at `place`.
pub(super) fn refused(refusal: Refusal, place: Place) -> Diagnostic {
    let error = |title: &str| Diagnostic::error("yaml-syntax", title, place);
    match refusal {
        Refusal::SecondDocument => {
            error("a file holds one document").help("one file, one scenario: move the rest to a file of its own")
        }
        Refusal::Tag => error("tags are not part of the language").help("remove the tag (`!name`)"),
        Refusal::MergeKey => error("merge keys are not part of the language")
            .help("write the members out, or share steps with `use: _file.yaml`"),
        Refusal::KeyIsNoText => error("a key is a text").help("quote the key if it begins with a bracket or a brace"),
        Refusal::UnknownAnchor => {
            error("there is no anchor of this name").help("an anchor (`&name`) stands before its aliases")
        }
        Refusal::TooDeep => {
            error("nested too deep").label(format!("{DEEPEST} levels are the limit")).help("no scenario needs more")
        }
        Refusal::TooManyNodes => {
            error("the file has too many nodes, aliases counted as what they stand for").help("no scenario needs more")
        }
        Refusal::NoValue => error("a value is missing here"),
    }
}

/// What is told about `error` in `text`, which is file number `file`.
pub(super) fn syntax_error(text: &str, file: u32, error: &ScanError) -> Diagnostic {
    let offset = offset_of(text, error);
    let place = Place::new(file, offset, (offset + 1).min(text.len()));
    if let Some(diagnostic) = unquoted(text, file, offset) {
        return diagnostic;
    }
    let message = error.to_string();
    let message = message.split(" at byte").next().unwrap_or_default();
    let message = message.split(" at line").next().unwrap_or_default().lines().next().unwrap_or_default().trim();
    if message.contains("recursion limit") || message.contains("nesting") {
        return refused(Refusal::TooDeep, place);
    }
    let diagnostic = Diagnostic::error("yaml-syntax", format!("not valid YAML: {message}"), place);
    if text[line_start(text, offset)..].trim_start_matches(' ').starts_with('\t') {
        return diagnostic.help("indent with spaces, not with tabs");
    }
    diagnostic
}

fn offset_of(text: &str, error: &ScanError) -> usize {
    let marker = error.marker();
    let line = || text.split_inclusive('\n').take(marker.line().saturating_sub(1)).map(str::len).sum::<usize>();
    let mut offset = marker.byte_offset().unwrap_or_else(line).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind('\n').map_or(0, |newline| newline + 1)
}

/// The usual cause of a syntax error inside `{ }` or `[ ]`: a placeholder or a path that needs quotes there.
fn unquoted(text: &str, file: u32, offset: usize) -> Option<Diagnostic> {
    let line_end = text[offset..].find('\n').map_or(text.len(), |newline| offset + newline);
    // The parser may stop on the line after the culprit.
    let mut begin = line_start(text, offset);
    if begin > 0 {
        begin = line_start(text, begin - 1);
    }
    let mut quote = None;
    let mut open = 0_usize;
    let line = &text[begin..line_end];
    for (index, character) in line.char_indices() {
        match (quote, character) {
            (Some(open_quote), close) if open_quote == close => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, '#') if line[..index].ends_with(char::is_whitespace) => break,
            (None, '$') if open > 0 || flow_is_open(&text[..begin]) => {
                let rest = &line[index..];
                let length = rest.find([',', '\n']).unwrap_or(rest.len());
                let at = Place::new(
                    file,
                    begin + index,
                    begin + index + rest[..length].trim_end_matches([' ', '}', ']']).len().max(1),
                );
                if rest.starts_with("${") {
                    return Some(
                        Diagnostic::error(
                            "unquoted-placeholder",
                            "a placeholder inside `{ }` or `[ ]` needs quotes",
                            at,
                        )
                        .label("YAML reads `{` as the start of a mapping here")
                        .help("write \"${name}\", with the quotes"),
                    );
                }
                if rest.starts_with("$.") && rest[..length].contains('[') || rest.starts_with("$[") {
                    return Some(
                        Diagnostic::error(
                            "unquoted-path",
                            "a path with brackets inside `{ }` or `[ ]` needs quotes",
                            at,
                        )
                        .label("YAML reads `[` as the start of a sequence here")
                        .help("write the path in quotes: \"$.data[0].id\""),
                    );
                }
            }
            (None, '{' | '[') => open += 1,
            (None, '}' | ']') => open = open.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// Whether a flow collection opened in the few lines before is still open.
fn flow_is_open(before: &str) -> bool {
    let tail_start = before.char_indices().rev().nth(2_000).map_or(0, |(index, _)| index);
    let tail = &before[tail_start..];
    let count = |characters: [char; 2]| tail.matches(characters).count();
    count(['{', '[']) > count(['}', ']'])
}
