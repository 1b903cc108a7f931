//! The authorization endpoint: nothing is answered as JSON, and until the redirect URI is proved nobody is redirected
//! to it.

use crate::{
    catalogue::{Expected, UNDECODABLE, client, page},
    mock_support::Server,
    requests::{FORM_TYPE, ask, staging},
};

const UNKNOWN: &str = "The requested OAuth 2.0 Client does not exist.";
const WEAK: &str = "Request parameter 'state' must be at least be 8 characters long to ensure sufficient entropy.";
const REDIRECT: &str =
    "The 'redirect_uri' parameter does not match any of the OAuth 2.0 Client's pre-registered redirect urls.";
const NO_TYPE: &str = "`The request is missing the 'response_type' parameter.";

/// Rows in form encoding, which go as a query and as a body; `ID` stands for the client's id, `GOOD` for all that a
/// good request has.
#[expect(clippy::too_many_lines, reason = "a table")]
fn rows() -> Vec<(&'static str, &'static [u8], Expected)> {
    let scope = |name: &str| {
        client("invalid_scope", &format!("The OAuth 2.0 Client is not allowed to request scope '{name}'."))
    };
    let audience = |name: &str| {
        client(
            "invalid_request",
            &format!("Requested audience '{name}' has not been whitelisted by the OAuth 2.0 Client."),
        )
    };
    let kind = |name: &str| {
        client("unsupported_response_type", &format!("The client is not allowed to request response_type '{name}'."))
    };
    let weak = |state: &'static str| Expected::Client("invalid_state", WEAK.to_owned(), state);
    let mode =
        |name: &str| page("unsupported_response_mode", &format!("Request with unsupported response_mode '{name}'."));
    let prompt = |name: &str| {
        client(
            "invalid_request",
            &format!("Used unknown value '[{name}]' for prompt parameter. Allowed: login, none, consent, registration"),
        )
    };
    let code = || Expected::Code("12345678");
    let undecodable = || page("invalid_request", UNDECODABLE);
    let unknown = || page("invalid_client", UNKNOWN);
    let redirect = || page("invalid_request", REDIRECT);
    vec![
        ("good", b"GOOD", code()),
        ("unknown parameters", b"GOOD&a=b&%FF=%FF&%00=%00", code()),
        ("a bad escape", b"GOOD&a=%zz", undecodable()),
        ("a bad escape in a name", b"GOOD&%z=a", undecodable()),
        ("an escape broken off", b"GOOD&a=%", undecodable()),
        ("a semicolon", b"GOOD;a=b", undecodable()),
        ("nothing", b"", unknown()),
        ("no client_id", b"response_type=code&state=12345678", unknown()),
        ("an empty client_id first", b"client_id=&GOOD", unknown()),
        ("another client_id first", b"client_id=nobody&GOOD", unknown()),
        ("another client_id later", b"GOOD&client_id=nobody", code()),
        ("NUL behind the client_id", b"client_id=ID%00", unknown()),
        ("a client_id that is no UTF-8", b"client_id=%FF", unknown()),
        ("a name in capitals", b"CLIENT_ID=ID", unknown()),
        ("a bad mode", b"GOOD&response_mode=web_message", mode("web_message")),
        ("a bad mode first", b"response_mode=x&response_mode=query&GOOD", mode("x")),
        ("a mode in capitals", b"GOOD&response_mode=QUERY", mode("QUERY")),
        ("a mode of quotes", b"GOOD&response_mode=%22", mode("'")),
        ("an empty mode", b"GOOD&response_mode=", code()),
        ("the registered URI", b"GOOD&redirect_uri=http://127.0.0.1:8421/callback", code()),
        ("a foreign URI", b"GOOD&redirect_uri=https://evil.example/callback", redirect()),
        (
            "a foreign URI first",
            b"redirect_uri=https://evil.example/&redirect_uri=http://127.0.0.1:8421/callback&GOOD",
            redirect(),
        ),
        (
            "a foreign URI later",
            b"redirect_uri=http://127.0.0.1:8421/callback&redirect_uri=https://evil.example/&GOOD",
            code(),
        ),
        ("no URI at all", b"GOOD&redirect_uri=%00", redirect()),
        ("a URI that is no UTF-8", b"GOOD&redirect_uri=http://127.0.0.1:8421/callback%FF", redirect()),
        ("line breaks in the URI", b"GOOD&redirect_uri=http://127.0.0.1:9/callback%0D%0AX:+y", redirect()),
        ("a space before the URI", b"GOOD&redirect_uri=+http://127.0.0.1:8421/callback", redirect()),
        ("a fragment", b"GOOD&redirect_uri=http://127.0.0.1:8421/callback%23", redirect()),
        ("a query", b"GOOD&redirect_uri=http://127.0.0.1:8421/callback?", redirect()),
        ("a slash more", b"GOOD&redirect_uri=http://127.0.0.1:8421/callback/", redirect()),
        ("a port beyond all", b"GOOD&redirect_uri=http://127.0.0.1:99999/callback", redirect()),
        ("the port only begins alike", b"GOOD&redirect_uri=http://127.0.0.1:8421@evil.example/callback", redirect()),
        ("another scheme", b"GOOD&redirect_uri=https://127.0.0.1:8421/callback", redirect()),
        ("an address in decimal", b"GOOD&redirect_uri=http://2130706433:9/callback", redirect()),
        (
            "openid without URI",
            b"GOOD&scope=openid",
            page("invalid_request", "The 'redirect_uri' parameter is required when using OpenID Connect 1.0."),
        ),
        ("a bad scope", b"GOOD&scope=x", scope("x")),
        ("a bad scope first", b"GOOD&scope=x&scope=offline_access", scope("x")),
        ("a bad scope later", b"GOOD&scope=offline_access&scope=x", code()),
        ("scopes with commas", b"GOOD&scope=offline_access,email", scope("offline_access,email")),
        ("a bad audience", b"GOOD&audience=x", audience("x")),
        ("a bad audience later", b"GOOD&audience=urn:partner-api&audience=x", audience("x")),
        ("audiences parted by a space", b"GOOD&audience=urn:partner-api+x", audience("x")),
        (
            "audiences that are not parted",
            b"GOOD&audience=urn:partner-api&audience=urn:partner-api+x",
            audience("urn:partner-api x"),
        ),
        ("an empty audience", b"GOOD&audience=&audience=", code()),
        ("registration", b"GOOD&registration=x", client("registration_not_supported", "")),
        ("no response_type", b"client_id=ID&state=12345678", client("unsupported_response_type", NO_TYPE)),
        ("an empty response_type first", b"response_type=&GOOD", client("unsupported_response_type", NO_TYPE)),
        ("a response_type of spaces", b"response_type=+&GOOD", client("unsupported_response_type", NO_TYPE)),
        ("spaces around the response_type", b"response_type=+code+&GOOD", code()),
        ("a bad response_type", b"response_type=token&GOOD", kind("token")),
        ("a response_type in capitals", b"response_type=Code&GOOD", kind("Code")),
        ("two response_types", b"response_type=code+token&GOOD", kind("code token")),
        ("no state", b"client_id=ID&response_type=code", weak("")),
        ("a short state first", b"state=1234567&GOOD", weak("1234567")),
        ("a short state of two-byte letters", b"state=%C3%A9%C3%A9%C3%A9a&GOOD", weak("%C3%A9%C3%A9%C3%A9a")),
        (
            "eight bytes in four letters",
            b"state=%C3%A9%C3%A9%C3%A9%C3%A9&GOOD",
            Expected::Code("%C3%A9%C3%A9%C3%A9%C3%A9"),
        ),
        ("a short state that is no UTF-8", b"state=%FF%FE%FD&GOOD", weak("%FF%FE%FD")),
        ("a state that is no UTF-8", b"state=%FF%FE%FD%00%80%81%82+&GOOD", Expected::Code("%FF%FE%FD%00%80%81%82+")),
        (
            "a state of line breaks",
            b"state=%0D%0A%0D%0ASet-Cookie:+a&GOOD",
            Expected::Code("%0D%0A%0D%0ASet-Cookie%3A+a"),
        ),
        ("a state like a parameter", b"state=a%26code%3Dabc%23x&GOOD", Expected::Code("a%26code%3Dabc%23x")),
        ("an unknown prompt", b"GOOD&prompt=select+login", prompt("select")),
        (
            "prompt none",
            b"GOOD&prompt=none",
            client("login_required", "Prompt 'none' was requested, but no existing login session was found."),
        ),
        (
            "prompt none and more",
            b"GOOD&prompt=login+none",
            client(
                "invalid_request",
                "Parameter 'prompt' was set to 'none', but contains other values as well which is not allowed.",
            ),
        ),
        (
            "plain PKCE",
            b"GOOD&code_challenge=x",
            client("invalid_request", "Clients must use code_challenge_method=S256, plain is not allowed."),
        ),
        (
            "unknown PKCE",
            b"GOOD&code_challenge=x&code_challenge_method=s256",
            client("invalid_request", "The code_challenge_method is not supported, use S256 instead."),
        ),
        (
            "plain PKCE first",
            b"GOOD&code_challenge=x&code_challenge_method=plain&code_challenge_method=S256",
            client("invalid_request", "Clients must use code_challenge_method=S256, plain is not allowed."),
        ),
    ]
}

fn written(row: &[u8], id: &str) -> Vec<u8> {
    let text = String::from_utf8(row.to_vec()).unwrap();
    text.replace("GOOD", "client_id=ID&response_type=code&state=12345678")
        .replace("=ID", &format!("={id}"))
        .into_bytes()
}

#[test]
fn every_row_in_the_query_and_in_a_body() {
    let server = Server::start();
    let id = staging(&server).clients["supply"].id.clone();
    let form: &[(&str, &[u8])] = &[("Content-Type", FORM_TYPE.as_bytes())];
    for (name, row, expected) in rows() {
        let row = written(row, &id);
        let query = ask(&server, &[b"GET /oauth2/auth?", row.as_slice()].concat(), &[], b"");
        expected.check(name, &query);
        if let Expected::Page(..) = expected {
            assert_eq!(query.header("content-type"), "text/html; charset=utf-8", "{name}");
            assert!(query.body.starts_with("<a href=\"") && query.body.ends_with("\">Found</a>.\n\n"), "{name}");
        }
        let body = ask(&server, b"POST /oauth2/auth", form, &row);
        expected.check(name, &body);
        // The small page is for GET alone.
        assert_eq!((body.body.as_str(), body.header("content-type")), ("", ""), "{name}");
        // That HEAD is taken as GET, and so issues a code, is a guess.
        let head = ask(&server, &[b"HEAD /oauth2/auth?", row.as_slice()].concat(), &[], b"");
        expected.check(name, &head);
        assert_eq!(head.body, "", "{name}");
    }
}

#[test]
fn the_body_comes_before_the_query() {
    let server = Server::start();
    let id = staging(&server).clients["supply"].id.clone();
    let form: &[(&str, &[u8])] = &[("Content-Type", FORM_TYPE.as_bytes())];
    let json: &[(&str, &[u8])] = &[("Content-Type", b"application/json")];
    let parts: &[(&str, &[u8])] = &[("Content-Type", b"multipart/form-data")];
    let good = format!("client_id={id}&response_type=code&state=12345678");
    let undecodable = || page("invalid_request", UNDECODABLE);
    for (name, query, headers, body, expected) in [
        ("another state in the query", "state=87654321", form, good.as_str(), Expected::Code("12345678")),
        ("the client in the query", good.as_str(), form, "state=abcdefgh", Expected::Code("abcdefgh")),
        ("a body that is no form", good.as_str(), json, "{}", Expected::Code("12345678")),
        ("no body", good.as_str(), form, "", Expected::Code("12345678")),
        ("a bad query", "a=%", form, good.as_str(), undecodable()),
        ("a bad body", good.as_str(), form, "a=%", undecodable()),
        ("a multipart body without boundary", good.as_str(), parts, "a=b", undecodable()),
    ] {
        let line = format!("POST /oauth2/auth?{query}");
        expected.check(name, &ask(&server, line.as_bytes(), headers, body.as_bytes()));
    }
    let other = format!("{good}&audience=urn:partner-api");
    let twice = ask(&server, format!("POST /oauth2/auth?{other}").as_bytes(), form, b"audience=x+y");
    client("invalid_request", "Requested audience 'x y' has not been whitelisted by the OAuth 2.0 Client.")
        .check("an audience in both is one repeated", &twice);
}

/// They come back as they were received (RFC 6749 §4.1.2), in escapes.
#[test]
fn raw_bytes_beyond_ascii_are_taken_as_if_they_were_escaped() {
    let server = Server::start();
    let id = staging(&server).clients["supply"].id.clone();
    let good = format!("client_id={id}&response_type=code&");
    for (state, echoed) in [
        (&b"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"[..], "%C3%A9%C3%A9%C3%A9%C3%A9"),
        (b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8", "%FF%FE%FD%FC%FB%FA%F9%F8"),
    ] {
        let form = [good.as_bytes(), b"state=", state].concat();
        let query = ask(&server, &[b"GET /oauth2/auth?", form.as_slice()].concat(), &[], b"");
        match std::str::from_utf8(state) {
            Ok(_) => Expected::Code(echoed).check("query", &query),
            // A guess: RFC 3986 §2 has no such bytes in a URL, and the server below takes none.
            Err(_) => assert_eq!((query.status, query.body.as_str()), (400, "")),
        }
        let headers: &[(&str, &[u8])] = &[("Content-Type", FORM_TYPE.as_bytes())];
        Expected::Code(echoed).check("body", &ask(&server, b"POST /oauth2/auth", headers, &form));
    }
}

#[test]
fn large_values_are_carried_whole() {
    let server = Server::start();
    let id = staging(&server).clients["supply"].id.clone();
    let form: &[(&str, &[u8])] = &[("Content-Type", FORM_TYPE.as_bytes())];
    let good = format!("client_id={id}&response_type=code&state=");
    let state = "a".repeat(60_000);
    let long = ask(&server, format!("GET /oauth2/auth?{good}{state}").as_bytes(), &[], b"");
    assert_eq!((long.status, long.redirected("state")), (303, state));
    // That a longer head is refused is a guess, as is where: no client needs more than 64 KiB.
    let longer = ask(&server, format!("GET /oauth2/auth?{good}{}", "a".repeat(70_000)).as_bytes(), &[], b"");
    assert_eq!(longer.status, 431);
    let state = "a".repeat(1024 * 1024 - good.len());
    let body = ask(&server, b"POST /oauth2/auth", form, format!("{good}{state}").as_bytes());
    assert_eq!((body.status, body.redirected("state").len()), (303, state.len()));
    let body = ask(&server, b"POST /oauth2/auth", form, format!("{good}{state}a").as_bytes());
    Expected::Bare(413, "application/problem+json").check("one byte too long", &body);
    let many = ask(&server, b"POST /oauth2/auth", form, format!("{}{good}12345678", "a=1&".repeat(100_000)).as_bytes());
    Expected::Code("12345678").check("a hundred thousand parameters", &many);
    let cookie = vec![b'a'; 60_000];
    let header: &[(&str, &[u8])] = &[("Cookie", &cookie)];
    let answer = ask(&server, format!("GET /oauth2/auth?{good}12345678").as_bytes(), header, b"");
    Expected::Code("12345678").check("a header of 60 KB", &answer);
}

#[test]
fn the_error_page_lists_what_it_is_told_and_nothing_as_markup() {
    let server = Server::start();
    for (query, listed) in [
        ("", "<li>error: </li><li>error_description: </li>"),
        ("?error=a&error=b&error_description=c", "<li>error: a</li><li>error_description: c</li>"),
        ("?error=%3Cscript%3E%22%26", "<li>error: &#60;script&#62;&#34;&#38;</li>"),
        ("?error=%FF%00", "<li>error: \u{fffd}"),
        ("?error=a&x=%zz&error_description=c;d&y=%", "<li>error: a</li><li>error_description: </li>"),
    ] {
        let answer = ask(&server, format!("GET /oauth2/fallbacks/error{query}").as_bytes(), &[], b"");
        Expected::Bare(500, "text/html; charset=utf-8").check(query, &answer);
        assert!(answer.body.contains(listed), "{query} {answer:?}");
    }
}
