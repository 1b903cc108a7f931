//! Whether the hosts answer, and not somebody else in their place.

use url::Url;

use crate::config::UrlName;
use crate::http::{Exchange, Response, spoken};

use super::Line;
use super::subject::Subject;

/// What was seen of the hosts.
#[derive(Default)]
pub(super) struct Reached {
    pub(super) lines: Vec<Line>,
    /// An answer from which the time can be told.
    pub(super) answers: Vec<Exchange>,
    /// Why no credentials may be sent to the authorization server, if they may not.
    pub(super) no_credentials: Option<&'static str>,
    /// The answer of the site without the gate's credentials.
    pub(super) site: Option<Exchange>,
}

/// Asks each host once; any status is good. The token URL is asked in place of its host's root, which may have a page.
pub(super) async fn check(subject: &Subject<'_>) -> Reached {
    let mut reached = Reached { no_credentials: Some("the target has no `token_url`"), ..Reached::default() };
    for (name, what) in [(UrlName::Api, "API"), (UrlName::TokenUrl, "authorization server"), (UrlName::Site, "site")] {
        let Some(url) = subject.session.environment.url(name) else { continue };
        let exchange = subject.get(url).await;
        let line = told(what, url, &exchange, name != UrlName::Site);
        if name == UrlName::TokenUrl {
            reached.no_credentials = match (exchange.response(), &line.advice) {
                (None, _) => Some("the authorization server does not answer"),
                // Whoever redirects elsewhere, or has a page in its place, is somebody else and must not get them.
                (Some(_), Some(_)) => Some("it is not sure that the authorization server is the one that answers"),
                (Some(_), None) => None,
            };
        }
        reached.lines.push(line);
        if exchange.response().is_some() {
            reached.answers.push(exchange.clone());
        }
        if name == UrlName::Site {
            reached.site = Some(exchange);
        }
    }
    reached
}

fn told(what: &str, url: &Url, exchange: &Exchange, speaks_json: bool) -> Line {
    let origin = url.origin().ascii_serialization();
    let response = match &exchange.outcome {
        Ok(response) => response,
        Err(failure) => {
            let advice = "look also for a proxy or a firewall between";
            return Line::outside(what, format!("no answer from {origin}: {failure}"), advice);
        }
    };
    let status = response.status;
    if speaks_json && is_page(response) && status < 400 {
        let what_is_there = format!("{origin} answers {status} with HTML where JSON is expected");
        let advice = "is this the address of the API, and no login page of the network (a captive portal) before it?";
        return Line::outside(what, what_is_there, advice);
    }
    if speaks_json && let Some(elsewhere) = leads_away(response, url) {
        let advice = "check the address, and that no login page of the network (a captive portal) is before it";
        return Line::warning(what, format!("{origin} answers {status} and leads to {elsewhere}"), advice);
    }
    let milliseconds = exchange.elapsed.as_millis();
    let version = spoken(response.version);
    Line::ok(what, format!("{origin} answers {status} over {version} in {milliseconds} ms"))
}

/// Whether the answer is a page for people.
pub(super) fn is_page(response: &Response) -> bool {
    matches!(response.media_type().as_deref(), Some("text/html" | "application/xhtml+xml"))
}

/// The other origin to which the answer of `url` redirects, if it does.
fn leads_away(response: &Response, url: &Url) -> Option<String> {
    let location = response.header("location").filter(|_| (300..400).contains(&response.status))?;
    let location = url.join(location).ok()?;
    (location.origin() != url.origin()).then(|| location.origin().ascii_serialization())
}
