//! Webhooks of a user or a business: made, read, changed, deleted.
//!
//! What the documents leave open, and is a guess here: a webhook belongs to its client too, so that no other client sees
//! it; one of another user is refused, and one of another client or owner not found; a client has at most ten of an owner,
//! and the next one is refused as invalid; `PUT` changes the members that it names and no others.

use std::sync::Arc;

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::{
    answers::{List, created, ok},
    businesses::owned,
    operation::{Call, Refused},
    people::User,
    webhook_members::Members,
};
use crate::mock::{
    control::{EventType, WebhookDeletedStatus},
    webhooks::{Auth, MOST_WEBHOOKS, Owner, Webhook},
};

/// A webhook as the API prints it: without what it shows to its receiver.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WebhookDocument {
    #[serde(rename = "webhookID")]
    id: String,
    #[serde(rename = "webhookURL")]
    url: String,
    enabled: bool,
    auth_type: AuthType,
    #[serde(rename = "businessID", skip_serializing_if = "Option::is_none")]
    business_id: Option<&'static str>,
    #[serde(rename = "userID", skip_serializing_if = "Option::is_none")]
    user_id: Option<&'static str>,
    event_types: Vec<EventType>,
}

#[derive(Serialize)]
enum AuthType {
    None,
    Basic,
    CustomHeader,
}

/// `POST /users/webhooks`.
pub fn create_for_user(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    let members = Members::of_user(call)?;
    create(call, members, Owner::User(user.id))
}

/// `POST /businesses/{businessID}/webhooks`.
pub fn create_for_business(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    let members = Members::of_business(call)?;
    create(call, members, of_business(call, user)?)
}

/// `GET /users/webhooks`.
#[expect(clippy::unnecessary_wraps, reason = "an operation may be refused, though this one is not")]
pub fn list_for_user(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    Ok(list(call, Owner::User(user.id)))
}

/// `GET /businesses/{businessID}/webhooks`.
pub fn list_for_business(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    Ok(list(call, of_business(call, user)?))
}

/// `GET /users/webhooks/{webhookID}`.
pub fn get_for_user(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    Ok(ok(&document(&*found(call, Owner::User(user.id))?)))
}

/// `GET /businesses/{businessID}/webhooks/{webhookID}`.
pub fn get_for_business(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    let owner = of_business(call, user)?;
    Ok(ok(&document(&*found(call, owner)?)))
}

/// `PUT /users/webhooks/{webhookID}`.
pub fn update_for_user(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    let members = Members::of_user(call)?;
    update(call, members, Owner::User(user.id))
}

/// `PUT /businesses/{businessID}/webhooks/{webhookID}`.
pub fn update_for_business(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    let members = Members::of_business(call)?;
    update(call, members, of_business(call, user)?)
}

/// `DELETE /users/webhooks/{webhookID}`.
pub fn delete_for_user(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    delete(call, Owner::User(user.id))
}

/// `DELETE /businesses/{businessID}/webhooks/{webhookID}`.
pub fn delete_for_business(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    delete(call, of_business(call, user)?)
}

fn of_business(call: &Call<'_>, user: &User) -> Result<Owner, Refused> {
    owned(call, user).map(|business| Owner::Business(business.id))
}

fn create(call: &Call<'_>, members: Members, owner: Owner) -> Result<Response, Refused> {
    let Members { url, events, enabled, auth } = members;
    let (written_url, url) = url.ok_or_else(|| Refused::invalid("webhookURL", "is required"))?;
    let events = events.ok_or_else(|| Refused::invalid("eventTypes", "is required"))?;
    let webhook = Arc::new(Webhook {
        id: call.site.world.identifiers.resource(),
        owner,
        client: call.client.to_owned(),
        written_url,
        url,
        events,
        // Nothing says what is meant when it is absent; whoever makes a webhook wants to be told.
        enabled: enabled.unwrap_or(true),
        auth: auth.unwrap_or(Auth::None),
    });
    let has_room = call.site.world.state().records(call.site.environment).webhooks.add(webhook.clone());
    if !has_room {
        let reason = format!("there are {MOST_WEBHOOKS} webhooks already; delete one");
        return Err(Refused::invalid("webhookURL", reason));
    }
    Ok(created(call.site, &document(&webhook)))
}

fn list(call: &Call<'_>, owner: Owner) -> Response {
    let mut state = call.site.world.state();
    let webhooks = &state.records(call.site.environment).webhooks;
    let data: Vec<WebhookDocument> = webhooks.of(owner, call.client).map(|webhook| document(webhook)).collect();
    ok(&List::limited(data, MOST_WEBHOOKS))
}

fn update(call: &Call<'_>, members: Members, owner: Owner) -> Result<Response, Refused> {
    let known = found(call, owner)?;
    let Members { url, events, enabled, auth } = members;
    let (written_url, url) = url.unwrap_or_else(|| (known.written_url.clone(), known.url.clone()));
    let changed = Arc::new(Webhook {
        id: known.id.clone(),
        owner,
        client: known.client.clone(),
        written_url,
        url,
        events: events.unwrap_or_else(|| known.events.clone()),
        enabled: enabled.unwrap_or(known.enabled),
        auth: auth.unwrap_or_else(|| known.auth.clone()),
    });
    call.site.world.state().records(call.site.environment).webhooks.replace(changed.clone());
    Ok(ok(&document(&changed)))
}

fn delete(call: &Call<'_>, owner: Owner) -> Result<Response, Refused> {
    let webhook = found(call, owner)?;
    call.site.world.state().records(call.site.environment).webhooks.remove(&webhook.id);
    let mut response = Response::default();
    *response.status_mut() = match call.site.world.settings.webhook_deleted_status {
        WebhookDeletedStatus::Ok => StatusCode::OK,
        WebhookDeletedStatus::NoContent => StatusCode::NO_CONTENT,
    };
    Ok(response)
}

/// The webhook that the path names, if it is of `owner` and this client.
fn found(call: &Call<'_>, owner: Owner) -> Result<Arc<Webhook>, Refused> {
    let mut state = call.site.world.state();
    let known = state.records(call.site.environment).webhooks.get(call.path("webhookID")).cloned();
    match known {
        Some(webhook) if webhook.owner == owner && webhook.client == call.client => Ok(webhook),
        Some(webhook) if matches!((webhook.owner, owner), (Owner::User(theirs), Owner::User(own)) if theirs != own) => {
            Err(Refused::forbidden("the webhook belongs to another user"))
        }
        _ => Err(Refused::not_found("there is no webhook of this id")),
    }
}

fn document(webhook: &Webhook) -> WebhookDocument {
    let (business_id, user_id) = match webhook.owner {
        Owner::Business(id) => (Some(id), None),
        Owner::User(id) => (None, Some(id)),
    };
    WebhookDocument {
        id: webhook.id.clone(),
        url: webhook.written_url.clone(),
        enabled: webhook.enabled,
        auth_type: match webhook.auth {
            Auth::None => AuthType::None,
            Auth::Basic(_) => AuthType::Basic,
            Auth::CustomHeader(..) => AuthType::CustomHeader,
        },
        business_id,
        user_id,
        event_types: webhook.events.clone(),
    }
}
