//! Which placeholders a step has, and when each is needed.

use crate::pattern::Pattern;
use crate::source::{Place, Template};

use super::model::{Action, Bearer, Body, Expect, Expectation, Given, MockAction, Request, Step};
use super::parts::Parameter;

/// When a placeholder must have its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Before the step acts.
    Acting,
    /// After the answer has come; `sent.` is known.
    Judging,
}

type Visit<'v> = dyn FnMut(&str, Place, Moment) + 'v;

impl Step {
    /// Tells `visit` every placeholder of the step.
    pub fn visit_names(&self, visit: &mut Visit<'_>) {
        let mut acting = |name: &str, place: Place| visit(name, place, Moment::Acting);
        match &self.action {
            Action::Request(request) => request_names(request, &mut acting),
            Action::Token(token) => parameter_names(&token.parameters, &mut acting),
            Action::Authorize(authorize) => parameter_names(&authorize.parameters, &mut acting),
            Action::Compare(data) => data.visit_names(&mut acting),
            Action::Mock(action) => mock_names(action, &mut acting),
            Action::Receive(_) | Action::Reply(_) | Action::Wait(_) => {}
        }
        if let Expectation::Given(expect) = &self.expect {
            expect_names(expect, visit);
        }
        if let Some(until) = &self.until {
            expect_names(&until.expect, visit);
        }
    }
}

fn names(template: &Template, visit: &mut dyn FnMut(&str, Place)) {
    template.names().for_each(|(name, place)| visit(name, place));
}

fn request_names(request: &Request, visit: &mut dyn FnMut(&str, Place)) {
    names(&request.url, visit);
    request.query.visit_names(visit);
    request.headers.visit_names(visit);
    body_names(&request.body, visit);
    if let Bearer::Token(token) = &request.bearer {
        names(token, visit);
    }
    if let Some(basic) = &request.basic {
        names(&basic.user, visit);
        names(&basic.password, visit);
    }
}

fn body_names(body: &Body, visit: &mut dyn FnMut(&str, Place)) {
    match body {
        Body::None => {}
        Body::Json(data) => data.visit_names(visit),
        Body::Form(form) => form.visit_names(visit),
        Body::Text(text) => names(text, visit),
    }
}

fn parameter_names(parameters: &[(&str, Parameter)], visit: &mut dyn FnMut(&str, Place)) {
    for template in parameters.iter().flat_map(|(_, parameter)| parameter.templates()) {
        names(template, visit);
    }
}

fn mock_names(action: &MockAction, visit: &mut dyn FnMut(&str, Place)) {
    match action {
        MockAction::Advance(_)
        | MockAction::ClearFaults
        | MockAction::RateLimit(_)
        | MockAction::NextLogin { .. }
        | MockAction::RotateKeys
        | MockAction::Given(Given::NotAPro(_)) => {}
        MockAction::Given(
            Given::RefundedLead(text)
            | Given::PickedLead(text)
            | Given::CanceledLead(text)
            | Given::ClosedBusiness(text),
        ) => names(text, visit),
        MockAction::Given(Given::RememberedConsent { scope, .. }) => names(scope, visit),
        MockAction::Emit(emit) => {
            [&emit.business, &emit.negotiation, &emit.text]
                .into_iter()
                .flatten()
                .for_each(|template| names(template, visit));
        }
        MockAction::Expire(token) | MockAction::Revoke(token) => names(token, visit),
        MockAction::Fault(fault) => fault.visit_names(visit),
    }
}

fn expect_names(expect: &Expect, visit: &mut Visit<'_>) {
    let single = [&expect.body, &expect.example, &expect.text, &expect.redirect, &expect.value];
    let patterns: Vec<&Pattern> = single
        .into_iter()
        .flatten()
        .map(|pattern| &**pattern)
        .chain(expect.headers.iter().map(|(_, pattern)| pattern))
        .collect();
    for (name, place) in patterns.iter().flat_map(|pattern| pattern.names()) {
        visit(name, place, Moment::Judging);
    }
}
