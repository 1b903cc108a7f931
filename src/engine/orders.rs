//! From a `mock:` step to the order that the mock is given.

use crate::mock::control::{self, Command, EnvironmentName, Span, True};
use crate::plan::{Emit, Given, MockAction, fault};
use crate::source::{Scope, Template};

use super::request::no_value;

/// The order that `action` means now; `client` is the name of the scenario's, `environment` that of which it speaks.
pub(super) fn order(
    action: &MockAction,
    client: Option<&str>,
    environment: EnvironmentName,
    scope: &dyn Scope,
) -> Result<Command, String> {
    Ok(match action {
        MockAction::Advance(duration) => Command::Advance(Span(*duration)),
        MockAction::Expire(token) => Command::Expire(token.text(scope).map_err(no_value)?),
        MockAction::Revoke(token) => Command::Revoke(token.text(scope).map_err(no_value)?),
        MockAction::Fault(written) => Command::Fault(Box::new(fault(written.value(scope).map_err(no_value)?)?)),
        MockAction::ClearFaults => Command::ClearFaults(True),
        MockAction::RateLimit(limit) => Command::RateLimit(limit.clone()),
        MockAction::NextLogin { user, answer } => Command::NextLogin { user: user.value.clone(), answer: *answer },
        MockAction::RotateKeys => Command::RotateKeys(True),
        MockAction::Given(written) => Command::Given(given(written, client, scope)?),
        MockAction::Emit(written) => Command::Emit(Box::new(emit(written, environment, scope)?)),
    })
}

fn emit(emit: &Emit, environment: EnvironmentName, scope: &dyn Scope) -> Result<control::Emit, String> {
    let text = |template: &Option<Template>| template.as_ref().map(|template| template.text(scope)).transpose();
    Ok(control::Emit {
        event: emit.event,
        environment,
        business: text(&emit.business).map_err(no_value)?,
        user: emit.user.as_ref().map(|user| user.value.clone()),
        negotiation: text(&emit.negotiation).map_err(no_value)?,
        from: emit.from,
        text: text(&emit.text).map_err(no_value)?,
        message: emit.message,
        full: emit.full,
        times: emit.times,
        after: emit.after.map(Span),
    })
}

fn given(given: &Given, client: Option<&str>, scope: &dyn Scope) -> Result<control::Given, String> {
    Ok(match given {
        Given::RefundedLead(id) => control::Given::RefundedLead(id.text(scope).map_err(no_value)?),
        Given::PickedLead(id) => control::Given::PickedLead(id.text(scope).map_err(no_value)?),
        Given::CanceledLead(id) => control::Given::CanceledLead(id.text(scope).map_err(no_value)?),
        Given::ClosedBusiness(id) => control::Given::ClosedBusiness(id.text(scope).map_err(no_value)?),
        Given::NotAPro(user) => control::Given::NotAPro(user.value.clone()),
        Given::RememberedConsent { user, scope: scopes } => control::Given::RememberedConsent {
            user: user.value.clone(),
            client: Some(client.ok_or("the scenario names no client that a user could have agreed to")?.to_owned()),
            scope: scopes.text(scope).map_err(no_value)?,
        },
    })
}
