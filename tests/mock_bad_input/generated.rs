//! Requests that mostly mean something, so that they get beyond the first checks.

use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{select, subsequence},
};

use crate::catalogue::ENDPOINTS;

const NAMES: &str = "grant_type client_id client_secret scope audience redirect_uri response_type response_mode state \
    code code_verifier refresh_token token token_type_hint prompt max_age nonce code_challenge code_challenge_method \
    request request_uri registration client_assertion_type client_assertion id_token_hint login_verifier error \
    error_description access_token";

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

/// What a form at an endpoint may begin with: first values win. Words in capitals stand for what was issued, `NEAR` for
/// something like the redirect URI.
const BEGINNINGS: &[(&str, &[&str])] = &[
    ("/oauth2/auth", &["response_type=code", "state=12345678", "client_id=SUPPLY"]),
    ("/oauth2/auth", &["redirect_uri=http://127.0.0.1:9/callback", "client_id=DEMAND", "state=12345678"]),
    ("/oauth2/auth", &["response_mode=form_post", "response_type=code", "client_id=SUPPLY", "state=12345678"]),
    ("/oauth2/auth", &["redirect_uri=NEAR", "response_type=code", "client_id=SUPPLY", "state=12345678"]),
    ("/oauth2/token", &["grant_type=client_credentials", "scope=demand::keywords.read"]),
    ("/oauth2/token", &["grant_type=refresh_token", "refresh_token=REFRESH"]),
    ("/oauth2/token", &["grant_type=authorization_code", "code=CODE"]),
    ("/oauth2/revoke", &["token=unknown"]),
    ("/userinfo", &["access_token=TOKEN", "access_token=REFRESH"]),
    ("/userinfo", &["access_token=REFRESH", "access_token=TOKEN"]),
];

/// Who asks.
#[derive(Clone, Debug)]
pub enum Credentials {
    None,
    Supply,
    Demand,
    /// A known client with this secret, which is not its own.
    Wrong(String),
    /// This header.
    Other(Vec<u8>),
}

/// What the server has given out, by the word that stands for it.
pub type Issued = [(&'static str, String); 5];

/// What is asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: &'static str,
    pub place: &'static str,
    pub query: Option<Vec<u8>>,
    pub media_type: Option<&'static str>,
    pub credentials: Credentials,
    pub header: Vec<u8>,
    pub body: Vec<u8>,
}

fn encoded(bytes: &[u8]) -> String {
    url::form_urlencoded::byte_serialize(bytes).collect()
}

/// A value that is not far from the registered redirect URI.
fn near() -> impl Strategy<Value = String> {
    let part = |good: &'static str, other: Vec<&'static str>| prop_oneof![3 => Just(good), 1 => select(other)];
    (
        part("http://", vec!["https://", "HTTP://", "http:", "//", "", "javascript:"]),
        part(
            "127.0.0.1",
            vec!["localhost", "[::1]", "127.0.0.2", "evil.example", "a@127.0.0.1", "127.1", "127.0.0.1."],
        ),
        part(":8421", vec![":9", ":", "", ":99999", ":8421@evil.example", ":08421"]),
        part(
            "/callback",
            vec!["", "/", "/callback/", "/a/../callback", "/Callback", "//evil.example/callback", "\\callback"],
        ),
        part("", vec!["?a=b", "#a", "?", "#", " ", "\0", "\r\nX: y"]),
    )
        .prop_map(|(scheme, host, port, path, rest)| encoded([scheme, host, port, path, rest].concat().as_bytes()))
}

/// How a form at `place` begins.
fn beginning(place: &'static str, issued: &Issued) -> impl Strategy<Value = Vec<Vec<u8>>> + use<> {
    let mut known: Vec<&[&str]> = BEGINNINGS.iter().filter(|(at, _)| *at == place).map(|(_, pairs)| *pairs).collect();
    known.push(&[]);
    let pairs = select(known).prop_flat_map(|pairs| subsequence(pairs, pairs.len().saturating_sub(1)..=pairs.len()));
    let issued = issued.clone();
    (pairs, near()).prop_map(move |(pairs, near)| {
        let written = |pair: &str| {
            let pair = issued.iter().fold(pair.to_owned(), |pair, (word, value)| pair.replace(word, value));
            pair.replace("NEAR", &near).into_bytes()
        };
        pairs.into_iter().map(written).collect()
    })
}

/// A form for `place`.
fn form(place: &'static str, issued: &Issued) -> impl Strategy<Value = Vec<u8>> + use<> {
    let names: Vec<&str> = NAMES.split(' ').filter(|name| !name.is_empty()).collect();
    let known = VALUES.iter().map(|value| (*value).to_owned()).chain(issued.iter().map(|(_, value)| value.clone()));
    let known: Vec<String> = known.collect();
    let name = prop_oneof![8 => select(names).prop_map(|name| name.as_bytes().to_vec()), 1 => any::<Vec<u8>>()];
    let value = prop_oneof![
        4 => select(known.clone()).prop_map(String::into_bytes),
        1 => (select(known), any::<String>()).prop_map(|(value, more)| [value, more].concat().into_bytes()),
        1 => any::<String>().prop_map(String::into_bytes),
        1 => any::<Vec<u8>>(),
    ];
    let pair = (name, value).prop_map(|(name, value)| format!("{}={}", encoded(&name), encoded(&value)).into_bytes());
    let piece = prop_oneof![40 => pair, 1 => vec(33_u8..127, 0..6)];
    let pieces = (beginning(place, issued), vec(piece, 0..5), any::<bool>());
    pieces.prop_map(|(start, pieces, first)| if first { [start, pieces] } else { [pieces, start] }.concat().join(&b'&'))
}

/// What a header can hold; anything else would only be refused below.
fn header(longest: usize) -> impl Strategy<Value = Vec<u8>> {
    vec((32_u8..=255).prop_filter("a header's byte", |byte| *byte != 127), 0..longest)
}

fn at(place: &'static str, methods: &'static [&'static str], issued: &Issued) -> impl Strategy<Value = Asked> + use<> {
    let method = prop_oneof![9 => select(methods), 1 => select(vec!["GET", "POST", "PUT", "DELETE", "OPTIONS"])];
    let credentials = prop_oneof![
        1 => Just(Credentials::None),
        2 => Just(Credentials::Supply),
        2 => Just(Credentials::Demand),
        1 => any::<String>().prop_map(Credentials::Wrong),
        1 => header(12).prop_map(Credentials::Other),
    ];
    let media_type = prop_oneof![4 => Just(Some(MEDIA_TYPES[0])), 1 => option::of(select(MEDIA_TYPES))];
    let query = option::weighted(0.7, form(place, issued));
    let body = prop_oneof![9 => form(place, issued), 1 => any::<Vec<u8>>()];
    (method, query, media_type, credentials, header(40), body).prop_map(
        move |(method, query, media_type, credentials, header, body)| {
            // A fragment is no part of a target, and of the others the server below knows that they are none.
            let query = query.filter(|query| !query.iter().any(|byte| b"#\"<>`\\^{|}".contains(byte)));
            Asked { method, place, query, media_type, credentials, header, body }
        },
    )
}

/// A request at some endpoint, mostly with a method that it takes.
pub fn asked(issued: &Issued) -> impl Strategy<Value = Asked> + use<> {
    let issued = issued.clone();
    select(ENDPOINTS).prop_flat_map(move |(place, methods)| at(place, methods, &issued))
}
