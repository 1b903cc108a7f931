//! A session for the tests of other rooms.

use crate::config::{EnvironmentWord, PROJECT_FILE, Project};

use super::{Session, Usable};

/// A session with the target `name` of a project file with this text.
pub(crate) async fn session(text: &str, name: &str) -> Session {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(PROJECT_FILE), text).unwrap();
    let project = Project::read(folder.path()).unwrap();
    let target = project.target(name).unwrap();
    let usable = Usable::new(target, project.other(target)).unwrap();
    usable.open(1, EnvironmentWord::Staging).await.unwrap()
}
