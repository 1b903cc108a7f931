//! The document, made once of the table of operations and of what is said of each.

use std::{collections::BTreeSet, sync::LazyLock};

use axum::{Router, response::Response, routing::get};
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{
    answers, authorization, demand,
    describe::Described,
    leads,
    problems::{self, COMMON},
    schema::text,
    supply, webhooks,
};
use crate::mock::{
    arrived::Arrived,
    oauth::pages::page,
    site::Environment,
    thumbtack::{
        clients::Registry,
        operation::{Method, Operation},
        operations,
    },
};

/// Stands for the environment's root, without its slash, until the document is served.
const ROOT: &str = "http://root.invalid";

/// By operation: the body of a request, and the answer to it. A test writes down what the mock answered.
const EXAMPLES: &str = include_str!("examples.json");

static DOCUMENT: LazyLock<String> = LazyLock::new(|| document().to_string());

/// The route below an environment's root.
pub fn routes() -> Router {
    Router::new().route("/_mock/openapi.json", get(serve))
}

async fn serve(Arrived { site, .. }: Arrived) -> Response {
    // As it stands between the quotes of JSON.
    let root = Value::from(site.root().trim_end_matches('/')).to_string();
    page(StatusCode::OK, "application/json", DOCUMENT.replace(ROOT, root.trim_matches('"')))
}

/// What is said of an operation.
fn describe(id: &str) -> Option<Described> {
    supply::describe(id).or_else(|| demand::describe(id)).or_else(|| webhooks::describe(id))
}

fn document() -> Value {
    // The tests hold that every operation has its example.
    let examples: Value = serde_json::from_str(EXAMPLES).unwrap_or_default();
    let mut paths = authorization::paths();
    for operation in operations::all() {
        let path = format!("/api{}", printed_path(operation));
        let item = paths.entry(path).or_insert_with(|| json!({}));
        if let Some(described) = describe(operation.id) {
            item[method(operation.method)] = one(operation, described, &examples[operation.id]);
        }
    }
    let schemas = [problems::schemas(), answers::schemas(), leads::schemas(), webhooks::schemas()];
    let schemas: Map<String, Value> =
        schemas.into_iter().flatten().map(|(name, schema)| (name.to_owned(), schema)).collect();
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "Thumbtack Partner API, as tacktest's mock serves it",
            "version": concat!("4.0.0-mock.", env!("CARGO_PKG_VERSION")),
            "description": "What this mock serves below the root of one environment. It is made from public documents and reports, and is no document of Thumbtack's.",
        },
        "servers": [{ "url": ROOT }],
        "tags": [{ "name": "API" }, { "name": "authorization server" }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": problems::answers(),
            "securitySchemes": {
                "oauth2": { "type": "oauth2", "flows": flows() },
                "client": { "type": "http", "scheme": "basic", "description": "Client id and secret, form-encoded." },
            },
        },
    })
}

/// Both flows, with the scopes that the mock's own clients have.
fn flows() -> Value {
    let scopes: BTreeSet<&str> = Registry::own()
        .of(Environment::Staging)
        .all()
        .iter()
        .flat_map(|client| client.scopes.iter().copied())
        .collect();
    let scopes: Map<String, Value> = scopes.into_iter().map(|scope| (scope.to_owned(), "".into())).collect();
    let token_url = format!("{ROOT}/oauth2/token");
    json!({
        "authorizationCode": {
            "authorizationUrl": format!("{ROOT}/oauth2/auth"), "tokenUrl": token_url, "refreshUrl": token_url, "scopes": scopes,
        },
        "clientCredentials": { "tokenUrl": token_url, "scopes": scopes },
    })
}

fn one(operation: &Operation, described: Described, example: &Value) -> Value {
    let Described { summary, query, body, answers, refusals } = described;
    let mut parameters: Vec<Value> = path_parameters(operation.path)
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": text() }))
        .collect();
    parameters.extend(query);
    let security: Vec<Value> = operation.scopes.iter().map(|scope| json!({ "oauth2": [scope] })).collect();
    let mut responses: Map<String, Value> =
        answers.into_iter().map(|(status, schema)| (status.to_string(), success(schema, &example["answer"]))).collect();
    let refusals = refusals.into_iter().map(|(status, name)| (status.to_string(), name));
    for (status, name) in refusals.chain(COMMON.map(|(status, name)| (status.to_owned(), name))) {
        responses.insert(status, json!({ "$ref": format!("#/components/responses/{name}") }));
    }
    let mut document = json!({
        "operationId": operation.id,
        "tags": ["API"],
        "summary": summary,
        "parameters": parameters,
        "security": security,
        "responses": responses,
    });
    if let Some(schema) = body {
        let content = content(&schema, &example["request"]);
        document["requestBody"] = json!({ "required": true, "content": content });
    }
    document
}

fn content(schema: &Value, example: &Value) -> Value {
    json!({ "application/json": { "schema": schema, "example": example } })
}

fn success(schema: Option<Value>, example: &Value) -> Value {
    match schema {
        Some(schema) => json!({ "description": "It succeeded.", "content": content(&schema, example) }),
        None => json!({ "description": "It succeeded; there is no body." }),
    }
}

/// The path as the documents print it: two of them end with a slash, which the mock takes as well as none.
fn printed_path(operation: &Operation) -> String {
    let slash = if matches!(operation.id, "searchCategoriesV4" | "listReviewsV4") { "/" } else { "" };
    format!("{}{slash}", operation.path)
}

fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Get => "get",
        Method::Post => "post",
        Method::Put => "put",
        Method::Delete => "delete",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_described_with_a_schema_for_each_answer_that_has_a_body() {
        for operation in operations::all() {
            let described = describe(operation.id).unwrap_or_else(|| panic!("{} is not described", operation.id));
            assert!(!described.answers.is_empty(), "{}", operation.id);
            for (status, schema) in &described.answers {
                let is_schema = |schema: &Value| schema.get("$ref").or(schema.get("type")).is_some();
                assert!(schema.as_ref().is_none_or(is_schema), "{} {status}", operation.id);
            }
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_schema_is_used() {
        let document = document();
        let text = document.to_string();
        let targets: BTreeSet<&str> =
            text.split(r##""$ref":"#"##).skip(1).filter_map(|rest| rest.split('"').next()).collect();
        for target in &targets {
            assert!(document.pointer(target).is_some(), "{target}");
        }
        for kind in ["schemas", "responses"] {
            for name in document["components"][kind].as_object().unwrap().keys() {
                // Webhooks are described before the table has their operations.
                let early = ["UserWebhook", "BusinessWebhook"].contains(&name.as_str());
                assert!(early || targets.contains(format!("/components/{kind}/{name}").as_str()), "{name}");
            }
        }
    }

    #[test]
    fn every_operation_has_one_place_and_one_id() {
        let document = document();
        let paths = document["paths"].as_object().unwrap();
        let operations: Vec<&Value> = paths.values().flat_map(|item| item.as_object().unwrap().values()).collect();
        let ids: BTreeSet<&str> =
            operations.iter().map(|operation| operation["operationId"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), operations.len());
        assert!(operations::all().all(|operation| ids.contains(operation.id)));
    }
}
