//! Why a snapshot can't be used.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// A snapshot could not be named, read or written. It concerns one test; the others go on.
#[derive(Debug)]
pub enum StoreError {
    /// A test's name that is no safe path.
    Name(String),
    /// A target's name that is no safe part of a file name.
    Target(String),
    /// A file that can't be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// An accepted file whose content is no snapshot.
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and excerpt, drawn without colours.
        report: String,
    },
    /// A pending file whose content is no snapshot.
    BrokenPending {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and excerpt, drawn without colours.
        report: String,
    },
    /// A pending file that no test has, by its name.
    Foreign(PathBuf),
    /// What another target than the mock answered, which is never accepted over the mock's.
    Drift {
        /// The file.
        path: PathBuf,
        /// The target.
        target: String,
    },
    /// A pending file that is no longer the one that was reviewed.
    Changed(PathBuf),
    /// A file or folder that can't be written or removed.
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The file named by `INSTA_SNAPSHOT_REFERENCES_FILE` can't be appended to.
    References {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
}

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => {
                write!(formatter, "no snapshot can be named `{name}`: use a-z, 0-9 and `_`, with `/` between folders")
            }
            Self::Target(name) => write!(
                formatter,
                "no drift file can be named after the target `{name}`: name the target with letters, digits, `_` or `-`"
            ),
            Self::Unreadable { path, cause } => {
                write!(formatter, "can't read the snapshot {}: {cause}; check its permissions", path.display())
            }
            Self::Broken { path, report } => write!(
                formatter,
                "the snapshot {} is broken:\n{report}\nrepair or restore it, or delete it and accept a new one",
                path.display()
            ),
            Self::BrokenPending { path, report } => write!(
                formatter,
                "the pending snapshot {} is broken:\n{report}\nthe next run of its test writes it anew; `tacktest \
                 reject` removes it",
                path.display()
            ),
            Self::Foreign(path) => write!(
                formatter,
                "{} is no pending snapshot of tacktest: those are called TEST.snap.new or TEST.TARGET.snap.new, TEST \
                 with a-z, 0-9 and `_` only; move it out of the folder of snapshots",
                // Nobody checked this name, and a terminal obeys control characters.
                path.to_string_lossy().escape_debug()
            ),
            Self::Drift { path, target } => write!(
                formatter,
                "{} is drift: what the target `{target}` answered. Accepted shapes are made on the mock, so it is \
                 never accepted; mend the target, or the mock and what its run shows, and remove the file by `tacktest \
                 reject`",
                path.display()
            ),
            Self::Changed(path) => {
                write!(formatter, "{} was changed meanwhile and stays pending; review it again", path.display())
            }
            Self::Unwritable { path, cause } => write!(
                formatter,
                "can't write the snapshot {}: {cause}; make its folder writable (a run with INSTA_UPDATE=no writes \
                 nothing)",
                path.display()
            ),
            Self::References { path, cause } => write!(
                formatter,
                "can't append to {}, which INSTA_SNAPSHOT_REFERENCES_FILE names: {cause}; without it `cargo insta` \
                 would take snapshots in use for unreferenced ones",
                path.display()
            ),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Name(_)
            | Self::Target(_)
            | Self::Broken { .. }
            | Self::BrokenPending { .. }
            | Self::Foreign(_)
            | Self::Drift { .. }
            | Self::Changed(_) => None,
            Self::Unreadable { cause, .. } | Self::Unwritable { cause, .. } | Self::References { cause, .. } => {
                Some(cause)
            }
        }
    }
}
