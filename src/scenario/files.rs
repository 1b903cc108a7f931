//! Scenario files are found by walking a folder; their paths are their names.

use std::io;
use std::path::{Path, PathBuf};

use crate::source::{Diagnostic, Place, is_name};

/// A scenario file and the name of its test.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScenarioFile {
    /// The name: `http::expired_token` for `http/expired_token.yaml`.
    pub name: String,
    /// Where the file is.
    pub path: PathBuf,
}

/// What was found below a folder.
#[derive(Debug, Default)]
pub struct Found {
    /// The scenario files, sorted by name.
    pub files: Vec<ScenarioFile>,
    /// What looks like a scenario and can't be a test, or could not be looked into.
    pub refused: Vec<NoTest>,
}

/// A file or folder that can't be a test, nor hold any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoTest {
    /// Where it is.
    pub path: PathBuf,
    why: Why,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Why {
    /// Its name can't be part of a test's name.
    Name,
    /// It ends in `.yml`, or in capitals.
    Ending,
    /// A folder that ends as a file does.
    FolderNamedAsFile,
    /// A link to a folder.
    LinkedFolder,
    /// It can't be read, for this reason.
    Unreadable(String),
}

impl NoTest {
    /// What is told about it; the place is the start of its own file.
    pub fn diagnostic(&self) -> Diagnostic {
        let (code, title, help) = match &self.why {
            Why::Name => (
                "bad-name",
                "its name can't be part of a test's name".to_owned(),
                "names have lower-case letters, digits and `_`: rename it, or begin its name with `_` if it is a \
                 fragment or data",
            ),
            Why::Ending => (
                "bad-name",
                "the name of a scenario ends in `.yaml`".to_owned(),
                "rename it, or begin its name with `_` if it is a fragment or data",
            ),
            Why::FolderNamedAsFile => {
                ("bad-name", "a folder is named as if it were a scenario".to_owned(), "take `.yaml` out of its name")
            }
            Why::LinkedFolder => (
                "unreadable-file",
                "a link to a folder is not followed".to_owned(),
                "put the folder itself here, or begin the link's name with `_`",
            ),
            Why::Unreadable(cause) => ("unreadable-file", format!("can't read it: {cause}"), "check its permissions"),
        };
        Diagnostic::error(code, title, Place::start_of(0)).help(help)
    }
}

/// Finds all scenario files below `folder`.
///
/// Files and folders whose names begin with `_` or `.` are left out, and so are files that are no YAML by their names.
/// Fails if `folder` itself can't be read; what can't be read below it is told as a [`NoTest`].
pub fn find_scenarios(folder: &Path) -> io::Result<Found> {
    let mut found = Found::default();
    walk(std::fs::read_dir(folder)?, "", &mut found);
    found.files.sort();
    found.refused.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// The one file `path`, under the name that it has in its own folder.
pub fn scenario_file(path: &Path) -> Found {
    let mut found = Found::default();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    take_file(path.to_path_buf(), &name, "", &mut found);
    if found.files.is_empty() && found.refused.is_empty() {
        found.refused.push(NoTest { path: path.to_path_buf(), why: Why::Ending });
    }
    found
}

fn walk(entries: std::fs::ReadDir, prefix: &str, found: &mut Found) {
    for entry in entries.flatten() {
        let file_name = entry.file_name();
        let shown = file_name.to_string_lossy();
        if shown.starts_with(['_', '.']) {
            continue;
        }
        let path = entry.path();
        // A link is followed for files only, so that no walk goes in circles.
        if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            if path.is_dir() {
                found.refused.push(NoTest { path, why: Why::LinkedFolder });
            } else {
                take_file(path, &shown, prefix, found);
            }
            continue;
        }
        if !is_name(&shown) {
            let why = if shown.ends_with(".yaml") { Why::FolderNamedAsFile } else { Why::Name };
            found.refused.push(NoTest { path, why });
            continue;
        }
        match std::fs::read_dir(&path) {
            Ok(entries) => walk(entries, &joined(prefix, &shown), found),
            Err(error) => found.refused.push(NoTest { path, why: Why::Unreadable(error.to_string()) }),
        }
    }
}

/// Takes the file `path`, called `shown`, if it is YAML by its name.
fn take_file(path: PathBuf, shown: &str, prefix: &str, found: &mut Found) {
    let Some(stem) = shown.strip_suffix(".yaml") else {
        let lower = shown.to_ascii_lowercase();
        if [".yaml", ".yml"].iter().any(|ending| lower.ends_with(ending)) {
            found.refused.push(NoTest { path, why: Why::Ending });
        }
        return;
    };
    if is_name(stem) {
        found.files.push(ScenarioFile { name: joined(prefix, stem), path });
    } else {
        found.refused.push(NoTest { path, why: Why::Name });
    }
}

fn joined(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}::{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_names_and_what_begins_with_an_underscore_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["b.yaml", "a/c_1.yaml", "_data.yaml", "_parts/x.yaml", "a/notes.md", ".hidden/x.yaml"] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let found = find_scenarios(folder.path()).unwrap();
        let names: Vec<&str> = found.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!((names, found.refused), (vec!["a::c_1", "b"], Vec::new()));
    }

    #[test]
    fn names_that_no_test_can_have_are_told() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["Upper.yaml", "with space.yaml", "short.yml", "LOUD.YAML", "fine.yaml", "notes.txt"] {
            std::fs::write(folder.path().join(path), "").unwrap();
        }
        std::fs::create_dir(folder.path().join("folder.yaml")).unwrap();
        std::fs::create_dir(folder.path().join("Folder")).unwrap();
        let found = find_scenarios(folder.path()).unwrap();
        let told: Vec<(String, Why)> = found
            .refused
            .into_iter()
            .map(|refused| (refused.path.file_name().unwrap().to_string_lossy().into_owned(), refused.why))
            .collect();
        let expected = [
            ("Folder", Why::Name),
            ("LOUD.YAML", Why::Ending),
            ("Upper.yaml", Why::Name),
            ("folder.yaml", Why::FolderNamedAsFile),
            ("short.yml", Why::Ending),
            ("with space.yaml", Why::Name),
        ];
        assert_eq!(found.files.len(), 1);
        assert_eq!(told, expected.map(|(name, why)| (name.to_owned(), why)));
    }
}
