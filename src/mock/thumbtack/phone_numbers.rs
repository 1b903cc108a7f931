//! The telephone numbers that a business registers, so that who calls from them reaches its customers through the
//! numbers that forward.
//!
//! Guesses: a list has the oldest number first; a deleted number may be registered anew, and is not there to be changed
//! or deleted again; an update has one member at least; one duplicate refuses the whole of a bulk; how long a name and
//! how big a bulk may be.

use std::collections::{HashMap, HashSet};

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{
    answers::{created, ok},
    businesses, members,
    operation::{Call, Refused},
    people::{self, Business, User},
};
use crate::mock::{
    clock::rfc3339,
    control::DeletedPhoneNumbers,
    problem::Invalid,
    site::{Environment, Site},
};

/// The most numbers that are kept of a business, deleted ones among them, and that one bulk may bring.
const MOST: usize = 1_000;

/// The longest name of a number in characters.
const LONGEST_NAME: usize = 255;

/// 2024-06-13T17:18:01Z, the time in the documents' samples.
const CREATED_AT: i64 = 1_718_299_081_000;

/// The registered numbers by the business's id.
#[derive(Debug, Default)]
pub struct PhoneNumbers(HashMap<&'static str, Vec<PhoneNumber>>);

/// A number as it is kept.
#[derive(Clone, Debug)]
struct PhoneNumber {
    id: String,
    number: String,
    name: Option<String>,
    created_at: i64,
    updated_at: Option<i64>,
    is_deleted: bool,
}

/// A number as it is sent.
struct New {
    number: Option<String>,
    name: Option<String>,
}

/// The id of the number that the first business of `pro` has from the start.
pub fn first_id(environment: Environment) -> &'static str {
    match environment {
        Environment::Staging => "518000000000000051",
        Environment::Production => "428000000000000051",
    }
}

/// `GET /businesses/{businessID}/associate-phone-numbers`.
pub fn list(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    let business = businesses::owned(call, user)?;
    let listed = call.site.world.settings.deleted_phone_numbers == DeletedPhoneNumbers::Listed;
    let mut state = call.site.world.state();
    let kept = state.records(call.site.environment).phone_numbers().of(call.site.environment, business);
    let numbers: Vec<Value> =
        kept.iter().filter(|number| listed || !number.is_deleted).map(|number| number.document(business)).collect();
    Ok(ok(&json!({ "phoneNumbers": numbers })))
}

/// `POST /businesses/{businessID}/associate-phone-numbers`.
pub fn create(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    let new = read_new(&call.members("body")?).map_err(Refused::Invalid)?;
    let business = businesses::owned(call, user)?;
    let documents = register(call.site, business, vec![new])?;
    Ok(created(call.site, &documents.first()))
}

/// `POST /businesses/{businessID}/associate-phone-numbers-bulk-create`.
pub fn create_in_bulk(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    let new = read_bulk(&call.members("body")?).map_err(Refused::Invalid)?;
    let business = businesses::owned(call, user)?;
    let documents = register(call.site, business, new)?;
    Ok(created(call.site, &json!({ "phoneNumbers": documents })))
}

/// `PUT /businesses/{businessID}/associate-phone-numbers/{phoneNumberID}`.
pub fn update(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    let mut errors = Vec::new();
    let new = read(&call.members("body")?, &mut errors);
    if errors.is_empty() && new.number.is_none() && new.name.is_none() {
        errors.push(Invalid { name: "phoneNumber", reason: "this or `name` is required".to_owned() });
    }
    if !errors.is_empty() {
        return Err(Refused::Invalid(errors));
    }
    let business = businesses::owned(call, user)?;
    let now = call.site.world.clock.now();
    let mut state = call.site.world.state();
    let kept = state.records(call.site.environment).phone_numbers().of(call.site.environment, business);
    let id = call.path("phoneNumberID");
    let taken =
        |number: &&PhoneNumber| !number.is_deleted && number.id != id && Some(&number.number) == new.number.as_ref();
    let duplicate = kept.iter().find(taken).map(|number| number.number.clone());
    let number = kept.iter_mut().find(|number| number.id == id && !number.is_deleted).ok_or_else(unknown)?;
    if let Some(duplicate) = duplicate {
        return Err(registered(&duplicate));
    }
    number.number = new.number.unwrap_or_else(|| number.number.clone());
    number.name = new.name.or_else(|| number.name.take());
    number.updated_at = Some(now);
    Ok(ok(&number.document(business)))
}

/// `DELETE /businesses/{businessID}/associate-phone-numbers/{phoneNumberID}`.
pub fn delete(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    let business = businesses::owned(call, user)?;
    let now = call.site.world.clock.now();
    let mut state = call.site.world.state();
    let kept = state.records(call.site.environment).phone_numbers().of(call.site.environment, business);
    let id = call.path("phoneNumberID");
    let number = kept.iter_mut().find(|number| number.id == id && !number.is_deleted).ok_or_else(unknown)?;
    number.is_deleted = true;
    number.updated_at = Some(now);
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Registers all of these numbers for a business, or none if one is registered already. Gives them as they are printed.
fn register(site: &Site, business: &Business, new: Vec<New>) -> Result<Vec<Value>, Refused> {
    let now = site.world.clock.now();
    let mut state = site.world.state();
    let kept = state.records(site.environment).phone_numbers().of(site.environment, business);
    let mut taken: HashSet<&str> =
        kept.iter().filter(|number| !number.is_deleted).map(|number| number.number.as_str()).collect();
    let duplicate = new.iter().filter_map(|new| new.number.as_deref()).find(|number| !taken.insert(number));
    if let Some(duplicate) = duplicate {
        return Err(registered(duplicate));
    }
    let made = new.into_iter().map(|New { number, name }| PhoneNumber {
        id: site.world.identifiers.resource(),
        number: number.unwrap_or_default(),
        name,
        created_at: now,
        updated_at: None,
        is_deleted: false,
    });
    let made: Vec<PhoneNumber> = made.collect();
    let documents = made.iter().map(|number| number.document(business)).collect();
    kept.extend(made);
    forget(kept);
    Ok(documents)
}

/// Forgets what is too many: deleted numbers first, then the oldest.
fn forget(kept: &mut Vec<PhoneNumber>) {
    let mut too_many = kept.len().saturating_sub(MOST);
    kept.retain(|number| {
        let is_forgotten = too_many > 0 && number.is_deleted;
        too_many -= usize::from(is_forgotten);
        !is_forgotten
    });
    kept.drain(..too_many);
}

fn unknown() -> Refused {
    Refused::not_found("the business has no phone number of this id")
}

/// 409, as partners report it; the text is a guess.
fn registered(number: &str) -> Refused {
    Refused::Problem(StatusCode::CONFLICT, format!("the phone number {number} is already registered").into())
}

fn read_new(body: &Map<String, Value>) -> Result<New, Vec<Invalid>> {
    let mut errors = Vec::new();
    members::require(body, &["phoneNumber"], &mut errors);
    let new = read(body, &mut errors);
    if errors.is_empty() { Ok(new) } else { Err(errors) }
}

fn read(body: &Map<String, Value>, errors: &mut Vec<Invalid>) -> New {
    let number = body.get("phoneNumber").and_then(|number| {
        let number = number.as_str().filter(|number| is_number(number));
        if number.is_none() {
            errors.push(Invalid { name: "phoneNumber", reason: r"must match ^\+1\d{1,14}$".to_owned() });
        }
        number.map(str::to_owned)
    });
    let name = members::text(body, "name", LONGEST_NAME, errors).map(str::to_owned);
    New { number, name }
}

/// What a bulk brings, or all that is wrong with it: the elements are counted from 0.
fn read_bulk(body: &Map<String, Value>) -> Result<Vec<New>, Vec<Invalid>> {
    let wrong = |reason: String| Invalid { name: "phoneNumbers", reason };
    let elements = match body.get("phoneNumbers").map(Value::as_array) {
        None => return Err(vec![wrong("is required".to_owned())]),
        Some(Some(elements)) if (1..=MOST).contains(&elements.len()) => elements,
        Some(_) => return Err(vec![wrong(format!("must be an array of 1 to {MOST} phone numbers"))]),
    };
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    for (index, element) in elements.iter().enumerate() {
        match element.as_object().map(read_new) {
            None => errors.push(wrong(format!("element {index} must be an object"))),
            Some(Ok(new)) => all.push(new),
            Some(Err(of_element)) => errors.extend(
                of_element
                    .into_iter()
                    .map(|error| wrong(format!("element {index}: `{}` {}", error.name, error.reason))),
            ),
        }
    }
    if errors.is_empty() { Ok(all) } else { Err(errors) }
}

/// Whether it matches `^\+1\d{1,14}$` (API specification).
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix("+1").unwrap_or_default();
    (1..=14).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

impl PhoneNumbers {
    /// The numbers of a business, oldest first.
    fn of(&mut self, environment: Environment, business: &Business) -> &mut Vec<PhoneNumber> {
        self.0.entry(business.id).or_insert_with(|| initial(environment, business))
    }
}

/// The numbers that a business has from the start: one if it is the first of `pro`.
fn initial(environment: Environment, business: &Business) -> Vec<PhoneNumber> {
    let [first, ..] = people::businesses(environment);
    let number = (business.id == first.id).then(|| PhoneNumber {
        id: first_id(environment).to_owned(),
        number: "+15555550111".to_owned(),
        name: Some("TEST Office".to_owned()),
        created_at: CREATED_AT,
        updated_at: None,
        is_deleted: false,
    });
    number.into_iter().collect()
}

impl PhoneNumber {
    /// As the API prints it. Nobody has called from it, so that it has no `lastActivityTime`.
    fn document(&self, business: &Business) -> Value {
        let mut document = json!({
            "phoneNumberID": self.id,
            "businessID": business.id,
            "phoneNumber": self.number,
            "createdTime": rfc3339(self.created_at),
            "isDeleted": self.is_deleted,
        });
        if let Some(updated_at) = self.updated_at {
            document["updatedTime"] = rfc3339(updated_at).into();
        }
        if let Some(name) = &self.name {
            document["name"] = name.as_str().into();
        }
        document
    }
}
