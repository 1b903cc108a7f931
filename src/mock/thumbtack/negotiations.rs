//! Negotiations ("leads") in the form of the API specification's `NegotiationV4`, or by a knob, where they are read, in
//! that of the documents' own sample.

use std::{
    borrow::Cow,
    sync::{Arc, LazyLock},
};

use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    answers::{List, ok},
    businesses, events, full_lead, links,
    messages::Sender,
    operation::{Call, Refused},
    people::{self, Business, User},
    places::Place,
    profiles::{CATEGORIES, Category},
};
use crate::mock::{
    clock::rfc3339,
    control::{BusinessNegotiations, CustomerLastName, NegotiationForm},
    site::{Environment, Site},
    webhooks,
};

/// A negotiation as it is kept.
#[derive(Debug)]
pub struct Negotiation {
    /// Negotiation id.
    pub id: String,
    /// The business.
    pub business: &'static Business,
    /// The customer.
    pub customer: Customer,
    /// What the customer asked for.
    pub request: Asked,
    /// When it was made, in milliseconds since the epoch.
    pub created_at: i64,
    /// What became of it.
    pub status: Status,
    /// Whether it has all that the specification knows.
    pub is_full: bool,
}

/// What became of a lead.
#[derive(Serialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing yet.
    Open,
    /// The customer chose the business.
    Picked,
    /// The customer called it off.
    Canceled,
}

/// The customer of a negotiation.
#[derive(Clone, Debug)]
pub struct Customer {
    /// Customer id.
    pub id: String,
    /// Name of the customer's account, if that is one of the mock's users.
    pub account: Option<&'static str>,
    /// First and last name.
    pub name: [&'static str; 2],
    /// Telephone number: one that forwards, ten digits.
    pub phone: &'static str,
}

/// What a customer asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Request id.
    pub id: String,
    /// The customer's words.
    pub description: String,
    /// The category of services.
    pub category: &'static Category,
    /// ZIP code of the place.
    pub zip_code: String,
    /// What is not known of every request.
    pub particulars: Particulars,
}

/// What a request may say besides.
#[derive(Clone, Debug, Default)]
pub struct Particulars {
    /// Street and number.
    pub address: &'static str,
    /// When the work might begin and end, as date-times.
    pub proposed_times: &'static [[&'static str; 2]],
    /// Who travels to whom, in the specification's words.
    pub travel_preferences: &'static [&'static str],
    /// Questions and answers.
    pub details: Vec<Detail>,
    /// The businesses that were asked by the same request.
    pub contacted: Vec<Contacted>,
}

/// A question about the work, and what the customer answered.
#[derive(Serialize, Clone, Debug)]
pub struct Detail {
    /// The question.
    pub question: Cow<'static, str>,
    /// The answer.
    pub answer: Cow<'static, str>,
}

/// A business that was asked, and what came of it.
#[derive(Clone, Debug)]
pub struct Contacted {
    /// The business.
    pub business: &'static Business,
    /// Id of the negotiation with it.
    pub negotiation: String,
}

/// 2024-06-13T17:18:01Z, the time in the documents' samples.
const CREATED_AT: i64 = 1_718_299_081_000;

/// How many negotiations of a business are listed.
const MOST_LISTED: usize = 20;

static STAGING: LazyLock<[Arc<Negotiation>; 3]> = LazyLock::new(|| make(Environment::Staging, "518"));

static PRODUCTION: LazyLock<[Arc<Negotiation>; 3]> = LazyLock::new(|| make(Environment::Production, "428"));

/// The negotiation of `pro`, that of `other_pro`, and a full one of `pro`, in this order: those that are there from the
/// start.
pub fn initial(environment: Environment) -> &'static [Arc<Negotiation>; 3] {
    match environment {
        Environment::Staging => &STAGING,
        Environment::Production => &PRODUCTION,
    }
}

fn make(environment: Environment, prefix: &str) -> [Arc<Negotiation>; 3] {
    let [business, _, other_business] = people::businesses(environment);
    let [category, ..] = CATEGORIES;
    let one = |number: u32, business, account, name| {
        let id = format!("{prefix}0000000000000{:02}", 20 + number);
        let request = Asked {
            id: format!("{}9", &id[..17]),
            description: "TEST Need a full kitchen renovation".to_owned(),
            category,
            zip_code: "94117".to_owned(),
            particulars: Particulars::sample("Project scope", "Full kitchen renovation"),
        };
        let customer_id = format!("{prefix}0000000000000{:02}", 2 + number);
        let customer = Customer { id: customer_id, account, name, phone: "5555550142" };
        let (status, is_full) = (Status::Open, false);
        Arc::new(Negotiation { id, business, customer, request, created_at: CREATED_AT, status, is_full })
    };
    [
        one(1, business, Some("customer"), ["Casey", "Customer"]),
        one(2, other_business, None, ["Jordan", "Stranger"]),
        full_lead::initial(environment).clone(),
    ]
}

/// The negotiation of this id, whether it was there from the start or came about later, unless its lead was refunded.
pub fn find(site: &Site, id: &str) -> Option<Arc<Negotiation>> {
    let mut state = site.world.state();
    if state.given.is_refunded(id) {
        return None;
    }
    let initial = initial(site.environment).iter().find(|negotiation| negotiation.id == id);
    let found = initial.or_else(|| {
        let mut later = state.records(site.environment).negotiations();
        later.find(|negotiation| negotiation.id == id)
    });
    found.cloned()
}

/// The negotiation that the path names, and as whom the user takes part in it. Partners report what is answered for a
/// refunded lead and for a closed business; that a stranger is not told of the latter is a guess.
pub fn found(call: &Call<'_>, user: &User) -> Result<(Arc<Negotiation>, Sender), Refused> {
    let Some(negotiation) = find(call.site, call.path("negotiationID")) else {
        return Err(Refused::not_found("there is no negotiation of this id"));
    };
    let party = if negotiation.business.owner == user.name {
        Sender::Business
    } else if negotiation.customer.account == Some(user.name) {
        Sender::Customer
    } else {
        return Err(Refused::forbidden("the negotiation belongs to another user"));
    };
    if call.site.world.state().given.is_closed(negotiation.business.id) {
        return Err(Refused::not_found("service deleted"));
    }
    Ok((negotiation, party))
}

/// Keeps a new negotiation, and lets webhooks tell of it.
pub fn create(site: &Site, negotiation: Negotiation) -> Arc<Negotiation> {
    let negotiation = keep(site, negotiation);
    webhooks::tell(site, &events::negotiation_created(site, &negotiation), 1);
    negotiation
}

/// Keeps a new negotiation, and tells nobody.
pub fn keep(site: &Site, negotiation: Negotiation) -> Arc<Negotiation> {
    let negotiation = Arc::new(negotiation);
    site.world.state().records(site.environment).add_negotiation(negotiation.clone());
    negotiation
}

/// The oldest negotiation of a business whose lead was not refunded.
pub fn first_of(site: &Site, business: &Business) -> Option<Arc<Negotiation>> {
    let mut state = site.world.state();
    let later: Vec<Arc<Negotiation>> = state.records(site.environment).negotiations().cloned().collect();
    let mut all = initial(site.environment).iter().cloned().chain(later);
    all.find(|negotiation| negotiation.business.id == business.id && !state.given.is_refunded(&negotiation.id))
}

/// `GET /negotiations/{negotiationID}`.
pub fn get(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    let (negotiation, _) = found(call, user)?;
    Ok(ok(&negotiation.read(call.site)))
}

/// `GET /businesses/{businessID}/negotiations`: the newest first, at most 20 of them. All of it is a guess but the path
/// and that these are "all leads for a business".
pub fn of_business(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    if call.site.world.settings.business_negotiations == BusinessNegotiations::Absent {
        return Err(Refused::not_found("the negotiations of a business are not listed"));
    }
    let business = businesses::owned(call, user)?;
    let environment = call.site.environment;
    let mut kept: Vec<Arc<Negotiation>> = initial(environment).to_vec();
    let mut state = call.site.world.state();
    kept.extend(state.records(environment).negotiations().cloned());
    kept.retain(|negotiation| negotiation.business.id == business.id && !state.given.is_refunded(&negotiation.id));
    drop(state);
    let newest = kept.iter().rev().take(MOST_LISTED);
    Ok(ok(&List::limited(newest.map(|negotiation| negotiation.read(call.site)).collect(), MOST_LISTED)))
}

impl Customer {
    /// First name and the initial of the last one, as the samples print it.
    pub fn display_name(&self) -> String {
        let [first, last] = self.name;
        format!("{first} {}", initial_of(last))
    }
}

/// The first letter of a name and a full stop.
fn initial_of(name: &str) -> String {
    format!("{}.", name.chars().next().unwrap_or_default())
}

impl Particulars {
    /// What a request says in the documents' samples, with one question and its answer.
    pub fn sample(question: &'static str, answer: &'static str) -> Self {
        Self {
            address: "1 Main St",
            proposed_times: &[["2024-06-20T16:00:00Z", "2024-06-20T18:00:00Z"]],
            travel_preferences: &["ProviderTravelToCustomer"],
            details: vec![Detail { question: question.into(), answer: answer.into() }],
            contacted: Vec::new(),
        }
    }
}

impl Asked {
    /// The request as the API prints it, in answer to its making and in each of its negotiations.
    pub fn document(&self, customer: &str) -> Value {
        let Particulars { address, proposed_times, travel_preferences, details, contacted } = &self.particulars;
        let proposed_times: Vec<Value> =
            proposed_times.iter().map(|[start, end]| json!({ "start": start, "end": end })).collect();
        let contacted: Vec<Value> = contacted.iter().map(Contacted::document).collect();
        let Place { city, state } = Place::of(&self.zip_code);
        json!({
            "requestID": self.id,
            "customerID": customer,
            "description": self.description,
            "category": { "categoryID": self.category.id, "name": self.category.name },
            "contactedBusinesses": contacted,
            "proposedTimes": proposed_times,
            "location": {
                "address1": address, "address2": "", "city": city, "state": state, "zipCode": self.zip_code,
            },
            "travelPreferences": travel_preferences,
            "details": details,
            "attachments": [],
        })
    }
}

impl Contacted {
    fn document(&self) -> Value {
        json!({
            "businessID": self.business.id,
            "name": self.business.name,
            "imageURL": people::IMAGE,
            "phoneNumber": self.business.phone(),
            "negotiationID": self.negotiation,
        })
    }
}

impl Negotiation {
    /// The negotiation as who reads it gets it.
    fn read(&self, site: &Site) -> Value {
        match site.world.settings.negotiation_form {
            NegotiationForm::Specification => self.document(site),
            NegotiationForm::Sample => self.sample(),
        }
    }

    /// The form of the documents' sample.
    fn sample(&self) -> Value {
        let Asked { category, zip_code, particulars, .. } = &self.request;
        let Place { city, state } = Place::of(zip_code);
        json!({
            "negotiationID": self.id,
            "status": "active",
            "category": { "categoryID": category.id, "name": category.name },
            "customer": {
                "customerID": self.customer.id,
                "displayName": self.customer.display_name(),
                "location": { "city": city, "state": state, "zipCode": zip_code },
            },
            "business": { "businessID": self.business.id, "name": self.business.name },
            "details": particulars.details,
            "createTime": rfc3339(self.created_at),
        })
    }

    /// The negotiation as the API specification has it, with the links of its environment. That a lead is charged when
    /// its business is picked is a guess.
    pub fn document(&self, site: &Site) -> Value {
        let [first_name, last_name] = self.customer.name;
        let last_name = match site.world.settings.customer_last_name {
            CustomerLastName::Full => Cow::Borrowed(last_name),
            CustomerLastName::Initial => Cow::Owned(initial_of(last_name)),
        };
        let status = site.world.state().given.status_of(&self.id).unwrap_or(self.status);
        let mut document = json!({
            "negotiationID": self.id,
            "createdAt": rfc3339(self.created_at),
            "customer": {
                "customerID": self.customer.id,
                "firstName": first_name,
                "lastName": last_name,
                "phone": self.customer.phone,
            },
            "business": { "businessID": self.business.id, "name": self.business.name, "imageURL": people::IMAGE },
            "request": self.request.document(&self.customer.id),
            "estimate": {
                "type": "Fixed", "pricePerUnit": "150.00", "unitQuantity": 1, "unitName": "service", "total": "$150.00",
            },
            "status": status,
            "leadPrice": "$25.00",
            "leadPriceBreakdown": { "subtotal": "$23.15", "salesTax": "$1.85" },
            "chargeState": if status == Status::Picked { "Charged" } else { "Created" },
            "requestReviewLink": links::request_review(site, &self.id),
            "refundRequestLink": links::request_refund(site, &self.id),
        });
        if self.is_full {
            full_lead::add(&mut document, self.business);
        }
        document
    }
}
