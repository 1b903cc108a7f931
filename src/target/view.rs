//! The environments of a target as a scenario sees them, and the secrets under the names that they have for it.

use std::sync::Arc;

use crate::config::{EnvironmentWord, Kind};
use crate::http::Scrubber;

use super::Environment;

/// The environments of a target as a scenario sees them.
#[derive(Debug, Clone)]
pub(super) struct View {
    /// The environment that the scenario speaks of.
    pub(super) environment: Arc<Environment>,
    /// The second environment, if the target has one.
    pub(super) other: Option<Arc<Environment>>,
    /// Knows the secrets of both environments' clients and gates, by the names that they have in this view.
    pub(super) secrets: Scrubber,
    /// Knows the secrets of the second environment that must not reach the first; `None` if the two count as one.
    pub(super) foreign: Option<Scrubber>,
}

impl View {
    /// What a scenario with `environment: WORD` sees of a target at `environment` with the second environment `other`;
    /// `secrets` are taught.
    pub(super) fn of(
        word: EnvironmentWord,
        environment: &Arc<Environment>,
        other: Option<&Arc<Environment>>,
        secrets: Scrubber,
    ) -> Result<Self, String> {
        // A target that is the real one is what the scenario means already.
        if word == EnvironmentWord::Staging || environment.kind == Kind::Production {
            return Ok(Self::new(environment, other, secrets));
        }
        let other = other.ok_or("the target has no second environment")?;
        Ok(Self::new(other, Some(environment), secrets))
    }

    fn new(environment: &Arc<Environment>, other: Option<&Arc<Environment>>, secrets: Scrubber) -> Self {
        environment.teach("", &secrets);
        let mut foreign = None;
        if let Some(other) = other {
            other.teach("other.", &secrets);
            // The environments of a mock, or on this machine, count as one; real ones never do.
            let is_one = environment.kind == Kind::Mock || !environment.is_real && !other.is_real;
            if !is_one {
                let scrubber = Scrubber::new();
                other.teach("other.", &scrubber);
                foreign = Some(scrubber);
            }
        }
        Self { environment: Arc::clone(environment), other: other.map(Arc::clone), secrets, foreign }
    }
}

/// What scenarios see of a target that is no mock; nothing of it is a scenario's own.
#[derive(Debug)]
pub(super) struct Views {
    staging: View,
    production: Result<View, String>,
}

impl Views {
    /// The views of a target at `environment`, with the second environment `other`.
    pub(super) fn new(environment: &Arc<Environment>, other: Option<&Arc<Environment>>) -> Self {
        let of = |word| View::of(word, environment, other, Scrubber::new());
        Self { staging: View::new(environment, other, Scrubber::new()), production: of(EnvironmentWord::Production) }
    }

    /// The view of a scenario with `environment: WORD`.
    pub(super) fn seen_from(&self, word: EnvironmentWord) -> Result<&View, String> {
        match word {
            EnvironmentWord::Staging => Ok(&self.staging),
            EnvironmentWord::Production => self.production.as_ref().map_err(Clone::clone),
        }
    }

    /// Knows the secrets of all of it, by the names of a scenario that speaks of the target itself.
    pub(super) fn secrets(&self) -> Scrubber {
        self.staging.secrets.clone()
    }
}
