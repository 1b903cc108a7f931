//! One request for an authorization, or the redirects of a whole login.

use std::time::Duration;

use ::http::Method;
use url::Url;

use super::cookies::Cookies;
use super::redirect::{location, redirect_parameters};
use crate::http::{Exchange, Request, Transport};

/// How many redirects are followed.
const MOST_REDIRECTS: usize = 10;

/// How far an authorization request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Walk {
    /// One request; its answer is the end.
    One,
    /// The redirects of a login are followed while they stay on the origin of this URL, at most 10 of them, with the
    /// cookies of this walk. The walk ends at the redirect URI, at an `error`, or where the server does not redirect.
    Follow {
        /// Any URL of the authorization server.
        origin: Url,
    },
}

/// Walks from `url` and gives the exchange that ends the walk. `timeout` is for all requests together; what they wait
/// for their turns is not counted.
pub async fn walk(
    transport: &Transport,
    url: Url,
    walk: &Walk,
    redirect_uri: Option<&str>,
    timeout: Duration,
) -> Exchange {
    let mut cookies = Cookies::default();
    let mut exchange = transport.send(Request::new(Method::GET, url), timeout).await;
    let Walk::Follow { origin } = walk else { return exchange };
    let mut left = timeout.saturating_sub(exchange.elapsed);
    for _ in 0..MOST_REDIRECTS {
        let Some(next) = next(&exchange, origin, redirect_uri) else { break };
        for header in exchange.response().into_iter().flat_map(|response| response.header_values("set-cookie")) {
            cookies.store(header, &exchange.request.url, exchange.ended());
        }
        let cookie = cookies.header(&next);
        let mut request = Request::new(Method::GET, next);
        if let Some(header) = cookie {
            request = request.with_header("cookie", header);
        }
        exchange = transport.send(request, left).await;
        left = left.saturating_sub(exchange.elapsed);
    }
    exchange
}

/// Where the walk goes on, if it does.
fn next(exchange: &Exchange, origin: &Url, redirect_uri: Option<&str>) -> Option<Url> {
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
