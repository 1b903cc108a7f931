//! Diagnostics as rustc would draw them.

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
        let mut snippet = Snippet::source(&*source.text).path(&**path);
        if diagnostic.place.file == file {
            snippet = snippet.annotation(
                AnnotationKind::Primary.span(span(diagnostic.place, &source.text)).label(&*diagnostic.label),
            );
        }
        for (place, label) in diagnostic.context.iter().filter(|(place, _)| place.file == file) {
            snippet = snippet.annotation(AnnotationKind::Context.span(span(*place, &source.text)).label(&**label));
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
fn span(place: Place, text: &str) -> std::ops::Range<usize> {
    let boundary = |offset: u32| {
        let mut offset = (offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    let start = boundary(place.start);
    let end = boundary(place.end).max(start);
    let first_line = text[start..end].find('\n').map_or(end, |newline| start + newline);
    start..first_line
}
