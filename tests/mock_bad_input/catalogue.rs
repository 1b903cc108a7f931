//! What the endpoints may answer: the error catalogue, and what a row expects.

use crate::mock_support::Answer;

pub const DEFAULT_HINT: &str = "Make sure that the various parameters are correct, be aware of case sensitivity and trim your parameters. Make sure that the client you are using has exactly whitelisted the redirect_uri you specified.";
pub const UNDECODABLE: &str = "Unable to parse HTTP body, make sure to send a properly formatted form request body.";
pub const EMPTY_BODY: &str = "The POST body can not be empty.";

/// The endpoints of the authorization server, with the methods that each takes.
pub const ENDPOINTS: &[(&str, &[&str])] = &[
    ("/oauth2/auth", &["GET", "HEAD", "POST"]),
    ("/oauth2/token", &["POST"]),
    ("/oauth2/revoke", &["POST"]),
    ("/oauth2/fallbacks/error", &["GET", "HEAD"]),
    ("/oauth/login", &["GET", "HEAD", "POST"]),
    ("/oauth/connect", &["GET", "HEAD", "POST"]),
    ("/userinfo", &["GET", "HEAD", "POST"]),
    ("/.well-known/openid-configuration", &["GET", "HEAD"]),
    ("/.well-known/oauth-authorization-server", &["GET", "HEAD"]),
    ("/.well-known/jwks.json", &["GET", "HEAD"]),
];

/// Errors that may be answered: code, status where the answer is JSON, description.
pub const CATALOGUE: &[(&str, u16, &str)] = &[
    (
        "invalid_request",
        400,
        "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed.",
    ),
    (
        "invalid_client",
        401,
        "Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method).",
    ),
    (
        "invalid_grant",
        400,
        "The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.",
    ),
    ("unauthorized_client", 400, "The client is not authorized to request a token using this method."),
    ("invalid_scope", 400, "The requested scope is invalid, unknown, or malformed."),
    (
        "unsupported_response_type",
        400,
        "The authorization server does not support obtaining a token using this method.",
    ),
    (
        "unsupported_response_mode",
        400,
        "The authorization server does not support obtaining a response using this response mode.",
    ),
    (
        "invalid_state",
        400,
        "The state is missing or does not have enough characters and is therefore considered too weak.",
    ),
    (
        "insufficient_entropy",
        400,
        "The request used a security parameter (e.g., anti-replay, anti-csrf) with insufficient entropy.",
    ),
    ("login_required", 400, "The Authorization Server requires End-User authentication."),
    ("registration_not_supported", 400, "The OP does not support use of the registration parameter."),
    ("request_unauthorized", 401, "The request could not be authorized."),
    ("invalid_token", 401, "Token expired."),
    // What userinfo says to a refresh token.
    ("error", 401, "The error is unrecognizable"),
];

/// What a row expects.
#[derive(Clone, Debug)]
pub enum Expected {
    /// 200 with an access token.
    Token,
    /// 200 without a body.
    Revoked,
    /// A JSON error with this code and hint.
    Refused(&'static str, String),
    /// A redirect to the error page.
    Page(&'static str, String),
    /// A redirect to the client's redirect URI with an error and this state.
    Client(&'static str, String, &'static str),
    /// A redirect to the client's redirect URI with a code and this state.
    Code(&'static str),
    /// This status and media type, whatever the body.
    Bare(u16, &'static str),
}

/// [`Expected::Refused`] as `invalid_request`, what most rows are.
pub fn malformed(hint: &str) -> Expected {
    Expected::Refused("invalid_request", hint.to_owned())
}

/// [`Expected::Refused`] as `invalid_client`.
pub fn unauthenticated(hint: &str) -> Expected {
    Expected::Refused("invalid_client", hint.to_owned())
}

/// [`Expected::Page`].
pub fn page(error: &'static str, hint: &str) -> Expected {
    Expected::Page(error, hint.to_owned())
}

/// [`Expected::Client`] with the state `12345678`.
pub fn client(error: &'static str, hint: &str) -> Expected {
    Expected::Client(error, hint.to_owned(), "12345678")
}

fn described(error: &str, hint: &str) -> (u16, String) {
    let (_, status, description) = CATALOGUE.iter().find(|(code, ..)| *code == error).unwrap();
    (*status, format!("{description} {hint}").trim_end().to_owned())
}

impl Expected {
    /// Holds an answer against it; `name` is the row's.
    pub fn check(&self, name: &str, answer: &Answer) {
        let shown: String = format!("{answer:?}").chars().take(1500).collect();
        let status = |status: u16| assert_eq!(answer.status, status, "{name}: {self:?} {shown}");
        match self {
            Self::Token => {
                status(200);
                assert!(!answer.member("access_token").is_empty(), "{name}");
            }
            Self::Revoked => {
                status(200);
                assert_eq!((answer.body.as_str(), answer.header("content-type")), ("", ""), "{name}");
                uncached(name, answer);
            }
            Self::Refused(error, hint) => {
                let (code, description) = described(error, hint);
                status(code);
                assert_eq!(
                    answer.body,
                    format!(r#"{{"error":"{error}","error_description":"{description}"}}"#),
                    "{name}: {shown}"
                );
                assert_eq!(answer.header("content-type"), "application/json;charset=UTF-8", "{name}");
                assert_eq!(answer.header("www-authenticate"), "", "{name}");
                uncached(name, answer);
            }
            Self::Page(error, hint) => {
                status(302);
                assert!(answer.header("location").contains("/oauth2/fallbacks/error?error="), "{name}: {shown}");
                let told = (answer.redirected("error"), answer.redirected("error_description"));
                assert_eq!(told, ((*error).to_owned(), described(error, hint).1), "{name}: {shown}");
            }
            Self::Client(error, hint, state) => {
                status(303);
                assert!(answer.header("location").starts_with("http://127.0.0.1:8421/callback?error="), "{name}");
                let told = (answer.redirected("error"), answer.redirected("error_description"));
                assert_eq!(told, ((*error).to_owned(), described(error, hint).1), "{name}: {shown}");
                assert!(answer.header("location").ends_with(&format!("&state={state}")), "{name}: {shown}");
                assert_eq!(answer.body, "", "{name}");
                uncached(name, answer);
            }
            Self::Code(state) => {
                status(303);
                assert!(answer.header("location").starts_with("http://127.0.0.1:8421/callback?code=ory_ac_"), "{name}");
                assert!(answer.header("location").ends_with(&format!("&state={state}")), "{name}: {shown}");
                uncached(name, answer);
            }
            Self::Bare(code, media_type) => {
                status(*code);
                assert_eq!(answer.header("content-type"), *media_type, "{name}: {shown}");
            }
        }
    }
}

fn uncached(name: &str, answer: &Answer) {
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"), "{name}");
}
