//! Syntax errors of the YAML crate, in the words of this tool and with the usual cause named.

use serde_yaml::Location;

use super::{Diagnostic, Place};

/// What is told about `error` in `text`, which is file number `file`.
pub(super) fn syntax_error(text: &str, file: u32, error: &serde_yaml::Error) -> Diagnostic {
    let offset = error.location().map_or(0, |location| offset_of(text, location));
    let place = Place::new(file, offset, (offset + 1).min(text.len()));
    if let Some(diagnostic) = unquoted(text, file, offset) {
        return diagnostic;
    }
    let message = error.without_snippet().to_string();
    let message = message.split(" at line ").next().unwrap_or(&message).trim().trim_end_matches('.').to_owned();
    let message = message.lines().next().unwrap_or("not readable").to_owned();
    let lower = message.to_lowercase();
    let diagnostic = Diagnostic::error("yaml-syntax", format!("not valid YAML: {message}"), place);
    if lower.contains("budget") || lower.contains("nest") || lower.contains("alias") || lower.contains("depth") {
        return diagnostic.label("the limit is reached here").help(
            "a file may be nested 32 deep and use each anchor a reasonable number of times; no scenario needs more",
        );
    }
    if lower.contains("merge") {
        return diagnostic
            .help("merge keys (`<<`) are not part of the language: write the members out, or use `use: _file.yaml`");
    }
    if lower.contains("tag") {
        return diagnostic.help("tags (`!name`) are not part of the language: remove the tag");
    }
    if text[line_start(text, offset)..].starts_with('\t') {
        return diagnostic.help("indent with spaces, not with tabs");
    }
    diagnostic
}

fn offset_of(text: &str, location: Location) -> usize {
    if let Some(bytes) = location.span().byte_offset() {
        let mut offset = usize::try_from(bytes).unwrap_or(usize::MAX).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        if offset > 0 || location.line() <= 1 {
            return offset;
        }
    }
    let line = usize::try_from(location.line().saturating_sub(1)).unwrap_or(usize::MAX);
    text.split_inclusive('\n').take(line).map(str::len).sum::<usize>().min(text.len())
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
