//! Whether users can be sent back: the redirect URI of each client is sound and registered.

use url::Url;

use crate::config::UrlName;
use crate::http::{Exchange, is_loopback};
use crate::oauth::{
    AuthorizationRequest, Credentials, Endpoints, Parameter, Walk, authorize, redirect_parameters, returns_to,
};
use crate::target::Block;

use super::credentials::Examined;
use super::subject::{LIMIT, Subject};
use super::{Line, Verdict};

/// A state of enough characters; nothing comes back to this program.
const STATE: &str = "tacktest-doctor-state";

/// Looks at the redirect URI of the client that was `examined`; `None` if it has none and needs none.
pub(super) async fn check(subject: &Subject<'_>, examined: &Examined) -> Option<Line> {
    let check = format!("redirect URI of {}", examined.name);
    let Some(client) = subject.session.environment.client(&examined.name) else {
        return examined.acts_for_users.then(|| Line::skipped(&check, "not all of the client is set"));
    };
    let Some(uri) = &client.redirect_uri else {
        let line = || {
            let advice =
                "add the `redirect_uri` that is registered for it; `tacktest help staging-accounts` tells more";
            Line::wrong(&check, "the client acts for users and has none", advice)
        };
        return examined.acts_for_users.then(line);
    };
    if let Some(problem) = problem_of(uri) {
        return Some(Line::wrong(&check, problem, "write it exactly as it is registered"));
    }
    if examined.line.verdict != Verdict::Ok {
        return Some(Line::skipped(&check, "it is sound; whether it is registered shows only with right credentials"));
    }
    let environment = &subject.session.environment;
    let (Some(authorize_url), Some(token_url)) =
        (environment.url(UrlName::AuthorizeUrl), environment.url(UrlName::TokenUrl))
    else {
        return Some(Line::skipped(
            &check,
            "it is sound; the target has no `authorize_url` to ask whether it is registered",
        ));
    };
    let endpoints = Endpoints { authorize_url: authorize_url.clone(), token_url: token_url.clone() };
    Some(told(&check, uri, &ask(subject, &examined.name, client, &endpoints).await))
}

/// What is wrong with `uri` by itself (RFC 6749 §3.1.2, RFC 8252 §7.3).
fn problem_of(uri: &str) -> Option<String> {
    let url = match Url::parse(uri) {
        Ok(url) => url,
        Err(error) => return Some(format!("it is no absolute URI: {error}")),
    };
    if url.fragment().is_some() {
        return Some("it has a fragment, which RFC 6749 §3.1.2 forbids".to_owned());
    }
    (url.scheme() == "http" && !is_loopback(&url))
        .then(|| "it is plain http, which is for this machine only: a code would travel in the clear".to_owned())
}

/// Visits the authorization URL once, as a browser without a login would.
async fn ask(subject: &Subject<'_>, name: &str, client: &Credentials, endpoints: &Endpoints) -> Exchange {
    let left_out = Parameter::LeftOut;
    let request = AuthorizationRequest {
        scope: subject.scopes(name).iter().find(|scope| scope.contains("::")).map_or(left_out.clone(), Into::into),
        state: STATE.into(),
        audience: subject.session.environment.audience.as_ref().map_or(left_out.clone(), Into::into),
        redirect_uri: client.redirect_uri.as_ref().map_or(left_out, Into::into),
        response_type: "code".into(),
        ..AuthorizationRequest::default()
    };
    let asked = authorize(&subject.transport, endpoints, client, &request, &Walk::One, LIMIT).await;
    if let Some(code) = redirect_parameters(&asked.exchange).and_then(|to| to.parameters.get("code")?.first().cloned())
    {
        subject.session.learn_issued(&endpoints.authorize_url, "code", &code);
    }
    asked.exchange
}

fn told(check: &str, uri: &str, exchange: &Exchange) -> Line {
    let response = match &exchange.outcome {
        Ok(response) => response,
        Err(failure) => {
            return Line::outside(
                check,
                format!("no answer from the authorization URL: {failure}"),
                "look again later",
            );
        }
    };
    let status = response.status;
    if let Some(block) = Block::of(response) {
        let advice = "look again later; if it stays so, ask the target's operator to allow your address";
        return Line::outside(check, format!("the authorization URL keeps us away: {block}"), advice);
    }
    let not_registered = |what: String| {
        let advice =
            "have this URI registered for the client, or write the one that is; they are compared letter by letter";
        Line::wrong(check, what, advice)
    };
    match (status, redirect_parameters(exchange)) {
        (_, Some(to)) if returns_to(exchange, uri) => {
            match to.parameters.get("error").and_then(|error| error.first()) {
                None => Line::ok(check, "it is registered"),
                Some(error) => Line::ok(check, format!("it is registered: the server told it of `{error}`")),
            }
        }
        // Errors about the client or the URI itself go to a page of the server's own (RFC 6749 §4.1.2.1).
        (_, Some(to)) if to.parameters.contains_key("error") => {
            not_registered(format!("it is not registered: {status} leads to the server's own error page"))
        }
        (202 | 403 | 500.., None) => Line::outside(
            check,
            format!("the authorization URL answers {status}, which says nothing"),
            "look again later",
        ),
        (_, Some(_)) | (200..300, None) => Line::ok(check, "it is registered: the login begins"),
        (_, None) => {
            not_registered(format!("it is not registered: the authorization URL answers {status} without a redirect"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::problem_of;

    #[test]
    fn a_redirect_uri_is_absolute_whole_and_secret_on_the_way() {
        for sound in [
            "http://127.0.0.1:8421/callback",
            "http://localhost:8421/callback",
            "https://partner.example.com/callback?a=b",
            "com.example.partner:/callback",
        ] {
            assert_eq!(problem_of(sound), None, "{sound}");
        }
        for (wrong, told) in [
            ("/callback", "no absolute URI"),
            ("http://127.0.0.1/#here", "fragment"),
            ("http://partner.example.com/callback", "plain http"),
        ] {
            assert!(problem_of(wrong).unwrap().contains(told), "{wrong}");
        }
    }
}
