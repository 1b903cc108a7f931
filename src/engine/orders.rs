//! From a `mock:` step to the order that the mock is given.

use std::time::Duration;

use crate::mock::control::{self, Command};
use crate::plan::{Given, MockAction, fault};
use crate::source::Scope;

use super::request::no_value;

/// The order that `action` means now; `client` is the name of the scenario's.
pub(super) fn order(action: &MockAction, client: Option<&str>, scope: &dyn Scope) -> Result<Command, String> {
    Ok(match action {
        MockAction::Advance(duration) => Command::Advance { milliseconds: milliseconds(*duration) },
        MockAction::Expire(token) => Command::Expire { token: token.text(scope).map_err(no_value)? },
        MockAction::Revoke(token) => Command::Revoke { token: token.text(scope).map_err(no_value)? },
        MockAction::Fault(written) => Command::Fault(Box::new(fault(written.value(scope).map_err(no_value)?)?)),
        MockAction::ClearFaults => Command::ClearFaults,
        MockAction::RateLimit(limit) => Command::RateLimit(limit.clone()),
        MockAction::NextLogin { user, answer } => Command::NextLogin { user: user.value.clone(), answer: *answer },
        MockAction::RotateKeys => Command::RotateKeys,
        MockAction::Given(written) => Command::Given(given(written, client, scope)?),
    })
}

fn given(given: &Given, client: Option<&str>, scope: &dyn Scope) -> Result<control::Given, String> {
    Ok(match given {
        Given::RefundedLead(id) => control::Given::RefundedLead(id.text(scope).map_err(no_value)?),
        Given::ClosedBusiness(id) => control::Given::ClosedBusiness(id.text(scope).map_err(no_value)?),
        Given::NotAPro(user) => control::Given::NotAPro(user.value.clone()),
        Given::RememberedConsent { user, scope: scopes } => control::Given::RememberedConsent {
            user: user.value.clone(),
            client: client.ok_or("the scenario names no client that a user could have agreed to")?.to_owned(),
            scope: scopes.text(scope).map_err(no_value)?,
        },
    })
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
