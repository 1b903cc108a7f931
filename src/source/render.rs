//! Diagnostics as rustc would draw them.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::diagnostic::Remark;
use super::{Diagnostic, Place, Sources};

/// How diagnostics are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Text only.
    Plain,
    /// With ANSI colours.
    Coloured,
}

/// Draws `diagnostic`: title, place, excerpt with a caret, and what to do.
pub fn render(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let title = Level::ERROR.primary_title(&*diagnostic.title).id(diagnostic.code);
    let paths: Vec<String> =
        (0..sources.next()).filter_map(|file| sources.get(file)).map(|file| file.path.display().to_string()).collect();
    let mut main = Group::with_title(title);
    for file in files_of(diagnostic) {
        let (Some(source), Some(path)) = (sources.get(file), paths.get(file as usize)) else {
            continue;
        };
        if source.text.is_empty() {
            main = main.element(annotate_snippets::Origin::path(&**path));
            continue;
        }
        let mut marks = Vec::with_capacity(1 + diagnostic.context.len());
        if diagnostic.place.file == file {
            marks.push((AnnotationKind::Primary, span(diagnostic.place, &source.text), &*diagnostic.label));
        }
        let context = diagnostic.context.iter().filter(|(place, _)| place.file == file);
        marks.extend(
            context.map(|(place, label)| (AnnotationKind::Context, span(*place, &source.text), label.as_str())),
        );
        let window = window(&source.text, &marks);
        let line = source.text[..window.start].matches('\n').count() + 1;
        let mut snippet = Snippet::source(&source.text[window.clone()]).path(&**path).line_start(line);
        for (kind, span, label) in marks {
            snippet = snippet.annotation(kind.span(span.start - window.start..span.end - window.start).label(label));
        }
        main = main.element(snippet);
    }
    for remark in &diagnostic.remarks {
        main = main.element(match remark {
            Remark::Note(note) => Level::NOTE.message(&**note),
            Remark::Help(help) => Level::HELP.message(&**help),
        });
    }
    renderer.render(&[main])
}

/// The whole lines of `text` with all `marks`: the renderer takes its time over every line that it is given.
fn window(text: &str, marks: &[(AnnotationKind, Range<usize>, &str)]) -> Range<usize> {
    let first = marks.iter().map(|(_, span, _)| span.start).min().unwrap_or(0);
    let last = marks.iter().map(|(_, span, _)| span.end).max().unwrap_or(0);
    let start = text[..first].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[last..].find('\n').map_or(text.len(), |newline| last + newline + 1);
    start..end
}

fn files_of(diagnostic: &Diagnostic) -> Vec<u32> {
    let mut files = vec![diagnostic.place.file];
    for (place, _) in &diagnostic.context {
        if !files.contains(&place.file) {
            files.push(place.file);
        }
    }
    files
}

/// A span within the text, on character boundaries, and of its first line only: a block shows where it starts.
fn span(place: Place, text: &str) -> Range<usize> {
    let boundary = |offset: u32| {
        let mut offset = (offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    let start = boundary(place.start);
    let end = boundary(place.end).max(start);
    let first_line = text[start..end].find(['\r', '\n']).map_or(end, |newline| start + newline);
    start..first_line
}
