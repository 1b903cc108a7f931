//! `POST /requests`: a customer asks the businesses of a search for offers, and becomes a negotiation with each of them.
//!
//! Guesses, besides the knobs: `utmData` is required as in a search; the category must be that of the search; a business
//! of another category can't be contacted; a request that reaches nobody is answered as one that reaches some.

use axum::response::Response;
use serde_json::{Map, Value, json};

use super::{
    answers::created,
    fields::{required_text, wrong},
    leads,
    negotiations::{Asked, Contacted, Customer, Negotiation, Particulars, Status},
    operation::{Call, Refused},
    people::{Business, User},
    profiles,
    searches::{LIFE, Made},
    utm,
};
use crate::mock::{
    control::{ContactErrors, RequestBusinesses, Settings},
    problem::Invalid,
    site::Site,
};

/// The most businesses that one request may name: as many as a search finds.
const MOST: usize = 30;

/// A request as it was sent.
struct Order {
    search_id: String,
    category_id: String,
    businesses: Vec<String>,
}

/// `POST /requests`.
pub fn create(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    let site = call.site;
    let order = read(&call.members("body")?, &site.world.settings).map_err(Refused::Invalid)?;
    let search = search_of(site, &order)?;
    let now = site.world.clock.now();
    let identifiers = &site.world.identifiers;
    let (mut contacted, mut errors) = (Vec::new(), Vec::new());
    for id in &order.businesses {
        match reachable(site, &search, id) {
            Ok(business) => contacted.push(Contacted { business, negotiation: identifiers.resource() }),
            Err(reason) => errors.push(contact_error(site, id, reason)),
        }
    }
    let customer = Customer {
        id: user.id.to_owned(),
        account: Some(user.name),
        name: [user.first_name, user.last_name],
        phone: "5555550142",
    };
    let asked = Asked {
        id: identifiers.resource(),
        description: format!("TEST Need {}", search.category.name),
        category: search.category,
        zip_code: search.zip_code,
        particulars: Particulars { details: search.details, contacted, ..Particulars::default() },
    };
    for Contacted { business, negotiation } in &asked.particulars.contacted {
        let (customer, request) = (customer.clone(), asked.clone());
        let made = Negotiation {
            id: negotiation.clone(),
            business,
            customer,
            request,
            created_at: now,
            status: Status::Open,
            is_full: false,
        };
        leads::create(site, made, site.world.settings.description_message, 1);
    }
    Ok(created(site, &json!({ "request": asked.document(&customer.id), "contactErrors": errors })))
}

/// The search that the request goes back to.
fn search_of(site: &Site, order: &Order) -> Result<Made, Refused> {
    let made = site.world.state().records(site.environment).searches.find(&order.search_id).cloned();
    let Some(made) = made else { return Err(Refused::invalid("searchID", "there is no search of this id")) };
    if site.world.clock.now() - made.at >= LIFE {
        return Err(Refused::invalid("searchID", "the search is older than 7 days"));
    }
    if made.category.id != order.category_id {
        return Err(Refused::invalid("categoryID", "is not the category of the search"));
    }
    Ok(made)
}

/// The business of this id, or why it can't be contacted.
fn reachable(site: &Site, search: &Made, id: &str) -> Result<&'static Business, &'static str> {
    let found = profiles::all(site.environment).find(|(business, _)| business.id == id);
    let (business, profile) = found.ok_or("there is no business of this id")?;
    if !site.world.state().given.lists(business) {
        return Err("service deleted");
    }
    if profile.category != search.category {
        return Err("the business does not offer the category");
    }
    Ok(business)
}

fn contact_error(site: &Site, id: &str, reason: &'static str) -> Value {
    match site.world.settings.contact_errors {
        ContactErrors::Reasons => json!({ "businessID": id, "error": reason }),
        ContactErrors::Problems => json!({
            "type": "about:blank", "title": "Not Found", "status": 404, "detail": reason, "businessID": id,
        }),
        ContactErrors::Ids => id.into(),
    }
}

fn read(members: &Map<String, Value>, settings: &Settings) -> Result<Order, Vec<Invalid>> {
    let mut errors = Vec::new();
    let search_id = required_text(members, "searchID", &mut errors);
    let category_id = required_text(members, "categoryID", &mut errors);
    let businesses = businesses(members, settings.request_businesses, &mut errors);
    utm::source(members.get("utmData"), settings.other_utm_members, &mut errors);
    match (search_id, category_id) {
        (Some(search_id), Some(category_id)) if errors.is_empty() => {
            Ok(Order { search_id: search_id.to_owned(), category_id: category_id.to_owned(), businesses })
        }
        _ => Err(errors),
    }
}

/// The ids of the businesses, each once.
fn businesses(members: &Map<String, Value>, rule: RequestBusinesses, errors: &mut Vec<Invalid>) -> Vec<String> {
    let name = match rule {
        RequestBusinesses::BusinessIds => "businessIDs",
        RequestBusinesses::Either if members.contains_key("businessIDs") && !members.contains_key("serviceIDs") => {
            "businessIDs"
        }
        RequestBusinesses::ServiceIds | RequestBusinesses::Either => "serviceIDs",
    };
    let Some(value) = members.get(name) else {
        errors.push(wrong(name, "is required"));
        return Vec::new();
    };
    let ids: Option<Vec<&str>> = value.as_array().and_then(|ids| ids.iter().map(Value::as_str).collect());
    let Some(ids) = ids.filter(|ids| (1..=MOST).contains(&ids.len())) else {
        errors.push(wrong(name, format!("must be an array of 1 to {MOST} strings")));
        return Vec::new();
    };
    let mut distinct: Vec<String> = Vec::new();
    for id in ids {
        if !distinct.iter().any(|known| known == id) {
            distinct.push(id.to_owned());
        }
    }
    distinct
}
