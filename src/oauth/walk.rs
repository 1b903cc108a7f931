//! One request for an authorization, or the redirects and pages of a whole login.

use std::time::Duration;

use ::http::Method;
use url::Url;

use super::cookies::Cookies;
use super::page::Visitor;
use super::redirect::{location, redirect_parameters};
use crate::http::{Exchange, Request, Transport};

/// How many redirects are followed.
const MOST_REDIRECTS: usize = 10;

/// How many pages are answered.
const MOST_PAGES: usize = 5;

/// How far an authorization request goes.
#[derive(Debug, Clone)]
pub enum Walk {
    /// One request; its answer is the end.
    One,
    /// The redirects of a login are followed while they stay on the origin of this URL, at most 10 of them, with the
    /// cookies of this walk. The walk ends at the redirect URI, at an `error`, or where the server does not redirect.
    Follow {
        /// Any URL of the authorization server.
        origin: Url,
        /// Who answers the login's pages, at most 5 of them and on this machine only; where nobody does, or a login page
        /// comes a second time, it ends the walk.
        visitor: Option<Visitor>,
    },
}

/// Where a walk has ended.
#[derive(Debug)]
pub struct Walked {
    /// The exchange that ended the walk.
    pub exchange: Exchange,
    /// Whether the visitor has told the password, so that the login is the visitor's.
    pub told_password: bool,
    /// Whether the visitor has pressed a button that refuses.
    pub denied: bool,
}

/// Walks from `url` and gives the exchange that ends the walk. `timeout` is for all requests
/// together; what they wait for their turns is not counted.
pub async fn walk(
    transport: &Transport,
    url: Url,
    walk: &Walk,
    redirect_uri: Option<&str>,
    timeout: Duration,
) -> Walked {
    let mut cookies = Cookies::default();
    let exchange = transport.send(Request::new(Method::GET, url), timeout).await;
    let mut left = timeout.saturating_sub(exchange.elapsed);
    let mut walked = Walked { exchange, told_password: false, denied: false };
    let Walk::Follow { origin, visitor } = walk else { return walked };
    let (mut redirects, mut pages) = (0, 0);
    while redirects < MOST_REDIRECTS {
        let exchange = &walked.exchange;
        let request = if let Some(next) = next(exchange, origin, redirect_uri) {
            redirects += 1;
            Request::new(Method::GET, next)
        } else {
            let Some(submission) = visitor.as_ref().and_then(|visitor| visitor.answer(exchange)) else { break };
            // A login page that comes again has refused the password.
            if pages == MOST_PAGES || (submission.tells_password && walked.told_password) {
                break;
            }
            pages += 1;
            walked.told_password |= submission.tells_password;
            walked.denied |= submission.denies;
            submission.request
        };
        for header in exchange.response().into_iter().flat_map(|response| response.header_values("set-cookie")) {
            cookies.store(header, &exchange.request.url, exchange.ended());
        }
        let cookie = cookies.header(&request.url);
        let request = if let Some(header) = cookie { request.with_header("cookie", header) } else { request };
        walked.exchange = transport.send(request, left).await;
        left = left.saturating_sub(walked.exchange.elapsed);
    }
    walked
}

/// Where the walk goes on, if it does.
fn next(exchange: &Exchange, origin: &Url, redirect_uri: Option<&str>) -> Option<Url> {
    // These have the form sent once more (RFC 9110 §15.4.8, §15.4.9), and a password is told once.
    if exchange.request.method != Method::GET && matches!(exchange.status(), Some(307 | 308)) {
        return None;
    }
    let redirect = redirect_parameters(exchange)?;
    let (_, next) = location(exchange)?;
    let arrived = redirect_uri.is_some_and(|wanted| {
        let wanted = wanted.split(['?', '#']).next().unwrap_or_default();
        let same = |wanted: Url| {
            let mut reached = next.clone();
            reached.set_query(None);
            reached.set_fragment(None);
            reached == wanted
        };
        redirect.uri == wanted || Url::parse(wanted).is_ok_and(same)
    });
    let goes_on = !arrived && !redirect.parameters.contains_key("error") && next.origin() == origin.origin();
    goes_on.then_some(next)
}
