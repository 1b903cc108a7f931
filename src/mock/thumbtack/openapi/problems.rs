//! The answers of the API that are no success: its own, and those of what stands before it.

use serde_json::{Map, Value, json};

use super::schema::{between, closed, list, named, open, text, url};

/// Schemas of errors.
pub fn schemas() -> Vec<(&'static str, Value)> {
    let invalid = closed([("name", text()), ("reason", text())], []);
    let trace = json!({ "type": "string", "pattern": "^[0-9a-f]{16}$" });
    vec![
        (
            "Problem",
            closed(
                [("type", text()), ("title", text()), ("status", between(400, 599))],
                [("detail", text()), ("traceID", trace.clone())],
            ),
        ),
        (
            "ValidationProblem",
            closed(
                [
                    (
                        "type",
                        json!({ "type": "string", "enum": ["https://api.thumbtack.com/problems/validation-error"] }),
                    ),
                    ("title", text()),
                    ("status", between(400, 400)),
                    ("traceID", trace),
                    ("errors", list(json!({ "anyOf": [invalid, text()] }))),
                ],
                [],
            ),
        ),
        (
            "ProxyFailure",
            closed([("error", json!({ "type": "string", "enum": ["proxy_oauth_failed"] })), ("detail", text())], []),
        ),
        ("OAuthError", closed([("error", text()), ("error_description", text())], [])),
        ("Claims", open([("sub", text())], [("email", text()), ("name", text()), ("picture", url())])),
    ]
}

/// Answers that operations share, by name.
pub fn answers() -> Map<String, Value> {
    let problem = |says: &str| with_problem(says, &named("Problem"));
    let retry = json!({ "Retry-After": { "schema": text(), "description": "Seconds, or a date." } });
    let blocked_by = json!({ "Link": { "schema": text(), "description": "Who blocked it (RFC 7725)." } });
    let with_headers = |mut answer: Value, headers: Value| {
        answer["headers"] = headers;
        answer
    };
    let proxy = json!({ "anyOf": [named("ProxyFailure"), named("Problem")] });
    let all = [
        (
            "Challenge",
            // A page only for who accepts one by name.
            json!({
                "description": "A silent challenge of the firewall, and no success.",
                "headers": { "x-amzn-waf-action": { "schema": text() } },
                "content": { "text/html": { "schema": text() } },
                "x-empty": true,
            }),
        ),
        ("Invalid", with_problem("The request is not acceptable.", &any_problem())),
        ("Unauthorized", problem("The token is missing, not active, or lacks the scope.")),
        ("Forbidden", {
            let mut answer = problem("It belongs to somebody else; or, with a page or no body, the caller is blocked.");
            answer["content"]["text/html"] = json!({ "schema": text() });
            answer["x-empty"] = true.into();
            answer
        }),
        ("NotFound", problem("It is not there.")),
        ("Conflict", problem("It is there already.")),
        ("TooLarge", problem("The body is too long.")),
        ("TooMany", with_headers(problem("Too many requests came too quickly."), retry)),
        ("Sanctioned", with_headers(problem("The request came from a sanctioned country."), blocked_by)),
        (
            "BadGateway",
            json!({
                "description": "The token was asked for with another audience.",
                "content": { "application/json": { "schema": proxy }, "application/problem+json": { "schema": named("Problem") } },
                "x-empty": true,
            }),
        ),
        ("ServerFault", {
            let mut answer = problem("Something went wrong on the server's end; what stands before it tells no more.");
            answer["x-empty"] = true.into();
            answer
        }),
    ];
    all.into_iter().map(|(name, answer)| (name.to_owned(), answer)).collect()
}

/// What every operation of the API may answer when it does not succeed.
pub const COMMON: [(&str, &str); 10] = [
    ("202", "Challenge"),
    ("400", "Invalid"),
    ("401", "Unauthorized"),
    ("403", "Forbidden"),
    ("404", "NotFound"),
    ("413", "TooLarge"),
    ("429", "TooMany"),
    ("451", "Sanctioned"),
    ("502", "BadGateway"),
    ("5XX", "ServerFault"),
];

fn any_problem() -> Value {
    json!({ "anyOf": [named("ValidationProblem"), named("Problem")] })
}

fn with_problem(says: &str, schema: &Value) -> Value {
    let content = json!({ "schema": schema });
    json!({ "description": says, "content": { "application/problem+json": content, "application/json": content } })
}
