//! The pages of an environment's web site, below `site/`: small, and there so that the links in API answers lead
//! somewhere. Staging's are gated, but for the widgets (Environments, 2026-04-24); production's are open.

use axum::{
    Router,
    response::{Html, IntoResponse, Response},
    routing::any,
};
use http::{Method, StatusCode, header::ALLOW};

use super::{
    links::slug,
    negotiations,
    people::Business,
    profiles::{self, CATEGORIES},
};
use crate::mock::{
    arrived::Arrived,
    control::Gate,
    form::Parameters,
    gate,
    site::{Environment, Site},
};

/// The widgets of the documents, below `embed/`, with their titles.
const WIDGETS: [(&str, &str); 4] = [
    ("request-flow", "Request"),
    ("service-page", "Business"),
    ("pro-list", "Businesses"),
    ("ondemand-request-flow", "On-demand request"),
];

/// The routes below an environment's root.
pub fn routes() -> Router {
    // The second one is the root with two slashes, of which one is gone already; it must not go round the gate.
    ["/site", "/site/", "/site/{*page}"].into_iter().fold(Router::new(), |router, path| router.route(path, any(visit)))
}

/// What opens the pages of an environment, if anything must. The password has characters that a form-encoded pair would
/// spell otherwise; they must be sent as they are (RFC 7617).
pub fn gate(environment: Environment) -> Option<Gate> {
    match environment {
        Environment::Staging => {
            Some(Gate { user: "mock-gate".to_owned(), password: "mock-gate-password%+:~".to_owned() })
        }
        Environment::Production => None,
    }
}

async fn visit(Arrived { site, method, uri, headers, .. }: Arrived) -> Response {
    let path = uri.path().strip_prefix("/site").unwrap_or_default();
    let path: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
    let open = matches!(path.as_slice(), ["embed", _, ..]);
    if let Some(gate) = gate(site.environment)
        && !open
        && !gate::opens(&gate, &headers)
    {
        return gate::challenge();
    }
    if ![Method::GET, Method::HEAD].contains(&method) {
        let page = html("405 - Method Not Allowed", "This page can only be read.");
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET,HEAD")], page).into_response();
    }
    let page = match path.as_slice() {
        [""] => Some(html("Home", "The web site of this environment of the mock.")),
        ["embed", widget] => embedded(&site, widget, uri.query().unwrap_or_default()),
        ["k", category, "near-me"] => near_me(category),
        // Which jobs there are is unknown, as nothing but events tells of them.
        ["preset-jobs", _job] => Some(html("Preset job", "A job of this environment.")),
        ["requests", negotiation, kind] => request(&site, negotiation, kind),
        [_state, _city, _category, _name, "service", id] => {
            business(&site, id).map(|business| html(business.name, "A business of this environment."))
        }
        _ => None,
    };
    page.map_or_else(
        || (StatusCode::NOT_FOUND, html("404 - Not Found", "There is no such page.")).into_response(),
        IntoResponse::into_response,
    )
}

/// A widget, unless it is asked for a business that is not of this environment.
fn embedded(site: &Site, widget: &str, query: &str) -> Option<Html<String>> {
    let (_, title) = WIDGETS.iter().find(|(name, _)| *name == widget)?;
    let query = Parameters::parse(query.as_bytes()).ok()?;
    let id = query.first("service_pk");
    if id.is_empty() {
        return Some(html(title, "A widget of this environment."));
    }
    business(site, id).map(|business| html(title, business.name))
}

fn near_me(category: &str) -> Option<Html<String>> {
    let category = CATEGORIES.iter().find(|known| slug(known.name) == category)?;
    Some(html(category.name, "The businesses near you."))
}

/// The page of a negotiation on which something is asked.
fn request(site: &Site, id: &str, kind: &str) -> Option<Html<String>> {
    let title = match kind {
        "review" => "Review",
        "refund" => "Refund",
        _ => return None,
    };
    negotiations::find(site, id).map(|_| html(title, "A request of this environment."))
}

/// The business of this id, if it is listed.
fn business(site: &Site, id: &str) -> Option<&'static Business> {
    let (business, _) = profiles::all(site.environment).find(|(business, _)| business.id == id)?;
    site.world.state().given.lists(business).then_some(business)
}

/// A page. Title and text are the mock's own and have nothing that HTML would take for markup.
fn html(title: &str, text: &str) -> Html<String> {
    Html(format!(
        "<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>"
    ))
}
