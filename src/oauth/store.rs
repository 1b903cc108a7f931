//! Where logins are kept: a file each, that only its owner may read, replaced as a whole and guarded by a lock.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::source::{Access, LARGEST_FILE, open_to_others, read_whole};

use super::login::{Login, LoginKey};

/// How long a lock is waited for. A refresh holds it for as long as the server takes to answer.
const LOCK_TIMEOUT: Duration = Duration::from_mins(1);

/// How long between two looks at a lock.
const LOCK_PAUSE: Duration = Duration::from_millis(3);

/// Where programs keep what is no use elsewhere and must last (XDG Base Directory Specification): the folder of this
/// program, which `TACKTEST_STATE_DIR` overrides.
pub fn state_folder() -> PathBuf {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    folder("TACKTEST_STATE_DIR").unwrap_or_else(|| {
        let state = folder("XDG_STATE_HOME").or_else(|| folder("LOCALAPPDATA"));
        let state = state.or_else(|| folder("HOME").map(|home| home.join(".local").join("state")));
        state.unwrap_or_else(std::env::temp_dir).join("tacktest")
    })
}

/// A folder of logins. What stands in it is as good as a password, so it refuses what others may read.
#[derive(Debug, Clone)]
pub(super) struct LoginFolder {
    path: PathBuf,
    patience: Duration,
}

/// The lock of one login, held until it is dropped, also by the end of the process.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "the lock ends with its file")] File);

impl LoginFolder {
    /// The folder at `path`, which need not be there yet.
    pub(super) fn at(path: PathBuf) -> Self {
        Self { path, patience: LOCK_TIMEOUT }
    }

    /// Waits for the lock of the login `key`; the error says who may hold it.
    pub(super) async fn lock(&self, key: &LoginKey) -> Result<Lock, String> {
        self.make()?;
        let path = self.file(key, "lock");
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        owner_only(&mut options);
        let file = options.open(&path).map_err(|error| format!("can't open `{}`: {error}", path.display()))?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Lock(file)),
                Err(TryLockError::WouldBlock) if started.elapsed() < self.patience => sleep(LOCK_PAUSE).await,
                Err(TryLockError::WouldBlock) => {
                    return Err(format!(
                        "the login {} is in use: another tacktest on this machine has held `{}` for {:?}; wait \
                         for its end, or end it",
                        key.name(),
                        path.display(),
                        self.patience
                    ));
                }
                Err(TryLockError::Error(error)) => return Err(format!("can't lock `{}`: {error}", path.display())),
            }
        }
    }

    /// The login of `key`, if there is one.
    pub(super) fn load(&self, key: &LoginKey) -> Result<Option<Login>, String> {
        let path = self.file(key, "json");
        let Some((owner, login)) = self.read(&path)? else { return Ok(None) };
        if owner.is(key) {
            return Ok(Some(login));
        }
        Err(format!(
            "`{}` is the login of another user or client: put it back where it was, or remove it",
            path.display()
        ))
    }

    /// The users who have a login of the client of `key` at its server, whoever `key` names.
    pub(super) fn users_of(&self, key: &LoginKey) -> Result<Vec<String>, String> {
        let files = match fs::read_dir(&self.path) {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(format!("can't read `{}`: {error}", self.path.display())),
        };
        let mut users = Vec::new();
        for path in files.filter_map(|file| Some(file.ok()?.path())) {
            // What is wrong with another one's file is no reason not to use one's own.
            if path.extension().is_some_and(|ending| ending == "json")
                && let Ok(Some((owner, _))) = self.read(&path)
                && owner.is(&LoginKey { user: owner.user.clone(), ..key.clone() })
            {
                users.push(owner.user);
            }
        }
        users.sort();
        Ok(users)
    }

    /// Puts `login` in the place of what was kept of `key`. All of it is on the disk when this ends well; when it does
    /// not, what was there is as it was. The caller holds the lock.
    pub(super) fn save(&self, key: &LoginKey, login: &Login) -> Result<(), String> {
        self.make()?;
        let path = self.file(key, "json");
        self.write(key, &path, &login.to_json(key))
            .map_err(|error| format!("can't write `{}`: {error}", path.display()))
    }

    /// Removes the login of `key`; whether there was one.
    pub(super) fn remove(&self, key: &LoginKey) -> Result<bool, String> {
        let path = self.file(key, "json");
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(format!("can't remove `{}`: {error}", path.display())),
        }
    }

    /// Where the login of `key` is kept.
    pub(super) fn file_of(&self, key: &LoginKey) -> PathBuf {
        self.file(key, "json")
    }

    fn file(&self, key: &LoginKey, ending: &str) -> PathBuf {
        self.path.join(format!("{}.{ending}", key.file_name()))
    }

    fn write(&self, key: &LoginKey, path: &Path, text: &str) -> io::Result<()> {
        let prefix = format!(".{}-", key.file_name());
        // Whoever was ended while writing left its file behind; the lock says that nobody is writing now.
        for left in fs::read_dir(&self.path)?.flatten() {
            if left.file_name().to_string_lossy().starts_with(&prefix) {
                fs::remove_file(left.path())?;
            }
        }
        // The file is its owner's only from the beginning.
        let mut file = tempfile::Builder::new().prefix(&prefix).suffix(".new").tempfile_in(&self.path)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        // The new name is on the disk only with its folder.
        if cfg!(unix) { File::open(&self.path)?.sync_all() } else { Ok(()) }
    }

    fn read(&self, path: &Path) -> Result<Option<(super::login::Owner, Login)>, String> {
        let refused = |why: &dyn fmt::Display| format!("the stored login `{}` {why}", path.display());
        let bytes = match read_whole(path, LARGEST_FILE, Access::Private) {
            Ok(bytes) => bytes,
            Err(unread) if unread.is_missing() => return Ok(None),
            Err(unread) => return Err(refused(&unread)),
        };
        refuse_open(&self.path)?;
        let text = String::from_utf8(bytes).map_err(|_| refused(&"is no UTF-8 text"))?;
        Login::from_json(&text).map(Some).map_err(|problem| {
            format!(
                "the stored login `{}` can't be used, and was left as it is: {problem}; remove it, and log in anew",
                path.display()
            )
        })
    }

    /// Makes the folder, for its owner only.
    fn make(&self) -> Result<(), String> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&self.path)
            .map_err(|error| format!("can't make the folder `{}` for logins: {error}", self.path.display()))?;
        refuse_open(&self.path)
    }
}

#[cfg_attr(not(unix), expect(unused_variables, reason = "only Unix has such modes"))]
fn owner_only(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
}

/// Refuses the folder at `path` if others than its owner may read or write it.
fn refuse_open(path: &Path) -> Result<(), String> {
    let shown = path.display();
    let metadata = fs::metadata(path).map_err(|error| format!("can't look at `{shown}`: {error}"))?;
    open_to_others(&metadata, path).map_or(Ok(()), |told| Err(format!("`{shown}`, where logins are kept, {told}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> LoginKey {
        LoginKey {
            target: "staging".to_owned(),
            client: "supply".to_owned(),
            user: "pro".to_owned(),
            token_url: "https://auth.example.com/oauth2/token".parse().unwrap(),
            client_id: "fictional-id".to_owned(),
        }
    }

    fn login(access: &str) -> Login {
        Login {
            refresh_token: None,
            access_token: access.into(),
            expires_at: None,
            scopes: Vec::new(),
            obtained: "2026-11-01T00:00:00Z".parse().unwrap(),
            refreshing_since: None,
        }
    }

    fn folder() -> (tempfile::TempDir, LoginFolder) {
        let home = tempfile::tempdir().unwrap();
        let folder = LoginFolder::at(home.path().join("state").join("logins"));
        (home, folder)
    }

    #[cfg(unix)]
    #[test]
    fn what_is_kept_is_its_owners_only() {
        use std::os::unix::fs::PermissionsExt;
        let (_home, folder) = folder();
        assert!(folder.load(&key()).unwrap().is_none());
        folder.save(&key(), &login("fictional-access")).unwrap();
        let path = folder.file_of(&key());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&folder.path)), (0o600, 0o700));
        for (what, loose, tight) in [(path.clone(), 0o640, 0o600), (folder.path.clone(), 0o750, 0o700)] {
            fs::set_permissions(&what, fs::Permissions::from_mode(loose)).unwrap();
            let told = folder.load(&key()).unwrap_err();
            let advice = format!("chmod {tight:o} '{}'", what.display());
            assert!(told.ends_with(&advice) && !told.contains("fictional"), "{told}");
            fs::set_permissions(&what, fs::Permissions::from_mode(tight)).unwrap();
        }
        let kept = folder.load(&key()).unwrap().unwrap();
        assert_eq!(kept.to_json(&key()), login("fictional-access").to_json(&key()));
    }

    #[test]
    fn what_is_no_login_is_told_and_left() {
        let (_home, folder) = folder();
        folder.save(&key(), &login("fictional-access")).unwrap();
        let path = folder.file_of(&key());
        let whole = fs::read_to_string(&path).unwrap();
        for wrong in [&whole[..whole.len() / 2], "", "fictional-access"] {
            fs::write(&path, wrong).unwrap();
            let told = folder.load(&key()).unwrap_err();
            assert!(told.contains("left as it is") && !told.contains("fictional-access"), "{told}");
            assert_eq!(fs::read_to_string(&path).unwrap(), wrong);
        }
        fs::write(&path, whole.replace("\"pro\"", "\"other\"")).unwrap();
        assert!(folder.load(&key()).unwrap_err().contains("another user"));
        assert!(folder.remove(&key()).unwrap() && !folder.remove(&key()).unwrap());
    }

    #[test]
    fn what_an_ended_writer_left_is_swept_and_users_are_found() {
        let (_home, folder) = folder();
        folder.save(&key(), &login("a")).unwrap();
        let left = folder.path.join(format!(".{}-left.new", key().file_name()));
        fs::write(&left, "half").unwrap();
        folder.save(&LoginKey { user: "another".to_owned(), ..key() }, &login("b")).unwrap();
        assert!(left.is_file(), "another login's writer may be at work");
        folder.save(&key(), &login("c")).unwrap();
        assert!(!left.is_file());
        assert_eq!(folder.users_of(&key()).unwrap(), ["another", "pro"]);
        assert!(folder.users_of(&LoginKey { client_id: "other".to_owned(), ..key() }).unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_lock_is_waited_for_and_not_for_ever() {
        let (_home, mut folder) = folder();
        folder.patience = Duration::from_millis(50);
        let held = folder.lock(&key()).await.unwrap();
        let told = folder.lock(&key()).await.unwrap_err();
        assert!(told.contains("another tacktest on this machine has held"), "{told}");
        let waiting = tokio::spawn({
            let folder = LoginFolder { patience: LOCK_TIMEOUT, ..folder.clone() };
            async move { folder.lock(&key()).await }
        });
        drop(held);
        assert!(waiting.await.unwrap().is_ok());
    }
}
