//! The suite that comes with the program, laid out as a project.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

use super::Variables;
use super::project::{PROJECT_FILE, Project};

/// Path and text of every file of the suite.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/bundled.rs"));

/// The bundled suite as a project, unpacked once per version of it into the user's cache.
pub fn bundled() -> io::Result<Project> {
    let mut hasher = DefaultHasher::new();
    FILES.hash(&mut hasher);
    let name = format!("suite-{}-{:016x}", env!("CARGO_PKG_VERSION"), hasher.finish());
    let root = cache_folder().join("tacktest").join(name);
    if !root.join(PROJECT_FILE).is_file() {
        unpack(&root)?;
    }
    Project::read(&root)
        .map(|project| Project { variables: Variables::default(), ..project })
        .map_err(|_| io::Error::other(format!("`{}` is not as it was unpacked; remove it", root.display())))
}

/// The text of the file `path` of the suite; empty if there is none.
pub(super) fn bundled_text(path: &str) -> &'static str {
    FILES.iter().find(|(name, _)| *name == path).map_or("", |(_, text)| *text)
}

/// Writes the files; the project file comes last and says that all are there.
fn unpack(root: &Path) -> io::Result<()> {
    for (path, text) in FILES {
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, text)?;
    }
    std::fs::create_dir_all(root)?;
    std::fs::write(root.join(PROJECT_FILE), "")
}

/// Where programs keep what they can make again (XDG Base Directory Specification).
fn cache_folder() -> PathBuf {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    folder("XDG_CACHE_HOME")
        .or_else(|| folder("LOCALAPPDATA"))
        .or_else(|| folder("HOME").map(|home| home.join(".cache")))
        .unwrap_or_else(std::env::temp_dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpacking_lays_out_every_file_and_marks_the_project() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("suite");
        unpack(&root).unwrap();
        assert!(root.join(PROJECT_FILE).is_file());
        for (path, text) in FILES {
            assert_eq!(&std::fs::read_to_string(root.join(path)).unwrap(), text, "{path}");
        }
    }
}
