//! The live page: what it shows, what it orders, and whom it refuses.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

mod mock_support;

use base64::{Engine, engine::general_purpose::STANDARD};

use mock_support::{FORM, Server, path};
use sha2::{Digest, Sha256};
use tacktest::mock::{Mock, Options, control::World};
use tokio::runtime::Builder;

fn page(server: &Server, below: &str) -> String {
    let answer = server.send(&format!("GET {below}"), &[], "");
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"), "{answer:?}");
    answer.body
}

fn default(server: &Server) -> World {
    serde_json::from_value(server.send("GET /control/worlds/default", &[], "").json()).unwrap()
}

#[test]
fn the_page_tells_what_happened_and_why() {
    let server = Server::start();
    let world = default(&server);
    let (staging, supply) = (&world.staging, &world.staging.clients["supply"]);
    let login = server.login(staging, supply, "offline_access+supply::users.read");
    server.refresh(staging, supply, &login.member("refresh_token"));
    server.get(staging, "v4/keywords/search?searchQuery=car", &login.member("access_token"));
    let whole = page(&server, "/_mock/");
    for told in [
        "issued code 1",
        "with code 1: issued access 1, refresh 1",
        "with refresh 1",
        "401 refused",
        "access 1 ended when",
        &supply.id,
    ] {
        assert!(whole.contains(told), "{told}: {whole}");
    }
    assert!(!whole.contains(&login.member("access_token")) && !whole.contains(&login.member("refresh_token")));
    let rows = |query: &str| page(&server, &format!("/_mock/rows?{query}")).matches("<tr ").count();
    assert_eq!((rows(""), rows("status=refused"), rows("status=2"), rows("client=demand")), (4, 1, 2, 0));
    assert_eq!((rows("text=KEYWORDS"), rows("environment=production"), rows("grant=1"), rows("after=3")), (1, 0, 4, 1));
    let lineage = page(&server, "/_mock/?grant=1&environment=staging");
    assert!(
        lineage.contains("Grant 1 of staging, step by step") && lineage.contains("login issued code 1"),
        "{lineage}"
    );
    let other = server.world();
    let own = page(&server, &format!("/worlds/{}/_mock/", other.id));
    assert!(own.contains(&other.staging.api) && own.contains("Nothing yet"));
}

#[test]
fn what_clients_send_is_escaped_everywhere() {
    let server = Server::start();
    let world = default(&server);
    let api = path(&world.staging.api);
    let token = server.application_token(&world.staging, "demand::businesses/search.read");
    let hostile = "%3Cscript%3Ealert(1)%3C/script%3E%22'%3E";
    server.send(&format!("GET {api}v4/<script>alert(1)</script>\"'>"), &[], "");
    server.send(&format!("GET {api}v4/x?<b>={hostile}&redirect_uri={hostile}"), &[], "");
    let body = r#"{"searchQuery":"<script>alert(1)</script>","<img src=x>":"</pre><script>"}"#;
    server.post(&world.staging, "v4/businesses/search", &token, body);
    server.send(&format!("POST {}", path(&world.staging.token_url)), &[FORM], &format!("grant_type={hostile}&<i>=1"));
    server.authorize(&world.staging, &world.staging.clients["supply"], &format!("scope={hostile}"));
    let narrow =
        page(&server, &format!("/_mock/?text={hostile}&client={hostile}&environment={hostile}&status={hostile}"));
    let whole = page(&server, "/_mock/");
    for page in [&whole, &narrow] {
        // The page's own script is the only one.
        assert_eq!(page.matches("<script").count(), 1, "{page}");
        for raw in ["<b>=", "<img src", "</pre><script", "<i>", "alert(1)</"] {
            assert!(!page.contains(raw), "{raw}: {page}");
        }
    }
    assert!(whole.contains("&#60;script&#62;alert(1)"), "{whole}");
}

#[test]
fn the_page_allows_its_own_script_and_style_and_nothing_else() {
    let server = Server::start();
    let answer = server.send("GET /_mock/", &[], "");
    let policy = answer.header("content-security-policy");
    for (tag, directive) in [("style", "style-src"), ("script", "script-src")] {
        let (_, rest) = answer.body.split_once(&format!("<{tag}>")).unwrap();
        let (text, _) = rest.split_once(&format!("</{tag}>")).unwrap();
        let hash = STANDARD.encode(Sha256::digest(text));
        assert!(policy.contains(&format!("{directive} 'sha256-{hash}'")), "{policy}");
    }
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
    assert_eq!((answer.header("x-frame-options"), answer.header("cache-control")), ("DENY", "no-store"));
    assert_eq!(server.send("GET /_mock", &[], "").header("location"), "_mock/");
    assert_eq!(server.send("DELETE /_mock/", &[], "").status, 405);
    // Production is an environment of the world, not a world.
    assert_eq!(server.send("GET /production/_mock/", &[], "").status, 404);
}

#[test]
fn forms_order_without_a_script() {
    let server = Server::start();
    let world = default(&server);
    let order = |form: &str| server.send("POST /_mock/order", &[FORM], form);
    for form in [
        "order=advance&by=2&unit=hours",
        "order=next_login&user=pro&answer=deny",
        "order=rotate_keys",
        "order=clear_faults",
    ] {
        let answer = order(form);
        assert_eq!((answer.status, answer.header("location")), (303, "./?done#orders"), "{answer:?}");
    }
    let denied = server.authorize(&world.staging, &world.staging.clients["supply"], "scope=supply::users.read");
    assert_eq!(denied.redirected("error"), "access_denied");
    assert_eq!(order("order=fault&at=GET+/v4/users/self&times=1&answer=status&status=503").status, 303);
    assert_eq!(server.get(&world.staging, "v4/users/self", "x").status, 503);
    assert_eq!(server.get(&world.staging, "v4/users/self", "x").status, 401);
    let refused = order("order=fault&at=get+/v4/users/self&answer=server_error");
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("role=\"alert\"") && refused.body.contains("upper-case"), "{refused:?}");
    assert_eq!(order("order=stop").status, 422);
    let offered = page(&server, "/_mock/");
    for event in ["Created", "Matched", "StatusChanged", "Cancelled", "Updated", "Completed"] {
        assert!(offered.contains(&format!("{event}V4</option>")), "{event}");
    }
    for event in ["NegotiationCreatedV4&full=yes", "IncentiveUsedV4", "PresetJobMatchedV4", "PresetJobCompletedV4"] {
        assert_eq!(order(&format!("order=emit&environment=staging&event={event}")).status, 303, "{event}");
    }
    assert!(page(&server, "/_mock/").contains("order: advance"));
}

#[test]
fn every_fault_that_the_form_offers_is_taken() {
    let server = Server::start();
    let whole = page(&server, "/_mock/");
    let (_, form) = whole.split_once("<select id=\"fault\"").unwrap();
    let (options, _) = form.split_once("</select>").unwrap();
    let words: Vec<&str> = options.split("value=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0)).collect();
    assert_eq!(words.len(), 9, "{options}");
    for word in words {
        // All that a browser sends of the form, whatever was chosen.
        let form = format!("order=fault&at=GET+/v4/users/self&answer={word}&status=503&delay=1000&times=1");
        let answer = server.send("POST /_mock/order", &[FORM], &form);
        assert_eq!((answer.status, answer.header("location")), (303, "./?done#orders"), "{word}: {answer:?}");
    }
}

#[test]
fn settings_are_told_as_where_the_mock_is_started() {
    let server = Server::start();
    let whole = page(&server, "/_mock/");
    for line in [
        &*format!("THUMBTACK_STAGING_API_URL={}/api/", server.mock.url()),
        // Quoted for a shell, and escaped for the page.
        "THUMBTACK_PRODUCTION_DEMAND_CLIENT_SECRET=&#39;mock-demand-production%+:~&#39;",
        "THUMBTACK_STAGING_BUSINESS_ID=518000000000000011",
    ] {
        assert!(whole.contains(line), "{line}: {whole}");
    }
}

#[test]
fn pages_of_other_sites_and_other_names_are_refused() {
    let server = Server::start();
    let order =
        |name: &str, value: &str| server.send("POST /_mock/order", &[FORM, (name, value)], "order=rotate_keys").status;
    assert_eq!(order("Origin", "https://evil.example.com"), 403);
    assert_eq!(order("Sec-Fetch-Site", "cross-site"), 403);
    assert_eq!(order("Origin", "http://mock"), 303);
    let address = server.mock.address();
    for below in ["/_mock/", "/_mock/rows", "/control/worlds/default", "/control/worlds/default/journal"] {
        let request = format!("GET {below} HTTP/1.1\r\nHost: evil.example.com\r\nConnection: close\r\n\r\n");
        let answer = mock_support::parse(&mock_support::raw(address, request.as_bytes()));
        assert_eq!((answer.status, answer.header("content-type")), (403, "application/problem+json"), "{below}");
    }
}

#[test]
fn with_a_token_the_page_asks_for_it() {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let options = Options { control_token: Some("fictional-token".to_owned().into()), ..Options::default() };
    let mock = runtime.block_on(Mock::start(options)).unwrap();
    let send = |line: &str, headers: &str, body: &str| {
        let request = format!(
            "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        mock_support::parse(&mock_support::raw(mock.address(), request.as_bytes()))
    };
    let entrance = send("GET /_mock/", "", "");
    assert_eq!(entrance.status, 401);
    assert!(entrance.body.contains("action=\"enter\"") && !entrance.body.contains("CLIENT_SECRET"), "{entrance:?}");
    assert_eq!(send("GET /_mock/rows", "", "").status, 401);
    assert_eq!(send("POST /_mock/order", "", "order=rotate_keys").status, 401);
    let wrong = send("POST /_mock/enter", "", "token=fictional");
    assert_eq!((wrong.status, wrong.header("set-cookie")), (401, ""));
    assert!(wrong.body.contains("role=\"alert\""));
    let right = send("POST /_mock/enter", "", "token=fictional-token");
    assert_eq!((right.status, right.header("location")), (303, "./"));
    let (cookie, _) = right.header("set-cookie").split_once(';').unwrap();
    let cookie = format!("Cookie: {cookie}\r\n");
    let opened = send("GET /_mock/", &cookie, "");
    assert!(opened.status == 200 && opened.body.contains("CLIENT_SECRET"), "{opened:?}");
    assert_eq!(send("POST /_mock/order", &cookie, "order=rotate_keys").status, 303);
    assert_eq!(
        send("POST /_mock/order", &format!("{cookie}Origin: https://evil.example.com\r\n"), "order=rotate_keys").status,
        403
    );
    assert_eq!(send("GET /control/worlds/default/journal", "", "").status, 401);
    assert_eq!(
        send("GET /control/worlds/default/journal", "Authorization: Bearer fictional-token\r\n", "").status,
        200
    );
}
