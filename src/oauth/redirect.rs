//! What a redirect carries to the client.

use std::collections::BTreeMap;

use url::Url;
use url::form_urlencoded::parse;

use crate::http::Exchange;

use super::listen::leads_to;

/// The `location` of an answer, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// Where it leads, without query and fragment. As the server wrote it, unless it wrote a relative reference, which
    /// is resolved (RFC 9110 §10.2.2).
    pub uri: String,
    /// The decoded parameters of query and fragment, each with its values in order.
    pub parameters: BTreeMap<String, Vec<String>>,
}

/// The redirect of an answer with a status of 3xx and a `location`, else `None`.
pub fn redirect_parameters(exchange: &Exchange) -> Option<Redirect> {
    let (location, _) = location(exchange)?;
    let (rest, fragment) = location.split_once('#').unwrap_or((&location, ""));
    let (uri, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut parameters: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in parse(query.as_bytes()).chain(parse(fragment.as_bytes())) {
        parameters.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    Some(Redirect { uri: uri.to_owned(), parameters })
}

/// Whether an answer sends the user back to the client at `redirect_uri`.
pub fn returns_to(exchange: &Exchange, redirect_uri: &str) -> bool {
    let wanted = Url::parse(redirect_uri).ok();
    wanted.is_some_and(|wanted| location(exchange).is_some_and(|(_, url)| leads_to(&url, &wanted)))
}

/// Where an answer sends the client, as written if it is absolute, and parsed.
pub(super) fn location(exchange: &Exchange) -> Option<(String, Url)> {
    let response = exchange.response()?;
    let written = response.header("location").filter(|_| (300..400).contains(&response.status))?;
    match Url::parse(written) {
        Ok(url) => Some((written.to_owned(), url)),
        Err(_) => exchange.request.url.join(written).ok().map(|url| (url.to_string(), url)),
    }
}
