//! Snapshot files in insta's format: YAML front matter between `---` lines, the text, one newline.
//!
//! Files are read by insta's own parser and written so that `cargo insta accept` would write the same bytes.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use insta::Snapshot;

use super::StoreError;

/// A file as read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Accepted {
    /// The whole file.
    pub(super) whole: String,
    /// Its text, without trailing white space and with `\n` for `\r\n`, as insta compares it.
    pub(super) text: String,
    /// How many lines stand before the text.
    pub(super) lines_before: usize,
    /// The scenario that made it, as the front matter names it.
    pub(super) source: Option<String>,
    /// The scenario's title.
    pub(super) title: Option<String>,
}

/// Reads the file `path`, accepted or pending; `None` if there is none.
///
/// What insta would print about, or stumble over, is [`StoreError::Broken`] with the line.
pub(super) fn read(path: &Path) -> Result<Option<Accepted>, StoreError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(StoreError::Unreadable { path: path.to_owned(), cause }),
    };
    let broken = |line: usize, what: &str| StoreError::Broken {
        path: path.to_owned(),
        report: format!("{}:{line}: {what}", path.display()),
    };
    let whole = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid].split(|byte| *byte == b'\n').count();
        broken(line, "not UTF-8 text")
    })?;
    let lines_before = check_front_matter(&whole).map_err(|(line, what)| broken(line, &what))?;
    let snapshot = Snapshot::from_file(path).map_err(|error| broken(2, &format!("bad front matter: {error}")))?;
    let text = snapshot.as_text().ok_or_else(|| broken(2, "a binary snapshot; tacktest writes only text"))?.to_string();
    let metadata = snapshot.metadata();
    let (source, title) = (metadata.source().map(str::to_owned), metadata.description().map(str::to_owned));
    Ok(Some(Accepted { whole, text, lines_before, source, title }))
}

/// Checks what insta's parser must not see: without front matter it takes the file for its legacy format and prints,
/// and on numbers without a value, such as `.inf`, it panics. Gives the number of lines before the text.
fn check_front_matter(whole: &str) -> Result<usize, (usize, String)> {
    let mut lines = whole.lines().enumerate();
    if lines.next().is_none_or(|(_, first)| first.trim_end() != "---") {
        return Err((1, "a snapshot begins with a line `---`".to_owned()));
    }
    for (index, line) in lines {
        if line.trim_end() == "---" {
            return Ok(index + 1);
        }
        let is_comment = line.trim_start().starts_with('#') || line.trim().is_empty();
        let known =
            ["source", "assertion_line", "description", "expression", "input_file", "extension", "snapshot_kind"];
        let value = line.split_once(':').filter(|(key, _)| known.contains(key)).map(|(_, value)| value.trim());
        match value {
            None if is_comment => {}
            None => {
                return Err((
                    index + 1,
                    format!("front matter has lines `key: text` with the keys {}", known.join(", ")),
                ));
            }
            Some(value)
                if value.trim_start_matches(['+', '-']).starts_with(['.', '[', '{', '&', '*', '!', '|', '>']) =>
            {
                return Err((index + 1, "the text in front matter needs double quotes".to_owned()));
            }
            Some(_) => {}
        }
    }
    Err((whole.lines().count(), "the front matter has no end: a line `---` is missing".to_owned()))
}

/// The file for `text`, made by the scenario `source`, titled `title`.
pub(super) fn contents(source: &str, title: &str, text: &str) -> String {
    let mut front = format!("---\nsource: {}\n", scalar(&one_line(source)));
    let title = one_line(title);
    if !title.is_empty() {
        front = format!("{front}description: {}\n", scalar(&title));
    }
    format!("{front}---\n{}\n", text.trim_end())
}

/// Front matter is one line an entry: insta leaves some control characters without quotes and can't read them back.
fn one_line(text: &str) -> String {
    text.split(|character: char| character.is_control() || character.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// `text`, which has no control characters, as insta's YAML writer quotes it.
fn scalar(text: &str) -> String {
    let words = ["yes", "no", "on", "off", "true", "false", "null"];
    let is_lower = words.contains(&text);
    let is_other = words.iter().any(|word| text == word.to_ascii_uppercase() || text == capitalised(word));
    let needs_quotes = text.is_empty()
        || text.starts_with(['&', '*', '?', '|', '-', '<', '>', '=', '!', '%', '@', '.'])
        || text.contains([':', '{', '}', '[', ']', ',', '#', '`', '"', '\'', '\\'])
        || is_lower
        || is_other
        || text == "~"
        || text.starts_with("0x")
        || text.parse::<f64>().is_ok();
    if needs_quotes { format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")) } else { text.to_owned() }
}

fn capitalised(word: &str) -> String {
    word[..1].to_ascii_uppercase() + &word[1..]
}

/// Writes `contents` to `path`, with its folders, so that a reader sees the old file or the new one.
pub(super) fn write(path: &Path, contents: &str) -> Result<(), StoreError> {
    replace(path, |temporary| fs::write(temporary, contents))
}

/// Makes the file `pending`, which [`read`] could read, the accepted file `path`. insta itself writes it, so that not a
/// byte differs from what `cargo insta accept` leaves; here, too, a reader sees the old file or the new one.
pub(super) fn accept(pending: &Path, path: &Path) -> Result<(), StoreError> {
    let copy = |temporary: &Path| Snapshot::from_file(pending)?.save(temporary);
    replace(path, |temporary| copy(temporary).map_err(|error| io::Error::other(error.to_string())))?;
    remove(pending)
}

fn replace(path: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> Result<(), StoreError> {
    write_and_rename(path, write).map_err(|cause| StoreError::Unwritable { path: path.to_owned(), cause })
}

fn write_and_rename(path: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let temporary = folder.join(format!(".tacktest-{}-{number}.tmp", std::process::id()));
    let written = write(&temporary).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The first error is the one to tell; what is left behind is a hidden file.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Removes `path`, if it is there.
pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound && cause.kind() != io::ErrorKind::NotADirectory => {
            Err(StoreError::Unwritable { path: path.to_owned(), cause })
        }
        _ => Ok(()),
    }
}

/// Files found below a folder.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The files, in no order.
    pub(super) files: Vec<PathBuf>,
    /// Folders that can't be read.
    pub(super) problems: Vec<StoreError>,
}

/// Finds the files below `root` whose names end in `ending`; none if there is no such folder. Links to folders are not
/// followed, so that no walk goes in circles, and hidden files and folders are left out.
pub(super) fn find(root: &Path, ending: &str) -> Found {
    let mut found = Found::default();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(cause) if [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory].contains(&cause.kind()) => continue,
            Err(cause) => {
                found.problems.push(StoreError::Unreadable { path: folder, cause });
                continue;
            }
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(entry.path());
            } else if name.ends_with(ending) {
                found.files.push(entry.path());
            }
        }
    }
    found
}

/// Appends the absolute `path` to the references file, in one write so that the lines of threads and processes that
/// append at the same time stay whole.
pub(super) fn refer(references: &Path, path: &Path) -> Result<(), StoreError> {
    let append = || {
        let line = format!("{}\n", std::path::absolute(path)?.display());
        fs::OpenOptions::new().append(true).create(true).open(references)?.write_all(line.as_bytes())
    };
    append().map_err(|cause| StoreError::References { path: references.to_owned(), cause })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insta_reads_what_is_written_and_would_write_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, theirs) = (folder.path().join("a.snap.new"), folder.path().join("a.snap"));
        for title in [
            "A plain title",
            "",
            "y",
            "n",
            "yes",
            "No",
            "OFF",
            "true",
            "True",
            "tRUE",
            "null",
            "Null",
            "~",
            "~x",
            "7",
            "007",
            "-7",
            "1_000",
            "0x1F",
            "1e3",
            "1.5",
            ".5",
            ".inf",
            "inf",
            "NaN",
            "infinity",
            "+inf",
            "a: b",
            "a:b",
            "it's",
            "say \"no\"",
            "back\\slash",
            "a #b",
            "a#b",
            "[a]",
            "{a}",
            "a, b",
            "`x`",
            "- a",
            "--- a",
            "---",
            "? a",
            "? ",
            "|",
            "> a",
            "%a",
            "@a",
            "&a",
            "*a",
            "!a",
            "=a",
            "<a",
            "ä ö ü",
            "日本",
            "a\nb",
            "a\tb\u{7}\u{b}c",
            " a ",
            "\u{1b}[1m",
            "\u{feff}x",
            "a\u{85}b",
            "a\u{2028}b",
            "... a",
            "2024-06-13",
            "12:30",
            "$x",
            "(a)",
            "a|b",
        ] {
            let written = contents("scenarios/token/wrong_audience.yaml", title, "- step: a\n");
            write(&ours, &written).unwrap();
            let snapshot = Snapshot::from_file(&ours).unwrap();
            assert_eq!(snapshot.metadata().source(), Some("scenarios/token/wrong_audience.yaml"));
            let expected = Some(one_line(title)).filter(|title| !title.is_empty());
            assert_eq!(snapshot.metadata().description(), expected.as_deref(), "{title:?}");
            assert_eq!(snapshot.as_text().unwrap().to_string(), "- step: a");
            // `save` is what `cargo insta accept` calls.
            snapshot.save(&theirs).unwrap();
            assert_eq!(fs::read_to_string(&theirs).unwrap(), written, "{title:?}");
            let accepted = read(&ours).unwrap().unwrap();
            assert_eq!((accepted.whole, accepted.text.as_str()), (written, "- step: a"), "{title:?}");
        }
    }

    #[test]
    fn line_endings_and_trailing_white_space_do_not_matter() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.snap");
        for whole in [
            "---\nsource: s\n---\na\nb\n",
            "---\r\nsource: s\r\n---\r\na\r\nb\r\n",
            "---\nsource: s\n---\na\nb",
            "---\nsource: s\n---\na\nb\n\n\n \n",
        ] {
            fs::write(&path, whole).unwrap();
            let accepted = read(&path).unwrap().unwrap();
            assert_eq!((accepted.text.as_str(), accepted.lines_before), ("a\nb", 3), "{whole:?}");
        }
    }

    #[test]
    fn a_broken_front_matter_is_told_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.snap");
        for (whole, line) in [
            (&b""[..], ":1: a snapshot begins"),
            (b"- step: a\n", ":1: a snapshot begins"),
            (b"Expression: x\n\nlegacy\n", ":1: a snapshot begins"),
            (b"---\nsource: s\n", ":2: the front matter has no end"),
            (b"---\nsource: s\n<<<<<<< HEAD\n---\nx\n", ":3: front matter has lines"),
            (b"---\nsource: .inf\n---\nx\n", ":2: the text in front matter needs double quotes"),
            (b"---\nsource: -.inf\n---\nx\n", ":2: the text in front matter needs double quotes"),
            (b"---\nsource: [[[\n---\nx\n", ":2: the text in front matter needs double quotes"),
            (b"---\nsource: \"s\n---\nx\n", ":2: bad front matter"),
            (b"---\n---\nx\n", ":2: bad front matter"),
            (b"---\nsource: s\nextension: bin\nsnapshot_kind: binary\n---\n", ":2: a binary snapshot"),
            (b"---\nsource: s\n---\nx\n\xff\n", ":5: not UTF-8"),
        ] {
            fs::write(&path, whole).unwrap();
            let error = read(&path).unwrap_err().to_string();
            assert!(error.contains(line), "{error} should have {line}");
            assert!(error.contains(&path.display().to_string()), "{error}");
        }
        assert_eq!(read(&folder.path().join("missing.snap")).unwrap(), None);
        assert!(matches!(read(folder.path()), Err(StoreError::Unreadable { .. })));
    }
}
