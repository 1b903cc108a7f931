//! Token requests, byte for byte, and the cache of tokens.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tacktest::http::{Exchange, Failure, Transport};
use tacktest::oauth::{
    CacheKey, ClientAuthentication, Credentials, Endpoints, Fetched, Grant, Parameter, TokenCache, TokenRequest,
    exchange,
};
use wire::{Server, json};

const LONG: Duration = Duration::from_secs(10);
const TOKEN: &str = r#"{"access_token":"fictional-access","token_type":"bearer","expires_in":3599,"refresh_token":"fictional-refresh"}"#;

fn endpoints(server: &Server) -> Endpoints {
    Endpoints { authorize_url: server.url("/oauth2/auth"), token_url: server.url("/oauth2/token") }
}

fn credentials(id: &str, secret: &str) -> Credentials {
    Credentials {
        id: id.to_owned(),
        secret: SecretString::from(secret),
        redirect_uri: None,
        authentication: ClientAuthentication::Basic,
    }
}

/// The head of what was sent, without its `host` and `content-length`, and its form.
async fn sent(request: &TokenRequest) -> (String, String) {
    let server = Server::answering(|_| json("200 OK", TOKEN));
    let transport = Transport::new().unwrap();
    let who = credentials("a:b%~+ ü", "s e/cret");
    let exchange = exchange(&transport, &endpoints(&server), &who, request, LONG).await;
    assert_eq!(exchange.status(), Some(200));
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    let (head, form) = requests[0].split_once("\r\n\r\n").unwrap();
    assert_eq!(exchange.request.body, form.as_bytes());
    let added = ["host: ", "content-length: "];
    let head: Vec<&str> = head.lines().filter(|line| !added.iter().any(|name| line.starts_with(name))).collect();
    (head.join("\n"), form.to_owned())
}

fn head(authorization: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "POST /oauth2/token HTTP/1.1\naccept: application/json\ncontent-type: application/x-www-form-urlencoded\n\
         {authorization}user-agent: tacktest/{version}"
    )
}

/// "a%3Ab%25%7E%2B+%C3%BC:s+e%2Fcret".
const BASIC: &str = "authorization: Basic YSUzQWIlMjUlN0UlMkIrJUMzJUJDOnMrZSUyRmNyZXQ=\n";
const POST: &str = "client_id=a%3Ab%25%7E%2B+%C3%BC&client_secret=s+e%2Fcret";

fn code_request() -> TokenRequest {
    TokenRequest {
        code: "the code".into(),
        redirect_uri: "http://127.0.0.1:8421/callback?a=b".into(),
        code_verifier: "verifier~".into(),
        audience: "urn:partner-api".into(),
        ..TokenRequest::new(Grant::AuthorizationCode)
    }
}

#[tokio::test]
async fn client_credentials() {
    let ordinary = TokenRequest {
        scope: "demand::keywords.read offline_access".into(),
        audience: "urn:partner-api".into(),
        ..TokenRequest::new(Grant::ClientCredentials)
    };
    let (sent_head, form) = sent(&ordinary).await;
    assert_eq!(sent_head, head(BASIC));
    assert_eq!(
        form,
        "grant_type=client_credentials&scope=demand%3A%3Akeywords.read+offline_access&audience=urn%3Apartner-api"
    );
    let posted = TokenRequest { authentication: Some(ClientAuthentication::Post), ..ordinary };
    let (sent_head, form) = sent(&posted).await;
    assert_eq!(sent_head, head(""));
    assert_eq!(
        form,
        format!(
            "grant_type=client_credentials&scope=demand%3A%3Akeywords.read+offline_access&{POST}&audience=urn%3Apartner-api"
        )
    );
}

#[tokio::test]
async fn nothing_is_added_to_a_bare_request() {
    assert_eq!(sent(&TokenRequest::new(Grant::ClientCredentials)).await.1, "grant_type=client_credentials");
}

#[tokio::test]
async fn authorization_code() {
    let (sent_head, form) = sent(&code_request()).await;
    assert_eq!(sent_head, head(BASIC));
    assert_eq!(
        form,
        "grant_type=authorization_code&code=the+code&code_verifier=verifier%7E\
         &redirect_uri=http%3A%2F%2F127.0.0.1%3A8421%2Fcallback%3Fa%3Db&audience=urn%3Apartner-api"
    );
    let scoped = TokenRequest { scope: "a b".into(), ..code_request() };
    assert!(sent(&scoped).await.1.ends_with("callback%3Fa%3Db&scope=a+b&audience=urn%3Apartner-api"));
}

#[tokio::test]
async fn refresh_token() {
    let request = TokenRequest {
        refresh_token: "old/token".into(),
        scope: "a b".into(),
        ..TokenRequest::new(Grant::RefreshToken)
    };
    let (sent_head, form) = sent(&request).await;
    assert_eq!(sent_head, head(BASIC));
    assert_eq!(form, "grant_type=refresh_token&refresh_token=old%2Ftoken&scope=a+b");
}

#[tokio::test]
async fn what_is_left_out_is_not_sent() {
    let without_code = TokenRequest { code: Parameter::LeftOut, ..code_request() };
    let (sent_head, form) = sent(&without_code).await;
    assert_eq!(sent_head, head(BASIC));
    assert_eq!(
        form,
        "grant_type=authorization_code&code_verifier=verifier%7E\
         &redirect_uri=http%3A%2F%2F127.0.0.1%3A8421%2Fcallback%3Fa%3Db&audience=urn%3Apartner-api"
    );
    let without_uri = TokenRequest { redirect_uri: Parameter::LeftOut, ..code_request() };
    assert!(!sent(&without_uri).await.1.contains("redirect_uri"));
    assert_eq!(sent(&TokenRequest::new(Grant::RefreshToken)).await.1, "grant_type=refresh_token");
}

#[tokio::test]
async fn what_is_repeated_is_sent_again_in_its_place() {
    let list = |values: [&str; 2]| Parameter::Repeated(values.map(str::to_owned).to_vec());
    let posted = TokenRequest {
        scope: list(["a", "b"]),
        audience: list(["c", ""]),
        authentication: Some(ClientAuthentication::Post),
        ..TokenRequest::new(Grant::ClientCredentials)
    };
    let (sent_head, form) = sent(&posted).await;
    assert_eq!(sent_head, head(""));
    assert_eq!(form, format!("grant_type=client_credentials&scope=a&scope=b&{POST}&audience=c&audience="));
    let codes = TokenRequest { code: list(["one", "two"]), ..code_request() };
    assert!(sent(&codes).await.1.starts_with("grant_type=authorization_code&code=one&code=two&code_verifier="));
}

#[tokio::test]
async fn a_parameter_of_another_grant_and_an_odd_redirect_uri_are_sent_as_given() {
    let stray = TokenRequest { code: "stray".into(), ..TokenRequest::new(Grant::ClientCredentials) };
    assert_eq!(sent(&stray).await.1, "grant_type=client_credentials&code=stray");
    let odd =
        TokenRequest { code: "c".into(), redirect_uri: "no url".into(), ..TokenRequest::new(Grant::AuthorizationCode) };
    assert_eq!(sent(&odd).await.1, "grant_type=authorization_code&code=c&redirect_uri=no+url");
}

#[tokio::test]
async fn the_form_by_hand_is_the_form_of_the_crate() {
    // An empty list is nothing, but makes a request that the crate does not send.
    let by_hand = |request: TokenRequest| TokenRequest { refresh_token: Parameter::Repeated(Vec::new()), ..request };
    for authentication in [ClientAuthentication::Basic, ClientAuthentication::Post] {
        for base in [
            TokenRequest { scope: "a b".into(), ..code_request() },
            TokenRequest { scope: "".into(), audience: "c".into(), ..TokenRequest::new(Grant::ClientCredentials) },
        ] {
            let request = TokenRequest { authentication: Some(authentication), ..base };
            assert_eq!(sent(&request).await, sent(&by_hand(request.clone())).await);
        }
    }
}

#[tokio::test]
async fn an_answer_that_the_crate_refuses_is_still_a_fact() {
    for body in ["", "<html>", "[]", r#"{"access_token":1}"#, r#"{"access_token":"t","expires_in":"3600"}"#] {
        let server = Server::answering(move |_| json("200 OK", body));
        let who = credentials("id", "secret");
        let request = TokenRequest::new(Grant::ClientCredentials);
        let exchange = exchange(&Transport::new().unwrap(), &endpoints(&server), &who, &request, LONG).await;
        assert_eq!(exchange.response().unwrap().text(), body);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_token_endpoint_elsewhere_is_refused() {
    let url = url::Url::parse("http://example.com/token").unwrap();
    let elsewhere = Endpoints { authorize_url: url.clone(), token_url: url };
    let request = TokenRequest::new(Grant::ClientCredentials);
    let exchange = exchange(&Transport::new().unwrap(), &elsewhere, &credentials("id", "secret"), &request, LONG).await;
    assert!(matches!(exchange.outcome, Err(Failure::NotAllowed { .. })));
}

fn key(client: &str) -> CacheKey {
    CacheKey {
        environment: "local".to_owned(),
        client: client.to_owned(),
        user: None,
        grant: Grant::ClientCredentials,
        scopes: "a b".to_owned(),
        audience: None,
    }
}

async fn fetch(server: &Server) -> Exchange {
    let request = TokenRequest::new(Grant::ClientCredentials);
    let transport = Transport::new().unwrap();
    exchange(&transport, &endpoints(server), &credentials("id", "secret"), &request, LONG).await
}

/// Answers with what `body` makes of the number of the request, after a pause in which all others have come to ask.
fn slow(status: &'static str, body: impl Fn(usize) -> String + Send + Sync + 'static) -> Server {
    let count = AtomicUsize::new(0);
    Server::answering(move |_| {
        std::thread::sleep(Duration::from_millis(200));
        json(status, &body(count.fetch_add(1, Ordering::SeqCst)))
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_who_ask_at_once_cause_one_request() {
    let server = Arc::new(slow("200 OK", |_| TOKEN.to_owned()));
    let cache = TokenCache::default();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (server, cache) = (server.clone(), cache.clone());
        tasks.spawn(async move { cache.token(key("one"), async { Fetched::read(fetch(&server).await) }).await });
    }
    while let Some(token) = tasks.join_next().await {
        assert_eq!(token.unwrap().unwrap().access_token.expose_secret(), "fictional-access");
    }
    assert_eq!(server.requests().len(), 1);
    let kept = cache.token(key("one"), async { panic!("a kept token is fetched again") }).await.unwrap();
    assert_eq!(kept.access_token.expose_secret(), "fictional-access");
    let another = cache.token(key("two"), async { Fetched::read(fetch(&server).await) }).await;
    assert!(another.is_ok());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_is_told_to_all_and_not_kept() {
    let server = Arc::new(slow("401 Unauthorized", |_| r#"{"error":"invalid_client"}"#.to_owned()));
    let cache = TokenCache::default();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (server, cache) = (server.clone(), cache.clone());
        tasks.spawn(async move { cache.token(key("one"), async { Fetched::read(fetch(&server).await) }).await });
    }
    while let Some(token) = tasks.join_next().await {
        let refusal = token.unwrap().unwrap_err();
        assert_eq!(refusal.exchange.as_ref().and_then(tacktest::http::Exchange::status), Some(401));
        assert!(refusal.reason.contains("401"), "{}", refusal.reason);
    }
    assert_eq!(server.requests().len(), 1);
    assert!(cache.token(key("one"), async { Fetched::read(fetch(&server).await) }).await.is_err());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_token_that_is_about_to_end_is_fetched_anew() {
    for (expires_in, requests) in [("59", 2), ("0", 2), ("-5", 2), ("62", 1), ("null", 1), ("\"59\"", 1), ("9e18", 1)] {
        let server =
            Server::answering(move |_| json("200 OK", &format!(r#"{{"access_token":"t","expires_in":{expires_in}}}"#)));
        let cache = TokenCache::default();
        for _ in 0..2 {
            cache.token(key("one"), async { Fetched::read(fetch(&server).await) }).await.unwrap();
        }
        assert_eq!(server.requests().len(), requests, "expires_in {expires_in}");
    }
}

#[tokio::test]
async fn when_the_one_who_fetches_gives_up_another_fetches() {
    let server = slow("200 OK", |count| format!(r#"{{"access_token":"token {count}"}}"#));
    let cache = TokenCache::default();
    let hasty = tokio::time::timeout(
        Duration::from_millis(20),
        cache.token(key("one"), async { Fetched::read(fetch(&server).await) }),
    );
    let patient = cache.token(key("one"), async { Fetched::read(fetch(&server).await) });
    let (gave_up, token) = tokio::join!(hasty, patient);
    assert!(gave_up.is_err());
    assert!(token.unwrap().access_token.expose_secret().starts_with("token "));
}

#[tokio::test]
async fn the_end_of_a_token_counts_from_its_receipt() {
    let server = slow("200 OK", |_| r#"{"access_token":"t","expires_in":100}"#.to_owned());
    let before = Timestamp::now();
    let fetched = Fetched::read(fetch(&server).await).unwrap();
    let end = fetched.expires_at.unwrap().duration_since(before).as_millis();
    assert!((100_200..105_000).contains(&end), "{end}");
}

#[tokio::test]
async fn an_answer_without_a_token_is_no_token() {
    for body in ["{}", r#"{"access_token":null}"#, "[]", "<html>"] {
        let server = Server::answering(move |_| json("200 OK", body));
        let refusal = Fetched::read(fetch(&server).await).unwrap_err();
        assert!(refusal.reason.contains("has no `access_token`"), "{}", refusal.reason);
    }
}
