//! Requests by chance at every endpoint, and what holds for every answer.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{select, subsequence},
};
use url::Url;

use crate::{
    catalogue::{CATALOGUE, ENDPOINTS},
    mock_support::{Answer, Server, basic},
    requests::staging,
    wire::first_answer,
};

const NAMES: &[&str] = &[
    "grant_type",
    "client_id",
    "client_secret",
    "scope",
    "audience",
    "redirect_uri",
    "response_type",
    "response_mode",
    "state",
    "code",
    "code_verifier",
    "refresh_token",
    "token",
    "token_type_hint",
    "prompt",
    "max_age",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "request",
    "request_uri",
    "registration",
    "client_assertion_type",
    "client_assertion",
    "id_token_hint",
    "login_verifier",
    "error",
    "error_description",
    "access_token",
];

const VALUES: &[&str] = &[
    "",
    "authorization_code",
    "client_credentials",
    "refresh_token",
    "password",
    "openid",
    "offline_access",
    "supply::users.read",
    "demand::keywords.read",
    "urn:partner-api",
    "urn:partner-api x",
    "http://127.0.0.1:8421/callback",
    "http://127.0.0.1:9/callback",
    "http://[::1]:9/callback",
    "https://evil.example/callback",
    "http://127.0.0.1:8421@evil.example/callback",
    "code",
    "token",
    "query",
    "fragment",
    "form_post",
    "12345678",
    "S256",
    "plain",
    "none",
    "login",
    "%",
    "\"<>&'",
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    "eyJhbGciOiJIUzI1NiJ9.e30.x",
];

/// The media types that a body may be said to be.
const MEDIA_TYPES: &[&str] = &[
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-8",
    "multipart/form-data; boundary=x",
    "application/json",
];

/// Who asks.
#[derive(Clone, Debug)]
enum Credentials {
    None,
    Supply,
    Demand,
    Other(Vec<u8>),
}

/// What the server has given out, by the word that stands for it.
type Issued = [(&'static str, String); 5];

/// What is asked.
#[derive(Clone, Debug)]
struct Asked {
    method: &'static str,
    place: &'static str,
    query: Option<Vec<u8>>,
    media_type: Option<&'static str>,
    credentials: Credentials,
    header: Vec<u8>,
    body: Vec<u8>,
}

/// What a form begins with so that it gets beyond the first checks: first values win.
const BEGINNINGS: &[&[&str]] = &[
    &["response_type=code", "state=12345678", "client_id=SUPPLY"],
    &["response_type=code", "state=12345678", "client_id=DEMAND", "redirect_uri=http://127.0.0.1:9/callback"],
    &["response_type=code", "client_id=SUPPLY", "response_mode=form_post", "state=12345678"],
    &["grant_type=client_credentials", "scope=demand::keywords.read"],
    &["grant_type=refresh_token", "refresh_token=REFRESH"],
    &["grant_type=authorization_code", "code=CODE"],
    &["token=unknown"],
];

/// A form whose parts mostly mean something.
fn form(issued: &Issued) -> impl Strategy<Value = Vec<u8>> + use<> {
    let values: Vec<String> = VALUES
        .iter()
        .chain(&issued.each_ref().map(|(_, value)| value.as_str()))
        .map(|value| (*value).to_owned())
        .collect();
    let issued = issued.clone();
    let beginning = select(BEGINNINGS).prop_flat_map(|pairs| subsequence(pairs, pairs.len() - 1..=pairs.len()));
    let beginning = beginning.prop_map(move |pairs| {
        let written = pairs
            .into_iter()
            .map(|pair| issued.iter().fold(pair.to_owned(), |pair, (name, value)| pair.replace(name, value)));
        written.map(String::into_bytes).collect::<Vec<_>>()
    });
    let name = prop_oneof![8 => select(NAMES).prop_map(|name| name.as_bytes().to_vec()), 1 => any::<Vec<u8>>()];
    let value = prop_oneof![6 => select(values).prop_map(String::into_bytes), 1 => any::<Vec<u8>>()];
    let encode = |bytes: Vec<u8>| url::form_urlencoded::byte_serialize(&bytes).collect::<String>().into_bytes();
    let pair = (name, value).prop_map(move |(name, value)| [encode(name), b"=".to_vec(), encode(value)].concat());
    let piece = prop_oneof![40 => pair, 1 => vec(33_u8..127, 0..6)];
    let start = prop_oneof![4 => beginning, 1 => Just(Vec::new())];
    (start, vec(piece, 0..5)).prop_map(|(start, pieces)| [start, pieces].concat().join(&b'&'))
}

fn asked(issued: &Issued) -> impl Strategy<Value = Asked> + use<> {
    let endpoint = select(ENDPOINTS).prop_flat_map(|(place, methods)| {
        let method = prop_oneof![9 => select(methods), 1 => select(vec!["GET", "POST", "PUT", "DELETE", "OPTIONS"])];
        (Just(place), method)
    });
    let credentials = prop_oneof![
        Just(Credentials::None),
        Just(Credentials::Supply),
        Just(Credentials::Demand),
        // What no header can hold would only be refused below.
        vec((32_u8..=255).prop_filter("a header's byte", |byte| *byte != 127), 0..12).prop_map(Credentials::Other),
    ];
    let media_type = prop_oneof![4 => Just(Some(MEDIA_TYPES[0])), 1 => option::of(select(MEDIA_TYPES))];
    let header = vec((32_u8..=255).prop_filter("a header's byte", |byte| *byte != 127), 0..40);
    let body = prop_oneof![8 => form(issued), 1 => any::<Vec<u8>>()];
    (endpoint, option::of(form(issued)), media_type, credentials, header, body).prop_map(
        |((place, method), query, media_type, credentials, header, body)| {
            // A fragment is no part of a target.
            let query = query.filter(|query| !query.iter().any(|byte| b"#\"<>`\\^{|}".contains(byte)));
            Asked { method, place, query, media_type, credentials, header, body }
        },
    )
}

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
            Credentials::Supply => Some(self.supply.as_bytes()),
            Credentials::Demand => Some(self.demand.as_bytes()),
            Credentials::Other(value) => Some(value.as_slice()),
        };
        let lines = [
            authorization.map(|value| [b"\r\nAuthorization: ", value].concat()),
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
        _ => &[500],
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

fn check(known: &Known, asked: &Asked, answer: &Answer) -> Result<(), TestCaseError> {
    let (_, methods) = ENDPOINTS.iter().find(|(place, _)| *place == asked.place).unwrap();
    if !methods.contains(&asked.method) {
        prop_assert_eq!(answer.status, 405);
        return Ok(());
    }
    prop_assert!(documented(asked.place).contains(&answer.status), "{:?}", answer);
    let text = format!("{}\n{}", answer.head, answer.body);
    prop_assert!(!known.secrets.iter().any(|secret| text.contains(secret)), "a secret: {:?}", answer);
    if answer.header("content-type").contains("json") {
        let body = answer.json();
        if answer.status == 200 {
            let known_client = matches!(asked.credentials, Credentials::Supply | Credentials::Demand);
            prop_assert!(known_client && body["access_token"].is_string(), "{:?}", answer);
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
        prop_assert!(!text.contains("access_token"), "{:?}", answer);
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
    proptest!(ProptestConfig::with_cases(3000), |(asked in asked(&known.issued))| {
        let mut stream = open();
        let answer = converse(&mut stream, &known.bytes(&asked), asked.method == "HEAD");
        check(&known, &asked, &answer)?;
        // The connection is usable afterwards.
        let next = converse(&mut stream, b"GET /oauth2/nothing HTTP/1.1\r\nHost: a\r\n\r\n", false);
        prop_assert_eq!(next.status, 404);
    });
}
