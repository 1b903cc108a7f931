//! A step of a scenario that asks a person to log in.

use tokio::time::Instant;

use crate::http::{Exchange, Request, Response};
use crate::mock::control::Answer;
use crate::oauth::{NoRedirect, Person};
use crate::plan::Authorize;

use super::oauth_steps::{Party, Visit};
use super::run::Run;

/// Why nothing can be said when a person who was to approve did not.
const NOT_APPROVED: &str = "the person who was asked to approve did not (`access_denied`); run it again, and approve";

impl Run<'_> {
    /// Visits the authorization URL as `step` says. On a real target a person does: what the answer is when nobody came
    /// is kept as the reason why nothing can be said.
    pub(super) async fn visit(&mut self, party: &Party, step: &Authorize) -> Result<Visit, String> {
        if !self.values.environment.is_real {
            self.login_as(step).await?;
            return party.visit(step, &self.values, self.limit).await;
        }
        let person = self.context.person.ok_or("nobody is there to log in; run it with `--attended`")?;
        let asked = party.ask(step, &self.values)?;
        // What is wrong with the request is told at once, and needs no person.
        let first = party.look_at(asked.url.clone(), self.limit).await?;
        if is_refusal(&first) {
            return Ok(Visit { exchange: first, asked });
        }
        let redirect_uri = asked.redirect_uri.clone().or_else(|| party.redirect_uri());
        let redirect_uri = redirect_uri.ok_or("the client has no `redirect_uri`, so that nobody can come back")?;
        let user = step.user.as_ref().map(|user| &user.value).or(self.values.environment.users.first());
        let purpose = purpose(user.map(String::as_str), step.answer);
        // The time of a person is not the scenario's.
        let _waiting = self.guard.waits.begin();
        match redirected(person, &first.request, &redirect_uri, &purpose).await {
            Ok(exchange) => {
                // What a person decided is no failure of the server's; a scenario that expects it is judged all the same.
                if step.answer == Answer::Approve && is_denial(&exchange) {
                    self.outside = Some(NOT_APPROVED.to_owned());
                }
                Ok(asked.visited(exchange))
            }
            Err(NoRedirect::Unusable(reason) | NoRedirect::Missing(reason)) => {
                self.outside = Some(reason.clone());
                Err(reason)
            }
        }
    }
}

/// Whether the server refused the request itself: by an error page, or by an error at the redirect URI.
fn is_refusal(exchange: &Exchange) -> bool {
    let is_error =
        crate::oauth::redirect_parameters(exchange).is_some_and(|redirect| redirect.parameters.contains_key("error"));
    is_error || exchange.status().is_none_or(|status| status >= 400)
}

/// Whether the redirect says that the user did not approve (RFC 6749 §4.1.2.1).
fn is_denial(exchange: &Exchange) -> bool {
    crate::oauth::redirect_parameters(exchange)
        .and_then(|redirect| redirect.parameters.get("error")?.first().cloned())
        .is_some_and(|error| error == "access_denied")
}

fn purpose(user: Option<&str>, answer: Answer) -> String {
    let user = user.map_or_else(String::new, |user| format!(" as `{user}`"));
    match answer {
        Answer::Approve => format!("log in{user} and approve"),
        Answer::Deny => format!("log in{user} and do NOT approve"),
    }
}

/// The redirect that a person's browser was given, told as the answer to `request`. Its status was seen by nobody and is
/// taken to be 302, its headers but for the `location` likewise.
async fn redirected(
    person: Person,
    request: &Request,
    redirect_uri: &str,
    purpose: &str,
) -> Result<Exchange, NoRedirect> {
    let (started, clock) = (jiff::Timestamp::now(), Instant::now());
    let url = person.visit(&request.url, redirect_uri, purpose).await?;
    let headers = vec![("location".to_owned(), url.to_string())];
    let outcome = Ok(Response::new(302, headers, ""));
    Ok(Exchange { request: request.clone(), outcome, started, elapsed: clock.elapsed() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_logs_in_and_what_to_answer_is_said() {
        assert_eq!(purpose(Some("pro"), Answer::Approve), "log in as `pro` and approve");
        assert_eq!(purpose(None, Answer::Deny), "log in and do NOT approve");
    }
}
