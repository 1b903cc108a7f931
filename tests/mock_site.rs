//! The web site of each environment: its gate, its open widgets, and the links in API answers that lead to it.
#![expect(clippy::unwrap_used, reason = "the helpers here may panic as tests do")]

mod mock_support;

use base64::{Engine, engine::general_purpose::STANDARD};
use mock_support::{Answer, Server, basic, path};
use serde_json::{Value, json};
use tacktest::mock::control::{Environment, World};

const LOGIN: &str = "supply::negotiations.read+supply::businesses.list+supply::messages.read";
const WIDGETS: [&str; 4] = ["request-flow", "service-page", "pro-list", "ondemand-request-flow"];

/// Opens a page without any credentials, or with this `Authorization`.
fn visit(server: &Server, url: &str, authorization: Option<&str>) -> Answer {
    let url = url::Url::parse(url).unwrap();
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let headers: Vec<(&str, &str)> = authorization.map(|value| ("Authorization", value)).into_iter().collect();
    server.send(&format!("GET {}{query}", url.path()), &headers, "")
}

/// HTTP Basic with both parts as they are.
fn plain(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

fn gate_of(environment: &Environment) -> Option<String> {
    environment.gate.as_ref().map(|gate| plain(&gate.user, &gate.password))
}

/// Every text in `value` that is a URL.
fn urls(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if text.starts_with("http") => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(urls).collect(),
        Value::Object(members) => members.values().flat_map(urls).collect(),
        _ => Vec::new(),
    }
}

fn search(server: &Server, environment: &Environment) -> Value {
    let token = server.application_token(environment, "demand::businesses/search.read");
    let body = json!({"searchQuery": "kitchen", "zipCode": "94103", "utmData": {"utm_source": "cma-example"}});
    let answer = server.post(environment, "v4/businesses/search", &token, &body.to_string());
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn environments(world: &World) -> [(&Environment, &Environment); 2] {
    [(&world.staging, &world.production), (&world.production, &world.staging)]
}

#[test]
fn the_sites_lie_apart_from_each_other_and_from_the_api() {
    let server = Server::start();
    let default: World = serde_json::from_value(server.send("GET /control/worlds/default", &[], "").json()).unwrap();
    for world in [server.world(), default] {
        for (environment, other) in environments(&world) {
            let site = &environment.site;
            assert!(site.starts_with(&environment.auth_server) && site.ends_with("/site/"), "{site}");
            for elsewhere in [&other.site, &environment.api, &environment.token_url, &other.api, &other.token_url] {
                assert!(!elsewhere.starts_with(site.as_str()) && !site.starts_with(elsewhere.as_str()), "{elsewhere}");
            }
        }
        assert!(world.staging.gate.is_some() && world.production.gate.is_none());
    }
}

#[test]
fn nothing_but_its_own_credentials_opens_the_gate() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let gate = staging.gate.clone().unwrap();
    let mut refused = vec![
        None,
        Some(plain(&gate.user, "wrong")),
        Some(plain("wrong", &gate.password)),
        Some(plain(&gate.user, "")),
        Some(basic(&gate.user, &gate.password)),
        Some(plain("pro@example.com", "pro")),
        Some(plain("pro", &gate.password)),
        Some("Basic".to_owned()),
        Some("Basic %%%".to_owned()),
        Some(format!("Bearer {}", server.login(staging, &staging.clients["supply"], LOGIN).member("access_token"))),
    ];
    for client in staging.clients.values().chain(world.production.clients.values()) {
        refused.extend([Some(basic(&client.id, &client.secret)), Some(plain(&client.id, &client.secret))]);
    }
    // Also a page that is not there tells a stranger nothing, and neither does the folder of the widgets.
    for page in ["", "/", "//", "k/kitchen-remodel/near-me", "no/such/page", "embed", "embed/", "/embed/request-flow"] {
        let url = format!("{}{page}", staging.site);
        for authorization in &refused {
            let answer = visit(&server, &url, authorization.as_deref());
            assert_eq!(answer.status, 401, "{url} {authorization:?} {answer:?}");
            assert_eq!(answer.header("www-authenticate"), r#"Basic realm="staging partner site""#);
            assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        }
    }
    let home = visit(&server, &staging.site, gate_of(staging).as_deref());
    assert_eq!((home.status, home.header("content-type")), (200, "text/html; charset=utf-8"));
    let without_slash = visit(&server, staging.site.trim_end_matches('/'), gate_of(staging).as_deref());
    assert_eq!(without_slash.status, 200);
}

#[test]
fn productions_pages_are_open() {
    let server = Server::start();
    let production = server.world().production;
    assert_eq!(visit(&server, &production.site, None).status, 200);
    assert_eq!(visit(&server, &format!("{}k/handyman/near-me", production.site), None).status, 200);
}

#[test]
fn widgets_are_open_in_both_environments() {
    let server = Server::start();
    let world = server.world();
    for (environment, other) in environments(&world) {
        let embed = |widget: &str| visit(&server, &format!("{}embed/{widget}", environment.site), None).status;
        for widget in WIDGETS {
            assert_eq!(embed(widget), 200, "{widget}");
            assert_eq!(embed(&format!("{widget}?service_pk={}", environment.fixtures["business"])), 200, "{widget}");
            let foreign = format!("{widget}?service_pk={}", other.fixtures["business"]);
            assert_eq!(embed(&foreign), 404, "the other environment's business, {widget}");
        }
        for unknown in ["no-such-widget", "request-flow/more", "request-flow?service_pk=%zz"] {
            assert_eq!(embed(unknown), 404, "{unknown}");
        }
    }
}

#[test]
fn unknown_pages_and_methods_are_refused() {
    let server = Server::start();
    let world = server.world();
    for (environment, other) in environments(&world) {
        let gate = gate_of(environment);
        let foreign_business = format!("ca/x/y/z/service/{}", other.fixtures["business"]);
        let foreign_request = format!("requests/{}/review", other.fixtures["negotiation"]);
        let other_kind = format!("requests/{}/delete", environment.fixtures["negotiation"]);
        for unknown in [
            "no-such-page",
            "k/no-such-category/near-me",
            "ca/x/y/z/service/1",
            "requests/1/review",
            "production",
            &foreign_business,
            &foreign_request,
            &other_kind,
        ] {
            let answer = visit(&server, &format!("{}{unknown}", environment.site), gate.as_deref());
            assert_eq!((answer.status, answer.header("content-type")), (404, "text/html; charset=utf-8"), "{unknown}");
        }
        let headers: Vec<(&str, &str)> = gate.iter().map(|gate| ("Authorization", gate.as_str())).collect();
        let posted = server.send(&format!("POST {}", path(&environment.site)), &headers, "");
        assert_eq!((posted.status, posted.header("allow")), (405, "GET,HEAD"));
        let headed = server.send(&format!("HEAD {}", path(&environment.site)), &headers, "");
        assert_eq!((headed.status, headed.body.as_str()), (200, ""));
    }
}

#[test]
fn links_of_a_search_lead_to_pages_of_its_own_environment() {
    let server = Server::start();
    let world = server.world();
    for (environment, other) in environments(&world) {
        let found = search(&server, environment);
        let (links, images): (Vec<String>, Vec<String>) =
            urls(&found).into_iter().partition(|url| !url.starts_with("https://production-next-images-cdn."));
        assert_eq!((links.len(), images.len()), (3 * 3 + 1, 3));
        for link in links {
            assert!(link.starts_with(&environment.site) && !link.starts_with(&other.site), "{link}");
            assert!(link.contains("utm_source=cma-example"), "{link}");
            let without = visit(&server, &link, None).status;
            let open = environment.gate.is_none() || link.contains("/embed/");
            assert_eq!(without, if open { 200 } else { 401 }, "{link}");
            let page = visit(&server, &link, gate_of(environment).as_deref());
            assert_eq!(page.status, 200, "{link}");
        }
        let first = &found["data"][0];
        let page = visit(&server, first["servicePageURL"].as_str().unwrap(), gate_of(environment).as_deref());
        assert!(page.body.contains(first["businessName"].as_str().unwrap()), "{page:?}");
    }
}

#[test]
fn links_of_a_negotiation_lead_to_pages_of_its_own_environment() {
    let server = Server::start();
    let world = server.world();
    for (environment, _) in environments(&world) {
        let token = server.login(environment, &environment.clients["supply"], LOGIN).member("access_token");
        let below = format!("v4/negotiations/{}", environment.fixtures["negotiation"]);
        let negotiation = server.get(environment, &below, &token).json();
        let links = urls(&negotiation).into_iter().filter(|url| url.starts_with(&environment.site)).count();
        assert_eq!(links, 2);
        for member in ["requestReviewLink", "refundRequestLink"] {
            let link = negotiation[member].as_str().unwrap();
            assert_eq!(visit(&server, link, gate_of(environment).as_deref()).status, 200, "{link}");
        }
        let other_links = urls(&negotiation).into_iter().filter(|url| !url.starts_with(&environment.site));
        assert_eq!(other_links.filter(|url| url.starts_with(server.mock.url())).count(), 0);
    }
}

#[test]
fn what_is_gone_has_no_page() {
    let server = Server::start();
    let world = server.world();
    for (environment, _) in environments(&world) {
        let gate = gate_of(environment);
        let page = |below: &str| visit(&server, &format!("{}{below}", environment.site), gate.as_deref()).status;
        let request = format!("requests/{}/refund", environment.fixtures["negotiation"]);
        let business = format!("ca/x/y/z/service/{}", environment.fixtures["business"]);
        let widget = format!("embed/service-page?service_pk={}", environment.fixtures["business"]);
        assert_eq!([&request, &business, &widget].map(|below| page(below)), [200; 3]);
        server.command(&world, &json!({"given": {"refunded_lead": environment.fixtures["negotiation"]}}));
        server.command(&world, &json!({"given": {"closed_business": environment.fixtures["business"]}}));
        assert_eq!([&request, &business, &widget].map(|below| page(below)), [404; 3]);
    }
}
