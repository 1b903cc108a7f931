//! The endpoints of the authorization server.

use serde_json::{Map, Value, json};

use super::schema::{boolean, integer, list, named, open, text, url};

/// All paths below the environment's root.
pub fn paths() -> Map<String, Value> {
    let all = [
        ("/oauth2/auth", authorize()),
        ("/oauth2/token", json!({ "post": token() })),
        ("/oauth2/revoke", json!({ "post": revoke() })),
        ("/oauth2/sessions/logout", json!({ "get": logout(), "post": logout_by_form() })),
        ("/oauth2/fallbacks/error", json!({ "get": error_page() })),
        ("/oauth2/fallbacks/logout/callback", json!({ "get": logged_out() })),
        ("/oauth/login", json!({ "get": shown("showLogin", "login_challenge"), "post": answered("answerLogin") })),
        (
            "/oauth/connect",
            json!({ "get": shown("showConnect", "consent_challenge"), "post": answered("answerConnect") }),
        ),
        ("/userinfo", json!({ "get": userinfo("getUserinfo"), "post": userinfo("postUserinfo") })),
        ("/.well-known/openid-configuration", json!({ "get": discovery("getOpenidConfiguration") })),
        ("/.well-known/oauth-authorization-server", json!({ "get": discovery("getAuthorizationServerMetadata") })),
        ("/.well-known/jwks.json", json!({ "get": key_set() })),
    ];
    all.into_iter().map(|(path, item)| (path.to_owned(), item)).collect()
}

const TAG: [&str; 1] = ["authorization server"];

fn page(says: &str) -> Value {
    json!({ "description": says, "content": { "text/html": { "schema": text() } } })
}

fn told(says: &str, schema: &Value) -> Value {
    json!({ "description": says, "content": { "application/json": { "schema": schema } } })
}

fn refused(says: &str) -> Value {
    told(says, &named("OAuthError"))
}

/// What an authorization request has, in a query or in a form. Only the client is needed to be told of an error.
fn authorization() -> Vec<(&'static str, Value)> {
    [
        "client_id",
        "response_type",
        "redirect_uri",
        "scope",
        "state",
        "audience",
        "nonce",
        "prompt",
        "max_age",
        "login_hint",
        "response_mode",
        "code_challenge",
        "code_challenge_method",
    ]
    .map(|name| (name, text()))
    .into()
}

fn authorize() -> Value {
    let query: Vec<Value> = authorization()
        .into_iter()
        .map(|(name, schema)| json!({ "name": name, "in": "query", "allowEmptyValue": true, "schema": schema }))
        .collect();
    // Only a redirect to the error page, and only in answer to GET, has a body.
    let mut with_page = redirect("To the error page, as the client's redirect URI is not proved.");
    let without = with_page.clone();
    with_page["content"] = json!({ "text/html": { "schema": text() } });
    let answers = |to_error_page: &Value| {
        common(json!({
            "200": page("A page that posts the answer to the client (`response_mode=form_post`)."),
            "302": to_error_page,
            "303": redirect("To the client, with a code or an error; or to the login page."),
        }))
    };
    json!({
        "get": {
            "operationId": "authorize", "tags": TAG, "summary": "The user logs in and agrees, without a page", "security": [],
            "parameters": query, "responses": answers(&with_page),
        },
        "post": {
            "operationId": "authorizeByForm", "tags": TAG, "summary": "As by GET, with a form", "security": [],
            "requestBody": any_form(&open([], authorization())), "responses": answers(&without),
        },
    })
}

fn redirect(says: &str) -> Value {
    let location =
        json!({ "Location": { "required": true, "schema": { "type": "string", "format": "uri-reference" } } });
    json!({ "description": says, "headers": location })
}

/// A form that may be empty, as what is missing is told on a page or at the client.
fn any_form(schema: &Value) -> Value {
    let mut form = form(schema);
    form["required"] = false.into();
    form
}

fn form(schema: &Value) -> Value {
    json!({ "required": true, "content": { "application/x-www-form-urlencoded": { "schema": schema } } })
}

fn token() -> Value {
    let grants = json!({ "type": "string", "enum": ["authorization_code", "refresh_token", "client_credentials"] });
    let optional =
        ["code", "redirect_uri", "code_verifier", "refresh_token", "scope", "audience"].map(|name| (name, text()));
    let issued = open(
        [("access_token", text()), ("expires_in", integer(0)), ("scope", text()), ("token_type", text())],
        [("refresh_token", text()), ("id_token", text())],
    );
    json!({
        "operationId": "token", "tags": TAG, "summary": "Exchanges a grant for tokens", "security": [{ "client": [] }],
        "requestBody": form(&open([("grant_type", grants)], optional)),
        "responses": common(json!({
            "200": told("Tokens.", &issued),
            "400": refused("The request or the grant is not acceptable."),
            "401": refused("The client is unknown, or its secret is wrong."),
            "403": blocked(),
        })),
    })
}

fn revoke() -> Value {
    json!({
        "operationId": "revoke", "tags": TAG, "summary": "Revokes all tokens of a login (RFC 7009)", "security": [{ "client": [] }],
        "requestBody": form(&open([("token", text())], [("token_type_hint", text())])),
        "responses": common(json!({
            "200": { "description": "The token is of no use any more, if it ever was." },
            "400": refused("The request is not acceptable."),
            "401": refused("The client is unknown, or its secret is wrong."),
            "403": blocked(),
        })),
    })
}

const LOGOUT: [&str; 3] = ["id_token_hint", "post_logout_redirect_uri", "state"];

fn logout() -> Value {
    let query = LOGOUT.map(|name| json!({ "name": name, "in": "query", "allowEmptyValue": true, "schema": text() }));
    let mut found = redirect("To the page that says so, or to the error page.");
    found["content"] = json!({ "text/html": { "schema": text() } });
    json!({
        "operationId": "logout", "tags": TAG, "summary": "Ends the session of a browser", "security": [],
        "parameters": query, "responses": common(json!({ "302": found })),
    })
}

fn logout_by_form() -> Value {
    json!({
        "operationId": "logoutByForm", "tags": TAG, "summary": "As by GET, with a form", "security": [],
        "requestBody": any_form(&open([], LOGOUT.map(|name| (name, text())))),
        "responses": common(json!({ "302": redirect("To the page that says so, or to the error page.") })),
    })
}

fn logged_out() -> Value {
    json!({
        "operationId": "showLoggedOut", "tags": TAG, "summary": "Where a browser is sent whose session ended",
        "security": [], "responses": common(json!({ "200": page("A word, for people.") })),
    })
}

fn error_page() -> Value {
    let query = ["error", "error_description"]
        .map(|name| json!({ "name": name, "in": "query", "allowEmptyValue": true, "schema": text() }));
    json!({
        "operationId": "showError", "tags": TAG, "summary": "Where a user is sent whose client is not proved", "security": [],
        "parameters": query, "responses": common(json!({ "500": page("The error, for people.") })),
    })
}

/// A page of a login; it is there while an authorization waits for its user.
fn shown(id: &str, challenge: &str) -> Value {
    json!({
        "parameters": [{ "name": challenge, "in": "query", "allowEmptyValue": true, "schema": text() }],
        "operationId": id, "tags": TAG, "summary": "A page of a login", "security": [],
        "responses": common(json!({ "200": page("The page."), "303": to_next(), "4XX": page("What is wrong, for people.") })),
    })
}

fn answered(id: &str) -> Value {
    json!({
        "operationId": id, "tags": TAG, "summary": "What a user answers on a page of a login", "security": [],
        "requestBody": any_form(&open([], [])),
        "responses": common(json!({
            "200": page("The page again, or one that posts the answer to the client."),
            "303": to_next(),
            "4XX": page("What is wrong, for people."),
        })),
    })
}

fn to_next() -> Value {
    redirect("To the next page, or to the client.")
}

fn userinfo(id: &str) -> Value {
    json!({
        "operationId": id, "tags": TAG, "summary": "What an access token tells of its user", "security": [{ "oauth2": [] }],
        "responses": common(json!({
            "200": told("Claims, as the granted scopes allow.", &named("Claims")),
            "401": {
                "description": "The token is missing, or not active.",
                "headers": { "WWW-Authenticate": { "required": true, "schema": text() } },
                "content": { "application/json": { "schema": named("OAuthError") } },
            },
        })),
    })
}

fn discovery(id: &str) -> Value {
    let endpoints = [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
        "revocation_endpoint",
        "end_session_endpoint",
    ];
    let schema = open(endpoints.map(|name| (name, url())), [("claims_parameter_supported", boolean())]);
    json!({
        "operationId": id, "tags": TAG, "summary": "Where everything is", "security": [],
        "responses": common(json!({ "200": told("The document.", &schema) })),
    })
}

fn key_set() -> Value {
    let keys = list(open([("kty", text()), ("kid", text()), ("alg", text())], []));
    json!({
        "operationId": "getKeySet", "tags": TAG, "summary": "The keys that sign tokens", "security": [],
        "responses": common(json!({ "200": told("The keys.", &open([("keys", keys)], [])) })),
    })
}

fn blocked() -> Value {
    json!({ "$ref": "#/components/responses/Forbidden" })
}

/// Adds what stands before the server may answer in its place.
fn common(mut answers: Value) -> Value {
    let shared = [
        ("202", "Challenge"),
        ("403", "Forbidden"),
        ("413", "TooLarge"),
        ("429", "TooMany"),
        ("451", "Sanctioned"),
        ("502", "BadGateway"),
        ("5XX", "ServerFault"),
    ];
    for (status, name) in shared {
        if answers.get(status).is_none() {
            answers[status] = json!({ "$ref": format!("#/components/responses/{name}") });
        }
    }
    answers
}
