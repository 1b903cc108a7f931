//! Requests by chance at every endpoint, and what holds for every answer.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use url::Url;

use crate::{
    catalogue::{CATALOGUE, ENDPOINTS},
    generated::{Asked, Credentials, Issued, asked},
    mock_support::{Answer, Server, basic},
    requests::staging,
    wire::first_answer,
};

/// A server with what is known about it.
struct Known {
    server: Server,
    supply: String,
    demand: String,
    secrets: Vec<String>,
    issued: Issued,
}

impl Known {
    fn start() -> Self {
        let server = Server::start();
        let environment = staging(&server);
        let (supply, demand) = (&environment.clients["supply"], &environment.clients["demand"]);
        let login = server.login(&environment, supply, "offline_access+supply%3A%3Ausers.read");
        let code = server.authorize(&environment, supply, "scope=offline_access").redirected("code");
        let token = server.application_token(&environment, "demand::keywords.read");
        let issued = [
            ("SUPPLY", supply.id.clone()),
            ("DEMAND", demand.id.clone()),
            ("CODE", code),
            ("REFRESH", login.member("refresh_token")),
            ("TOKEN", token),
        ];
        let secrets = [supply, demand].into_iter().flat_map(|client| {
            let encoded: String = url::form_urlencoded::byte_serialize(client.secret.as_bytes()).collect();
            let pair = basic(&client.id, &client.secret).replacen("Basic ", "", 1);
            [client.secret.clone(), encoded, pair, STANDARD.encode(&client.secret)]
        });
        let secrets = secrets.collect();
        let (supply, demand) = (basic(&supply.id, &supply.secret), basic(&demand.id, &demand.secret));
        Self { server, supply, demand, secrets, issued }
    }

    fn bytes(&self, asked: &Asked) -> Vec<u8> {
        let mut bytes = format!("{} {}", asked.method, asked.place).into_bytes();
        if let Some(query) = &asked.query {
            bytes.push(b'?');
            bytes.extend_from_slice(query);
        }
        bytes.extend_from_slice(b" HTTP/1.1\r\nHost: mock\r\nX: ");
        bytes.extend_from_slice(&asked.header);
        let authorization = match &asked.credentials {
            Credentials::None => None,
            Credentials::Supply => Some(self.supply.clone().into_bytes()),
            Credentials::Demand => Some(self.demand.clone().into_bytes()),
            Credentials::Wrong(secret) => Some(basic(&self.issued[1].1, secret).into_bytes()),
            Credentials::Other(value) => Some(value.clone()),
        };
        let lines = [
            authorization.map(|value| [b"\r\nAuthorization: ", value.as_slice()].concat()),
            asked.media_type.map(|value| [b"\r\nContent-Type: ", value.as_bytes()].concat()),
            Some(format!("\r\nContent-Length: {}\r\n\r\n", asked.body.len()).into_bytes()),
        ];
        bytes.extend(lines.into_iter().flatten().flatten());
        bytes.extend_from_slice(&asked.body);
        bytes
    }
}

/// Sends a request and reads one whole answer; the connection stays.
fn converse(stream: &mut TcpStream, bytes: &[u8], head_only: bool) -> Answer {
    stream.write_all(bytes).unwrap();
    let (mut received, mut buffer) = (Vec::new(), [0; 16 * 1024]);
    loop {
        let count = stream.read(&mut buffer).unwrap();
        assert_ne!(count, 0, "it closed: {:?}", String::from_utf8_lossy(&received));
        received.extend_from_slice(&buffer[..count]);
        if let Some((answer, rest)) = first_answer(&received, head_only) {
            assert!(rest.is_empty(), "more than one answer: {:?}", String::from_utf8_lossy(&received));
            return answer;
        }
    }
}

/// What an endpoint may answer to a method that it takes.
fn documented(place: &str) -> &'static [u16] {
    match place {
        "/oauth2/auth" => &[200, 302, 303],
        "/oauth2/token" => &[200, 400, 401, 403],
        "/oauth2/revoke" => &[200, 400, 401],
        "/userinfo" => &[200, 401],
        "/oauth2/fallbacks/error" => &[500],
        // Nobody has a challenge by chance.
        "/oauth/login" | "/oauth/connect" => &[410],
        _ => &[200],
    }
}

/// Whether users may be sent there: the error page, or the registered redirect URI with any port of a loopback address.
fn is_a_proper_destination(server: &Server, location: &str) -> bool {
    if location.starts_with(&format!("{}/oauth2/fallbacks/error?error=", server.mock.url())) {
        return true;
    }
    let url = Url::parse(location).unwrap();
    let shape = (url.scheme(), url.host_str(), url.path(), url.username(), url.password());
    shape == ("http", Some("127.0.0.1"), "/callback", "", None)
}

/// Whether a JSON body is what the endpoint tells, and may tell to this request.
fn is_due(known: &Known, asked: &Asked, body: &serde_json::Value) -> bool {
    let sent = [asked.query.clone().unwrap_or_default(), asked.body.clone(), asked.header.clone()].concat();
    match asked.place {
        "/oauth2/token" => {
            let known_client = matches!(asked.credentials, Credentials::Supply | Credentials::Demand);
            known_client && body["access_token"].is_string()
        }
        "/userinfo" => {
            let (_, token) = &known.issued[4];
            String::from_utf8_lossy(&sent).contains(token.as_str()) && body["iss"].is_string()
        }
        "/.well-known/jwks.json" => body["keys"].is_array(),
        place => place.starts_with("/.well-known/") && body["issuer"].is_string(),
    }
}

fn check(known: &Known, asked: &Asked, answer: &Answer) -> Result<(), TestCaseError> {
    let (_, methods) = ENDPOINTS.iter().find(|(place, _)| *place == asked.place).unwrap();
    if !methods.contains(&asked.method) {
        prop_assert_eq!(answer.status, 405);
        return Ok(());
    }
    prop_assert!(documented(asked.place).contains(&answer.status), "{:?}", answer);
    let text = format!("{}\n{}", answer.head, answer.body);
    prop_assert!(!known.secrets.iter().any(|secret| text.contains(secret)), "a secret: {:?}", answer);
    if answer.header("content-type").contains("json") && asked.method != "HEAD" {
        let body = answer.json();
        if answer.status == 200 {
            prop_assert!(is_due(known, asked, &body), "{:?}", answer);
        } else {
            let error = body["error"].as_str().unwrap_or_default();
            let entry = CATALOGUE.iter().find(|(code, ..)| *code == error);
            let description = body["error_description"].as_str().unwrap_or_default();
            prop_assert!(
                entry.is_some_and(|(_, status, text)| answer.status == *status && description.starts_with(text))
            );
            prop_assert_eq!(body.as_object().map(serde_json::Map::len), Some(2));
        }
    } else {
        prop_assert!(!answer.body.contains("access_token"), "{:?}", answer);
    }
    if asked.place == "/oauth2/auth" {
        let location = match answer.status {
            200 if asked.method == "HEAD" => return Ok(()),
            200 => answer.body.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default(),
            _ => answer.header("location"),
        };
        prop_assert!(is_a_proper_destination(&known.server, location), "{:?}", answer);
        let sent: Vec<u8> = [asked.query.clone().unwrap_or_default(), asked.body.clone()].concat();
        let named = String::from_utf8_lossy(&sent).contains("client_id=57a61e00-0000-4000-8000-00000000000");
        prop_assert!(named || answer.status == 302, "nobody was named: {:?}", answer);
    }
    Ok(())
}

#[test]
fn whatever_is_asked_the_answer_is_in_order() {
    let known = Known::start();
    let open = || {
        let stream = TcpStream::connect(known.server.mock.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    };
    proptest!(ProptestConfig::with_cases(2048), |(asked in asked(&known.issued))| {
        let mut stream = open();
        let answer = converse(&mut stream, &known.bytes(&asked), asked.method == "HEAD");
        check(&known, &asked, &answer)?;
        // The connection is usable afterwards.
        let next = converse(&mut stream, b"GET /oauth2/nothing HTTP/1.1\r\nHost: a\r\n\r\n", false);
        prop_assert_eq!(next.status, 404);
    });
}
