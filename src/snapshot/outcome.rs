//! How an answer's shapes compare with the accepted ones.

use std::path::PathBuf;

/// What a comparison found and what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The shapes are the accepted ones.
    Same,
    /// The shapes were new or different, and the policy accepted them.
    Accepted {
        /// The accepted file, now written.
        file: PathBuf,
    },
    /// Nothing is accepted yet.
    New {
        /// The shapes as they would be accepted.
        text: String,
        /// The pending file, if one was written.
        pending: Option<PathBuf>,
        /// Whether `INSTA_FORCE_PASS` lets it pass.
        forced: bool,
    },
    /// The shapes are not the accepted ones.
    Different {
        /// A unified diff from the accepted text to the observed one.
        diff: String,
        /// The pending file, if one was written.
        pending: Option<PathBuf>,
        /// Whether `INSTA_FORCE_PASS` lets it pass.
        forced: bool,
    },
    /// Another target than the mock broke the accepted shapes.
    Drift {
        /// What changed, one statement each, with the place.
        changes: Vec<String>,
        /// The target's own pending file, if one was written.
        pending: Option<PathBuf>,
        /// Whether `INSTA_FORCE_PASS` lets it pass.
        forced: bool,
    },
    /// Another target differs in ways that break nobody.
    Notes(Vec<String>),
    /// Another target was asked, and nothing is accepted that it could be compared with.
    Unpinned,
}

impl Outcome {
    /// Whether the snapshot lets the test pass; where not, the program exits with 6 if nothing else failed.
    pub fn passes(&self) -> bool {
        match self {
            Self::Same | Self::Accepted { .. } | Self::Notes(_) | Self::Unpinned => true,
            Self::New { forced, .. } | Self::Different { forced, .. } | Self::Drift { forced, .. } => *forced,
        }
    }
}
