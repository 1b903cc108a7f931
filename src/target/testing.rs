//! What tests need: a session for those of other rooms, and no variables for those of this one.

use crate::config::{EnvironmentWord, PROJECT_FILE, Project};
use crate::source::Scope;

use super::{Session, Usable};

/// Has no value for any name.
pub(super) struct Nothing;

impl Scope for Nothing {
    fn value(&self, _: &str) -> Option<serde_json::Value> {
        None
    }
}

/// A session with the target `name` of a project file with this text.
pub(crate) async fn session(text: &str, name: &str) -> Session {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(PROJECT_FILE), text).unwrap();
    let project = Project::read(folder.path()).unwrap();
    let usable = Usable::new(&project, project.target(name).unwrap()).unwrap();
    usable.open(1, EnvironmentWord::Staging).await.unwrap()
}
