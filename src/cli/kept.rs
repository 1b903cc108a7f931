//! What is kept for the real targets of a run, looked up when a selected scenario first needs it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use secrecy::SecretString;

use crate::config::{Project, TargetDefinition};
use crate::plan::{Kept, StoredLogin};
use crate::target::is_real;

use super::logins::{known, spent};

/// Access tokens that are over, by the names of their targets and clients.
pub(super) type Spent = BTreeMap<(String, String), SecretString>;

/// What is kept on this machine, or by the commands of the project.
#[derive(Debug)]
pub(super) struct KeptHere<'p> {
    project: &'p Project,
    /// The target and its second environment, as far as they are real ones.
    real: Vec<&'p TargetDefinition>,
    /// Whether the commands of an external store are run for it.
    may_run: bool,
    logins: OnceLock<Result<Option<Vec<StoredLogin>>, String>>,
    spent: OnceLock<Result<Spent, String>>,
}

impl<'p> KeptHere<'p> {
    /// What is kept for `target` and its second environment; nothing is looked at yet. The commands of an external store
    /// are run only if the scenarios `run`.
    pub(super) fn of(project: &'p Project, target: &'p TargetDefinition, run: bool) -> Self {
        let both = Some(target).into_iter().chain(project.other(target));
        let real = both.filter(|target| is_real(target, &project.variables)).collect();
        Self { project, real, may_run: run, logins: OnceLock::new(), spent: OnceLock::new() }
    }

    /// The tokens that are over, as they were when a scenario first needed one; none if none did. The run uses these,
    /// whatever is kept in their place meanwhile.
    pub(super) fn into_spent(self) -> Spent {
        self.spent.into_inner().and_then(Result::ok).unwrap_or_default()
    }
}

impl Kept for KeptHere<'_> {
    fn logins(&self) -> Option<&[StoredLogin]> {
        let look = || known(self.project, &self.real, self.may_run);
        self.logins.get_or_init(look).as_ref().ok()?.as_deref()
    }

    fn has_spent(&self, target: &str, client: &str) -> bool {
        let kept = self.spent.get_or_init(|| spent(self.project, &self.real));
        kept.as_ref().is_ok_and(|kept| kept.contains_key(&(target.to_owned(), client.to_owned())))
    }

    fn fault(&self) -> Option<&str> {
        let logins = self.logins.get().and_then(|looked| looked.as_ref().err());
        logins.or_else(|| self.spent.get().and_then(|looked| looked.as_ref().err())).map(String::as_str)
    }
}
