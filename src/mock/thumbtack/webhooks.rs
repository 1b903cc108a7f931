//! Webhooks of a user or a business: made, read, changed, deleted.
//!
//! What the documents leave open, and is a guess here: a webhook belongs to its client too, so that no other client sees
//! it; one of another user is refused, and one of another client or owner not found. Knobs say how many there may be, what
//! `PUT` does, and whether the same can be made twice.

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
    control::{EventType, RepeatedWebhook, WebhookDeletedStatus, WebhookUpdate},
    webhooks::{Auth, Owner, Webhook},
};

/// How many webhooks a page of them has (documents).
const PAGE: usize = 10;

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
pub fn list_for_user(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    list(call, Owner::User(user.id))
}

/// `GET /businesses/{businessID}/webhooks`.
pub fn list_for_business(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    list(call, of_business(call, user)?)
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
    let webhook = new(call, members, owner, call.site.world.identifiers.resource())?;
    let settings = &call.site.world.settings;
    let mut state = call.site.world.state();
    let webhooks = &mut state.records(call.site.environment).webhooks;
    let is_known_once = settings.repeated_webhook == RepeatedWebhook::Existing && matches!(owner, Owner::Business(_));
    let is_same = |known: &&Arc<Webhook>| known.url == webhook.url && known.events == webhook.events;
    let same = webhooks.of(owner, call.client).find(is_same).filter(|_| is_known_once).cloned();
    if let Some(same) = same {
        return Ok(created(call.site, &document(&same)));
    }
    if !webhooks.add(webhook.clone(), settings.most_webhooks) {
        let reason = format!("there are {} webhooks already; delete one", settings.most_webhooks);
        return Err(Refused::invalid("webhookURL", reason));
    }
    drop(state);
    Ok(created(call.site, &document(&webhook)))
}

/// The webhook of which `members` tell all.
fn new(call: &Call<'_>, members: Members, owner: Owner, id: String) -> Result<Arc<Webhook>, Refused> {
    let Members { url, events, enabled, auth } = members;
    let (written_url, url) = url.ok_or_else(|| Refused::invalid("webhookURL", "is required"))?;
    let events = events.ok_or_else(|| Refused::invalid("eventTypes", "is required"))?;
    Ok(Arc::new(Webhook {
        id,
        owner,
        client: call.client.to_owned(),
        written_url,
        url,
        events,
        // Nothing says what is meant when it is absent; whoever makes a webhook wants to be told.
        enabled: enabled.unwrap_or(true),
        auth: auth.unwrap_or(Auth::None),
    }))
}

fn list(call: &Call<'_>, owner: Owner) -> Result<Response, Refused> {
    let query = call.query()?;
    let mut state = call.site.world.state();
    let webhooks = &state.records(call.site.environment).webhooks;
    let all: Vec<Arc<Webhook>> = webhooks.of(owner, call.client).cloned().collect();
    drop(state);
    let page = List::page(call.site, all, PAGE, query.first("cursor"), |webhook| &webhook.id)?;
    Ok(ok(&page.map(|webhook| document(&webhook))))
}

fn update(call: &Call<'_>, members: Members, owner: Owner) -> Result<Response, Refused> {
    let known = found(call, owner)?;
    let changed = match call.site.world.settings.webhook_update {
        WebhookUpdate::Partial => changed(&known, members),
        WebhookUpdate::Whole => new(call, members, owner, known.id.clone())?,
    };
    call.site.world.state().records(call.site.environment).webhooks.replace(changed.clone());
    Ok(ok(&document(&changed)))
}

/// `known` with what `members` name in the place of its own.
fn changed(known: &Webhook, members: Members) -> Arc<Webhook> {
    let Members { url, events, enabled, auth } = members;
    let (written_url, url) = url.unwrap_or_else(|| (known.written_url.clone(), known.url.clone()));
    Arc::new(Webhook {
        id: known.id.clone(),
        owner: known.owner,
        client: known.client.clone(),
        written_url,
        url,
        events: events.unwrap_or_else(|| known.events.clone()),
        enabled: enabled.unwrap_or(known.enabled),
        auth: auth.unwrap_or_else(|| known.auth.clone()),
    })
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
