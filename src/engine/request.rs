//! From a request step to the request that is sent.

use url::Url;

use crate::http::Request;
use crate::oauth::{basic_header, plain_basic_header};
use crate::plan::{self, Bearer, RequestBody};
use crate::source::{Scope, Template};
use crate::target::Environment;
use crate::target::UrlName;

use super::values::Values;

/// Makes the request of `step`; `carried` is the token that requests to the API carry.
///
/// The error says in one line why nothing can be sent.
pub(super) fn build(step: &plan::Request, values: &Values<'_>, carried: Option<&str>) -> Result<Request, String> {
    let environment = &*values.environment;
    let mut url = address(&text(&step.url, values)?, environment)?;
    let query = step.query.pairs(values)?;
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    let mut request = Request::new(step.method.http(), url);
    for (name, value) in step.headers.pairs(values)? {
        request = request.with_header(name, value);
    }
    // A header that is written stands in place of the carried token.
    let carried = carried.filter(|_| request.header("authorization").is_none());
    if let Some(value) = authorization(step, &request.url, values, carried)? {
        request = request.with_header("authorization", value);
    }
    match &step.body {
        RequestBody::None => Ok(request),
        RequestBody::Json(data) => {
            let json = data.value(values).map_err(no_value)?;
            Ok(request.with_body("application/json", json.to_string()))
        }
        RequestBody::Form(form) => {
            let pairs = form.pairs(values)?;
            let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            Ok(request.with_body("application/x-www-form-urlencoded", crate::http::form_encode(&pairs)))
        }
        RequestBody::Text(body) => Ok(request.with_body("text/plain; charset=utf-8", text(body, values)?)),
    }
}

fn authorization(
    step: &plan::Request,
    url: &Url,
    values: &Values<'_>,
    carried: Option<&str>,
) -> Result<Option<String>, String> {
    if let Some(basic) = &step.basic {
        let (user, password) = (text(&basic.user, values)?, text(&basic.password, values)?);
        let encoded = is_oauth_url(url, values);
        return Ok(Some(if encoded { basic_header(&user, &password) } else { plain_basic_header(&user, &password) }));
    }
    match &step.bearer {
        Bearer::None => Ok(None),
        Bearer::Token(token) => Ok(Some(format!("Bearer {}", text(token, values)?))),
        Bearer::Carried => {
            Ok(carried.filter(|_| is_below_api(url, &values.environment)).map(|token| format!("Bearer {token}")))
        }
    }
}

/// Whether the request of `step` would carry the token of the scenario, if there were one.
pub(super) fn would_carry(step: &plan::Request, values: &Values<'_>) -> Result<bool, String> {
    let built = build(step, values, None)?;
    let says_nothing = matches!(step.bearer, Bearer::Carried) && built.header("authorization").is_none();
    Ok(says_nothing && is_below_api(&built.url, &values.environment))
}

/// Whether `url` is the API base or below it: with `/api` as base, `/api-internal` is neither.
fn is_below_api(url: &Url, environment: &Environment) -> bool {
    let below = |api: &Url| url.as_str().strip_prefix(api.as_str().trim_end_matches('/')).map(str::to_owned);
    environment
        .url(UrlName::Api)
        .and_then(below)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

/// The URL that `written` means: a URL as it is, a path appended to the API base with exactly one `/` between them.
fn address(written: &str, environment: &Environment) -> Result<Url, String> {
    // What follows the first `/` of a path can hold a URL.
    let whole = if !written.starts_with('/') && written.contains("://") {
        written.to_owned()
    } else {
        let api =
            environment.url(UrlName::Api).ok_or("the target has no API base to which the path could be appended")?;
        format!("{}/{}", api.as_str().trim_end_matches('/'), written.trim_start_matches('/'))
    };
    Url::parse(&whole).map_err(|error| format!("`{whole}` is no URL: {error}"))
}

/// Whether HTTP Basic carries client credentials there, which are form-encoded first (RFC 6749 §2.3.1).
fn is_oauth_url(url: &Url, values: &Values<'_>) -> bool {
    let other = values.other.as_ref().map(|(environment, _)| environment);
    let oauth = [UrlName::TokenUrl, UrlName::RevokeUrl, UrlName::AuthorizeUrl];
    std::iter::once(&values.environment)
        .chain(other)
        .flat_map(|environment| oauth.iter().filter_map(|name| environment.url(*name)))
        .any(|own| own.origin() == url.origin() && own.path() == url.path())
}

fn text(template: &Template, scope: &dyn Scope) -> Result<String, String> {
    template.text(scope).map_err(no_value)
}

pub(super) fn no_value(name: impl std::fmt::Display) -> String {
    format!("`${{{name}}}` has no value")
}
