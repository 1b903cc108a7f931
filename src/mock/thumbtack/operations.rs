//! The API's operations. The order of checks is a guess: path, method, token, audience, scope, parameters, existence,
//! ownership.

use axum::{
    Extension, Router,
    body::Bytes,
    extract::{Path, rejection::PathRejection},
    response::Response,
    routing::MethodRouter,
};
use http::{HeaderMap, StatusCode, Uri};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{
    answers::{self, invalid, ok, problem},
    keywords, messages,
    messages::{Message, MessageDocument, Sender},
    negotiations::{self, Negotiation},
    people::{self, User},
    search,
};
use crate::mock::{
    control::MessageCreatedStatus,
    form::Parameters,
    problem::{Invalid, json},
    resource::{authorize, authorize_user},
    site::Site,
};

/// The longest text of a message in characters (API specification).
const LONGEST_TEXT: usize = 16_384;

/// The routes below an environment's root.
pub fn routes() -> Router {
    let only = || MethodRouter::new().fallback(method_not_allowed);
    Router::new()
        .route("/api/v4/users/self", only().get(user))
        .route("/api/v4/businesses", only().get(businesses))
        .route("/api/v4/businesses/search", only().post(search::search))
        .route("/api/v4/keywords/search", only().get(keyword_search))
        .route("/api/v4/negotiations/{id}", only().get(negotiation))
        .route("/api/v4/negotiations/{id}/messages", only().get(list_messages).post(send_message))
}

/// A list in the API's envelope.
#[derive(Serialize)]
struct List<T> {
    data: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pagination: Option<Pagination>,
}

#[derive(Serialize)]
struct Pagination {
    limit: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserDocument {
    #[serde(rename = "userID")]
    user_id: &'static str,
    email: &'static str,
    first_name: &'static str,
    last_name: &'static str,
    // The documents promise a phone number; the member's name is a guess.
    phone_number: &'static str,
}

#[derive(Serialize)]
struct BusinessDocument {
    #[serde(rename = "businessID")]
    id: &'static str,
    name: &'static str,
    #[serde(rename = "imageURL")]
    image_url: &'static str,
}

async fn method_not_allowed(Extension(site): Extension<Site>) -> Response {
    problem(&site, StatusCode::METHOD_NOT_ALLOWED, "this path does not know the method")
}

async fn user(Extension(site): Extension<Site>, headers: HeaderMap) -> Response {
    match authorize_user(&site, &headers, &["supply::users.read", "demand::users.read"]) {
        Err(refusal) => refusal.response(&site),
        Ok(user) => ok(&UserDocument {
            user_id: user.id,
            email: user.email,
            first_name: user.first_name,
            last_name: user.last_name,
            phone_number: user.phone,
        }),
    }
}

async fn businesses(Extension(site): Extension<Site>, headers: HeaderMap) -> Response {
    let user = match authorize_user(&site, &headers, &["supply::businesses.list"]) {
        Err(refusal) => return refusal.response(&site),
        Ok(user) => user,
    };
    let state = site.world.state();
    let data = people::businesses(site.environment)
        .iter()
        .filter(|business| business.owner == user.name && state.given.lists(business))
        .map(|business| BusinessDocument { id: business.id, name: business.name, image_url: people::IMAGE })
        .collect();
    ok(&List { data, pagination: Some(Pagination { limit: 20 }) })
}

/// The default number of keywords, and that there is no upper limit, are guesses.
async fn keyword_search(Extension(site): Extension<Site>, headers: HeaderMap, uri: Uri) -> Response {
    if let Err(refusal) = authorize(&site, &headers, &["demand::keywords.read"]) {
        return refusal.response(&site);
    }
    let query = match query(&uri) {
        Err(errors) => return invalid(&site, errors),
        Ok(query) => query,
    };
    let mut errors = Vec::new();
    let limit = limit(&query, usize::MAX, &mut errors);
    let words = query.first("searchQuery");
    if words.is_empty() {
        errors.push(Invalid { name: "searchQuery", reason: "is required".to_owned() });
    }
    if errors.is_empty() {
        ok(&List { data: keywords::search(words, limit), pagination: None })
    } else {
        invalid(&site, errors)
    }
}

async fn negotiation(
    Extension(site): Extension<Site>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let user = match authorize_user(&site, &headers, &["supply::negotiations.read", "demand::negotiations.read"]) {
        Err(refusal) => return refusal.response(&site),
        Ok(user) => user,
    };
    match found(&site, id, user) {
        Err(response) => *response,
        Ok((negotiation, _)) => ok(&negotiation.document(&site)),
    }
}

/// The newest messages first; the documents give no order.
async fn list_messages(
    Extension(site): Extension<Site>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let user = match authorize_user(&site, &headers, &["supply::messages.read", "demand::messages.read"]) {
        Err(refusal) => return refusal.response(&site),
        Ok(user) => user,
    };
    let query = match query(&uri) {
        Err(errors) => return invalid(&site, errors),
        Ok(query) => query,
    };
    let mut errors = Vec::new();
    let limit = limit(&query, 20, &mut errors);
    let before = time(&query, "sentBefore", &mut errors);
    let after = time(&query, "sentAfter", &mut errors);
    if !errors.is_empty() {
        return invalid(&site, errors);
    }
    let negotiation = match found(&site, id, user) {
        Err(response) => return *response,
        Ok((negotiation, _)) => negotiation,
    };
    let mut kept = messages::initial(site.environment, &negotiation);
    if let Some(sent) = site.world.state().ledger(site.environment).sent_messages.get(negotiation.id) {
        kept.extend_from_slice(sent);
    }
    let within = |message: &Message| {
        before.is_none_or(|before| message.sent_at < before) && after.is_none_or(|after| message.sent_at > after)
    };
    let data: Vec<MessageDocument> = kept
        .into_iter()
        .rev()
        .filter(within)
        .take(limit)
        .map(|message| messages::document(message, &negotiation))
        .collect();
    ok(&List { data, pagination: Some(Pagination { limit }) })
}

async fn send_message(
    Extension(site): Extension<Site>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let user = match authorize_user(&site, &headers, &["supply::messages.write", "demand::messages.write"]) {
        Err(refusal) => return refusal.response(&site),
        Ok(user) => user,
    };
    let text = match new_text(&headers, &body) {
        Err(error) => return invalid(&site, vec![error]),
        Ok(text) => text,
    };
    let (negotiation, from) = match found(&site, id, user) {
        Err(response) => return *response,
        Ok(found) => found,
    };
    // Kept at the resolution in which it is printed, so that paging by a printed time is exact.
    let sent_at = site.world.clock.now().div_euclid(1000) * 1000;
    let message = Message { id: site.world.identifiers.resource(), from, text, sent_at };
    let kept = message.clone();
    site.world.state().ledger(site.environment).sent_messages.entry(negotiation.id).or_default().push(kept);
    let status = match site.world.settings.message_created_status {
        MessageCreatedStatus::Ok => StatusCode::OK,
        MessageCreatedStatus::Created => StatusCode::CREATED,
    };
    json(status, "application/json", &messages::document(message, &negotiation))
}

/// The text of a new message. Other members of the body are passed over, which is a guess.
fn new_text(headers: &HeaderMap, body: &[u8]) -> Result<String, Invalid> {
    let wrong = |reason: String| Invalid { name: "text", reason };
    let text = match answers::members(headers, body, "text")?.remove("text") {
        None => return Err(wrong("is required".to_owned())),
        Some(Value::String(text)) => text,
        Some(_) => return Err(wrong("must be a string".to_owned())),
    };
    let length = text.chars().count();
    if (1..=LONGEST_TEXT).contains(&length) {
        Ok(text)
    } else {
        Err(wrong(format!("must have 1 to {LONGEST_TEXT} characters, has {length}")))
    }
}

/// The negotiation, and as whom the user takes part in it. Partners report what is answered for a refunded lead and for
/// a closed business; that a stranger is not told of the latter is a guess.
fn found(
    site: &Site,
    id: Result<Path<String>, PathRejection>,
    user: &User,
) -> Result<(Negotiation, Sender), Box<Response>> {
    let id = id.map(|Path(id)| id).unwrap_or_default();
    let known = negotiations::all(site.environment).into_iter().find(|negotiation| negotiation.id == id);
    let refused = |status, detail| Err(Box::new(problem(site, status, detail)));
    let known = known.filter(|negotiation| !site.world.state().given.is_refunded(negotiation.id));
    let Some(negotiation) = known else {
        return refused(StatusCode::NOT_FOUND, "there is no negotiation of this id");
    };
    let party = if negotiation.owner == user.name {
        Sender::Business
    } else if negotiation.customer == Some(user.name) {
        Sender::Customer
    } else {
        return refused(StatusCode::FORBIDDEN, "the negotiation belongs to another user");
    };
    if site.world.state().given.is_closed(negotiation.business.id) {
        return refused(StatusCode::NOT_FOUND, "service deleted");
    }
    Ok((negotiation, party))
}

fn query(uri: &Uri) -> Result<Parameters, Vec<Invalid>> {
    Parameters::parse(uri.query().unwrap_or_default().as_bytes())
        .map_err(|_| vec![Invalid { name: "query", reason: "is not decodable".to_owned() }])
}

fn limit(query: &Parameters, most: usize, errors: &mut Vec<Invalid>) -> usize {
    let text = query.first("limit");
    if text.is_empty() {
        return 10;
    }
    match text.parse() {
        Ok(limit) if (1..=most).contains(&limit) => limit,
        _ => {
            let most = if most == usize::MAX { String::new() } else { format!(", at most {most}") };
            errors.push(Invalid { name: "limit", reason: format!("must be a number from 1{most}") });
            0
        }
    }
}

fn time(query: &Parameters, name: &'static str, errors: &mut Vec<Invalid>) -> Option<i64> {
    let text = query.first(name);
    if text.is_empty() {
        return None;
    }
    let time = text.parse::<Timestamp>().ok();
    if time.is_none() {
        errors.push(Invalid { name, reason: "must be a date-time, such as 2024-06-13T17:18:01Z".to_owned() });
    }
    time.map(Timestamp::as_millisecond)
}
