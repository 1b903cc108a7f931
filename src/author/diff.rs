//! Two texts side by side, line by line, for a terminal.

use std::fmt::Write as _;
use std::time::Duration;

use anstyle::AnsiColor;
use similar::{ChangeTag, TextDiff};

use crate::source::Style;

/// How many lines that are the same stand around a difference.
const CONTEXT: usize = 3;

/// Texts that differ everywhere are compared more coarsely after this time.
const LIMIT: Duration = Duration::from_secs(1);

/// The difference from `old` to `new`: `-` before lines that go, `+` before those that come, with lines around them.
/// Empty if there is none, save in what ends the texts.
pub(super) fn diff(old: &str, new: &str, style: Style) -> String {
    let (old, new) = (lines(old), lines(new));
    let diff = TextDiff::configure().timeout(LIMIT).diff_lines(&old, &new);
    let mut drawn = String::new();
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        line(&mut drawn, &hunk.header().to_string(), Some(AnsiColor::Cyan), style);
        for change in hunk.iter_changes() {
            let (sign, colour) = match change.tag() {
                ChangeTag::Delete => ('-', Some(AnsiColor::Red)),
                ChangeTag::Insert => ('+', Some(AnsiColor::Green)),
                ChangeTag::Equal => (' ', None),
            };
            line(&mut drawn, &format!("{sign}{}", change.value().trim_end_matches('\n')), colour, style);
        }
    }
    drawn
}

/// `text` with a newline at its end, unless it is empty.
fn lines(text: &str) -> String {
    let text = text.trim_end();
    if text.is_empty() { String::new() } else { format!("{text}\n") }
}

fn line(drawn: &mut String, text: &str, colour: Option<AnsiColor>, style: Style) {
    let text = visible(text);
    // Writing to a `String` can't fail.
    let _ = match colour.filter(|_| style == Style::Coloured) {
        Some(colour) => {
            let style = anstyle::Style::new().fg_color(Some(colour.into()));
            writeln!(drawn, "{style}{text}{style:#}")
        }
        None => writeln!(drawn, "{text}"),
    };
}

/// `text` without what a terminal would obey or a reader not see: whoever sends a snapshot for review does not decide
/// how the review looks.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(character, '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(old: &str, new: &str) -> String {
        diff(old, new, Style::Plain)
    }

    #[test]
    fn what_goes_and_what_comes_stand_among_the_lines_around_them() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni";
        assert_eq!(plain(old, &old.replace('e', "E")), "@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n");
        let both = plain(old, &old.replace('a', "A").replace('i', "I"));
        assert_eq!(both, "@@ -1,4 +1,4 @@\n-a\n+A\n b\n c\n d\n@@ -6,4 +6,4 @@\n f\n g\n h\n-i\n+I\n");
    }

    #[test]
    fn a_new_text_comes_as_a_whole_and_the_same_text_is_no_difference() {
        assert_eq!(plain("", "a\nb"), "@@ -0,0 +1,2 @@\n+a\n+b\n");
        assert_eq!(plain("a\nb", ""), "@@ -1,2 +0,0 @@\n-a\n-b\n");
        for (old, new) in [("a\nb", "a\nb"), ("a\nb", "a\nb\n\n"), ("", "\n")] {
            assert_eq!(plain(old, new), "", "{old:?} {new:?}");
        }
    }

    #[test]
    fn colours_are_drawn_only_where_they_are_wanted() {
        let coloured = diff("a\nb", "a\nc", Style::Coloured);
        for part in ["\u{1b}[36m@@", "\u{1b}[31m-b\u{1b}[0m\n", "\u{1b}[32m+c\u{1b}[0m\n", "\n a\n"] {
            assert!(coloured.contains(part), "{coloured:?} should have {part:?}");
        }
        assert!(!plain("a\nb", "a\nc").contains('\u{1b}'));
    }

    #[test]
    fn nothing_in_a_text_reaches_the_terminal_as_an_order() {
        let drawn = plain("a", "a\n\u{1b}[1A\u{1b}[2K b\rc\td\u{202e}e\u{9b}f");
        assert!(drawn.contains("+\\u{1b}[1A\\u{1b}[2K b\\u{d}\n+c\\u{9}d\\u{202e}e\\u{9b}f\n"), "{drawn:?}");
        assert_eq!(visible("ä 日本 €"), "ä 日本 €");
    }

    #[test]
    fn texts_that_differ_everywhere_are_compared_in_bounded_time() {
        let text = |word: &str| (0..20_000).map(|number| format!("{word}{number}")).collect::<Vec<_>>().join("\n");
        let started = std::time::Instant::now();
        let drawn = plain(&text("a"), &text("b"));
        assert_eq!(drawn.lines().count(), 40_001);
        assert!(started.elapsed() < LIMIT * 10);
    }
}
