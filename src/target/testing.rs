//! What tests of other rooms need: a session.

use crate::config::{EnvironmentWord, PROJECT_FILE, Project};

use super::{Session, Usable, Uses};

/// A session with the target `name` of a project file with this text, beside which a file sets `variables`.
pub(crate) async fn session(text: &str, variables: &str, name: &str) -> Session {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(PROJECT_FILE), text).unwrap();
    std::fs::write(folder.path().join(".env"), variables).unwrap();
    let project = Project::read(folder.path()).unwrap();
    let usable = Usable::new(&project, project.target(name).unwrap(), &Uses::default()).unwrap();
    usable.open(1, EnvironmentWord::Staging).await.unwrap()
}
