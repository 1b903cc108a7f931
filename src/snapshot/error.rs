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
            Self::Unwritable { path, cause } => write!(
                formatter,
                "can't write the snapshot {}: {cause}; make its folder writable, or set INSTA_UPDATE=no",
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
            Self::Name(_) | Self::Target(_) | Self::Broken { .. } => None,
            Self::Unreadable { cause, .. } | Self::Unwritable { cause, .. } | Self::References { cause, .. } => {
                Some(cause)
            }
        }
    }
}
