//! Scenario files are found by walking a folder; their paths are their names.

use std::io;
use std::path::{Path, PathBuf};

/// A scenario file and the name of its test.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScenarioFile {
    /// The name: `http::expired_token` for `http/expired_token.yaml`.
    pub name: String,
    /// Where the file is.
    pub path: PathBuf,
}

/// A file or folder whose name can't be part of a test's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadName {
    /// Where it is.
    pub path: PathBuf,
}

impl std::fmt::Display for BadName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "`{}` can't be part of a test's name: names have lower-case letters, digits and `_`; rename it, or begin \
             its name with `_` if it is a fragment or data",
            self.path.display()
        )
    }
}

/// Finds all scenario files below `folder`, sorted by name.
///
/// Files and folders whose names begin with `_` or `.` are left out, and so are files that do not end in `.yaml`. A
/// `.yml` file, or a name that no test can have, is told as a [`BadName`].
pub fn find_scenarios(folder: &Path) -> io::Result<(Vec<ScenarioFile>, Vec<BadName>)> {
    let mut found = (Vec::new(), Vec::new());
    walk(folder, "", &mut found)?;
    found.0.sort();
    Ok(found)
}

fn walk(folder: &Path, prefix: &str, found: &mut (Vec<ScenarioFile>, Vec<BadName>)) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let file_name = entry.file_name();
        let shown = file_name.to_string_lossy();
        if shown.starts_with(['_', '.']) {
            continue;
        }
        let path = entry.path();
        let kind = entry.file_type()?;
        // A link is followed for files only, so that no walk goes in circles.
        let is_folder = kind.is_dir();
        let stem = if is_folder { Some(&*shown) } else { shown.strip_suffix(".yaml") };
        let Some(stem) = stem else {
            if shown.ends_with(".yml") {
                found.1.push(BadName { path });
            }
            continue;
        };
        if !is_name(stem) {
            found.1.push(BadName { path });
            continue;
        }
        let name = if prefix.is_empty() { stem.to_owned() } else { format!("{prefix}::{stem}") };
        if is_folder {
            walk(&path, &name, found)?;
        } else {
            found.0.push(ScenarioFile { name, path });
        }
    }
    Ok(())
}

/// Whether `name` may be a part of a test's name.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
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
        let (files, bad) = find_scenarios(folder.path()).unwrap();
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!((names, bad.len()), (vec!["a::c_1", "b"], 0));
    }

    #[test]
    fn names_that_no_test_can_have_are_told() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["Upper.yaml", "with space.yaml", "short.yml", "fine.yaml"] {
            std::fs::write(folder.path().join(path), "").unwrap();
        }
        let (files, mut bad) = find_scenarios(folder.path()).unwrap();
        bad.sort_by(|a, b| a.path.cmp(&b.path));
        let told: Vec<String> =
            bad.iter().map(|bad| bad.path.file_name().unwrap().to_string_lossy().into_owned()).collect();
        assert_eq!(
            (files.len(), told),
            (1, vec!["Upper.yaml".to_owned(), "short.yml".to_owned(), "with space.yaml".to_owned()])
        );
    }
}
