//! The authorization request and the walk through a login.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod wire;

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tacktest::http::{Request, Transport};
use tacktest::oauth::{
    Authorization, AuthorizationRequest, ClientAuthentication, Credentials, Endpoints, Parameter, Walk, authorize,
    redirect_parameters,
};
use wire::{Server, json, redirect};

const LONG: Duration = Duration::from_secs(10);
const CALLBACK: &str = "http://127.0.0.1:8421/callback";

async fn ask(server: &Server, request: &AuthorizationRequest, walk: &Walk) -> Authorization {
    let endpoints =
        Endpoints { authorize_url: server.url("/oauth2/auth?fixed=1"), token_url: server.url("/oauth2/token") };
    let credentials = Credentials {
        id: "the client".to_owned(),
        secret: SecretString::from("fictional"),
        redirect_uri: Some(CALLBACK.to_owned()),
        authentication: ClientAuthentication::Basic,
    };
    authorize(&Transport::new().unwrap(), &endpoints, &credentials, request, walk, LONG).await
}

fn ordinary() -> AuthorizationRequest {
    AuthorizationRequest {
        scope: "offline_access supply::businesses.list".into(),
        state: "the state".into(),
        audience: "urn:partner-api".into(),
        redirect_uri: CALLBACK.into(),
        response_type: "code".into(),
        ..AuthorizationRequest::default()
    }
}

fn target(server: &Server, at: usize) -> String {
    server.requests()[at].lines().next().unwrap().to_owned()
}

#[tokio::test]
async fn an_ordinary_request() {
    let server = Server::answering(|_| redirect(&format!("{CALLBACK}?code=c"), ""));
    let request = AuthorizationRequest { nonce: "n".into(), prompt: "consent".into(), ..ordinary() };
    let answer = ask(&server, &request, &Walk::One).await;
    assert_eq!(
        target(&server, 0),
        "GET /oauth2/auth?fixed=1&response_type=code&client_id=the+client&state=the+state\
         &redirect_uri=http%3A%2F%2F127.0.0.1%3A8421%2Fcallback&scope=offline_access+supply%3A%3Abusinesses.list\
         &audience=urn%3Apartner-api&nonce=n&prompt=consent HTTP/1.1"
    );
    assert_eq!(answer.redirect_uri.as_deref(), Some(CALLBACK));
    assert!(answer.code_verifier.is_none());
    assert_eq!(answer.exchange.status(), Some(302));
    assert_eq!(answer.url, answer.exchange.request.url);
}

#[tokio::test]
async fn pkce_is_s256_and_its_verifier_is_kept() {
    use base64::Engine;
    let server = Server::answering(|_| json("200 OK", "{}"));
    for state in [Parameter::from("the state"), Parameter::LeftOut] {
        let answer = ask(&server, &AuthorizationRequest { pkce: true, state, ..ordinary() }, &Walk::One).await;
        let sent: BTreeMap<_, _> = answer.url.query_pairs().into_owned().collect();
        let verifier = answer.code_verifier.unwrap();
        let digest = Sha256::digest(verifier.expose_secret().as_bytes());
        assert_eq!(sent["code_challenge"], base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest));
        assert_eq!(sent["code_challenge_method"], "S256");
        assert!((43..=128).contains(&verifier.expose_secret().len()));
    }
}

#[tokio::test]
async fn parameters_are_left_out_and_repeated() {
    let server = Server::answering(|_| json("200 OK", "{}"));
    let list = |values: &[&str]| Parameter::Repeated(values.iter().map(|value| (*value).to_owned()).collect());
    let bare = AuthorizationRequest::default();
    let answer = ask(&server, &bare, &Walk::One).await;
    assert_eq!(target(&server, 0), "GET /oauth2/auth?fixed=1&client_id=the+client HTTP/1.1");
    assert_eq!(answer.redirect_uri, None);
    let repeated = AuthorizationRequest {
        state: list(&["one", "two"]),
        redirect_uri: list(&["a", "b"]),
        scope: "".into(),
        audience: list(&["x", "y"]),
        ..AuthorizationRequest::default()
    };
    let answer = ask(&server, &repeated, &Walk::One).await;
    assert_eq!(
        target(&server, 1),
        "GET /oauth2/auth?fixed=1&client_id=the+client&state=one&state=two&redirect_uri=a&redirect_uri=b&scope=\
         &audience=x&audience=y HTTP/1.1"
    );
    assert_eq!(answer.redirect_uri.as_deref(), Some("a"));
}

#[tokio::test]
async fn the_url_by_hand_is_the_url_of_the_crate() {
    let server = Server::answering(|_| json("200 OK", "{}"));
    let request = AuthorizationRequest { nonce: "n".into(), ..ordinary() };
    ask(&server, &request, &Walk::One).await;
    // An empty list is nothing, but makes a request that the crate does not write.
    ask(&server, &AuthorizationRequest { prompt: Parameter::Repeated(Vec::new()), ..request }, &Walk::One).await;
    assert_eq!(target(&server, 0), target(&server, 1));
}

#[tokio::test]
async fn one_request_follows_nothing() {
    let server = Server::answering(|_| redirect("/login", "set-cookie: a=1\r\n"));
    let answer = ask(&server, &ordinary(), &Walk::One).await;
    assert_eq!(redirect_parameters(&answer.exchange).unwrap().uri, server.url("/login").as_str());
    assert_eq!(server.requests().len(), 1);
}

/// A login of three redirects with a cookie that is set, replaced and taken away.
fn login(request: &str) -> String {
    let path = request.split([' ', '?']).nth(1).unwrap();
    match path {
        "/oauth2/auth" => {
            redirect("/login?a=b", "set-cookie: csrf=1; Path=/; HttpOnly\r\nset-cookie: session=x; Path=/\r\n")
        }
        "/login" => redirect("consent", "set-cookie: csrf=2\r\n"),
        "/consent" => redirect("/oauth2/done", "set-cookie: session=; Max-Age=0\r\n"),
        "/oauth2/done" => redirect(&format!("{CALLBACK}?code=the%20code&state=s&x=1&x=2"), ""),
        _ => json("404 Not Found", "{}"),
    }
}

#[tokio::test]
async fn a_walk_follows_the_login_with_its_cookies() {
    let server = Server::answering(login);
    let walk = Walk::Follow { origin: server.url("/"), visitor: None };
    let answer = ask(&server, &ordinary(), &walk).await;
    let found = redirect_parameters(&answer.exchange).unwrap();
    assert_eq!(found.uri, CALLBACK);
    assert_eq!(found.parameters["code"], ["the code"]);
    assert_eq!(found.parameters["x"], ["1", "2"]);
    let cookies: Vec<Option<String>> = server
        .requests()
        .iter()
        .map(|request| request.lines().find_map(|line| line.strip_prefix("cookie: ").map(str::to_owned)))
        .collect();
    let expected = [None, Some("csrf=1; session=x"), Some("csrf=2; session=x"), Some("csrf=2")];
    assert_eq!(cookies, expected.map(|cookie| cookie.map(str::to_owned)));
    assert!(answer.url.path() == "/oauth2/auth" && answer.exchange.request.url.path() == "/oauth2/done");
    // A second walk begins without cookies.
    ask(&server, &ordinary(), &walk).await;
    assert!(!server.requests()[4].contains("cookie: "));
}

/// Where a walk ends that is redirected to `location`, as the number of requests.
async fn requests_until(location: impl Fn(&Server) -> String) -> usize {
    let goal = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let told = goal.clone();
    let server = Server::answering(move |request| {
        if request.starts_with("GET /oauth2/auth") { redirect(told.get().unwrap(), "") } else { json("200 OK", "{}") }
    });
    goal.set(location(&server)).unwrap();
    ask(&server, &ordinary(), &Walk::Follow { origin: server.url("/"), visitor: None }).await;
    server.requests().len()
}

#[tokio::test]
async fn a_walk_ends_at_the_redirect_uri_at_an_error_and_at_the_border() {
    assert_eq!(requests_until(|server| server.url("/login").to_string()).await, 2, "a walk goes on within the origin");
    assert_eq!(requests_until(|_| format!("{CALLBACK}?code=c")).await, 1);
    assert_eq!(requests_until(|server| server.url("/error?error=invalid_scope").to_string()).await, 1);
    assert_eq!(requests_until(|_| "http://127.0.0.1:9/login".to_owned()).await, 1);
    assert_eq!(requests_until(|server| format!("http://localhost:{}/", server.address.port())).await, 1);
    assert_eq!(requests_until(|_| "https://example.com/login".to_owned()).await, 1);
    assert_eq!(requests_until(|_| "http://[".to_owned()).await, 1);
}

#[tokio::test]
async fn a_walk_ends_at_a_redirect_uri_on_the_servers_own_origin() {
    let server = Server::answering(|_| redirect("/callback?code=c", ""));
    let request = AuthorizationRequest { redirect_uri: server.url("/callback?kept=1").as_str().into(), ..ordinary() };
    ask(&server, &request, &Walk::Follow { origin: server.url("/"), visitor: None }).await;
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_walk_in_circles_ends() {
    let server = Server::answering(|_| redirect("/again", ""));
    let answer = ask(&server, &ordinary(), &Walk::Follow { origin: server.url("/"), visitor: None }).await;
    assert_eq!(server.requests().len(), 11);
    assert_eq!(answer.exchange.status(), Some(302));
}

#[tokio::test]
async fn a_slow_walk_ends_in_time() {
    let server = Server::answering(|_| {
        std::thread::sleep(Duration::from_millis(100));
        redirect("/again", "")
    });
    let endpoints = Endpoints { authorize_url: server.url("/oauth2/auth"), token_url: server.url("/oauth2/token") };
    let credentials = Credentials {
        id: "id".to_owned(),
        secret: SecretString::from("fictional"),
        redirect_uri: None,
        authentication: ClientAuthentication::Basic,
    };
    let walk = Walk::Follow { origin: server.url("/"), visitor: None };
    let timeout = Duration::from_millis(250);
    let transport = Transport::new().unwrap();
    let answer = authorize(&transport, &endpoints, &credentials, &ordinary(), &walk, timeout).await;
    assert!(answer.exchange.outcome.is_err());
    assert!(server.requests().len() <= 3);
}

#[tokio::test]
async fn redirect_parameters_are_read_from_redirects_only() {
    for (answer, expected) in [
        ("HTTP/1.1 200 OK\r\nlocation: /a\r\ncontent-length: 0\r\n\r\n", None),
        ("HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n", None),
        (
            "HTTP/1.1 303 See Other\r\nlocation: HTTP://127.0.0.1:80/A?x#y=z+1\r\ncontent-length: 0\r\n\r\n",
            Some("HTTP://127.0.0.1:80/A"),
        ),
    ] {
        let server = Server::answering(move |_| answer.to_owned());
        let exchange = Transport::new().unwrap().send(Request::new(http::Method::GET, server.url("/")), LONG).await;
        let redirect = redirect_parameters(&exchange);
        assert_eq!(redirect.as_ref().map(|redirect| redirect.uri.as_str()), expected);
        if let Some(redirect) = redirect {
            assert_eq!(
                (&redirect.parameters["x"][..], &redirect.parameters["y"][..]),
                (&[String::new()][..], &["z 1".to_owned()][..])
            );
        }
    }
}
