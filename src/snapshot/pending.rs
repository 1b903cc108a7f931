//! Files that wait for review: found, read, accepted, rejected.
//!
//! `TEST.snap.new` is what the mock answered, and may be accepted. `TEST.TARGET.snap.new` is drift: what another target
//! answered. It is shown and removed here, never accepted (`cargo insta accept` knows no difference: it accepts it as a
//! snapshot of its own, which no test reads).

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::{SnapshotName, StoreError, file, store};

/// How the names of pending files end.
const ENDING: &str = ".snap.new";

/// What waits for review below a folder.
#[derive(Debug, Default)]
pub struct PendingFiles {
    /// The pending files, sorted by path.
    pub files: Vec<Pending>,
    /// What looks like one and is none ([`StoreError::Foreign`]), and folders that can't be looked into.
    pub problems: Vec<StoreError>,
}

/// A pending file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Where it is.
    pub path: PathBuf,
    /// The name of its test, with the row.
    pub test: String,
    /// The target that drifted; `None` for what the mock answered.
    pub target: Option<String>,
    /// The file that it is compared with, and that takes its place when it is accepted.
    pub accepted: PathBuf,
}

/// A pending file as read, beside what is accepted.
#[derive(Debug)]
pub struct Proposal {
    /// The scenario that made it, from the project's folder.
    pub source: Option<String>,
    /// The scenario's title.
    pub title: Option<String>,
    /// The accepted shapes.
    pub before: Before,
    /// The shapes that are proposed.
    pub text: String,
    /// The whole file, to notice a change.
    whole: String,
}

/// What is accepted before a review.
#[derive(Debug)]
pub enum Before {
    /// Nothing.
    Nothing,
    /// These shapes.
    Shapes(String),
    /// A file that can't be read; accepting puts it right.
    Unusable(StoreError),
}

impl PendingFiles {
    /// Finds all pending files below the folder of snapshots `root`, which need not exist. Links to folders are not
    /// followed, hidden files and folders are left out.
    pub fn find(root: &Path) -> Self {
        let mut pending = Self::default();
        let mut found = file::find(root, ENDING);
        found.files.sort();
        pending.problems = found.problems;
        for path in found.files {
            match Pending::of(root, &path) {
                Some(file) => pending.files.push(file),
                None => pending.problems.push(StoreError::Foreign(path)),
            }
        }
        pending
    }
}

impl Pending {
    /// The pending file `path`, or `None` if no test's is called so.
    fn of(root: &Path, path: &Path) -> Option<Self> {
        let relative = path.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
        let stem = relative.strip_suffix(ENDING)?;
        let (test, target) = match stem.split_once('.') {
            Some((test, target)) => (test, Some(target)),
            None => (stem, None),
        };
        let name = SnapshotName::new(test, None).ok()?;
        if let Some(target) = target {
            name.drift(root, target).ok()?;
        }
        Some(Self {
            path: path.to_owned(),
            test: test.replace('/', "::"),
            target: target.map(str::to_owned),
            accepted: name.accepted(root),
        })
    }

    /// Reads it beside what is accepted. Fails with [`StoreError::BrokenPending`] if it holds no shapes.
    pub fn read(&self) -> Result<Proposal, StoreError> {
        let read = self.read_file().map_err(|error| match error {
            StoreError::Broken { path, report } => StoreError::BrokenPending { path, report },
            other => other,
        })?;
        let before = match file::read(&self.accepted) {
            Ok(None) => Before::Nothing,
            Ok(Some(accepted)) => Before::Shapes(accepted.text),
            Err(error) => Before::Unusable(error),
        };
        Ok(Proposal { source: read.source, title: read.title, before, text: read.text, whole: read.whole })
    }

    fn read_file(&self) -> Result<file::Accepted, StoreError> {
        let gone = || StoreError::Unreadable { path: self.path.clone(), cause: io::ErrorKind::NotFound.into() };
        let read = file::read(&self.path)?.ok_or_else(gone)?;
        store::parsed(&self.path, &read)?;
        Ok(read)
    }

    /// Makes it the accepted file, byte for byte as `cargo insta accept` would, and removes it; gives the accepted path.
    ///
    /// `seen` is what was reviewed: fails with [`StoreError::Changed`] if the file is another by now, and for drift
    /// always, with [`StoreError::Drift`].
    pub fn accept(&self, seen: &Proposal) -> Result<&Path, StoreError> {
        if let Some(refusal) = self.refusal() {
            return Err(refusal);
        }
        if fs::read(&self.path).ok().as_deref() != Some(seen.whole.as_bytes()) {
            return Err(StoreError::Changed(self.path.clone()));
        }
        file::accept(&self.path, &self.accepted)?;
        Ok(&self.accepted)
    }

    /// Why it is never accepted: it is drift ([`StoreError::Drift`]).
    pub fn refusal(&self) -> Option<StoreError> {
        let target = self.target.clone()?;
        Some(StoreError::Drift { path: self.path.clone(), target })
    }

    /// Removes it, whatever it holds; what is accepted stays.
    pub fn reject(&self) -> Result<(), StoreError> {
        file::remove(&self.path)
    }
}
