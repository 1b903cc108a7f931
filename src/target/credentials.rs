//! From references to what they stand for: files with checked permissions, and commands that are run once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

use crate::config::{Reference, Variables};
use crate::shell::{Group, LONGEST, Line};
use crate::source::{Access, Unread, read_whole};

/// The largest file or output that is taken for a value, in bytes.
const LARGEST_VALUE: u64 = 64 * 1024;

/// Reads what references stand for, for one run.
#[derive(Debug)]
pub(super) struct Credentials<'a> {
    variables: &'a Variables,
    printed: RefCell<HashMap<String, Result<String, String>>>,
}

impl<'a> Credentials<'a> {
    /// Those of a project with these `variables`; nothing is read yet.
    pub(super) fn new(variables: &'a Variables) -> Self {
        Self { variables, printed: RefCell::default() }
    }

    /// The variables by which they are told.
    pub(super) fn variables(&self) -> &'a Variables {
        self.variables
    }

    /// The value of `reference`; `None` if what it names is not there, by which scenarios were skipped before.
    ///
    /// The error says what is wrong and what to do, and holds no value.
    pub(super) fn value(&self, reference: &Reference) -> Result<Option<String>, String> {
        if self.variables.missing(reference).is_some() {
            return Ok(None);
        }
        match reference {
            Reference::Text(template) => Ok(template.text(self.variables).ok()),
            Reference::File(written) => of_file(&self.variables.path_of(&written.value), &written.value).map(Some),
            Reference::Command(line) => {
                let run = || self.of_command(&line.value);
                self.printed.borrow_mut().entry(line.value.clone()).or_insert_with(run).clone().map(Some)
            }
        }
    }

    fn of_command(&self, text: &str) -> Result<String, String> {
        let folder = self.variables.folder().unwrap_or(Path::new(""));
        let group = Group::Ours;
        let line = Line { text, folder, variable: None, input: None, group, longest: LONGEST, largest: LARGEST_VALUE };
        let printed = line
            .printed()
            .and_then(|bytes| value_of(bytes).map_err(|wrong| line.by_hand(&format!("printed what {wrong}"))));
        printed.map_err(|why| format!("its command {why}"))
    }
}

fn of_file(path: &Path, written: &str) -> Result<String, String> {
    let bytes = match read_whole(path, LARGEST_VALUE, Access::Private) {
        Ok(bytes) => bytes,
        Err(Unread::TooLarge { .. }) => return Err(format!("the file `{written}` holds what {}", too_large())),
        Err(unread) => return Err(format!("the file `{written}` {unread}")),
    };
    value_of(bytes).map_err(|why| format!("the file `{written}` holds what {why}"))
}

fn too_large() -> String {
    format!("is no secret: it has more than {} KiB", LARGEST_VALUE / 1024)
}

/// What a file holds or a command prints, without the newline at its end. The error ends a sentence about it.
fn value_of(bytes: Vec<u8>) -> Result<String, String> {
    if bytes.len() as u64 > LARGEST_VALUE {
        return Err(too_large());
    }
    let text = String::from_utf8(bytes).map_err(|_| "is no UTF-8 text".to_owned())?;
    // Editors of some systems begin files with the mark of byte order, which nobody sees.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let text = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    if text.trim().is_empty() { Err("is empty".to_owned()) } else { Ok(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_newline_at_the_end_is_not_of_the_value() {
        for (bytes, value) in [
            (&b"a"[..], "a"),
            (b"a\n", "a"),
            (b"a\r\n", "a"),
            (b"a\n\n", "a\n"),
            (b" a \n", " a "),
            (b"\xef\xbb\xbfa", "a"),
            (b"a\nb\n", "a\nb"),
        ] {
            assert_eq!(value_of(bytes.to_vec()).as_deref(), Ok(value), "{bytes:?}");
        }
        for (bytes, why) in
            [(vec![], "empty"), (vec![b'\n'], "empty"), (vec![0xff], "UTF-8"), (vec![b'a'; 65_537], "64 KiB")]
        {
            assert!(value_of(bytes).unwrap_err().contains(why));
        }
        assert_eq!(value_of(vec![b'a'; 65_536]).unwrap().len(), 65_536);
    }
}
