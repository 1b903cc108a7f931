//! The control API: worlds are made, described, commanded and forgotten over HTTP.

use std::{collections::BTreeMap, sync::Arc};

use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode, header, request::Parts};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    control::{self, Command, Distinct, EnvironmentName, NewWorld, True, is_alike},
    faults::without_trailing_slash,
    journal::{self, Event, Scrubber},
    problem::{Problem, json},
    site::{Environment, Site},
    thumbtack::{AUDIENCE, clients, emit, messages, negotiations, people, phone_numbers, reviews, website},
    worlds::{DEFAULT, World, Worlds},
};
use crate::source::did_you_mean;

/// Where to look, for who looks around.
const PLACES: &str = "GET /control/worlds/default describes the world that is always there, POST orders something of it; \
                      GET /control/worlds/default/journal and /deliveries tell what it saw and sent; POST /control/worlds \
                      makes another; the README tells the orders (Watching and steering the mock)";

/// What is told of a body with no order or with several.
const ONE_ORDER: &str = "one order is an object with one of: advance, fault, clear_faults, rate_limit, expire, revoke, \
                         next_login, rotate_keys, given, emit";

/// Why an order is refused: a status, and what to do about it.
type Refused = (StatusCode, String);

/// Answers a request below `/control`.
pub async fn respond(request: &Parts, body: &[u8], worlds: &Worlds) -> Response {
    let (method, path) = (&request.method, request.uri.path());
    let below = without_trailing_slash(path).strip_prefix("/control/").unwrap_or_default();
    let answer = match below.split_once('/') {
        None if below == "worlds" => match *method {
            Method::POST => create(body, worlds),
            _ => return refused_method("POST", &format!("allowed are: POST; {PLACES}")),
        },
        Some(("worlds", place)) if place.ends_with("/deliveries") => match *method {
            Method::GET => {
                let id = place.trim_end_matches("/deliveries");
                world(id, worlds).map(|world| deliveries(&world))
            }
            _ => return method_not_allowed("GET"),
        },
        Some(("worlds", id)) if id.ends_with("/journal") => match *method {
            Method::GET => match world(id.trim_end_matches("/journal"), worlds) {
                Ok(world) => return journal::respond(world, request.uri.query().unwrap_or_default()).await,
                Err(refused) => Err(refused),
            },
            _ => return method_not_allowed("GET"),
        },
        Some(("worlds", id)) => match *method {
            Method::GET => world(id, worlds).map(|world| description(StatusCode::OK, &world)),
            Method::POST => world(id, worlds).and_then(|world| order(&world, body)),
            Method::DELETE => delete(id, worlds),
            _ => return method_not_allowed("GET, POST, DELETE"),
        },
        _ => Err((StatusCode::NOT_FOUND, format!("`{path}` is not of the control API; {PLACES}"))),
    };
    // What is refused is repeated, and may be a token that was sent in the wrong place.
    answer.unwrap_or_else(|(status, detail)| {
        Problem::new(status, Scrubber::new(worlds.clients()).text(&detail)).into_response()
    })
}

fn method_not_allowed(allowed: &'static str) -> Response {
    refused_method(allowed, &format!("allowed are: {allowed}"))
}

fn refused_method(allowed: &'static str, detail: &str) -> Response {
    let mut response = Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail).into_response();
    response.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static(allowed));
    response
}

fn create(body: &[u8], worlds: &Worlds) -> Result<Response, Refused> {
    let NewWorld { seed, settings: knobs } = read(body, "a new world")?;
    let refuse = |why: String| (StatusCode::UNPROCESSABLE_ENTITY, format!("the body is not a new world: {why}"));
    let settings = worlds.settings().with(&knobs).map_err(refuse)?;
    Ok(description(StatusCode::CREATED, &worlds.create(settings, seed)))
}

fn delete(id: &str, worlds: &Worlds) -> Result<Response, Refused> {
    if id == DEFAULT {
        return Err((StatusCode::CONFLICT, "the world `default` always exists and cannot be deleted".to_owned()));
    }
    if worlds.remove(id) { Ok(no_content()) } else { Err(unknown(id)) }
}

/// Carries out the order in `body`, and tells the journal of it.
pub fn order(world: &Arc<World>, body: &[u8]) -> Result<Response, Refused> {
    let named = journal::named(world, body);
    let (at, real) = world.clock.both();
    let answer = command(world, body);
    if let Some(named) = named {
        let why = answer.as_ref().err().map(|(_, detail)| journal::short(detail, world.clients).into());
        world.journal.keep(at, real, Event::Order(named, why));
    }
    answer
}

fn command(world: &Arc<World>, body: &[u8]) -> Result<Response, Refused> {
    let unprocessable = |detail: String| (StatusCode::UNPROCESSABLE_ENTITY, detail);
    let no_token = || {
        let detail = "neither an access token nor a refresh token of this world has this value".to_owned();
        (StatusCode::NOT_FOUND, detail)
    };
    let members =
        serde_json::from_slice::<Value>(body).ok().and_then(|body| body.as_object().map(serde_json::Map::len));
    if members.is_some_and(|members| members != 1) {
        return Err(unprocessable(format!("the body is not a command: {ONE_ORDER}")));
    }
    match read(body, "a command")? {
        Command::Advance(span) => {
            if !world.clock.advance(u64::try_from(span.0.as_millis()).unwrap_or(u64::MAX)) {
                return Err(unprocessable("the clock can be advanced by a hundred years in all".to_owned()));
            }
        }
        Command::Fault(fault) => world.trouble.order(*fault).map_err(unprocessable)?,
        Command::ClearFaults(True) => world.trouble.clear(),
        Command::RateLimit(limit) => world.trouble.limit(limit),
        Command::Expire(token) => {
            let now = world.clock.now();
            if !world.state().ledgers().into_iter().any(|ledger| ledger.expire(&token, now)) {
                return Err(no_token());
            }
        }
        Command::Revoke(token) => {
            let now = world.clock.now();
            let mut state = world.state();
            let grant = state
                .ledgers()
                .into_iter()
                .find_map(|ledger| ledger.lineage(&token).map(|lineage| lineage.grant.clone()));
            grant.ok_or_else(no_token)?.revoke(now, "the control API was told to");
        }
        Command::NextLogin { user, answer } => {
            let known = people::USERS.into_iter().find(|name| *name == user);
            let known = known.ok_or_else(|| {
                unprocessable(format!("there is no user `{user}`; users: {}", people::USERS.join(", ")))
            })?;
            world.state().next_login = Some((known, answer));
        }
        Command::RotateKeys(True) => {
            let mut state = world.state();
            state.key_rotations = state.key_rotations.saturating_add(1);
        }
        Command::Given(given) => world.state().give(given, world.clients).map_err(unprocessable)?,
        Command::Emit(order) => {
            let environment = match order.environment {
                EnvironmentName::Staging => Environment::Staging,
                EnvironmentName::Production => Environment::Production,
            };
            emit::emit(&world.clone().site(environment), *order).map_err(unprocessable)?;
        }
    }
    Ok(no_content())
}

fn world(id: &str, worlds: &Worlds) -> Result<Arc<World>, Refused> {
    worlds.get(id).ok_or_else(|| unknown(id))
}

fn unknown(id: &str) -> Refused {
    (StatusCode::NOT_FOUND, format!("there is no world `{id}`; it may have been deleted"))
}

fn read<T: DeserializeOwned + Serialize>(body: &[u8], what: &str) -> Result<T, Refused> {
    let refuse = |why: String| (StatusCode::UNPROCESSABLE_ENTITY, format!("the body is not {what}: {why}"));
    let sent: serde_json::Result<Value> = serde_json::from_slice(body);
    if let Ok(Value::String(_)) = sent {
        return Err(refuse("there is a text where an object is expected, such as {\"clear_faults\": true}".to_owned()));
    }
    if let Err(error) = serde_json::from_slice::<Distinct>(body) {
        return Err(refuse(error.to_string()));
    }
    let order: T = serde_json::from_slice(body).map_err(|error| refuse(guessed(&error.to_string())))?;
    let understood = serde_json::to_value(&order);
    match (sent, understood) {
        (Ok(sent), Ok(understood)) if is_alike(&sent, &understood) => Ok(order),
        _ => Err(refuse("there is a list or an object where something else is expected".to_owned())),
    }
}

/// What serde tells of an unknown word, with the one of the words it knows that was probably meant.
fn guessed(told: &str) -> String {
    let mut words = told.split('`').skip(1).step_by(2);
    let meant = match words.next() {
        Some(unknown) if told.starts_with("unknown ") => did_you_mean(unknown, words),
        _ => None,
    };
    meant.map_or_else(|| told.to_owned(), |meant| format!("{told}; did you mean `{meant}`?"))
}

/// All deliveries of a world that are kept, as its journal tells them.
fn deliveries(world: &World) -> Response {
    let scrub = Scrubber::new(world.clients);
    let told: Vec<_> = world.outbox.deliveries().iter().map(|one| journal::delivered(one, &scrub)).collect();
    json(StatusCode::OK, "application/json", &told)
}

fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

fn description(status: StatusCode, world: &Arc<World>) -> Response {
    json(status, "application/json", &described(world))
}

/// A world as it is described to whoever controls it.
pub fn described(world: &Arc<World>) -> control::World {
    let environment = |environment| describe(&world.clone().site(environment));
    control::World {
        id: world.id.clone(),
        staging: environment(Environment::Staging),
        production: environment(Environment::Production),
    }
}

fn describe(site: &Site) -> control::Environment {
    let below = |path: &str| format!("{}{path}", site.root());
    control::Environment {
        api: below("api/"),
        authorize_url: below("oauth2/auth"),
        token_url: below("oauth2/token"),
        revoke_url: below("oauth2/revoke"),
        jwks_url: below(".well-known/jwks.json"),
        userinfo_url: below("userinfo"),
        auth_server: site.root().to_string(),
        site: site.website(),
        gate: website::gate(site.environment),
        audience: AUDIENCE.to_owned(),
        clients: site.clients().all().iter().map(|client| (client.name.to_owned(), copy(client))).collect(),
        users: people::USERS.map(str::to_owned).to_vec(),
        fixtures: fixtures(site.environment),
    }
}

fn copy(client: &clients::Client) -> control::Client {
    control::Client {
        id: client.id.to_owned(),
        secret: client.secret.to_owned(),
        redirect_uri: client.redirect_uris.first().map_or_else(String::new, |uri| (*uri).to_owned()),
        redirect_uris: client.redirect_uris.iter().map(|uri| (*uri).to_owned()).collect(),
        auth: client.method,
        scopes: client.scopes.iter().map(|scope| (*scope).to_owned()).collect(),
    }
}

fn fixtures(environment: Environment) -> BTreeMap<String, String> {
    let [business, second_business, other_business] = people::businesses(environment);
    let [negotiation, other_negotiation, full_negotiation] = negotiations::initial(environment);
    [
        ("business", business.id),
        ("second_business", second_business.id),
        ("other_business", other_business.id),
        ("negotiation", &negotiation.id),
        ("other_negotiation", &other_negotiation.id),
        ("full_negotiation", &full_negotiation.id),
        ("message", messages::first_id(environment)),
        ("customer", &negotiation.customer.id),
        ("phone_number", phone_numbers::first_id(environment)),
        ("review", reviews::first_id(environment)),
    ]
    .into_iter()
    .map(|(name, id)| (name.to_owned(), id.to_owned()))
    .collect()
}
