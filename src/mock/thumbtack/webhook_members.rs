//! What a body says of a webhook. Members that are not known are passed over, which is a guess.

use serde_json::{Map, Value};
use url::Url;

use super::operation::{Call, Refused};
use crate::mock::{
    control::{EventType, PlainWebhookUrls, Settings, UserWebhookEvents},
    problem::Invalid,
    webhooks::Auth,
};
use crate::source::is_loopback;

/// The longest URL in bytes; the documents give no limit.
const LONGEST_URL: usize = 2_048;

/// The events of which a business's webhook can tell (API specification).
const OF_BUSINESSES: &[EventType] = &[
    EventType::NegotiationCreated,
    EventType::MessageCreated,
    EventType::ReviewCreated,
    EventType::PresetJobMatched,
    EventType::PresetJobStatusChanged,
    EventType::PresetJobCancelled,
    EventType::PresetJobUpdated,
    EventType::PresetJobCompleted,
];

/// Those of which a user's webhook can tell, by the knob's positions.
const KNOWN_OF_USERS: &[EventType] = &[EventType::MessageCreated, EventType::IncentiveUsed];
const ALL_OF_USERS: &[EventType] =
    &[EventType::MessageCreated, EventType::IncentiveUsed, EventType::NegotiationCreated, EventType::ReviewCreated];

/// The members that a body has.
#[derive(Debug)]
pub struct Members {
    /// Where the webhook leads: as written, and the same as a URL.
    pub url: Option<(String, Url)>,
    /// The events that it tells of, each once.
    pub events: Option<Vec<EventType>>,
    /// Whether it tells of any.
    pub enabled: Option<bool>,
    /// What it shows to its receiver; `null` is nothing, which is a guess.
    pub auth: Option<Auth>,
}

impl Members {
    /// Reads the body about a business's webhook. All that is wrong with it is told at once.
    pub fn of_business(call: &Call<'_>) -> Result<Self, Refused> {
        Self::read(call, OF_BUSINESSES)
    }

    /// Reads the body about a user's webhook. All that is wrong with it is told at once.
    pub fn of_user(call: &Call<'_>) -> Result<Self, Refused> {
        match call.site.world.settings.user_webhook_events {
            UserWebhookEvents::Known => Self::read(call, KNOWN_OF_USERS),
            UserWebhookEvents::All => Self::read(call, ALL_OF_USERS),
        }
    }

    fn read(call: &Call<'_>, known: &[EventType]) -> Result<Self, Refused> {
        let body = call.members("webhookURL")?;
        let settings = &call.site.world.settings;
        let mut errors = Vec::new();
        let mut keep = |name: &'static str, reason: String| errors.push(Invalid { name, reason });
        let members = Self {
            url: read(&body, "webhookURL", |value| url(value, settings), &mut keep),
            events: read(&body, "eventTypes", |value| events(value, known), &mut keep),
            enabled: read(&body, "enabled", |value| value.as_bool().ok_or("must be a boolean".to_owned()), &mut keep),
            auth: read(&body, "auth", auth, &mut keep),
        };
        if errors.is_empty() { Ok(members) } else { Err(Refused::Invalid(errors)) }
    }
}

/// The member `name`, if it is there and right; else, what is wrong is handed to `keep`.
fn read<T>(
    body: &Map<String, Value>,
    name: &'static str,
    reader: impl Fn(&Value) -> Result<T, String>,
    keep: &mut impl FnMut(&'static str, String),
) -> Option<T> {
    reader(body.get(name)?).map_err(|reason| keep(name, reason)).ok()
}

fn url(value: &Value, settings: &Settings) -> Result<(String, Url), String> {
    let text = value.as_str().ok_or("must be a string")?;
    if text.len() > LONGEST_URL {
        return Err(format!("must have at most {LONGEST_URL} bytes, has {}", text.len()));
    }
    let parsed = Url::parse(text).ok();
    let plain = text.starts_with("http://")
        && settings.plain_webhook_urls == PlainWebhookUrls::Loopback
        && parsed.as_ref().is_some_and(is_loopback);
    if !text.starts_with("https://") && !plain {
        return Err("must match ^https://".to_owned());
    }
    let url = parsed.filter(Url::has_host).ok_or("must be a URL")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must have no credentials; they belong in `auth`".to_owned());
    }
    Ok((text.to_owned(), url))
}

fn events(value: &Value, known: &[EventType]) -> Result<Vec<EventType>, String> {
    let names = || {
        let names: Vec<String> = known.iter().filter_map(|event| serde_json::to_value(event).ok()).map(name).collect();
        names.join(", ")
    };
    let list = value.as_array().filter(|list| !list.is_empty());
    let list = list.ok_or_else(|| format!("must be a list of at least one of: {}", names()))?;
    let mut events = Vec::new();
    for one in list {
        let event = serde_json::from_value(one.clone()).ok().filter(|event| known.contains(event));
        let event = event.ok_or_else(|| format!("must hold nothing but: {}", names()))?;
        if !events.contains(&event) {
            events.push(event);
        }
    }
    Ok(events)
}

fn name(value: Value) -> String {
    match value {
        Value::String(name) => name,
        other => other.to_string(),
    }
}

fn auth(value: &Value) -> Result<Auth, String> {
    if value.is_null() {
        return Ok(Auth::None);
    }
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let made = match (text("username"), text("password"), text("header"), text("value")) {
        (Some(username), Some(password), None, None) => Auth::basic(username, password),
        (None, None, Some(header), Some(value)) => Auth::custom(header, value),
        _ => Err("must have either `username` and `password` or `header` and `value`, all strings"),
    };
    made.map_err(str::to_owned)
}
