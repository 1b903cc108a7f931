//! Refusals of tokens as RFC 6750 §3 has them, where a world's settings ask for these.

use axum::response::Response;
use http::{HeaderValue, StatusCode, header::WWW_AUTHENTICATE};

use super::{problem::Problem, resource::Refusal, site::Site};

const REALM: &str = "partner-api";

impl Refusal {
    /// The answer with a challenge. Who sent no token is told no error (RFC 6750 §3.1).
    pub fn challenge(self, site: &Site) -> Response {
        let (mut response, error) = match &self {
            Self::Inactive(inactive) => {
                let error = inactive.is_token.then(|| ", error=\"invalid_token\"".to_owned());
                (self.answer(site), error)
            }
            Self::Audience(..) => {
                let detail = "invalid token. failure reason(s): [token has another audience]";
                (traced(site, StatusCode::UNAUTHORIZED, detail), Some(", error=\"invalid_token\"".to_owned()))
            }
            Self::Scope(scopes, _) => {
                let scopes = scopes.join(" ");
                let detail = format!("required scope(s) [{scopes}] not found");
                let error = format!(", error=\"insufficient_scope\", scope=\"{scopes}\"");
                (traced(site, StatusCode::FORBIDDEN, &detail), Some(error))
            }
        };
        let challenge = format!("Bearer realm=\"{REALM}\"{}", error.unwrap_or_default());
        // Scopes are visible ASCII without quotes.
        if let Ok(challenge) = HeaderValue::try_from(challenge) {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

fn traced(site: &Site, status: StatusCode, detail: &str) -> Response {
    Problem::new(status, detail).traced(site.world.identifiers.trace()).answer(&site.world.settings)
}
