//! `POST /businesses/search` and `POST /businesses/search-filtered`: which businesses of a category serve a place.
//!
//! Guesses, besides those about the request: every business serves every place; the order is always the same; what is
//! found by a customer's own words is what is found by their category.

use axum::response::Response;
use serde_json::{Value, json};

use super::{
    answers::ok,
    links::{self, Attribution},
    operation::{Call, Refused},
    people::{self, Business},
    places::Place,
    profiles::{self, Category, Profile},
    request_forms,
    search_request::{Search, read_filtered, read_search},
    searches::Made,
};
use crate::mock::{control::StartingCost, problem::Invalid, site::Site};

/// `POST /businesses/search`.
pub fn search(call: &Call<'_>) -> Result<Response, Refused> {
    answer(call, read_search(&call.members("body")?, call.site.world.settings.other_utm_members))
}

/// `POST /businesses/search-filtered`.
pub fn filtered(call: &Call<'_>) -> Result<Response, Refused> {
    answer(call, read_filtered(&call.members("body")?, call.site.world.settings.other_utm_members))
}

fn answer(call: &Call<'_>, search: Result<Search, Vec<Invalid>>) -> Result<Response, Refused> {
    let search = search.map_err(Refused::Invalid)?;
    let world = &call.site.world;
    let settings = &world.settings;
    let Some(category) = search.wanted.category() else {
        return Err(search.wanted.unmatched(settings.unmatched_search));
    };
    let details = request_forms::answered(category, &search.form_details, settings.request_form_details)
        .map_err(Refused::Invalid)?;
    let id = world.identifiers.resource();
    let found = ok(&found(call.site, &search, category, &id));
    let made = Made { category, zip_code: search.zip_code, details, at: world.clock.now() };
    world.state().records(call.site.environment).searches.add(&id, made);
    Ok(found)
}

fn found(site: &Site, search: &Search, category: &'static Category, search_id: &str) -> Value {
    let attribution = Attribution { utm_source: &search.utm_source, zip_code: &search.zip_code };
    let state = site.world.state();
    let data: Vec<Value> = profiles::all(site.environment)
        .filter(|(business, profile)| profile.category == category && state.given.lists(business))
        .take(search.limit)
        .map(|(business, profile)| document(site, business, profile, &attribution))
        .collect();
    json!({
        "searchID": search_id,
        "data": data,
        "metadata": {
            "categoryID": category.id,
            "categoryName": category.name,
            "zipCode": search.zip_code,
            "requestLocation": Place::of(&search.zip_code).label(),
            "seeMoreProsURL": links::near_me(site, category, &attribution),
        },
    })
}

fn document(site: &Site, business: &Business, profile: &Profile, attribution: &Attribution) -> Value {
    let (dollars, cost_unit) = profile.quote;
    let starting_cost = match site.world.settings.starting_cost {
        StartingCost::Dollars => dollars,
        StartingCost::Cents => dollars * 100,
    };
    let has = |pill| profile.pills.contains(&pill);
    json!({
        "businessID": business.id,
        "businessName": business.name,
        "businessIntroduction": profile.introduction,
        "quote": { "startingCost": starting_cost, "costUnit": cost_unit },
        "businessLocation": "San Francisco, CA",
        "rating": f64::from(profile.rating_tenths) / 10.0,
        "numberOfReviews": profile.reviews,
        "yearsInBusiness": profile.years,
        "numberOfHires": profile.hires,
        "responseTimeHours": f64::from(profile.response_tenths) / 10.0,
        "isTopPro": has("popular"),
        "isBackgroundChecked": true,
        "isBusinessLicenseVerified": has("licensed"),
        "featuredReview": profile.review,
        "pills": profile.pills,
        "servicePageURL": links::service_page(site, business, profile, attribution),
        "businessImageURL": people::IMAGE,
        "widgets": {
            "requestFlowURL": links::request_flow(site, business, profile.category, attribution),
            "servicePageURL": links::service_page_widget(site, business, profile.category, attribution),
        },
    })
}
