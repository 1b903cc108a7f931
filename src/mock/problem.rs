//! Problem documents (RFC 9457) as the API and the control API answer them.
//!
//! Their media type, and the members of what is wrong with a request, are guesses: the documents name none. Those of the
//! API are as a world's settings say.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header::CONTENT_TYPE};
use serde::Serialize;

use super::control::{ProblemMediaType, Settings, ValidationErrors};

const PROBLEM_JSON: &str = "application/problem+json";

/// One entry of a validation problem. Its members are a guess: the documents print an empty list.
#[derive(Serialize, Debug)]
pub struct Invalid {
    /// The parameter or member that is wrong.
    pub name: &'static str,
    /// What is wrong with it.
    pub reason: String,
}

/// A problem document; members stand in the order in which the documents print them.
#[derive(Serialize, Debug)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(rename = "traceID", skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Errors>,
}

#[derive(Serialize, Debug)]
#[serde(untagged)]
enum Errors {
    Named(Vec<Invalid>),
    Texts(Vec<String>),
}

impl Problem {
    /// A plain problem: `about:blank`, the status phrase as title, no `traceID`.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: Some(detail.into()),
            trace_id: None,
            errors: None,
        }
    }

    /// The documented validation problem (changelog, 2026-01-16).
    pub fn validation(errors: Vec<Invalid>) -> Self {
        Self {
            kind: "https://api.thumbtack.com/problems/validation-error",
            title: "Your request is not valid.",
            status: 400,
            detail: None,
            trace_id: None,
            errors: Some(Errors::Named(errors)),
        }
    }

    /// Adds the `traceID` member.
    pub fn traced(mut self, trace_id: String) -> Self {
        self.trace_id = Some(trace_id);
        self
    }

    /// As the API of a world with these settings answers it.
    pub fn answer(mut self, settings: &Settings) -> Response {
        if let Some(Errors::Named(named)) = self.errors {
            self.errors = Some(match settings.validation_errors {
                ValidationErrors::Named => Errors::Named(named),
                ValidationErrors::Texts => {
                    Errors::Texts(named.iter().map(|error| format!("{} {}", error.name, error.reason)).collect())
                }
                ValidationErrors::Empty => Errors::Texts(Vec::new()),
            });
        }
        self.respond(match settings.problem_media_type {
            ProblemMediaType::ProblemJson => PROBLEM_JSON,
            ProblemMediaType::Json => "application/json",
        })
    }

    fn respond(&self, media_type: &'static str) -> Response {
        json(StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), media_type, self)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.respond(PROBLEM_JSON)
    }
}

/// A response with `value` as its JSON body.
pub fn json(status: StatusCode, media_type: &'static str, value: &impl Serialize) -> Response {
    let mut response = match serde_json::to_vec(value) {
        Ok(body) => Response::new(Body::from(body)),
        Err(error) => {
            let mut response = Response::new(Body::from(format!("the answer could not be written as JSON: {error}")));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            return response;
        }
    };
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_body_is_byte_exact() {
        let detail = "invalid token. failure reason(s): [token is not active]";
        let body = serde_json::to_string(&Problem::new(StatusCode::UNAUTHORIZED, detail)).unwrap();
        assert_eq!(
            body,
            r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"invalid token. failure reason(s): [token is not active]"}"#
        );
    }
}
