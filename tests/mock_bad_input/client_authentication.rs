//! Client authentication at the endpoints that have it: at revocation the causes are told less exactly.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    catalogue::{DEFAULT_HINT, Expected, malformed, unauthenticated},
    mock_support::{Server, basic},
    requests::{FORM_TYPE, ask, staging},
};

const MISSING: &str = "Client credentials missing or malformed in both HTTP Authorization header and HTTP POST body.";
const POST: &str = "The OAuth 2.0 Client supports client authentication method 'client_secret_basic', but method 'client_secret_post' was requested. You must configure the OAuth 2.0 client's 'token_endpoint_auth_method' value to accept 'client_secret_post'.";

fn undecodable(part: &str) -> Expected {
    malformed(&format!(
        "The client {part} in the HTTP authorization header could not be decoded from 'application/x-www-form-urlencoded'."
    ))
}

/// A row: its name, the `Authorization` headers, what the body has besides, and what the token endpoint answers.
type Row = (&'static str, Vec<Vec<u8>>, String, Expected);

/// The rows for a client.
fn rows(id: &str, secret: &str) -> Vec<Row> {
    let good = || basic(id, secret).into_bytes();
    let pair = |pair: &[u8]| format!("Basic {}", STANDARD.encode(pair)).into_bytes();
    let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let none = String::new;
    let token = good().strip_prefix(b"Basic ").unwrap().to_vec();
    vec![
        ("good", vec![good()], none(), Expected::Token),
        ("another client_id in the body", vec![good()], "&client_id=another".to_owned(), Expected::Token),
        ("a body secret beside Basic", vec![good()], format!("&client_secret={encoded}"), unauthenticated(POST)),
        (
            "both methods in full",
            vec![good()],
            format!("&client_id={id}&client_secret={encoded}"),
            unauthenticated(POST),
        ),
        ("post", vec![], format!("&client_id={id}&client_secret={encoded}"), unauthenticated(POST)),
        ("post of nobody", vec![], format!("&client_id=nobody&client_secret={encoded}"), unauthenticated("")),
        ("post without a secret", vec![], format!("&client_id={id}"), unauthenticated("")),
        ("post without an id", vec![], format!("&client_secret={encoded}"), malformed(MISSING)),
        ("an empty client_id first", vec![], format!("&client_id=&client_id={id}"), malformed(MISSING)),
        ("no credentials", vec![], none(), malformed(MISSING)),
        ("nothing in the header", vec![Vec::new()], none(), malformed(MISSING)),
        ("Bearer instead of Basic", vec![[b"Bearer ", token.as_slice()].concat()], none(), malformed(MISSING)),
        ("no scheme", vec![token.clone()], none(), malformed(MISSING)),
        ("only the scheme", vec![b"Basic".to_vec()], none(), malformed(MISSING)),
        ("a tab behind the scheme", vec![[b"Basic\t", token.as_slice()].concat()], none(), malformed(MISSING)),
        ("two spaces behind the scheme", vec![[b"Basic  ", token.as_slice()].concat()], none(), malformed(MISSING)),
        ("more behind the pair", vec![[&good(), b" x".as_slice()].concat()], none(), malformed(MISSING)),
        ("bad base64", vec![b"Basic %%%".to_vec()], none(), malformed(MISSING)),
        ("base64 broken off", vec![good()[..good().len() - 3].to_vec()], none(), malformed(MISSING)),
        ("bytes that are no ASCII", vec![b"Basic \xff\xfe".to_vec()], none(), malformed(MISSING)),
        ("60 KB of Basic", vec![format!("Basic {}", "A".repeat(60_000)).into_bytes()], none(), malformed(MISSING)),
        ("a 45 KB secret", vec![pair(format!("{id}:{}", "a".repeat(45_000)).as_bytes())], none(), unauthenticated("")),
        ("no colon", vec![pair(id.as_bytes())], none(), malformed(MISSING)),
        ("nothing in Basic", vec![pair(b"")], none(), malformed(MISSING)),
        ("nothing but the colon", vec![pair(b":")], none(), unauthenticated("")),
        ("an empty id", vec![pair(format!(":{encoded}").as_bytes())], none(), unauthenticated("")),
        ("an empty secret", vec![pair(format!("{id}:").as_bytes())], none(), unauthenticated("")),
        ("an unknown id", vec![pair(b"nobody:x")], none(), unauthenticated("")),
        ("an id in capitals", vec![basic(&id.to_uppercase(), secret).into_bytes()], none(), unauthenticated("")),
        ("a wrong secret", vec![basic(id, "x").into_bytes()], none(), unauthenticated("")),
        ("a colon more", vec![pair(format!("{id}:{encoded}:").as_bytes())], none(), unauthenticated("")),
        ("NUL behind the id", vec![pair(format!("{id}%00:{encoded}").as_bytes())], none(), unauthenticated("")),
        ("a raw NUL in the secret", vec![pair(format!("{id}:{encoded}\0").as_bytes())], none(), unauthenticated("")),
        ("a secret that is no UTF-8", vec![pair(&[id.as_bytes(), b":\xff\xfe"].concat())], none(), unauthenticated("")),
        ("an escaped id that is no UTF-8", vec![pair(b"%FF%FE:x")], none(), unauthenticated("")),
        (
            "a raw secret with a percent sign",
            vec![pair(format!("{id}:{secret}").as_bytes())],
            none(),
            undecodable("secret"),
        ),
        ("a bad escape in the id", vec![pair(format!("%g0:{encoded}").as_bytes())], none(), undecodable("id")),
        (
            "an escape broken off in the secret",
            vec![pair(format!("{id}:%2").as_bytes())],
            none(),
            undecodable("secret"),
        ),
        ("bad escapes in both", vec![pair(b"%:%")], none(), undecodable("id")),
        ("a guess: the first of two headers, good", vec![good(), pair(b"nobody:x")], none(), Expected::Token),
        ("a guess: the first of two headers, bad", vec![b"Bearer x".to_vec(), good()], none(), malformed(MISSING)),
        (
            "an unknown assertion type",
            vec![good()],
            "&client_assertion_type=x".to_owned(),
            malformed("Unknown client_assertion_type 'x'."),
        ),
    ]
}

#[test]
fn every_row_at_the_token_endpoint() {
    let server = Server::start();
    for (name, authorization, more, expected) in rows_of_demand(&server) {
        let answer = post(&server, "/oauth2/token", &authorization, &more);
        expected.check(name, &answer);
    }
}

#[test]
fn every_row_at_revocation() {
    let server = Server::start();
    for (name, authorization, more, expected) in rows_of_demand(&server) {
        let expected = match expected {
            Expected::Refused("invalid_client", _) => unauthenticated(""),
            Expected::Refused(..) => malformed(DEFAULT_HINT),
            _ => Expected::Revoked,
        };
        let answer = post(&server, "/oauth2/revoke", &authorization, &more);
        expected.check(name, &answer);
    }
}

/// An unknown grant hides a failed client authentication, also an undecodable one.
#[test]
fn an_unknown_grant_hides_every_row() {
    let server = Server::start();
    for (name, authorization, more, _) in rows_of_demand(&server) {
        let headers = headers(&authorization);
        let body = format!("grant_type=password{more}");
        let answer = ask(&server, b"POST /oauth2/token", &headers, body.as_bytes());
        malformed(DEFAULT_HINT).check(name, &answer);
    }
}

fn rows_of_demand(server: &Server) -> Vec<Row> {
    let demand = &staging(server).clients["demand"];
    rows(&demand.id, &demand.secret)
}

fn headers(authorization: &[Vec<u8>]) -> Vec<(&str, &[u8])> {
    let authorization = authorization.iter().map(|value| ("Authorization", value.as_slice()));
    authorization.chain([("Content-Type", FORM_TYPE.as_bytes())]).collect()
}

fn post(server: &Server, place: &str, authorization: &[Vec<u8>], more: &str) -> crate::mock_support::Answer {
    let body = format!("grant_type=client_credentials&token=unknown{more}");
    ask(server, format!("POST {place}").as_bytes(), &headers(authorization), body.as_bytes())
}
