//! Where something stands: file, byte offsets, line and column.

use std::path::PathBuf;
use std::sync::Arc;

/// A stretch of one file of a [`Sources`], in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Index of the file in its [`Sources`].
    pub file: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Place {
    /// The stretch `start..end` of file `file`.
    pub fn new(file: u32, start: usize, end: usize) -> Self {
        let offset = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        Self { file, start: offset(start), end: offset(end.max(start)) }
    }

    /// The very beginning of file `file`, for problems of the file as a whole.
    pub fn start_of(file: u32) -> Self {
        Self { file, start: 0, end: 0 }
    }
}

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub place: Place,
}

impl<T> Located<T> {
    /// `value`, written at `place`.
    pub fn new(value: T, place: Place) -> Self {
        Self { value, place }
    }
}

/// One file as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The path as it is shown to the user.
    pub path: PathBuf,
    /// The whole text.
    pub text: String,
}

/// The files that one scenario was read from; [`Place::file`] counts into it.
///
/// Fragments are shared between scenarios, hence the `Arc`.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Arc<SourceFile>>,
}

impl Sources {
    /// Sources that hold one file, number 0.
    pub fn of(file: SourceFile) -> Self {
        Self { files: vec![Arc::new(file)] }
    }

    /// Adds a file and returns its number.
    pub fn add(&mut self, file: Arc<SourceFile>) -> u32 {
        self.files.push(file);
        u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX)
    }

    /// The same files without their texts, which are read again when a place must be shown.
    #[must_use]
    pub fn without_texts(&self) -> Self {
        let bare = |file: &Arc<SourceFile>| Arc::new(SourceFile { path: file.path.clone(), text: String::new() });
        Self { files: self.files.iter().map(bare).collect() }
    }

    /// The same files with their texts as they are now; a file that can't be read any more stays without.
    #[must_use]
    pub fn with_texts(&self) -> Self {
        let read = |(number, file): (usize, &Arc<SourceFile>)| {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let empty = || SourceFile { path: file.path.clone(), text: String::new() };
            Arc::new(super::read_file(&file.path, &file.path, number).unwrap_or_else(|_| empty()))
        };
        Self { files: self.files.iter().enumerate().map(read).collect() }
    }

    /// The same files with the texts that `change` makes of theirs.
    #[must_use]
    pub fn map_texts(self, change: impl Fn(&str) -> String) -> Self {
        let changed =
            |file: Arc<SourceFile>| Arc::new(SourceFile { path: file.path.clone(), text: change(&file.text) });
        Self { files: self.files.into_iter().map(changed).collect() }
    }

    /// The number of `file`, if it was added.
    pub fn number_of(&self, file: &Arc<SourceFile>) -> Option<u32> {
        self.files.iter().position(|known| Arc::ptr_eq(known, file)).and_then(|number| u32::try_from(number).ok())
    }

    /// The number of the next file that [`Sources::add`] would take.
    pub fn next(&self) -> u32 {
        u32::try_from(self.files.len()).unwrap_or(u32::MAX)
    }

    /// File number `file`, if there is one.
    pub fn get(&self, file: u32) -> Option<&SourceFile> {
        self.files.get(file as usize).map(Arc::as_ref)
    }

    /// Line and column of the start of `place`, both counted from 1; columns count characters.
    pub fn line_column(&self, place: Place) -> (usize, usize) {
        let Some(file) = self.get(place.file) else {
            return (1, 1);
        };
        let mut start = (place.start as usize).min(file.text.len());
        while !file.text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &file.text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// `path:line:column` of the start of `place`, as editors and terminals understand it.
    pub fn describe(&self, place: Place) -> String {
        let (line, column) = self.line_column(place);
        match self.get(place.file) {
            Some(file) => format!("{}:{line}:{column}", file.path.display()),
            None => format!("{line}:{column}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_columns_count_characters() {
        let sources = Sources::of(SourceFile { path: "a.yaml".into(), text: "ä: 1\nbö: 2\n".into() });
        assert_eq!(sources.line_column(Place::new(0, 0, 1)), (1, 1));
        assert_eq!(sources.line_column(Place::new(0, 11, 12)), (2, 5));
        assert_eq!(sources.line_column(Place::new(0, 1, 2)), (1, 1), "inside a character counts as its start");
        assert_eq!(sources.line_column(Place::new(0, 999, 999)), (3, 1), "beyond the end is the end");
        assert_eq!(sources.describe(Place::new(0, 6, 7)), "a.yaml:2:1");
    }
}
