//! Keywords and their search.

use serde::Serialize;

/// A keyword as `GET /keywords/search` lists it.
#[derive(Serialize, Debug)]
pub struct Keyword {
    /// Its id.
    #[serde(rename = "keywordID")]
    pub id: String,
    /// Its name.
    pub name: &'static str,
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

/// The first `limit` keywords whose name contains `query`, without regard to case.
pub fn search(query: &str, limit: usize) -> Vec<Keyword> {
    let query = query.to_lowercase();
    (1..)
        .zip(NAMES)
        .filter(|(_, name)| name.to_lowercase().contains(&query))
        .take(limit)
        .map(|(number, name): (u64, _)| Keyword { id: format!("{}", 240_000_000_000_000_000 + number), name })
        .collect()
}
