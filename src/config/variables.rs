//! What `${env.NAME}` stands for in a project file.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::source::{Scope, Template};

use super::dotenv::{DotEnv, WrongDotEnv};

/// The variables that a project file may name: those of the environment, then those of `.env` beside the project file.
///
/// The environment is asked anew each time. The file is read when the environment lacks a name for the first time; it
/// never changes the environment, so that what is started from here does not see it.
#[derive(Debug, Default)]
pub struct Variables {
    folder: Option<PathBuf>,
    file: OnceLock<Result<DotEnv, WrongDotEnv>>,
}

/// A variable that is set, and where.
#[derive(Clone, PartialEq, Eq)]
pub struct SetVariable {
    /// Its value, which may be empty.
    pub value: String,
    /// The line of `.env` that sets it; `None` if the environment does.
    pub line: Option<usize>,
}

impl Variables {
    /// The variables of a project in `folder`.
    pub(super) fn beside(folder: &Path) -> Self {
        Self { folder: Some(folder.to_path_buf()), file: OnceLock::new() }
    }

    /// The folder of the project file that names them; `None` if that is the bundled suite's, which has no `.env`.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The value of the variable `name`, if it is set to a text that is not empty: templates of `.env` have empty values
    /// where one is still to be filled in, and CI systems set a secret that is withheld to nothing.
    pub fn get(&self, name: &str) -> Option<String> {
        self.find(name).map(|found| found.value).filter(|value| !value.is_empty())
    }

    /// The variable `name` and where it is set. What is set in the environment and no text can't be used; it hides that
    /// of the file all the same.
    pub fn find(&self, name: &str) -> Option<SetVariable> {
        match std::env::var(name) {
            Ok(value) => Some(SetVariable { value, line: None }),
            Err(std::env::VarError::NotUnicode(_)) => None,
            Err(std::env::VarError::NotPresent) => {
                let (value, line) = self.file()?.as_ref().ok()?.get(name)?;
                Some(SetVariable { value: value.to_owned(), line: Some(line) })
            }
        }
    }

    /// The first variable that `template` names and that is not set. What is set and no text can't be used either.
    pub fn unset(&self, template: &Template) -> Option<String> {
        let unset = |name: &str| name.strip_prefix("env.").filter(|name| self.get(name).is_none()).map(str::to_owned);
        template.names().find_map(|(name, _)| unset(name))
    }

    /// What is wrong with `.env`, if it was read.
    pub fn wrong(&self) -> Option<&WrongDotEnv> {
        self.file.get()?.as_ref().err()
    }

    /// What is unsafe about `.env`, if it was read.
    pub fn warning(&self) -> Option<&str> {
        self.file.get()?.as_ref().ok()?.warning.as_deref()
    }

    fn file(&self) -> Option<&Result<DotEnv, WrongDotEnv>> {
        let folder = self.folder.as_ref()?;
        Some(self.file.get_or_init(|| DotEnv::read(folder, &super::project::shown(folder))))
    }
}

impl Scope for Variables {
    fn value(&self, name: &str) -> Option<serde_json::Value> {
        self.get(name.strip_prefix("env.")?).map(serde_json::Value::String)
    }
}
