//! An operation of the API: where it is, which scopes open it, and what answers it.
//!
//! The order of checks is a guess: path, method, token, audience, scope, then what the operation itself checks, which is
//! its parameters, existence, ownership.

use std::borrow::Cow;

use axum::{
    extract::{RawPathParams, rejection::RawPathParamsRejection},
    response::Response,
    routing::{MethodFilter, MethodRouter},
};
use http::{HeaderMap, StatusCode, Uri};
use serde_json::{Map, Value};

use super::{answers, people::User, review_scopes::scopes_of};
use crate::mock::{
    arrived::Arrived,
    control::{OthersResources, UserTokenAtApplicationOperations},
    form::Parameters,
    journal::Decision,
    problem::{Invalid, Problem},
    resource::{self, Refusal},
    site::Site,
};

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// Its id, as the API specification names it where that is known.
    pub id: &'static str,
    /// Its method.
    pub method: Method,
    /// Its path below the API base, with parameters in braces.
    pub path: &'static str,
    /// The scopes of which one must be granted, unless a knob says more.
    pub scopes: &'static [&'static str],
    /// What answers it.
    pub answer: Answer,
}

/// The methods that the API knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// DELETE.
    Delete,
}

/// What answers an operation, by who may call it.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// It acts for a user. A token of the application itself is refused as if the scope were missing, which is a guess.
    ForUser(fn(&Call<'_>, &'static User) -> Result<Response, Refused>),
    /// It acts for the application. What becomes of a user's token with the scope is a knob.
    ForApplication(fn(&Call<'_>) -> Result<Response, Refused>),
    /// It acts for whoever has the scope, as the documents do not tell for whom.
    ToAnyone(fn(&Call<'_>) -> Result<Response, Refused>),
}

/// A call that is allowed.
#[derive(Debug)]
pub struct Call<'a> {
    /// Where it arrived.
    pub site: &'a Site,
    /// Name of the client that makes it.
    pub client: &'a str,
    headers: &'a HeaderMap,
    uri: &'a Uri,
    body: &'a [u8],
    path: Option<&'a RawPathParams>,
}

/// Why an operation is refused after its token was accepted.
#[derive(Debug)]
pub enum Refused {
    /// 400 with the documented validation problem, naming what is wrong.
    Invalid(Vec<Invalid>),
    /// A problem document of this status.
    Problem(StatusCode, Cow<'static, str>),
}

impl Operation {
    /// Adds it to what answers its path.
    pub fn on(&'static self, router: MethodRouter) -> MethodRouter {
        let handler = move |path: Result<RawPathParams, RawPathParamsRejection>, arrived: Arrived| async move {
            // A value that is no UTF-8 names nothing, as an unknown one.
            let path = path.ok();
            let Arrived { site, uri, headers, body, .. } = &arrived;
            self.respond(site, Request { headers, uri, body, path: path.as_ref() })
        };
        router.on(self.method.filter(), handler)
    }

    fn respond(&self, site: &Site, request: Request<'_>) -> Response {
        let scopes = scopes_of(self, &site.world.settings);
        let access = match resource::authorize(site, request.headers, scopes) {
            Ok(access) => access,
            Err(refusal) => return self.decided(refusal.response(site)),
        };
        let authority = &access.grant.authority;
        let Request { headers, uri, body, path } = request;
        let call = Call { site, client: authority.client.name, headers, uri, body, path };
        let refuses_users =
            site.world.settings.user_token_at_application_operations == UserTokenAtApplicationOperations::Refused;
        let answered = match (self.answer, authority.user) {
            (Answer::ForApplication(_), Some(_)) if refuses_users => {
                return self.decided(Refusal::Scope(scopes, access).response(site));
            }
            (Answer::ForApplication(answer) | Answer::ToAnyone(answer), _) => answer(&call),
            (Answer::ForUser(answer), Some(user)) => answer(&call, user),
            (Answer::ForUser(_), None) => {
                return self.decided(Refusal::Scope(scopes, access).response(site));
            }
        };
        let mut response = self.decided(answered.unwrap_or_else(|refused| refused.response(site)));
        Decision::on(&mut response).fill(Decision::of(&access));
        response
    }

    fn decided(&self, mut response: Response) -> Response {
        Decision::on(&mut response).operation = Some(self.id);
        response
    }
}

/// What an operation reads of a request.
#[derive(Clone, Copy)]
struct Request<'a> {
    headers: &'a HeaderMap,
    uri: &'a Uri,
    body: &'a [u8],
    path: Option<&'a RawPathParams>,
}

impl Method {
    /// As it is written on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }

    fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Put => MethodFilter::PUT,
            Self::Delete => MethodFilter::DELETE,
        }
    }
}

impl Call<'_> {
    /// A parameter of the path; empty text if it can't be decoded.
    pub fn path(&self, name: &str) -> &str {
        let found = self.path.and_then(|path| path.iter().find(|(known, _)| *known == name));
        found.map_or("", |(_, value)| value)
    }

    /// The parameters of the query.
    pub fn query(&self) -> Result<Parameters, Refused> {
        Parameters::parse(self.uri.query().unwrap_or_default().as_bytes())
            .map_err(|_| Refused::invalid("query", "is not decodable"))
    }

    /// The members of the body, which must be a JSON object. If it is none, the error is said of `name`.
    pub fn members(&self, name: &'static str) -> Result<Map<String, Value>, Refused> {
        answers::members(self.headers, self.body, name).map_err(|error| Refused::Invalid(vec![error]))
    }
}

impl Refused {
    /// 400: one thing is wrong with the request.
    pub fn invalid(name: &'static str, reason: impl Into<String>) -> Self {
        Self::Invalid(vec![Invalid { name, reason: reason.into() }])
    }

    /// 403, or by a knob 404: it belongs to somebody else.
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::Problem(StatusCode::FORBIDDEN, detail.into())
    }

    /// 404: it is not there.
    pub fn not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::Problem(StatusCode::NOT_FOUND, detail.into())
    }

    /// The answer.
    pub fn response(self, site: &Site) -> Response {
        let settings = &site.world.settings;
        let (problem, why) = match self {
            // Both in the same words, as they would tell what is there otherwise.
            Self::Problem(StatusCode::FORBIDDEN | StatusCode::NOT_FOUND, why)
                if settings.others_resources == OthersResources::NotFound =>
            {
                (Problem::new(StatusCode::NOT_FOUND, "it is not there"), why)
            }
            Self::Invalid(errors) => {
                let named: Vec<String> =
                    errors.iter().map(|error| format!("{} {}", error.name, error.reason)).collect();
                (Problem::validation(errors), Cow::Owned(named.join("; ")))
            }
            Self::Problem(status, detail) => (Problem::new(status, detail.clone()), detail),
        };
        let mut response = problem.traced(site.world.identifiers.trace()).answer(settings);
        Decision::on(&mut response).because(why);
        response
    }
}
