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
        Refusal::SecondDocument => error("a second document begins here")
            .help("a file holds one document: remove the line `---`, or make two files of it"),
        Refusal::Tag => error("tags are not part of the language").help("remove the tag, or quote the text"),
        Refusal::MergeKey => error("merge keys (`<<`) are not part of the language")
            .help("write the members out, or share steps with `use: _file.yaml`"),
        Refusal::KeyIsNoText => {
            error("a key must be a text").help("write a plain word or a quoted text before the `:`")
        }
        Refusal::UnknownAnchor => {
            error("there is no anchor of this name").help("an anchor (`&name`) stands before its aliases")
        }
        Refusal::TooDeep => {
            error("nested too deep").label(format!("{DEEPEST} levels are the limit")).help("no scenario needs more")
        }
        Refusal::TooManyNodes => {
            error("the file is too large, or multiplied by its anchors").help("no scenario needs more")
        }
        Refusal::NoValue => error("a value is missing here"),
    }
}

/// What is told about `error` in `text`, which is file number `file`.
pub(super) fn syntax_error(text: &str, file: u32, error: &ScanError) -> Diagnostic {
    let offset = offset_of(text, error);
    if let Some(diagnostic) = unquoted(text, file, offset) {
        return diagnostic;
    }
    let length = text[offset..].chars().next().map_or(0, char::len_utf8);
    let place = Place::new(file, offset, offset + length);
    let message = error.to_string();
    // The crate tells the place in words too.
    let message = message.split(" at char ").next().unwrap_or_default().trim();
    let cause = Cause::of(&message.to_lowercase());
    if cause == Some(Cause::Limit) {
        return refused(Refusal::TooDeep, place);
    }
    let diagnostic = Diagnostic::error("yaml-syntax", format!("not valid YAML: {message}"), place);
    if text[line_start(text, offset)..].starts_with([' ', '\t']) && indentation(text, offset).contains('\t') {
        return diagnostic.help("indent with spaces, not with tabs");
    }
    match cause {
        Some(cause) => diagnostic.help(cause.help()),
        None => diagnostic,
    }
}

/// The causes that have a help of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    UnknownAlias,
    Limit,
    Colon,
    Quote,
    Bracket,
    Indentation,
}

impl Cause {
    /// The cause that the crate's `message`, in lower case, speaks of.
    fn of(message: &str) -> Option<Self> {
        let causes: [(Self, &[&str]); 6] = [
            (Self::UnknownAlias, &["unknown anchor"]),
            (Self::Limit, &["recursion limit", "nesting", "too deep"]),
            (Self::Colon, &["mapping values are not allowed"]),
            (Self::Quote, &["quoted scalar"]),
            (Self::Bracket, &["unclosed bracket"]),
            (Self::Indentation, &["did not find expected", "simple key expected"]),
        ];
        causes.into_iter().find(|(_, words)| words.iter().any(|word| message.contains(word))).map(|(cause, _)| cause)
    }

    fn help(self) -> &'static str {
        match self {
            Self::UnknownAlias => {
                "an anchor `&name` must be written above the alias `*name`; a text that begins with `*` needs quotes"
            }
            Self::Limit => "no scenario needs more",
            Self::Colon => "a text that has `: ` within it needs quotes; else look at the indentation",
            Self::Quote => "look for a quote that is not closed, here or on a line above",
            Self::Bracket => "close the bracket, or quote the text if the bracket belongs to it",
            Self::Indentation => "look at the indentation: what belongs together begins in the same column",
        }
    }
}

/// The white space with which the line of `offset` begins.
fn indentation(text: &str, offset: usize) -> &str {
    let line = &text[line_start(text, offset)..];
    &line[..line.find(|character| character != ' ' && character != '\t').unwrap_or(line.len())]
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
