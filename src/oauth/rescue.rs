//! What becomes of a refreshed login that its store did not take: it is put aside on this machine, and somebody is told.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::store::LoginFolder;
use super::{Login, LoginKey};

/// Where refreshed logins are put that could not be kept. Clones share what is to be told.
#[derive(Debug, Clone)]
pub(super) struct Rescue {
    folder: LoginFolder,
    untold: Arc<Mutex<Vec<String>>>,
}

impl Rescue {
    /// One beside the folder of logins at `logins`.
    pub(super) fn beside(logins: &Path) -> Self {
        Self { folder: LoginFolder::at(logins.with_file_name("rescued")), untold: Arc::default() }
    }

    /// Puts `login` aside, which could not be kept for this `problem`; gives what is to be said of it, which is told by
    /// [`Rescue::take_untold`] too, as nobody may wait for it here. The caller holds the lock of the login.
    pub(super) fn put_aside(&self, key: &LoginKey, login: &Login, problem: &str) -> String {
        let name = key.name();
        let what = format!("the login {name} was refreshed, and its new refresh token could not be kept: {problem}");
        let told = match self.folder.save(key, login) {
            Ok(()) => format!(
                "{what}; nothing is done with it. The refreshed login was put into `{}`, as the token in the store is of \
                 no use any more: mend the store, give it the content of this file under the name {name}, and remove the \
                 file; or run `{}`",
                self.folder.file_of(key).display(),
                key.command()
            ),
            Err(error) => format!(
                "{what}; nothing is done with it. It could not be put aside either ({error}), so that the login may be \
                 lost: mend the store at once and run `{}`",
                key.command()
            ),
        };
        self.untold.lock().unwrap_or_else(PoisonError::into_inner).push(told.clone());
        told
    }

    /// What is to be told of logins that could not be kept, each once.
    pub(super) fn take_untold(&self) -> Vec<String> {
        std::mem::take(&mut self.untold.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
