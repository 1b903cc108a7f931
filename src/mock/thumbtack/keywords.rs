//! Keywords and their search.

use axum::response::Response;
use serde::Serialize;

use super::{
    answers::{List, ok},
    operation::{Call, Refused},
    parameters::limit,
};
use crate::mock::problem::Invalid;

/// A keyword as `GET /keywords/search` lists it.
#[derive(Serialize, Debug)]
struct Keyword {
    #[serde(rename = "keywordID")]
    id: String,
    name: &'static str,
}

const NAMES: [&str; 24] = [
    "Car Detailing",
    "Car Wash",
    "Car Key Replacement",
    "Carpet Cleaning",
    "Carpet Installation",
    "Carpentry",
    "Carport Construction",
    "Cartoon Artists",
    "Card Magicians",
    "Career Coaching",
    "Cardio Training",
    "Caricature Artists",
    "Carriage Rental",
    "Lawn Care",
    "Pet Care",
    "Elder Care",
    "Child Care",
    "Scarf Knitting Lessons",
    "House Cleaning",
    "Handyman",
    "Kitchen Remodel",
    "Plumbing",
    "Wedding Photography",
    "Tree Trimming",
];

/// `GET /keywords/search`. The default number of keywords, and that there is no upper limit, are guesses.
pub fn search(call: &Call<'_>) -> Result<Response, Refused> {
    let query = call.query()?;
    let mut errors = Vec::new();
    let limit = limit(&query, usize::MAX, &mut errors);
    let words = query.first("searchQuery");
    if words.is_empty() {
        errors.push(Invalid { name: "searchQuery", reason: "is required".to_owned() });
    }
    if errors.is_empty() { Ok(ok(&List::whole(named(words, limit)))) } else { Err(Refused::Invalid(errors)) }
}

/// The first `limit` keywords whose name contains `query`, without regard to case.
fn named(query: &str, limit: usize) -> Vec<Keyword> {
    let query = query.to_lowercase();
    (1..)
        .zip(NAMES)
        .filter(|(_, name)| name.to_lowercase().contains(&query))
        .take(limit)
        .map(|(number, name): (u64, _)| Keyword { id: format!("{}", 240_000_000_000_000_000 + number), name })
        .collect()
}
