//! Clients and redirect URIs that a mock is started with: each authenticates in its one way, and is sent back to where
//! it has registered.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

mod mock_support;

use mock_support::{Answer, FORM, Server, basic};
use tacktest::mock::{
    Options, Profile,
    control::{Client, Environment, Provisions},
};
use tacktest::scenario::read_fault_list;
use tacktest::source::{SourceFile, Sources};

const PROFILE: &str = "redirect_uris: [\"http://127.0.0.1:3000/callback?from=mock&state=own\"]
clients:
  staging:
    supply: { id: partner, secret: s3cret, auth: post, redirect_uris: [\"https://app.example.com/callback\"] }
    widget: { id: widget, auth: none, scopes: [demand::keywords.read, openid], redirect_uris: [\"http://app.internal/back\"] }
    worker: { id: worker, secret: fictional, scopes: [demand::keywords.read], grants: client_credentials }
    older: { id: older, secret: fictional, scopes: [offline, supply::users.read] }
  production:
    worker: { id: worker, secret: fictional, scopes: [], redirect_uris: [\"http://app.internal/back\"] }
";

fn server() -> (Server, Environment) {
    let server = server_of(PROFILE.to_owned());
    let staging = server.world().staging;
    (server, staging)
}

fn server_of(profile: String) -> Server {
    let sources = Sources::of(SourceFile { path: "profile.yaml".into(), text: profile });
    let profile = Profile::read(&sources, read_fault_list).unwrap();
    let provisions = Provisions { redirect_uris: profile.redirect_uris, clients: profile.clients };
    Server::with_options(Options { provisions, ..Options::default() })
}

fn post(server: &Server, environment: &Environment, authorization: Option<&str>, form: &str) -> Answer {
    let line = format!("POST {}", url::Url::parse(&environment.token_url).unwrap().path());
    let mut headers = vec![FORM];
    headers.extend(authorization.map(|value| ("Authorization", value)));
    server.send(&line, &headers, form)
}

fn authorize(server: &Server, staging: &Environment, client: &Client, more: &str) -> Answer {
    server.authorize(staging, client, more)
}

#[test]
fn each_client_authenticates_in_its_one_way() {
    let (server, staging) = server();
    let grant = "grant_type=client_credentials";
    let in_form = |id: &str, secret: &str| format!("{grant}&client_id={id}&client_secret={secret}");
    let (by_post, by_basic) = ("client_secret_post", "client_secret_basic");
    let refused = |own: &str, tried: &str| format!("authentication method '{own}', but method '{tried}' was requested");
    for (name, authorization, form, status, told) in [
        ("post in its way", None, in_form("partner", "s3cret"), 400, "grant 'client_credentials'".to_owned()),
        ("post with another secret", None, in_form("partner", "x"), 401, "authentication failed".to_owned()),
        ("post without secret", None, format!("{grant}&client_id=partner"), 401, "authentication failed".to_owned()),
        ("post by basic", Some(basic("partner", "s3cret")), grant.to_owned(), 401, refused(by_post, by_basic)),
        ("basic in its way", Some(basic("worker", "fictional")), grant.to_owned(), 200, "bearer".to_owned()),
        ("basic by post", None, in_form("worker", "fictional"), 401, refused(by_basic, by_post)),
        ("public in its way", None, format!("{grant}&client_id=widget"), 400, "is marked as public".to_owned()),
        ("public by post", None, in_form("widget", "x"), 401, refused("none", by_post)),
        ("public by basic", Some(basic("widget", "x")), grant.to_owned(), 401, refused("none", by_basic)),
    ] {
        let answer = post(&server, &staging, authorization.as_deref(), &form);
        assert!(answer.status == status && answer.body.contains(&told), "{name}: {answer:?}");
    }
    // Production has its own clients only.
    let production = server.world().production;
    assert_eq!(post(&server, &production, Some(&basic("older", "fictional")), grant).status, 401);
}

#[test]
fn a_user_is_sent_back_to_a_registered_address() {
    let (server, staging) = server();
    let supply = &staging.clients["supply"];
    assert_eq!(supply.redirect_uri, "https://app.example.com/callback");
    assert_eq!(supply.redirect_uris.len(), 2);
    let location = |uri: &str| {
        let uri: String = url::form_urlencoded::byte_serialize(uri.as_bytes()).collect();
        authorize(&server, &staging, supply, &format!("redirect_uri={uri}")).header("location").to_owned()
    };
    assert!(location("https://app.example.com/callback").starts_with("https://app.example.com/callback?code=ory_ac_"));
    // What is in the registered query stays, in alphabetical order, unless the answer says it itself.
    let merged = location("http://127.0.0.1:3000/callback?from=mock&state=own");
    let code = merged.strip_prefix("http://127.0.0.1:3000/callback?code=ory_ac_").unwrap_or_else(|| panic!("{merged}"));
    assert!(code.ends_with("&from=mock&scope=&state=12345678"), "{merged}");
    let other_port = location("http://127.0.0.1:4000/callback?from=mock&state=own");
    assert!(other_port.starts_with("http://127.0.0.1:4000/callback?code="), "{other_port}");
    for wrong in [
        "https://app.example.com/callback/",
        "https://app.example.com:8443/callback",
        "https://APP.example.com/callback",
        "http://127.0.0.1:3000/callback?from=mock",
        "http://localhost:3000/callback?from=mock&state=own",
        // The mock's own one was replaced.
        "http://127.0.0.1:8421/callback",
    ] {
        assert!(location(wrong).contains("pre-registered"), "{wrong}: {}", location(wrong));
    }
    // With several, one must be named.
    assert!(authorize(&server, &staging, supply, "").header("location").contains("pre-registered"));
}

#[test]
fn a_public_client_logs_a_user_in_by_its_id() {
    let (server, staging) = server();
    let widget = &staging.clients["widget"];
    assert!(widget.secret.is_empty());
    let loopback = "redirect_uri=http%3A%2F%2F127.0.0.1%3A3000%2Fcallback%3Ffrom%3Dmock%26state%3Down";
    let scope = "scope=demand%3A%3Akeywords.read";
    let code = authorize(&server, &staging, widget, &format!("{loopback}&{scope}")).redirected("code");
    let form = format!("grant_type=authorization_code&client_id=widget&code={code}&{loopback}");
    let answer = post(&server, &staging, None, &form);
    assert!(answer.status == 200 && answer.member("scope") == "demand::keywords.read", "{answer:?}");
    // Plain http to another machine is refused when the code is to be issued, as Hydra does.
    let insecure = authorize(&server, &staging, widget, "redirect_uri=http%3A%2F%2Fapp.internal%2Fback");
    assert!(insecure.header("location").starts_with("http://app.internal/back?error=invalid_request"), "{insecure:?}");
    assert!(insecure.redirected("error_description").contains("insecure protocol"));
}

#[test]
fn the_only_registered_address_is_held_to_https_also_unsent() {
    // A profile's `redirect_uris` are every client's, so that this mock has none.
    let text = PROFILE.lines().skip(1).collect::<Vec<_>>().join("\n");
    let server = server_of(text);
    let production = server.world().production;
    let worker = &production.clients["worker"];
    let sent = "redirect_uri=http%3A%2F%2Fapp.internal%2Fback";
    for more in ["", sent] {
        let refused = server.authorize(&production, worker, more);
        assert!(
            refused.header("location").starts_with("http://app.internal/back?error=invalid_request"),
            "{refused:?}"
        );
        assert!(refused.redirected("error_description").contains("insecure protocol"), "{more}");
    }
}

#[test]
fn offline_is_another_name_of_offline_access() {
    let (server, staging) = server();
    let older = &staging.clients["older"];
    let login = |scope: &str| {
        let redirect = "redirect_uri=http%3A%2F%2F127.0.0.1%3A8421%2Fcallback";
        let code = server.authorize(&staging, older, &format!("{redirect}&scope={scope}")).redirected("code");
        server.exchange(&staging, older, &format!("{code}&{redirect}"))
    };
    let token = login("offline").member("refresh_token");
    assert_eq!(server.refresh(&staging, older, &token).status, 200);
    assert!(login("supply::users.read").json().get("refresh_token").is_none());
}

#[test]
fn grants_of_hydra_that_no_client_has_are_refused_after_authentication() {
    let (server, staging) = server();
    for grant in ["jwt-bearer", "device_code"] {
        let name = format!("urn:ietf:params:oauth:grant-type:{grant}");
        let form = format!("grant_type={name}");
        let wrong = post(&server, &staging, Some(&basic("worker", "x")), &form);
        assert_eq!((wrong.status, wrong.member("error").as_str()), (401, "invalid_client"), "{grant}");
        let refused = post(&server, &staging, Some(&basic("worker", "fictional")), &form);
        assert_eq!((refused.status, refused.member("error").as_str()), (400, "unauthorized_client"), "{grant}");
        assert_eq!(
            refused.member("error_description"),
            format!(
                "The client is not authorized to request a token using this method. The OAuth 2.0 Client is not allowed to \
                 use authorization grant '{name}'."
            )
        );
    }
    let unknown = post(&server, &staging, Some(&basic("worker", "x")), "grant_type=saml2-bearer");
    assert_eq!((unknown.status, unknown.member("error").as_str()), (400, "invalid_request"));
}
