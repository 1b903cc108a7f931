//! Where a test's snapshot lies.

use std::path::{Path, PathBuf};

use super::StoreError;

/// A test as the snapshots know it: the scenario file's part of the name and the matrix row.
///
/// Only `a-z`, `0-9`, `_` and, between folders, `/` occur, so that a name is a path on every system and never leaves
/// the snapshots' folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotName {
    relative: String,
}

impl SnapshotName {
    /// The snapshot of `file_part` (the scenario's path below `scenarios/`, without its ending, such as
    /// `token/wrong_audience`), or of its matrix row `row`.
    ///
    /// Any other character is refused with [`StoreError::Name`].
    pub fn new(file_part: &str, row: Option<&str>) -> Result<Self, StoreError> {
        let relative = match row {
            Some(row) if row.contains('/') => return Err(StoreError::Name(row.to_owned())),
            Some(row) => format!("{file_part}/{row}"),
            None => file_part.to_owned(),
        };
        let is_name_character = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let is_name = |part: &str| !part.is_empty() && part.bytes().all(is_name_character);
        if relative.split('/').all(is_name) { Ok(Self { relative }) } else { Err(StoreError::Name(relative)) }
    }

    /// The accepted file below `root`.
    pub fn accepted(&self, root: &Path) -> PathBuf {
        root.join(format!("{}.snap", self.relative))
    }

    /// The pending file below `root`.
    pub fn pending(&self, root: &Path) -> PathBuf {
        root.join(format!("{}.snap.new", self.relative))
    }

    /// The file below `root` that shows how the target `target` drifted; other names than `[A-Za-z0-9_-]+` are refused
    /// with [`StoreError::Target`].
    pub fn drift(&self, root: &Path, target: &str) -> Result<PathBuf, StoreError> {
        let is_name_character = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if target.is_empty() || !target.bytes().all(is_name_character) {
            return Err(StoreError::Target(target.to_owned()));
        }
        Ok(root.join(format!("{}.{target}.snap.new", self.relative)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_mirror_the_scenarios() {
        let root = Path::new("snapshots");
        let name = SnapshotName::new("token/wrong_audience", None).unwrap();
        assert_eq!(name.accepted(root), Path::new("snapshots/token/wrong_audience.snap"));
        assert_eq!(name.pending(root), Path::new("snapshots/token/wrong_audience.snap.new"));
        assert_eq!(name.drift(root, "staging").unwrap(), Path::new("snapshots/token/wrong_audience.staging.snap.new"));
        let row = SnapshotName::new("token/wrong_audience", Some("typo")).unwrap();
        assert_eq!(row.accepted(root), Path::new("snapshots/token/wrong_audience/typo.snap"));
    }

    #[test]
    fn names_that_are_no_safe_paths_are_refused() {
        for (file_part, row) in [
            ("", None),
            ("/etc/x", None),
            ("../x", None),
            ("a//b", None),
            ("a/", None),
            ("a.b", None),
            ("A", None),
            ("a b", None),
            ("a\\b", None),
            ("ä", None),
            ("a", Some("")),
            ("a", Some("..")),
            ("a", Some("b/c")),
        ] {
            assert!(matches!(SnapshotName::new(file_part, row), Err(StoreError::Name(_))), "{file_part} {row:?}");
        }
        let name = SnapshotName::new("a", None).unwrap();
        for target in ["", "..", "a/b", "a.b", "a b"] {
            assert!(matches!(name.drift(Path::new("r"), target), Err(StoreError::Target(_))), "{target}");
        }
    }
}
