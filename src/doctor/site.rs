//! Whether the gate's user and password open the site.

use ::http::Method;
use secrecy::ExposeSecret;

use crate::config::UrlName;
use crate::http::{Exchange, Request};
use crate::oauth::plain_basic_header;

use super::Line;
use super::subject::Subject;

const CHECK: &str = "gate of the site";

/// Asks the site once more with the gate's credentials; `without` is its answer to none. `None` if there is no gate.
pub(super) async fn check(subject: &Subject<'_>, without: Option<&Exchange>) -> Option<Line> {
    let environment = &subject.session.environment;
    let Some(gate) = &environment.gate else {
        return subject.target.gate.as_ref().map(|_| Line::skipped(CHECK, "not all of it is set"));
    };
    let (Some(site), Some(without)) = (environment.url(UrlName::Site), without) else {
        return Some(Line::skipped(CHECK, "the target has no `site`"));
    };
    let Some(status_without) = without.status() else { return Some(Line::skipped(CHECK, "the site does not answer")) };
    let header = plain_basic_header(&gate.user, gate.password.expose_secret());
    let answered = subject.send(Request::new(Method::GET, site.clone()).with_header("authorization", header)).await;
    Some(match (status_without, &answered.outcome) {
        (_, Err(failure)) => Line::outside(CHECK, format!("no answer from the site: {failure}"), "look again later"),
        (_, Ok(response)) if response.status == 401 => Line::wrong(
            CHECK,
            "the site answers 401: user or password is wrong",
            "compare `gate` with what your account manager gave you; it is neither a client nor an account",
        ),
        (401, Ok(response)) if response.status < 400 => {
            Line::ok(CHECK, format!("it opens: 401 without, {} with user and password", response.status))
        }
        (status, Ok(response)) if response.status < 400 => Line::warning(
            CHECK,
            format!("the site answers {status} without user and password, and {} with them", response.status),
            "it seems to have no gate: check `site`",
        ),
        (_, Ok(response)) => Line::outside(
            CHECK,
            format!("the site answers {} with user and password, which says nothing about them", response.status),
            "look again later",
        ),
    })
}
