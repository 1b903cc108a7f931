//! Files are read once, whole, with a limit.

use std::path::Path;

use super::{Access, Diagnostic, Place, SourceFile, Unread, read_whole};

/// The largest file that is read, in bytes.
pub const LARGEST_FILE: u64 = 1024 * 1024;

/// Reads the UTF-8 text file `path`, which will be file number `file` of its sources.
///
/// A file that is missing, unreadable, larger than [`LARGEST_FILE`] or not UTF-8 is a problem of the file as a whole.
pub fn read_file(path: &Path, shown: &Path, file: u32) -> Result<SourceFile, Diagnostic> {
    let place = Place::start_of(file);
    let problem = |title: String| Diagnostic::error("unreadable-file", title, place);
    let bytes = read_whole(path, LARGEST_FILE, Access::Public).map_err(|unread| match unread {
        Unread::Failed(error) => problem(format!("can't read the file: {error}")),
        Unread::NotRegular => problem("not a regular file".to_owned()),
        Unread::TooLarge { bytes, limit } => problem(format!("the file has {bytes} bytes; the limit is {limit}"))
            .help("a scenario is one statement proven by a few steps: split the file"),
        Unread::Open(told) => problem(format!("the file {told}")),
    })?;
    match String::from_utf8(bytes) {
        Ok(text) => {
            // The mark of byte order says nothing in UTF-8; without it, places are those that editors show.
            let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
            if let Some(at) = text.find('\0') {
                let line = text[..at].matches('\n').count() + 1;
                return Err(problem(format!("not a text file: byte {at}, on line {line}, is NUL"))
                    .help("if the file is UTF-16 text, save it as UTF-8"));
            }
            Ok(SourceFile { path: shown.to_owned(), text })
        }
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let line = String::from_utf8_lossy(&error.as_bytes()[..valid]).matches('\n').count() + 1;
            let bytes = error.as_bytes();
            let diagnostic = problem(format!("not UTF-8 text: byte {valid}, on line {line}, belongs to no character"));
            Err(if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
                diagnostic.help("the file looks like UTF-16: save it as UTF-8")
            } else {
                diagnostic.help("save the file as UTF-8")
            })
        }
    }
}
