//! The pages themselves: the live page, its rows alone, its orders, and the entrance where a token is asked for.

use std::{sync::Arc, sync::LazyLock, time::Duration};

use askama::Template;
use axum::{body::Body, response::Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use sha2::{Digest, Sha256};

use super::{
    lineage::{Step, steps},
    orders::command,
    rows::{Row, rows},
    wish::Wish,
};
use crate::mock::{
    client_settings::variables,
    clock::rfc3339,
    control::World as Described,
    control_api::{described, order},
    control_guard::ControlGuard,
    form::Parameters,
    thumbtack::operations,
    worlds::World,
};

const STYLE: &str = include_str!("../../../templates/live/style.css");
const SCRIPT: &str = include_str!("../../../templates/live/script.js");

/// For how long a fetch of rows may wait, in milliseconds.
const LONGEST_WAIT: u64 = 25_000;

/// One style sheet and one script, by their hashes; nothing else is loaded or run, and forms stay here.
static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let [style, script] = [STYLE, SCRIPT].map(|text| STANDARD.encode(Sha256::digest(text)));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).ok()
});

/// The events of webhooks, all of which the page offers.
const EVENTS: [&str; 9] = [
    "NegotiationCreatedV4",
    "MessageCreatedV4",
    "ReviewCreatedV4",
    "IncentiveUsedV4",
    "PresetJobMatchedV4",
    "PresetJobStatusChangedV4",
    "PresetJobCancelledV4",
    "PresetJobUpdatedV4",
    "PresetJobCompletedV4",
];

/// What the table can be narrowed to by status, with the words for it.
const STATUSES: [(&str, &str); 6] =
    [("", "any"), ("refused", "refused"), ("2", "2xx"), ("3", "3xx"), ("4", "4xx"), ("5", "5xx")];

#[derive(Template)]
#[template(path = "live/page.html")]
struct Page<'a> {
    world: &'a Described,
    now: String,
    wish: &'a Wish,
    rows: Vec<Row>,
    last: u64,
    steps: Vec<Step>,
    complaint: &'a str,
    done: bool,
    style: &'static str,
    script: &'static str,
    places: Vec<String>,
    events: [&'static str; 9],
    statuses: [(&'static str, &'static str); 6],
    wheres: [(&'static str, &'static str); 3],
    environments: [(&'static str, String); 2],
}

#[derive(Template)]
#[template(path = "live/rows.html")]
struct Rows {
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "live/entrance.html")]
struct Entrance<'a> {
    complaint: &'a str,
    style: &'static str,
}

/// Whether `path`, below the root of a world, is one of these pages.
pub fn is_live(path: &str) -> bool {
    ["/_mock", "/_mock/", "/_mock/rows", "/_mock/order", "/_mock/enter"].contains(&path)
}

/// Answers a request for such a page.
pub async fn respond(world: Arc<World>, path: &str, request: (&Parts, &[u8]), guard: &ControlGuard) -> Response {
    let (parts, body) = request;
    let form = Parameters::readable(body);
    if path == "/_mock/enter" && parts.method == Method::POST {
        return enter(&form, guard);
    }
    if let Some(refused) = guard.refuse(parts) {
        return if refused.status() == StatusCode::UNAUTHORIZED && path != "/_mock/rows" {
            entrance(StatusCode::UNAUTHORIZED, "")
        } else {
            refused
        };
    }
    let query = parts.uri.query().unwrap_or_default();
    match (path, &parts.method) {
        // What the page links to is relative to the slash.
        ("/_mock", _) => see_other("_mock/"),
        ("/_mock/", &Method::GET | &Method::HEAD) => page(&world, &Wish::read(query), ("", query.contains("done"))),
        ("/_mock/rows", &Method::GET) => more(&world, Wish::read(query)).await,
        ("/_mock/order", &Method::POST) => obey(&world, &form),
        _ => {
            let mut response = html(StatusCode::METHOD_NOT_ALLOWED, "this page does not know the method".to_owned());
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
            response
        }
    }
}

fn page(world: &Arc<World>, wish: &Wish, (complaint, done): (&str, bool)) -> Response {
    let (rows, last) = rows(world, wish);
    let world_described = described(world);
    let page = Page {
        world: &world_described,
        now: rfc3339(world.clock.now()),
        steps: steps(world, wish),
        wish,
        rows,
        last,
        complaint,
        done,
        style: STYLE,
        script: SCRIPT,
        places: operations::all().map(|operation| format!("{} {}", operation.method.name(), operation.path)).collect(),
        events: EVENTS,
        statuses: STATUSES,
        wheres: [("", "both"), ("staging", "staging"), ("production", "production")],
        environments: [("Staging", &world_described.staging), ("Production", &world_described.production)]
            .map(|(name, environment)| (name, variables(name, environment))),
    };
    let status = if complaint.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    rendered(status, &page)
}

/// The rows that came since, after a wait if there are none.
async fn more(world: &World, wish: Wish) -> Response {
    let wait = Duration::from_millis(wish.wait.min(LONGEST_WAIT));
    world.journal.next_after(wish.after, wait).await;
    let (rows, last) = rows(world, &wish);
    let mut response = rendered(StatusCode::OK, &Rows { rows });
    response.headers_mut().insert("x-journal-last", HeaderValue::from(last));
    response
}

fn obey(world: &Arc<World>, form: &Parameters) -> Response {
    let ordered = command(form)
        .and_then(|command| order(world, command.to_string().as_bytes()).map(drop).map_err(|(_, detail)| detail));
    match ordered {
        Ok(()) => see_other("./?done#orders"),
        Err(complaint) => page(world, &Wish::default(), (&complaint, false)),
    }
}

fn enter(form: &Parameters, guard: &ControlGuard) -> Response {
    match guard.cookie(form.first("token")) {
        Some(cookie) => {
            let mut response = see_other("./");
            response.headers_mut().insert(header::SET_COOKIE, cookie);
            response
        }
        None => entrance(StatusCode::UNAUTHORIZED, "This is not the control token with which the mock was started."),
    }
}

fn entrance(status: StatusCode, complaint: &str) -> Response {
    rendered(status, &Entrance { complaint, style: STYLE })
}

fn rendered(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(body) => html(status, body),
        Err(error) => html(StatusCode::INTERNAL_SERVER_ERROR, format!("the page could not be rendered: {error}")),
    }
}

fn html(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // Not `no-referrer`: browsers would hide the origin of the page's own forms too.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(policy) = POLICY.as_ref() {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    }
    response
}

fn see_other(location: &'static str) -> Response {
    let mut response = html(StatusCode::SEE_OTHER, String::new());
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_static(location));
    response
}
