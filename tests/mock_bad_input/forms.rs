//! Form bodies at the token and revocation endpoints, and what every endpoint has in common: methods, paths, sizes.

use crate::{
    catalogue::{DEFAULT_HINT, EMPTY_BODY, ENDPOINTS, Expected, UNDECODABLE, malformed},
    mock_support::{Answer, Server, basic},
    requests::{FORM_TYPE, ask, staging},
};

const NO_GRANT: &str = "Request parameter 'grant_type' is missing";
const GRANT: &str = "grant_type=client_credentials";
const LONGEST: usize = 1024 * 1024;

/// A row: its name, the media type, the query, the body, and what the token endpoint answers to good credentials.
type Row = (&'static str, &'static [u8], &'static str, Vec<u8>, Expected);

fn multipart(fields: &[(&str, &[u8])]) -> Vec<u8> {
    let part = |(name, value): &(&str, &[u8])| {
        let head = format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        [head.as_bytes(), value, b"\r\n"].concat()
    };
    [fields.iter().map(part).collect::<Vec<_>>().concat(), b"--limit--\r\n".to_vec()].concat()
}

/// What both endpoints read alike.
fn body_rows() -> Vec<Row> {
    let form = FORM_TYPE.as_bytes();
    let good = || GRANT.as_bytes().to_vec();
    let parts = || multipart(&[("grant_type", b"client_credentials")]);
    let cut = |mut bytes: Vec<u8>, less: usize| {
        bytes.truncate(bytes.len() - less);
        bytes
    };
    let undecodable = || malformed(UNDECODABLE);
    let empty = || malformed(EMPTY_BODY);
    vec![
        ("good", form, "", good(), Expected::Token),
        ("a charset", b"application/x-www-form-urlencoded; charset=utf-8", "", good(), Expected::Token),
        ("another charset", b"application/x-www-form-urlencoded;charset=EBCDIC-US", "", good(), Expected::Token),
        ("a media type in capitals", b"APPLICATION/X-WWW-FORM-URLENCODED", "", good(), Expected::Token),
        ("a guess: a bad media type parameter", b"application/x-www-form-urlencoded; x", "", good(), Expected::Token),
        ("multipart", b"multipart/form-data; boundary=limit", "", parts(), Expected::Token),
        ("multipart, quoted", b"Multipart/Form-Data; charset=x; Boundary=\"limit\"", "", parts(), Expected::Token),
        ("multipart without boundary", b"multipart/form-data", "", parts(), undecodable()),
        ("multipart, an empty boundary", b"multipart/form-data; boundary=\"\"", "", parts(), undecodable()),
        ("multipart, another boundary", b"multipart/form-data; boundary=other", "", parts(), undecodable()),
        ("multipart broken off", b"multipart/form-data; boundary=limit", "", cut(parts(), 11), undecodable()),
        ("multipart, half a delimiter", b"multipart/form-data; boundary=limit", "", cut(parts(), 4), undecodable()),
        ("a guess: multipart, empty", b"multipart/form-data; boundary=limit", "", Vec::new(), undecodable()),
        ("multipart without parts", b"multipart/form-data; boundary=limit", "", multipart(&[]), empty()),
        ("multipart/mixed", b"multipart/mixed; boundary=limit", "", parts(), empty()),
        ("JSON", b"application/json", "", br#"{"grant_type":"client_credentials"}"#.to_vec(), empty()),
        ("a form said to be JSON", b"application/json", "", good(), empty()),
        ("no media type", b"", "", good(), empty()),
        ("an unknown media type", b"text/plain", "", good(), empty()),
        ("a media type that is none", b"/;=;", "", good(), empty()),
        ("a media type that is no ASCII", b"application/x-www-form-urlencoded; a=\xff", "", good(), Expected::Token),
        ("an empty body", form, "", Vec::new(), empty()),
        ("only ampersands", form, "", b"&&&".to_vec(), empty()),
        ("parameters in the query alone", form, "?grant_type=client_credentials", Vec::new(), empty()),
        ("a query beside", form, "?grant_type=password&client_id=x", good(), Expected::Token),
        ("a bad escape in the query", form, "?a=%zz", good(), undecodable()),
        ("a semicolon in the query", form, "?a=1;b=2", good(), undecodable()),
        ("a bad escape in a value", form, "", b"grant_type=client_credentials&a=%zz".to_vec(), undecodable()),
        ("a bad escape in a name", form, "", b"grant_type=client_credentials&%=a".to_vec(), undecodable()),
        ("an escape broken off", form, "", b"grant_type=client_credentials&a=%2".to_vec(), undecodable()),
        ("a semicolon", form, "", b"grant_type=client_credentials;a=b".to_vec(), undecodable()),
        ("an escaped semicolon", form, "", b"grant_type=client_credentials&a=%3B".to_vec(), Expected::Token),
        ("bytes that are no UTF-8", form, "", b"\xff=\xfe&grant_type=client_credentials".to_vec(), Expected::Token),
        ("escapes that are no UTF-8", form, "", b"%FF=%FE&grant_type=client_credentials".to_vec(), Expected::Token),
        ("raw NUL bytes", form, "", b"\0=\0&grant_type=client_credentials".to_vec(), Expected::Token),
        ("a name in escapes", form, "", b"%67rant_type=client%5Fcredentials".to_vec(), Expected::Token),
        (
            "an unknown parameter",
            form,
            "",
            b"grant_type=client_credentials&token_type=REFRESH".to_vec(),
            Expected::Token,
        ),
        ("a hundred thousand parameters", form, "", [b"a=1&".repeat(100_000), good()].concat(), Expected::Token),
        ("one long name", form, "", [b"a".repeat(500_000), b"&".to_vec(), good()].concat(), Expected::Token),
        ("just the longest", form, "", padded(LONGEST), Expected::Token),
        ("one byte too long", form, "", padded(LONGEST + 1), Expected::Bare(413, "application/problem+json")),
        ("far too long", form, "", padded(8 * LONGEST), Expected::Bare(413, "application/problem+json")),
    ]
}

fn padded(length: usize) -> Vec<u8> {
    let start = format!("{GRANT}&padding=");
    [start.as_bytes(), &b"a".repeat(length - start.len())].concat()
}

/// What the token endpoint alone reads.
fn grant_rows() -> Vec<(&'static str, &'static [u8], Expected)> {
    let scope = |name: &str| {
        Expected::Refused("invalid_scope", format!("The OAuth 2.0 Client is not allowed to request scope '{name}'."))
    };
    vec![
        ("no grant_type", b"scope=x", malformed(NO_GRANT)),
        ("an empty grant_type", b"grant_type=&scope=x", malformed(NO_GRANT)),
        ("an empty grant_type first", b"grant_type=&grant_type=client_credentials", malformed(NO_GRANT)),
        ("only spaces", b"grant_type=++", malformed(NO_GRANT)),
        ("a name in capitals", b"GRANT_TYPE=client_credentials", malformed(NO_GRANT)),
        ("spaces around the grant", b"grant_type=+client_credentials+", Expected::Token),
        ("a tab behind the grant", b"grant_type=client_credentials%09", malformed(DEFAULT_HINT)),
        ("two grants in one", b"grant_type=client_credentials+refresh_token", malformed(DEFAULT_HINT)),
        ("the same grant twice in one", b"grant_type=client_credentials+client_credentials", malformed(DEFAULT_HINT)),
        ("a good grant first", b"grant_type=client_credentials&grant_type=password", Expected::Token),
        ("a bad grant first", b"grant_type=password&grant_type=client_credentials", malformed(DEFAULT_HINT)),
        ("another case", b"grant_type=Client_Credentials", malformed(DEFAULT_HINT)),
        ("implicit", b"grant_type=implicit", malformed(DEFAULT_HINT)),
        ("NUL behind the grant", b"grant_type=client_credentials%00", malformed(DEFAULT_HINT)),
        ("a grant that is no UTF-8", b"grant_type=client_credentials%FF", malformed(DEFAULT_HINT)),
        ("a good scope first", b"grant_type=client_credentials&scope=openid&scope=x", Expected::Token),
        ("a bad scope first", b"grant_type=client_credentials&scope=x&scope=openid", scope("x")),
        ("the first bad scope is named", b"grant_type=client_credentials&scope=openid++y+z", scope("y")),
        ("commas between scopes", b"grant_type=client_credentials&scope=openid,email", scope("openid,email")),
        ("a scope in other case", b"grant_type=client_credentials&scope=OpenID", scope("OpenID")),
        ("quotes become apostrophes", b"grant_type=client_credentials&scope=%22x%22", scope("'x'")),
        ("a scope of markup", b"grant_type=client_credentials&scope=%3Cb%3E%26", scope(r"\u003cb\u003e\u0026")),
        ("a scope with NUL", b"grant_type=client_credentials&scope=x%00", scope(r"x\u0000")),
        ("a line separator", b"grant_type=client_credentials&scope=%E2%80%A8", scope(r"\u2028")),
        ("a scope that is no UTF-8", b"grant_type=client_credentials&scope=%FF", scope("\u{fffd}")),
        ("scope, audience and client empty", b"grant_type=client_credentials&scope=&audience=", Expected::Token),
        (
            "two audiences in one",
            b"grant_type=client_credentials&audience=urn:partner-api++urn:partner-api",
            Expected::Token,
        ),
        (
            "an audience repeated",
            b"grant_type=client_credentials&audience=urn:partner-api&audience=urn:partner-api",
            Expected::Token,
        ),
        (
            "an empty audience first",
            b"grant_type=client_credentials&audience=&audience=urn:partner-api",
            Expected::Token,
        ),
        ("no code", b"grant_type=authorization_code", Expected::Refused("invalid_grant", String::new())),
        (
            "a code of nobody",
            b"grant_type=authorization_code&code=%00%FF",
            Expected::Refused("invalid_grant", String::new()),
        ),
        (
            "no refresh token",
            b"grant_type=refresh_token",
            Expected::Refused("invalid_grant", "The refresh token is malformed or not valid.".to_owned()),
        ),
    ]
}

/// Where a wrong audience is refused at the token endpoint: once given, it is split at spaces; repeated, each counts
/// as it is, the first wrong one is named.
fn audience_rows() -> Vec<(&'static str, &'static str, Expected)> {
    let wrong = |name: &str| {
        malformed(&format!("Requested audience '{name}' has not been whitelisted by the OAuth 2.0 Client."))
    };
    vec![
        ("one", "&audience=urn:partner-api", Expected::Token),
        ("split at spaces", "&audience=urn:partner-api+x", wrong("x")),
        ("not split when repeated", "&audience=urn:partner-api&audience=urn:partner-api+x", wrong("urn:partner-api x")),
        ("every one counts", "&audience=urn:partner-api&audience=y", wrong("y")),
        ("the first wrong one is named", "&audience=z&audience=y", wrong("z")),
        ("the same one twice", "&audience=urn:partner-api&audience=urn:partner-api", Expected::Token),
        ("empty ones do not count", "&audience=&audience=urn:partner-api&audience=", Expected::Token),
        ("a slash more", "&audience=urn:partner-api/", wrong("urn:partner-api/")),
        ("capitals", "&audience=URN:partner-api", wrong("URN:partner-api")),
    ]
}

fn authorization(server: &Server) -> String {
    let demand = &staging(server).clients["demand"];
    basic(&demand.id, &demand.secret)
}

fn post(server: &Server, place: &str, media_type: &[u8], body: &[u8]) -> Answer {
    let authorization = authorization(server);
    let mut headers: Vec<(&str, &[u8])> = vec![("Authorization", authorization.as_bytes())];
    if !media_type.is_empty() {
        headers.push(("Content-Type", media_type));
    }
    ask(server, format!("POST {place}").as_bytes(), &headers, body)
}

#[test]
fn bodies_at_the_token_endpoint() {
    let server = Server::start();
    for (name, media_type, query, body, expected) in body_rows() {
        expected.check(name, &post(&server, &format!("/oauth2/token{query}"), media_type, &body));
    }
}

#[test]
fn bodies_at_revocation() {
    let server = Server::start();
    for (name, media_type, query, body, expected) in body_rows() {
        let expected = match expected {
            Expected::Refused(..) => malformed(DEFAULT_HINT),
            Expected::Token => Expected::Revoked,
            other => other,
        };
        expected.check(name, &post(&server, &format!("/oauth2/revoke{query}"), media_type, &body));
    }
}

#[test]
fn grants_scopes_and_audiences() {
    let server = Server::start();
    for (name, body, expected) in grant_rows() {
        expected.check(name, &post(&server, "/oauth2/token", FORM_TYPE.as_bytes(), body));
    }
    let strict = server.world_with(&serde_json::json!({"settings": {"wrong_audience": "token_endpoint"}})).staging;
    for (name, more, expected) in audience_rows() {
        expected.check(name, &server.token(&strict, &strict.clients["demand"], &format!("{GRANT}{more}")));
    }
}

#[test]
fn wrong_methods_are_refused_and_tell_the_right_ones() {
    let server = Server::start();
    let authorization = authorization(&server);
    let headers: &[(&str, &[u8])] =
        &[("Authorization", authorization.as_bytes()), ("Content-Type", FORM_TYPE.as_bytes())];
    for (place, methods) in ENDPOINTS {
        // That CORS preflights and methods of nobody's are refused in the same way is a guess.
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "post"] {
            if methods.contains(&method) {
                continue;
            }
            let answer = ask(&server, format!("{method} {place}").as_bytes(), headers, GRANT.as_bytes());
            Expected::Bare(405, "text/plain; charset=utf-8").check(&format!("{method} {place}"), &answer);
            let allowed: Vec<&str> = answer.header("allow").split(',').map(str::trim).collect();
            assert_eq!(allowed, *methods, "{method} {place}");
            assert_eq!(answer.header("access-control-allow-origin"), "");
            assert_eq!(answer.body, if method == "HEAD" { "" } else { "Method Not Allowed\n" }, "{method} {place}");
        }
    }
}

#[test]
fn one_trailing_slash_is_none_and_no_other_spelling_of_a_path_is_known() {
    let server = Server::start();
    let authorization = authorization(&server);
    let headers: &[(&str, &[u8])] =
        &[("Authorization", authorization.as_bytes()), ("Content-Type", FORM_TYPE.as_bytes())];
    for (place, methods) in ENDPOINTS {
        let method = methods.last().unwrap();
        let ask = |path: &str| ask(&server, format!("{method} {path}").as_bytes(), headers, GRANT.as_bytes());
        let known = ask(place);
        let slash = ask(&format!("{place}/"));
        assert_eq!((slash.status, slash.header("content-type")), (known.status, known.header("content-type")));
        let spellings = [
            format!("{place}//"),
            format!("/{place}"),
            place.replacen("/oauth2/", "/oauth2//", 1),
            place.to_uppercase(),
            place.replacen("oauth2", "OAuth2", 1),
            format!("{place}/."),
            format!("/x/..{place}"),
            format!("{place}%00"),
            format!("{place}%2f"),
            format!("{place};a=b"),
        ];
        for path in spellings.iter().filter(|path| path != place) {
            Expected::Bare(404, "text/html; charset=utf-8").check(path, &ask(path));
        }
    }
}
