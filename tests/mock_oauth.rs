//! The authorization server's rows: client authentication, codes, PKCE, refresh, revocation, the authorization URL.

mod mock_support;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use mock_support::{FORM, Server, basic, path};
use serde_json::{Value, json};

const OFFLINE: &str = "offline_access+supply%3A%3Ausers.read";

#[test]
fn client_authentication_rows() {
    let server = Server::start();
    let staging = server.world().staging;
    let client = &staging.clients["demand"];
    let (id, secret) = (client.id.as_str(), client.secret.as_str());
    let line = format!("POST {}", path(&staging.token_url));
    let send = |authorization: Option<String>, more: &str| {
        let form = format!("grant_type=client_credentials{more}");
        match authorization {
            Some(value) => server.send(&line, &[FORM, ("Authorization", &value)], &form),
            None => server.send(&line, &[FORM], &form),
        }
    };
    let raw = |pair: &str| Some(format!("Basic {}", STANDARD.encode(pair)));
    let good = || Some(basic(id, secret));
    let assertion = |alg: &str| {
        let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{alg}"}}"#));
        format!(
            "&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion={header}.e30.x"
        )
    };
    let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    for (authorization, more, status, end) in [
        (good(), String::new(), 200, ""),
        (good().map(|value| value.replace("Basic", "bAsIc")), String::new(), 200, ""),
        (good(), "&client_id=another".to_owned(), 200, ""),
        (
            raw(&format!("{id}:{secret}")),
            String::new(),
            400,
            "client secret in the HTTP authorization header could not",
        ),
        (raw("%zz:a"), String::new(), 400, "The client id in the HTTP authorization header could not be decoded"),
        (raw("no colon"), String::new(), 400, "Client credentials missing or malformed in both"),
        (Some("Basic !".to_owned()), String::new(), 400, "Client credentials missing or malformed in both"),
        (None, format!("&client_id={id}"), 401, "unsupported authentication method)."),
        (None, "&client_id=unknown".to_owned(), 401, "unsupported authentication method)."),
        (raw(&format!("{id}:")), String::new(), 401, "unsupported authentication method)."),
        (
            None,
            format!("&client_id={id}&client_secret={encoded}"),
            401,
            "but method 'client_secret_post' was requested.",
        ),
        (good(), format!("&client_secret={encoded}"), 401, "but method 'client_secret_post' was requested."),
        (None, "&client_assertion_type=x".to_owned(), 400, "Unknown client_assertion_type 'x'."),
        (None, assertion("HS256"), 401, "client authentication method 'client_secret_jwt'."),
        (None, assertion("RS256"), 401, "unsupported authentication method)."),
    ] {
        let answer = send(authorization.clone(), &more);
        assert_eq!(answer.status, status, "{authorization:?} {more} {answer:?}");
        assert!(answer.body.contains(end), "{authorization:?} {more} {answer:?}");
    }
}

#[test]
fn common_rows_of_the_token_endpoint() {
    let server = Server::start();
    let staging = server.world().staging;
    let client = &staging.clients["demand"];
    let place = path(&staging.token_url);
    let authorization = basic(&client.id, &client.secret);
    let post = |headers: &[(&str, &str)], query: &str, body: &str| {
        let mut all = vec![("Authorization", authorization.as_str())];
        all.extend_from_slice(headers);
        server.send(&format!("POST {place}{query}"), &all, body)
    };
    let grant = "grant_type=client_credentials";
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nclient_credentials\r\n--b--\r\n";
    assert_eq!(post(&[FORM], "", grant).status, 200);
    assert_eq!(post(&[FORM], "/", grant).status, 200);
    assert_eq!(post(&[FORM], "", &format!("{grant}&grant_type=password&unknown=1")).status, 200);
    assert_eq!(post(&[("Content-Type", "multipart/form-data; boundary=b")], "", multipart).status, 200);
    for (headers, query, body, hint) in [
        (&[FORM][..], "", "grant_type=%zz", "Unable to parse HTTP body"),
        (&[FORM][..], "?a=%", grant, "Unable to parse HTTP body"),
        (&[FORM][..], "", "", "The POST body can not be empty."),
        (&[][..], "", grant, "The POST body can not be empty."),
        (&[FORM][..], "?grant_type=client_credentials", "", "The POST body can not be empty."),
        (&[FORM][..], "", "grant_type=Client_Credentials", "exactly whitelisted the redirect_uri"),
    ] {
        let answer = post(headers, query, body);
        assert_eq!((answer.status, answer.member("error").as_str()), (400, "invalid_request"), "{answer:?}");
        assert!(answer.body.contains(hint), "{hint}: {answer:?}");
    }
    let answer = server.send(&format!("GET {place}"), &[], "");
    assert_eq!((answer.status, answer.header("allow")), (405, "POST"), "{answer:?}");
    for (accept, media_type) in [("", "text/html; charset=utf-8"), ("application/json", "application/json")] {
        let answer = server.send("GET /oauth2/nothing", &[("Accept", accept)], "");
        assert_eq!((answer.status, answer.header("content-type")), (404, media_type));
    }
}

#[test]
fn client_credentials_rows() {
    let server = Server::start();
    let staging = server.world().staging;
    let (demand, supply) = (&staging.clients["demand"], &staging.clients["supply"]);
    let answer = server.token(&staging, demand, "grant_type=client_credentials&scope=demand::keywords.read+openid");
    let token = answer.member("access_token");
    assert_eq!(
        answer.body,
        format!(
            r#"{{"access_token":"{token}","expires_in":3599,"scope":"demand::keywords.read openid","token_type":"bearer"}}"#
        )
    );
    let none = server.token(&staging, demand, "grant_type=client_credentials");
    assert_eq!(none.member("scope"), "");
    for (client, scope, error, hint) in [
        (demand, "demand::x+demand::y", "invalid_scope", "not allowed to request scope 'demand::x'."),
        (supply, "demand::keywords.read", "invalid_scope", "request scope 'demand::keywords.read'."),
        (supply, "supply::users.read", "unauthorized_client", "use authorization grant 'client_credentials'."),
    ] {
        let answer = server.token(&staging, client, &format!("grant_type=client_credentials&scope={scope}"));
        assert_eq!((answer.status, answer.member("error").as_str()), (400, error), "{answer:?}");
        assert!(answer.member("error_description").ends_with(hint), "{answer:?}");
    }
}

#[test]
fn access_tokens_are_jwts_of_realistic_length_or_opaque() {
    let server = Server::start();
    let staging = server.world().staging;
    let token = server.application_token(&staging, "demand::keywords.read");
    assert!((1170..=1210).contains(&token.len()), "{}", token.len());
    let part = |index: usize| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap()).unwrap()
    };
    assert_eq!((&part(0)["alg"], &part(0)["typ"]), (&json!("ES256"), &json!("JWT")));
    assert!(part(0)["kid"].is_string());
    let claims = part(1);
    assert_eq!(claims["aud"], json!(["urn:partner-api"]));
    assert_eq!(claims["scp"], json!(["demand::keywords.read"]));
    assert_eq!(claims["sub"], json!(staging.clients["demand"].id));
    assert_eq!(claims["iss"], json!(staging.auth_server));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);

    let rsa = server.world_with(&json!({"settings": {"access_token_form": "jwt_rs256"}})).staging;
    let token = server.application_token(&rsa, "demand::keywords.read");
    assert!((1170..=1210).contains(&token.len()), "{}", token.len());
    let header: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap();
    let published = server.send(&format!("GET {}", path(&rsa.jwks_url)), &[], "").json();
    let key = published["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).unwrap().clone();
    assert_eq!((&header["alg"], &key["kty"]), (&json!("RS256"), &json!("RSA")));
    let part = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
    let (message, signature) = token.rsplit_once('.').unwrap();
    ring::signature::RsaPublicKeyComponents { n: part("n"), e: part("e") }
        .verify(
            &ring::signature::RSA_PKCS1_2048_8192_SHA256,
            message.as_bytes(),
            &URL_SAFE_NO_PAD.decode(signature).unwrap(),
        )
        .unwrap();
    assert_eq!(server.get(&rsa, "v4/keywords/search?searchQuery=car", &token).status, 200);

    let opaque = server.world_with(&json!({"settings": {"access_token_form": "opaque"}})).staging;
    let token = server.application_token(&opaque, "demand::keywords.read");
    assert!(token.starts_with("ory_at_") && token.len() == 94, "{token}");
    assert_eq!(server.get(&opaque, "v4/keywords/search?searchQuery=car", &token).status, 200);
}

#[test]
fn authorization_rows_to_the_error_page() {
    let server = Server::start();
    let staging = server.world().staging;
    let place = path(&staging.authorize_url);
    let id = &staging.clients["supply"].id;
    for (query, error) in [
        ("client_id=%zz".to_owned(), "invalid_request"),
        (String::new(), "invalid_client"),
        ("client_id=unknown".to_owned(), "invalid_client"),
        (format!("client_id={id}&scope=openid&request=a&request_uri=b"), "invalid_request"),
        (format!("client_id={id}&response_mode=web_message"), "unsupported_response_mode"),
        (format!("client_id={id}&scope=openid"), "invalid_request"),
        (format!("client_id={id}&redirect_uri=http://127.0.0.1:9/other"), "invalid_request"),
        (format!("client_id={id}&redirect_uri=http://localhost:8421/callback"), "invalid_request"),
        (format!("client_id={id}&redirect_uri=http://a@127.0.0.1:9/callback"), "invalid_request"),
        (format!("client_id={id}&redirect_uri=http://127.0.0.1:9/a/../callback"), "invalid_request"),
        (format!("client_id={id}&redirect_uri=http://127.0.0.2:9/callback"), "invalid_request"),
        (format!("client_id={id}&redirect_uri=http://127.0.0.1:9/callback?a=b"), "invalid_request"),
        (format!("client_id={id}&redirect_uri=http://127.0.0.1:8421/callback%23a"), "invalid_request"),
    ] {
        let answer = server.send(&format!("GET {place}?{query}"), &[], "");
        assert_eq!(answer.status, 302, "{query} {answer:?}");
        assert!(answer.header("location").contains("/oauth2/fallbacks/error?"), "{query} {answer:?}");
        assert_eq!(answer.redirected("error"), error, "{query}");
    }
}

#[test]
fn authorization_rows_to_the_client() {
    let server = Server::start();
    let staging = server.world().staging;
    let place = path(&staging.authorize_url);
    let id = &staging.clients["supply"].id;
    let good = "state=12345678&response_type=code";
    for (query, error, hint) in [
        ("scope=demand::keywords.read", "invalid_scope", "request scope 'demand::keywords.read'."),
        ("audience=urn:partner-apii", "invalid_request", "Requested audience 'urn:partner-apii' has not been"),
        ("registration=x", "registration_not_supported", "registration parameter."),
        ("state=12345678", "unsupported_response_type", "`The request is missing the 'response_type' parameter."),
        ("response_type=token", "unsupported_response_type", "request response_type 'token'."),
        ("response_type=code", "invalid_state", "sufficient entropy."),
        ("prompt=none&state=12345678&response_type=code", "login_required", "no existing login session was found."),
        ("prompt=none+login&state=12345678&response_type=code", "invalid_request", "contains other values"),
        ("prompt=x&state=12345678&response_type=code", "invalid_request", "'[x]' for prompt parameter."),
        ("code_challenge=x&state=12345678&response_type=code", "invalid_request", "plain is not allowed."),
    ] {
        let answer = server.send(&format!("GET {place}?client_id={id}&{query}"), &[], "");
        assert_eq!(answer.status, 303, "{query} {answer:?}");
        assert!(answer.header("location").starts_with("http://127.0.0.1:8421/callback?error="), "{answer:?}");
        assert_eq!(answer.redirected("error"), error);
        assert!(answer.redirected("error_description").contains(hint), "{query} {answer:?}");
        answer.redirected("state");
    }
    for name in ["scope", "audience", "nonce", "code_challenge"] {
        let long = |length: usize| {
            let query = format!("client_id={id}&{good}&code_challenge_method=S256&{name}={}", "+".repeat(length));
            server.send(&format!("GET {place}?{query}"), &[], "").header("location").to_owned()
        };
        assert!(long(8_192).contains("callback?code="), "{name}");
        assert!(long(8_193).contains("error=invalid_request") && long(8_193).contains("8192"), "{name}");
    }
    let other_port = "redirect_uri=http://127.0.0.1:9/callback";
    let answer = server.send(&format!("GET {place}?client_id={id}&{good}&{other_port}"), &[], "");
    assert!(answer.header("location").starts_with("http://127.0.0.1:9/callback?code=ory_ac_"), "{answer:?}");
    let answer = server.send(&format!("POST {place}?client_id=unknown"), &[FORM], &format!("client_id={id}&{good}"));
    assert_eq!(answer.redirected("state"), "12345678");
    let answer = server.send(&format!("GET {place}?client_id={id}&{good}&response_mode=fragment"), &[], "");
    assert!(answer.header("location").starts_with("http://127.0.0.1:8421/callback#code="), "{answer:?}");
    let page = server.send(
        &format!("GET {place}?client_id={id}&state=%3Cscript%3E%22&response_type=code&response_mode=form_post"),
        &[],
        "",
    );
    assert_eq!(page.status, 200);
    assert!(page.body.contains("&lt;script&gt;&#34;") && !page.body.contains("<script>"), "{page:?}");
}

#[test]
fn code_rows() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let (supply, demand) = (&staging.clients["supply"], &staging.clients["demand"]);
    let callback = "http%3A%2F%2F127.0.0.1%3A8421%2Fcallback";
    let code = |more: &str| server.authorize(staging, supply, more).redirected("code");

    let sent = code(&format!("redirect_uri={callback}"));
    let missing = server.exchange(staging, supply, &sent);
    assert!(missing.member("error_description").ends_with("does not match the one from the authorize request."));
    let other = server.exchange(staging, demand, &code(""));
    assert!(other.member("error_description").contains("The OAuth 2.0 Client ID from this request"), "{other:?}");
    let harmless = format!("{sent}&redirect_uri={callback}&audience=urn:other&scope=nonsense");
    assert_eq!(server.exchange(staging, supply, &harmless).status, 200);
    let unknown = server.exchange(staging, supply, "ory_ac_x");
    assert!(unknown.member("error_description").ends_with("was issued to another client."));

    let weak = code(&format!("scope=openid&nonce=short&redirect_uri={callback}"));
    for _ in 0..2 {
        let answer = server.exchange(staging, supply, &format!("{weak}&redirect_uri={callback}"));
        assert_eq!(answer.member("error"), "insufficient_entropy", "the code is not consumed");
    }
    let late = code("");
    server.command(&world, &json!({"advance": "5m"}));
    assert!(server.exchange(staging, supply, &late).member("error_description").ends_with("to another client."));
}

#[test]
fn pkce_binds_the_code_even_after_a_failed_verifier() {
    let server = Server::start();
    let staging = server.world().staging;
    let supply = &staging.clients["supply"];
    let challenge = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
    let code = server.authorize(&staging, supply, challenge).redirected("code");
    let exchange = |more: &str| server.exchange(&staging, supply, &format!("{code}{more}"));
    let wrong = exchange(&format!("&code_verifier={}", "a".repeat(43)));
    assert!(wrong.member("error_description").ends_with("did not match the code verifier."));
    assert!(exchange("").member("error_description").ends_with("at least 43 characters."), "no downgrade");
    assert_eq!(exchange("&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").status, 200);
}

#[test]
fn refresh_rotates_with_a_grace_and_reuse_revokes_the_chain() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let supply = &staging.clients["supply"];
    let works = |token: &str| server.get(staging, "v4/users/self", token).status == 200;

    let first = server.login(staging, supply, OFFLINE);
    assert_eq!(first.json()["expires_in"], 3600);
    let old = first.member("refresh_token");
    let second = server.refresh(staging, supply, &old);
    assert_ne!(second.member("refresh_token"), old);
    assert!(!works(&first.member("access_token")), "the paired access token is gone");
    assert!(works(&second.member("access_token")));
    server.command(&world, &json!({"advance": "50s"}));
    let again = server.refresh(staging, supply, &old);
    assert!(works(&again.member("access_token")) && works(&second.member("access_token")));
    server.command(&world, &json!({"advance": "10s"}));
    let reuse = server.refresh(staging, supply, &old);
    assert_eq!((reuse.status, reuse.member("error").as_str()), (400, "invalid_grant"));
    assert!(reuse.member("error_description").ends_with("The refresh token was already used."));
    assert!(!works(&again.member("access_token")) && !works(&second.member("access_token")));
    assert_eq!(server.refresh(staging, supply, &second.member("refresh_token")).status, 400);
}

#[test]
fn strict_rotation_ends_everything_earlier() {
    let server = Server::start();
    let staging = server.world_with(&json!({"settings": {"refresh_grace_seconds": 0}})).staging;
    let supply = &staging.clients["supply"];
    let first = server.login(&staging, supply, OFFLINE);
    let second = server.refresh(&staging, supply, &first.member("refresh_token"));
    assert_eq!(server.get(&staging, "v4/users/self", &first.member("access_token")).status, 401);
    assert_eq!(server.get(&staging, "v4/users/self", &second.member("access_token")).status, 200);
    assert_eq!(server.refresh(&staging, supply, &first.member("refresh_token")).status, 400);
    assert_eq!(server.get(&staging, "v4/users/self", &second.member("access_token")).status, 401);
}

#[test]
fn the_refresh_window_slides() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let supply = &staging.clients["supply"];
    let mut token = server.login(staging, supply, OFFLINE).member("refresh_token");
    for _ in 0..2 {
        server.command(&world, &json!({"advance": "179d"}));
        token = server.refresh(staging, supply, &token).member("refresh_token");
    }
    server.command(&world, &json!({"advance": "180d"}));
    let late = server.refresh(staging, supply, &token);
    assert!(late.member("error_description").ends_with("The refresh token expired."), "{late:?}");
}

#[test]
fn refresh_refusals_and_when_no_refresh_token_is_issued() {
    let server = Server::start();
    let staging = server.world().staging;
    let (supply, demand) = (&staging.clients["supply"], &staging.clients["demand"]);
    let without = server.login(&staging, supply, "supply%3A%3Ausers.read");
    assert_eq!(without.json()["refresh_token"], Value::Null);
    let token = server.login(&staging, supply, OFFLINE).member("refresh_token");
    let other = server.refresh(&staging, demand, &token);
    assert!(other.member("error_description").ends_with("the ID during the initial token issuance."));
    let unknown = server.refresh(&staging, supply, "ory_rt_x");
    assert!(unknown.member("error_description").ends_with("The refresh token is malformed or not valid."));
    assert_eq!(server.refresh(&staging, supply, &format!("{token}&scope=nonsense&audience=x")).status, 200);
}

#[test]
fn revocation_ends_the_grant_and_needs_the_client() {
    let server = Server::start();
    let staging = server.world().staging;
    let supply = &staging.clients["supply"];
    let login = server.login(&staging, supply, OFFLINE);
    let line = format!("POST {}", path(&staging.revoke_url));
    let form = format!("token={}", login.member("refresh_token"));
    let bare = server.send(&line, &[FORM], &form);
    assert_eq!(bare.status, 400);
    assert!(bare.member("error_description").ends_with("whitelisted the redirect_uri you specified."), "{bare:?}");
    let wrong = server.send(&line, &[FORM, ("Authorization", &basic(&supply.id, "x"))], &form);
    assert_eq!((wrong.status, wrong.member("error").as_str()), (401, "invalid_client"));
    assert_eq!(server.get(&staging, "v4/users/self", &login.member("access_token")).status, 200);
    let authorization = basic(&supply.id, &supply.secret);
    for form in [form.as_str(), "token=unknown", "a=b"] {
        let answer = server.send(&line, &[FORM, ("Authorization", &authorization)], form);
        assert_eq!((answer.status, answer.body.as_str(), answer.header("cache-control")), (200, "", "no-store"));
    }
    assert_eq!(server.get(&staging, "v4/users/self", &login.member("access_token")).status, 401);
    assert_eq!(server.refresh(&staging, supply, &login.member("refresh_token")).status, 400);
}
