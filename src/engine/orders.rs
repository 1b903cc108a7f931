//! From a `mock:` step to the order that the mock is given.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::mock::control::{self, Command};
use crate::plan::{Fault, Respond};
use crate::plan::{MockAction, RequestBody};
use crate::source::Scope;

use super::request::no_value;

/// The order that `action` means now.
pub(super) fn order(action: &MockAction, scope: &dyn Scope) -> Result<Command, String> {
    Ok(match action {
        MockAction::Advance(duration) => Command::Advance { milliseconds: milliseconds(*duration) },
        MockAction::Expire(token) => Command::Expire { token: token.text(scope).map_err(no_value)? },
        MockAction::Revoke(token) => Command::Revoke { token: token.text(scope).map_err(no_value)? },
        MockAction::Fault(written) => Command::Fault(fault(written, scope)?),
    })
}

fn fault(fault: &Fault, scope: &dyn Scope) -> Result<control::Fault, String> {
    Ok(control::Fault {
        at: fault.at.text(scope).map_err(no_value)?,
        times: fault.times,
        preset: None,
        respond: fault.respond.as_ref().map(|written| respond(written, scope)).transpose()?,
        delay_milliseconds: fault.delay.map(milliseconds),
    })
}

fn respond(respond: &Respond, scope: &dyn Scope) -> Result<control::Respond, String> {
    let headers: BTreeMap<String, String> = respond.headers.pairs(scope)?.into_iter().collect();
    let (json, text) = match &respond.body {
        RequestBody::Json(data) => (Some(data.value(scope).map_err(no_value)?), None),
        RequestBody::Text(text) => (None, Some(text.text(scope).map_err(no_value)?)),
        RequestBody::None | RequestBody::Form(_) => (None, None),
    };
    Ok(control::Respond { status: respond.status, headers, json, text })
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
