//! `GET /reviews/`: what customers say of one or several businesses.
//!
//! All but the path and "one or several businesses" is a guess: the name of the parameter is a knob, which may be
//! repeated or have commas; reviews and their pages are as a business's own, with its `businessID`, newest first; a
//! business that is unknown or was closed is not found.

use axum::response::Response;
use serde_json::{Value, json};

use super::{
    answers::ok,
    fields::wrong,
    operation::{Call, Refused},
    parameters::{limit, number},
    people::{self, Business},
    reviews::pagination,
};
use crate::mock::{control::ReviewedBusinesses, site::Site};

/// The most businesses that one request may name: as many as a search finds.
const MOST: usize = 30;

/// `GET /reviews/`.
pub fn list(call: &Call<'_>) -> Result<Response, Refused> {
    let query = call.query()?;
    let mut errors = Vec::new();
    let limit = limit(&query, usize::MAX, &mut errors);
    let offset = number(&query, "offset", &mut errors);
    let name = match call.site.world.settings.reviewed_businesses {
        ReviewedBusinesses::BusinessIds => "businessIDs",
        ReviewedBusinesses::BusinessId => "businessID",
    };
    let mut ids: Vec<&str> = query.all(name).flat_map(|ids| ids.split(',')).filter(|id| !id.is_empty()).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        errors.push(wrong(name, "is required"));
    } else if ids.len() > MOST {
        errors.push(wrong(name, format!("must name at most {MOST} businesses")));
    }
    if !errors.is_empty() {
        return Err(Refused::Invalid(errors));
    }
    let site = call.site;
    let businesses: Vec<&Business> = ids.iter().map(|id| business(site, id)).collect::<Result<_, _>>()?;
    let mut state = site.world.state();
    let mut found: Vec<(i64, Value)> = Vec::new();
    for business in businesses {
        let kept = state.records(site.environment).reviews().of(site.environment, business);
        found.extend(kept.iter().map(|review| {
            let mut document = review.document(site.environment, business);
            document["businessID"] = business.id.into();
            (review.created_at, document)
        }));
    }
    drop(state);
    found.sort_by_key(|(created_at, _)| std::cmp::Reverse(*created_at));
    let total = found.len();
    let data: Vec<Value> = found.into_iter().skip(offset).take(limit).map(|(_, document)| document).collect();
    let query = format!("v4/reviews/?{name}={}&", ids.join(","));
    Ok(ok(&json!({ "data": data, "pagination": pagination(site, &query, [limit, offset], total) })))
}

fn business(site: &Site, id: &str) -> Result<&'static Business, Refused> {
    let found = people::all_businesses(site.environment).find(|business| business.id == id);
    let state = site.world.state();
    found
        .filter(|business| state.given.lists(business))
        .ok_or_else(|| Refused::not_found("there is no business of this id"))
}
