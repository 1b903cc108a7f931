//! Ten golden vectors of the authorization server, byte for byte over a raw socket.

mod mock_support;

use mock_support::{FORM, Server, basic, path};
use serde_json::json;
use tacktest::mock::control::World;

const DESCRIPTION: &str = "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed.";

fn server() -> (Server, World) {
    let server = Server::start();
    let world = server.world();
    (server, world)
}

fn invalid_request(hint: &str) -> String {
    format!(r#"{{"error":"invalid_request","error_description":"{DESCRIPTION} {hint}"}}"#)
}

#[test]
fn wrong_secret() {
    let (server, world) = server();
    let mut client = world.staging.clients["demand"].clone();
    client.secret.push('x');
    let answer = server.token(&world.staging, &client, "grant_type=client_credentials");
    assert_eq!(answer.status, 401);
    assert_eq!(
        answer.body,
        r#"{"error":"invalid_client","error_description":"Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method)."}"#
    );
    assert_eq!(answer.header("content-type"), "application/json;charset=UTF-8");
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    assert_eq!(answer.header("www-authenticate"), "");
}

#[test]
fn no_credentials() {
    let (server, world) = server();
    let line = format!("POST {}", path(&world.staging.token_url));
    let answer = server.send(&line, &[FORM], "grant_type=client_credentials");
    assert_eq!(answer.status, 400);
    let hint = "Client credentials missing or malformed in both HTTP Authorization header and HTTP POST body.";
    assert_eq!(answer.body, invalid_request(hint));
}

#[test]
fn json_body() {
    let (server, world) = server();
    let line = format!("POST {}", path(&world.staging.token_url));
    let headers = [("Content-Type", "application/json")];
    let answer = server.send(&line, &headers, r#"{"grant_type":"client_credentials"}"#);
    assert_eq!((answer.status, answer.body), (400, invalid_request("The POST body can not be empty.")));
}

#[test]
fn no_grant_type_and_wrong_secret() {
    let (server, world) = server();
    let line = format!("POST {}", path(&world.staging.token_url));
    let answer = server.send(&line, &[FORM, ("Authorization", &basic("a", "b"))], "scope=x");
    assert_eq!((answer.status, answer.body), (400, invalid_request("Request parameter 'grant_type' is missing")));
}

#[test]
fn unknown_grant_and_wrong_secret() {
    let (server, world) = server();
    let line = format!("POST {}", path(&world.staging.token_url));
    let answer = server.send(&line, &[FORM, ("Authorization", &basic("a", "b"))], "grant_type=password");
    let hint = "Make sure that the various parameters are correct, be aware of case sensitivity and trim your parameters. Make sure that the client you are using has exactly whitelisted the redirect_uri you specified.";
    assert_eq!((answer.status, answer.body), (400, invalid_request(hint)));
}

#[test]
fn wrong_audience_at_the_token_endpoint() {
    let (server, _) = server();
    let world = server.world_with(&json!({"settings": {"wrong_audience": "token_endpoint"}}));
    let form = "grant_type=client_credentials&audience=https%3A%2F%2Fx";
    let answer = server.token(&world.staging, &world.staging.clients["demand"], form);
    let hint = "Requested audience 'https://x' has not been whitelisted by the OAuth 2.0 Client.";
    assert_eq!((answer.status, answer.body), (400, invalid_request(hint)));
}

#[test]
fn code_replay() {
    let (server, world) = server();
    let (staging, client) = (&world.staging, &world.staging.clients["supply"]);
    let code = server.authorize(staging, client, "scope=supply%3A%3Ausers.read").redirected("code");
    let token = server.exchange(staging, client, &code).member("access_token");
    assert_eq!(server.get(staging, "v4/users/self", &token).status, 200);
    let replay = server.exchange(staging, client, &code);
    assert_eq!(replay.status, 400);
    assert_eq!(
        replay.body,
        r#"{"error":"invalid_grant","error_description":"The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client. The authorization code has already been used."}"#
    );
    let refused = server.get(staging, "v4/users/self", &token);
    assert_eq!(refused.status, 401);
    assert_eq!(
        refused.body,
        r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"invalid token. failure reason(s): [token is not active]"}"#
    );
}

#[test]
fn short_state() {
    let (server, world) = server();
    let client = &world.staging.clients["supply"];
    let line = format!(
        "GET {}?response_type=code&client_id={}&state=short&scope=offline_access",
        path(&world.staging.authorize_url),
        client.id
    );
    let answer = server.send(&line, &[], "");
    assert_eq!((answer.status, answer.body.as_str()), (303, ""));
    assert_eq!(
        answer.header("location"),
        "http://127.0.0.1:8421/callback?error=invalid_state&error_description=The+state+is+missing+or+does+not+have+enough+characters+and+is+therefore+considered+too+weak.+Request+parameter+%27state%27+must+be+at+least+be+8+characters+long+to+ensure+sufficient+entropy.&state=short"
    );
}

#[test]
fn unknown_redirect_uri() {
    let (server, world) = server();
    let client = &world.staging.clients["supply"];
    let answer = server.authorize(&world.staging, client, "redirect_uri=https%3A%2F%2Fevil.example%2Fcallback");
    assert_eq!(answer.status, 302);
    let page = format!("{}oauth2/fallbacks/error?error=invalid_request&", world.staging.auth_server);
    assert!(answer.header("location").starts_with(&page), "{answer:?}");
    let target = answer.header("location").strip_prefix(server.mock.url()).unwrap().to_owned();
    let shown = server.send(&format!("GET {target}"), &[], "");
    assert_eq!((shown.status, shown.header("content-type")), (500, "text/html; charset=utf-8"));
    assert!(shown.body.contains("pre-registered redirect urls."), "{shown:?}");
}

#[test]
fn revocation_with_a_token_of_another_client() {
    let (server, world) = server();
    let staging = &world.staging;
    let token = server.application_token(staging, "demand::keywords.read");
    let supply = &staging.clients["supply"];
    let line = format!("POST {}", path(&staging.revoke_url));
    let authorization = basic(&supply.id, &supply.secret);
    let answer = server.send(&line, &[FORM, ("Authorization", &authorization)], &format!("token={token}"));
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    assert_eq!(server.get(staging, "v4/keywords/search?searchQuery=car", &token).status, 200);
}
