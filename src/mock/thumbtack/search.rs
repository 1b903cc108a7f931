//! `POST /businesses/search`: which businesses of a category serve a place.
//!
//! Guesses, besides the knobs: a query means the first category that has it in its name or is named in it, without regard
//! to case; with both a query and a category id, the id counts; `zipCode` is required; `limit` is 10 unless sent; unknown
//! members are passed over; every business serves every place; the order is always the same.

use axum::response::Response;
use serde_json::{Map, Value, json};

use super::{
    answers::ok,
    links::{self, Attribution},
    operation::{Call, Refused},
    people::{self, Business},
    profiles::{self, CATEGORIES, Category, Profile},
};
use crate::mock::{
    control::{OtherUtmMembers, UnmatchedSearch},
    problem::Invalid,
    site::Site,
};

/// The most businesses that may be asked for (reported by partners).
const MOST: u64 = 30;

/// The longest `utm_source` in characters (API specification).
const LONGEST_UTM_SOURCE: usize = 48;

/// The members of `utmData` about which partners agree.
const UTM_MEMBERS: [&str; 10] = [
    "utm_source",
    "utm_campaign",
    "utm_content",
    "utm_subid",
    "utm_user_hash",
    "utm_facebook_click_id",
    "utm_google_click_id",
    "utm_vertical",
    "rt_ad",
    "source_id",
];

/// What is searched for: exactly one of these two counts.
enum Wanted {
    CategoryId(String),
    Query(String),
}

/// A request that can be answered.
struct Search {
    wanted: Wanted,
    zip_code: String,
    utm_source: String,
    limit: usize,
}

/// Answers a search.
pub fn search(call: &Call<'_>) -> Result<Response, Refused> {
    let settings = &call.site.world.settings;
    let search = read_search(&call.members("body")?, settings.other_utm_members).map_err(Refused::Invalid)?;
    match category(&search.wanted) {
        Some(category) => Ok(ok(&found(call.site, &search, category))),
        None => Err(unmatched(settings.unmatched_search, &search.wanted)),
    }
}

fn category(wanted: &Wanted) -> Option<&'static Category> {
    match wanted {
        Wanted::CategoryId(id) => CATEGORIES.into_iter().find(|category| category.id == id),
        Wanted::Query(query) => {
            let query = query.to_lowercase();
            CATEGORIES.into_iter().find(|category| {
                let name = category.name.to_lowercase();
                name.contains(&query) || query.contains(&name)
            })
        }
    }
}

fn unmatched(answer: UnmatchedSearch, wanted: &Wanted) -> Refused {
    let name = match wanted {
        Wanted::CategoryId(_) => "categoryID",
        Wanted::Query(_) => "searchQuery",
    };
    let detail = "there is no suitable category";
    match answer {
        UnmatchedSearch::BadRequest => Refused::invalid(name, detail),
        UnmatchedSearch::NotFound => Refused::not_found(detail),
    }
}

fn found(site: &Site, search: &Search, category: &'static Category) -> Value {
    let attribution = Attribution { utm_source: &search.utm_source, zip_code: &search.zip_code };
    let search_id = site.world.identifiers.resource();
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
            "requestLocation": location(&search.zip_code),
            "seeMoreProsURL": links::near_me(site, category, &attribution),
        },
    })
}

fn document(site: &Site, business: &Business, profile: &Profile, attribution: &Attribution) -> Value {
    let (starting_cost, cost_unit) = profile.quote;
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

/// The place of a ZIP code, as far as the mock knows it.
fn location(zip_code: &str) -> &'static str {
    match zip_code {
        "90210" => "Beverly Hills, CA",
        _ if zip_code.starts_with("941") => "San Francisco, CA",
        _ => "Anytown, US",
    }
}

/// Reads a request's members; the errors are all that is wrong with it.
fn read_search(members: &Map<String, Value>, other: OtherUtmMembers) -> Result<Search, Vec<Invalid>> {
    let mut errors = Vec::new();
    let query = text(members, "searchQuery", &mut errors);
    let category_id = text(members, "categoryID", &mut errors);
    let wanted = match (category_id, query) {
        (Some(id), _) => Some(Wanted::CategoryId(id.to_owned())),
        (None, Some(query)) => Some(Wanted::Query(query.to_owned())),
        (None, None) => {
            if !members.contains_key("searchQuery") && !members.contains_key("categoryID") {
                errors.push(wrong("searchQuery", "this or `categoryID` is required"));
            }
            None
        }
    };
    let zip_code = text(members, "zipCode", &mut errors);
    let is_zip = |zip_code: &str| zip_code.len() == 5 && zip_code.bytes().all(|byte| byte.is_ascii_digit());
    if !members.contains_key("zipCode") {
        errors.push(wrong("zipCode", "is required"));
    } else if zip_code.is_some_and(|zip_code| !is_zip(zip_code)) {
        errors.push(wrong("zipCode", "must be 5 digits"));
    }
    let utm_source = utm_source(members.get("utmData"), other, &mut errors);
    let limit = match members.get("limit").map(Value::as_u64) {
        None => 10,
        Some(Some(limit @ 1..=MOST)) => limit,
        Some(_) => {
            errors.push(wrong("limit", format!("must be an integer from 1, at most {MOST}")));
            0
        }
    };
    // The schema of its items is unknown, so they are not looked at.
    if members.get("requestFormDetails").is_some_and(|details| !details.is_array()) {
        errors.push(wrong("requestFormDetails", "must be an array"));
    }
    match (wanted, zip_code, utm_source) {
        (Some(wanted), Some(zip_code), Some(utm_source)) if errors.is_empty() => Ok(Search {
            wanted,
            zip_code: zip_code.to_owned(),
            utm_source: utm_source.to_owned(),
            limit: usize::try_from(limit).unwrap_or_default(),
        }),
        _ => Err(errors),
    }
}

/// The text of a member that need not be there, but may be neither empty nor anything else than text.
fn text<'a>(members: &'a Map<String, Value>, name: &'static str, errors: &mut Vec<Invalid>) -> Option<&'a str> {
    let value = members.get(name)?;
    let text = value.as_str().filter(|text| !text.trim().is_empty());
    if text.is_none() {
        errors.push(wrong(name, "must be a string that is not empty"));
    }
    text
}

/// Checks `utmData`, and takes the one member of it that is required.
fn utm_source<'a>(data: Option<&'a Value>, other: OtherUtmMembers, errors: &mut Vec<Invalid>) -> Option<&'a str> {
    let Some(data) = data else {
        errors.push(wrong("utmData", "is required"));
        return None;
    };
    let Some(data) = data.as_object() else {
        errors.push(wrong("utmData", "must be an object"));
        return None;
    };
    for (name, value) in data.iter().filter(|(name, _)| *name != "utm_source") {
        if !UTM_MEMBERS.contains(&name.as_str()) && other == OtherUtmMembers::Refused {
            errors.push(wrong("utmData", format!("has the member `{name}`, which is not known")));
        } else if !value.is_string() {
            errors.push(wrong("utmData", format!("the member `{name}` must be a string")));
        }
    }
    let source = data.get("utm_source");
    let text = source.and_then(Value::as_str).filter(|source| is_utm_source(source));
    match (source, text) {
        (None, _) => errors.push(wrong("utmData.utm_source", "is required")),
        (Some(_), None) => {
            let rule = format!("must match ^cma-[a-zA-Z0-9-_]+$ and have at most {LONGEST_UTM_SOURCE} characters");
            errors.push(wrong("utmData.utm_source", rule));
        }
        (Some(_), Some(_)) => {}
    }
    text
}

fn is_utm_source(text: &str) -> bool {
    let rest = text.strip_prefix("cma-").unwrap_or_default();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !rest.is_empty() && rest.bytes().all(allowed) && text.len() <= LONGEST_UTM_SOURCE
}

fn wrong(name: &'static str, reason: impl Into<String>) -> Invalid {
    Invalid { name, reason: reason.into() }
}
