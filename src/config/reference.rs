//! Where a value comes from that may be a secret, and so does not stand in the project file itself.

use std::path::{Path, PathBuf};

use crate::source::{Located, Place, Template};

use super::Variables;

/// Where a value comes from that may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// A text in which variables may stand.
    Text(Template),
    /// All of a file, named from the project's folder or by `~/`, without one newline at its end.
    File(Located<String>),
    /// What a line of the shell prints in the project's folder, without one newline at its end.
    Command(Located<String>),
}

/// What a reference names and is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// A variable that is not set.
    Variable(String),
    /// A file, as it is written.
    File(String),
}

impl Reference {
    /// Where it is written.
    pub fn place(&self) -> Place {
        match self {
            Self::Text(template) => template.place,
            Self::File(written) | Self::Command(written) => written.place,
        }
    }

    /// Whether its value is to be read or printed by something else, which is done only where it is used.
    pub fn is_elsewhere(&self) -> bool {
        !matches!(self, Self::Text(_))
    }
}

impl Missing {
    /// The reason that it gives to do without `of`, such as "client `demand`".
    pub fn reason(&self, of: &str) -> String {
        match self {
            Self::Variable(name) => format!("the environment variable `{name}` of {of} is not set"),
            Self::File(path) => format!("the file `{path}` of {of} is not there"),
        }
    }
}

impl Variables {
    /// What `reference` names and is not there, if anything; nothing is read and no command is run.
    pub fn missing(&self, reference: &Reference) -> Option<Missing> {
        match reference {
            Reference::Text(template) => self.unset(template).map(Missing::Variable),
            Reference::File(path) => (!self.has_file(&path.value)).then(|| Missing::File(path.value.clone())),
            Reference::Command(_) => None,
        }
    }

    /// Whether there is a file that is `written` so; whether it can be read shows where it is used.
    pub(super) fn has_file(&self, written: &str) -> bool {
        self.path_of(written).symlink_metadata().is_ok()
    }

    /// The file that is `written` in the project file: from the project's folder, or by `~/` from the user's own.
    pub fn path_of(&self, written: &str) -> PathBuf {
        let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        let of_user = written.strip_prefix("~/").zip(std::env::var_os(home).filter(|home| !home.is_empty()));
        match of_user {
            Some((rest, home)) => Path::new(&home).join(rest),
            None => self.folder().unwrap_or(Path::new("")).join(written),
        }
    }
}
