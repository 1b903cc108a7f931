//! The target under examination, and the slow way of asking it.

use std::sync::Arc;
use std::time::Duration;

use ::http::Method;
use url::Url;

use crate::config::{EnvironmentWord, MOCK_CLIENTS, Project, TargetDefinition};
use crate::http::{Exchange, Request, Transport};
use crate::target::{Session, TOKEN_REFUSED, Unusable, Usable, Uses};

use super::Line;

/// What is told of the target as a whole.
pub(super) const CHECK: &str = "target";

/// The longest that one request may take.
pub(super) const LIMIT: Duration = Duration::from_secs(15);

/// A target under examination.
pub(super) struct Subject<'a> {
    pub(super) project: &'a Project,
    pub(super) target: &'a TargetDefinition,
    pub(super) session: Session,
    /// Kept, as a mock in this process ends with it.
    usable: Usable,
    /// What sends each request at its turn, as the target's pace has it.
    pub(super) transport: Transport,
}

impl<'a> Subject<'a> {
    /// Makes `target` usable; the error is the line that says why it is not.
    pub(super) async fn open(project: &'a Project, target: &'a TargetDefinition) -> Result<Self, Line> {
        let wrong = |why: Unusable| Line::wrong(CHECK, why.0, "correct the target in tacktest.yaml");
        let usable = Usable::new(project, target, &Uses::all_of(target)).map_err(wrong)?;
        // Only a mock is asked for anything here.
        let outside = |why: String| match why.as_str() {
            TOKEN_REFUSED => Line::wrong(CHECK, why, "correct the target's `control_token` in tacktest.yaml"),
            _ => Line::outside(CHECK, why, "start the mock, or correct its `api` in tacktest.yaml"),
        };
        let session = usable.open(0, EnvironmentWord::Staging).await.map_err(outside)?;
        let transport = usable.transport.guarded_by(Arc::clone(&usable.pacer) as _);
        Ok(Self { project, target, session, usable, transport })
    }

    /// The names of the target's clients.
    pub(super) fn clients(&self) -> Vec<String> {
        if self.session.is_mock() {
            return MOCK_CLIENTS.iter().map(|name| (*name).to_owned()).collect();
        }
        self.target.clients.keys().cloned().collect()
    }

    /// The scopes that the client `name` was given, as far as that is told.
    pub(super) fn scopes(&self, name: &str) -> &[String] {
        self.target.clients.get(name).map_or(&[], |client| &client.scopes)
    }

    /// Gets `url` in its turn.
    pub(super) async fn get(&self, url: &Url) -> Exchange {
        self.send(Request::new(Method::GET, url.clone())).await
    }

    /// Sends `request` in its turn.
    pub(super) async fn send(&self, request: Request) -> Exchange {
        self.transport.send(request, LIMIT).await
    }

    /// Ends what a mock opened for the examination.
    pub(super) async fn close(&self) {
        self.session.close(&self.usable.transport).await;
    }
}
