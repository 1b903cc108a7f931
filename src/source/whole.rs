//! Reads a file whole: a regular one of bounded size, opened once and judged by what was opened.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

/// Whom a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Its owner only: where others may read or write it, it is refused.
    Private,
    /// Everybody.
    Public,
}

/// Why a file is not read. Shown, it ends a sentence that begins with the file.
#[derive(Debug)]
pub enum Unread {
    /// The system does not let it.
    Failed(io::Error),
    /// It is a folder, a pipe or a device.
    NotRegular,
    /// It has more bytes than are read; so many are known of.
    TooLarge {
        /// How many it has at least.
        bytes: u64,
        /// How many are read at most.
        limit: u64,
    },
    /// It is [`Access::Private`] and open to others; the text is that of [`open_to_others`].
    Open(String),
}

impl Unread {
    /// Whether there is no such file.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Failed(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => write!(formatter, "can't be read: {error}"),
            Self::NotRegular => formatter.write_str("is no regular file"),
            Self::TooLarge { limit, .. } => write!(formatter, "has more than {} KiB", limit / 1024),
            Self::Open(told) => formatter.write_str(told),
        }
    }
}

/// All of the file at `path`, which has at most `limit` bytes.
pub fn read_whole(path: &Path, limit: u64, access: Access) -> Result<Vec<u8>, Unread> {
    // Asked before it is opened, as opening a pipe waits for its writer.
    refuse_special(&std::fs::metadata(path).map_err(Unread::Failed)?)?;
    let file = File::open(path).map_err(Unread::Failed)?;
    let metadata = file.metadata().map_err(Unread::Failed)?;
    refuse_special(&metadata)?;
    if access == Access::Private
        && let Some(told) = open_to_others(&metadata, path)
    {
        return Err(Unread::Open(told));
    }
    if metadata.len() > limit {
        return Err(Unread::TooLarge { bytes: metadata.len(), limit });
    }
    let mut bytes = Vec::new();
    // Some files have more than they tell, and one can grow meanwhile.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(Unread::Failed)?;
    let read = bytes.len() as u64;
    if read > limit { Err(Unread::TooLarge { bytes: read, limit }) } else { Ok(bytes) }
}

fn refuse_special(metadata: &Metadata) -> Result<(), Unread> {
    if metadata.is_file() { Ok(()) } else { Err(Unread::NotRegular) }
}

/// That others than its owner may read or write what has this `metadata` and is shown as `shown`, and what to do about
/// it; it ends a sentence that begins with it. Elsewhere than on Unix no mode tells, and users' own folders are trusted.
#[cfg(unix)]
pub fn open_to_others(metadata: &Metadata, shown: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;

    let mode = metadata.permissions().mode() & 0o777;
    let wanted = if metadata.is_dir() { "700" } else { "600" };
    (mode & 0o077 != 0).then(|| {
        let shown = shown.display();
        format!("is open to others on this machine (mode {mode:03o}); type: chmod {wanted} '{shown}'")
    })
}

/// Nothing, as no mode tells it here.
#[cfg(not(unix))]
pub fn open_to_others(_: &Metadata, _: &Path) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_of_bounded_size_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let read = |limit| read_whole(&path, limit, Access::Public);
        assert!(read(2048).unwrap_err().is_missing());
        std::fs::write(&path, [b'x'; 2048]).unwrap();
        assert_eq!(read(2048).unwrap().len(), 2048);
        let large = read(2047).unwrap_err();
        assert_eq!((large.is_missing(), large.to_string().as_str()), (false, "has more than 1 KiB"));
        let folder = read_whole(folder.path(), 2048, Access::Public).unwrap_err();
        assert_eq!(folder.to_string(), "is no regular file");
        // A file that tells no size has bytes all the same.
        #[cfg(target_os = "linux")]
        assert!(matches!(
            read_whole(Path::new("/proc/self/status"), 10, Access::Public),
            Err(Unread::TooLarge { bytes: 11, limit: 10 })
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_refused_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        for access in [Access::Private, Access::Public] {
            assert!(matches!(read_whole(&path, 1024, access), Err(Unread::NotRegular)));
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_is_private_and_open_to_others_is_refused() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        std::fs::write(&path, "x").unwrap();
        let allow = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        for (mode, is_open) in
            [(0o600, false), (0o400, false), (0o640, true), (0o620, true), (0o604, true), (0o644, true)]
        {
            allow(&path, mode);
            assert!(read_whole(&path, 1024, Access::Public).is_ok(), "{mode:o}");
            let refused = read_whole(&path, 1024, Access::Private).err().map(|unread| unread.to_string());
            assert_eq!(refused.is_some(), is_open, "{mode:o}");
            let told = format!("(mode {mode:o}); type: chmod 600 '{}'", path.display());
            assert!(refused.is_none_or(|refused| refused.ends_with(&told)), "{mode:o}");
        }
        allow(folder.path(), 0o750);
        let told = open_to_others(&std::fs::metadata(folder.path()).unwrap(), Path::new("logins")).unwrap();
        assert_eq!(told, "is open to others on this machine (mode 750); type: chmod 700 'logins'");
    }
}
