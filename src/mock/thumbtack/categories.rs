//! `GET /categories/recommendations`, `GET /categories/homecare`, `GET /categories/search/`.
//!
//! Guesses: `zipCode` is required but for the search, which partners also call without; `limit` is 10 unless sent, without
//! a maximum; `activeServices` is the number of businesses (the documents do not tell what it is); what is
//! recommended does not depend on the place or the property; a search finds what has the query in its name.

use axum::response::Response;
use serde_json::{Value, json};

use super::{
    answers::{List, ok},
    fields::{is_zip_code, wrong},
    links::{self, Attribution},
    operation::{Call, Refused},
    parameters::limit,
    people,
    profiles::{self, CATEGORIES, Category},
    utm,
};
use crate::mock::{form::Parameters, problem::Invalid};

/// The one type of recommendation that the documents show. That others are refused is a guess.
const RECOMMENDATIONS: [&str; 1] = ["popular"];

/// The types of property: the documents show `townhouse`, and those of the legacy API had the others.
const PROPERTIES: [&str; 7] =
    ["townhouse", "apartment", "single_family_home", "commercial", "multi_family", "other", "unknown"];

/// Something to be done to keep a home in order.
struct Task {
    id: &'static str,
    /// Its category's place among [`CATEGORIES`].
    category: usize,
    title: &'static str,
    description: &'static str,
    tagline: &'static str,
    /// What it costs, in whole dollars.
    cost: [u32; 2],
}

static TASKS: [Task; 3] = [
    Task {
        id: "270000000000000001",
        category: 3,
        title: "Clean the gutters",
        description: "TEST Leaves in gutters make water stand.",
        tagline: "PREVENTS_FLOODING",
        cost: [90, 210],
    },
    Task {
        id: "270000000000000002",
        category: 1,
        title: "Feed the lawn",
        description: "TEST A fed lawn has few weeds.",
        tagline: "IMPROVES_YOUR_HOME",
        cost: [45, 95],
    },
    Task {
        id: "270000000000000003",
        category: 4,
        title: "Clean every corner",
        description: "TEST Once a season, also behind the stove.",
        tagline: "IMPROVES_YOUR_HOME",
        cost: [120, 280],
    },
];

/// What a request for a list of categories says.
struct Asked {
    zip_code: String,
    utm_source: String,
    limit: usize,
}

/// `GET /categories/recommendations`.
pub fn recommendations(call: &Call<'_>) -> Result<Response, Refused> {
    let asked = read(call, "recommendationType", &RECOMMENDATIONS)?;
    let data = CATEGORIES.into_iter().take(asked.limit).map(|category| document(call, category, &asked)).collect();
    Ok(ok(&List::whole(data)))
}

/// `GET /categories/homecare`.
pub fn homecare(call: &Call<'_>) -> Result<Response, Refused> {
    let asked = read(call, "propertyType", &PROPERTIES)?;
    let data = TASKS
        .iter()
        .take(asked.limit)
        .map(|task| {
            let mut document = document(call, CATEGORIES[task.category], &asked);
            let [min, max] = task.cost;
            document["taskID"] = task.id.into();
            document["taskDetails"] = json!({
                "title": task.title,
                "description": task.description,
                "tagline": task.tagline,
                "avgCost": { "min": min, "max": max },
            });
            document
        })
        .collect();
    Ok(ok(&List::whole(data)))
}

/// `GET /categories/search/`.
pub fn search(call: &Call<'_>) -> Result<Response, Refused> {
    let query = call.query()?;
    let mut errors = Vec::new();
    let limit = limit(&query, usize::MAX, &mut errors);
    let words = query.first("searchQuery").to_lowercase();
    if words.trim().is_empty() {
        errors.push(wrong("searchQuery", "is required"));
    }
    if !query.first("zipCode").is_empty() {
        zip_code(&query, &mut errors);
    }
    if !errors.is_empty() {
        return Err(Refused::Invalid(errors));
    }
    let named = CATEGORIES.into_iter().filter(|category| category.name.to_lowercase().contains(&words));
    let data: Vec<Value> =
        named.take(limit).map(|category| json!({ "categoryID": category.id, "name": category.name })).collect();
    Ok(ok(&List::whole(data)))
}

/// Reads a request whose parameter `kind` is one of `kinds`, whatever its case, or absent.
fn read(call: &Call<'_>, kind: &'static str, kinds: &[&str]) -> Result<Asked, Refused> {
    let query = call.query()?;
    let mut errors = Vec::new();
    let limit = limit(&query, usize::MAX, &mut errors);
    let zip_code = zip_code(&query, &mut errors);
    let chosen = query.first(kind);
    if !chosen.is_empty() && !kinds.iter().any(|known| known.eq_ignore_ascii_case(chosen)) {
        errors.push(wrong(kind, format!("must be one of: {}", kinds.join(", "))));
    }
    let utm_source = utm::source_in_query(&query, call.site.world.settings.other_utm_members, &mut errors);
    match utm_source {
        Some(utm_source) if errors.is_empty() => Ok(Asked { zip_code, utm_source, limit }),
        _ => Err(Refused::Invalid(errors)),
    }
}

fn zip_code(query: &Parameters, errors: &mut Vec<Invalid>) -> String {
    let text = query.first("zipCode");
    if !is_zip_code(text) {
        errors.push(wrong("zipCode", if text.is_empty() { "is required" } else { "must be 5 digits" }));
    }
    text.to_owned()
}

fn document(call: &Call<'_>, category: &'static Category, asked: &Asked) -> Value {
    let attribution = Attribution { utm_source: &asked.utm_source, zip_code: &asked.zip_code };
    let state = call.site.world.state();
    let active = profiles::all(call.site.environment)
        .filter(|(business, profile)| profile.category == category && state.given.lists(business))
        .count();
    json!({
        "categoryID": category.id,
        "name": category.name,
        "nearMeURL": links::near_me(call.site, category, &attribution),
        "imageURL": people::IMAGE,
        "activeServices": active,
    })
}
