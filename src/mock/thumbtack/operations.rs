//! The table of the API's operations. Those whose path no document or partner tells are absent, not invented:
//! on-demand orders, their availability, disconnecting a user, updating one.

use axum::{Router, response::Response, routing::MethodRouter};
use http::StatusCode;

use super::{
    answers::problem,
    businesses,
    demand_operations::DEMAND,
    keywords, messages, negotiations,
    operation::{Answer, Method, Operation},
    search,
    supply_operations::SUPPLY,
    users,
    webhook_operations::WEBHOOKS,
};
use crate::mock::arrived::Arrived;

/// Operations, in the order of their paths' first appearance in the documents.
static OPERATIONS: [Operation; 7] = [
    Operation {
        id: "getUserV4",
        method: Method::Get,
        path: "/v4/users/self",
        scopes: &["supply::users.read", "demand::users.read"],
        answer: Answer::ForUser(users::own),
    },
    Operation {
        id: "listBusinessesV4",
        method: Method::Get,
        path: "/v4/businesses",
        scopes: &["supply::businesses.list"],
        answer: Answer::ForUser(businesses::list),
    },
    Operation {
        id: "getNegotiationV4",
        method: Method::Get,
        path: "/v4/negotiations/{negotiationID}",
        scopes: &["supply::negotiations.read", "demand::negotiations.read"],
        answer: Answer::ForUser(negotiations::get),
    },
    Operation {
        id: "listMessagesV4",
        method: Method::Get,
        path: "/v4/negotiations/{negotiationID}/messages",
        scopes: &["supply::messages.read", "demand::messages.read"],
        answer: Answer::ForUser(messages::list),
    },
    Operation {
        id: "sendMessageV4",
        method: Method::Post,
        path: "/v4/negotiations/{negotiationID}/messages",
        scopes: &["supply::messages.write", "demand::messages.write"],
        answer: Answer::ForUser(messages::send),
    },
    Operation {
        id: "searchBusinessesV4",
        method: Method::Post,
        path: "/v4/businesses/search",
        scopes: &["demand::businesses/search.read"],
        answer: Answer::ForApplication(search::search),
    },
    Operation {
        id: "searchKeywordsV4",
        method: Method::Get,
        path: "/v4/keywords/search",
        scopes: &["demand::keywords.read"],
        answer: Answer::ForApplication(keywords::search),
    },
];

/// All operations.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().chain(&SUPPLY).chain(&DEMAND).chain(&WEBHOOKS)
}

/// The routes below an environment's root.
pub fn routes() -> Router {
    let mut paths: Vec<&str> = all().map(|operation| operation.path).collect();
    paths.sort_unstable();
    paths.dedup();
    paths.into_iter().fold(Router::new(), |router, path| {
        let only = MethodRouter::new().fallback(method_not_allowed);
        let methods = all().filter(|operation| operation.path == path);
        router.route(&format!("/api{path}"), methods.fold(only, |only, operation| operation.on(only)))
    })
}

async fn method_not_allowed(Arrived { site, .. }: Arrived) -> Response {
    problem(&site, StatusCode::METHOD_NOT_ALLOWED, "this path does not know the method")
}
