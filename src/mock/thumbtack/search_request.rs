//! What a search asks for, and the rules of the request.
//!
//! Guesses, besides the knobs: a query means the first category that has it in its name or is named in it, without regard
//! to case; a customer's own words mean the first category of whose name they have a word of five letters; with both
//! words and a category id, the id counts; `zipCode` is required; `limit` is 10 unless sent; unknown members are passed
//! over.

use serde_json::{Map, Value};

use super::{
    fields::{limit, required_text, text, wrong, zip_code},
    operation::Refused,
    profiles::{CATEGORIES, Category},
    utm,
};
use crate::mock::{
    control::{OtherUtmMembers, UnmatchedSearch},
    problem::Invalid,
};

/// The most businesses that may be asked for (reported by partners).
const MOST: u64 = 30;

/// The fewest letters of a word that tells a category.
const TELLING: usize = 5;

/// What is searched for: exactly one of these counts.
#[derive(Debug)]
pub enum Wanted {
    /// `categoryID`.
    CategoryId(String),
    /// `searchQuery`: a few words.
    Query(String),
    /// `userQuery`: what a customer says of the project. At Thumbtack a language model makes a category of it; here the
    /// words do.
    Words(String),
}

/// A request that can be answered.
#[derive(Debug)]
pub struct Search {
    /// What is searched for.
    pub wanted: Wanted,
    /// Where.
    pub zip_code: String,
    /// `utm_source` of the request.
    pub utm_source: String,
    /// How many businesses at most.
    pub limit: usize,
    /// What was answered to the category's request form, as it came.
    pub form_details: Vec<Value>,
}

impl Wanted {
    /// The category that is meant, if there is one.
    pub fn category(&self) -> Option<&'static Category> {
        let named =
            |means: &dyn Fn(&str) -> bool| CATEGORIES.into_iter().find(|category| means(&category.name.to_lowercase()));
        match self {
            Self::CategoryId(id) => CATEGORIES.into_iter().find(|category| category.id == id),
            Self::Query(query) => {
                let query = query.to_lowercase();
                named(&|name| name.contains(&query) || query.contains(name))
            }
            Self::Words(words) => {
                let words = words.to_lowercase();
                named(&|name| name.split(' ').any(|word| word.len() >= TELLING && words.contains(word)))
            }
        }
    }

    /// The answer if no category is meant.
    pub fn unmatched(&self, answer: UnmatchedSearch) -> Refused {
        let name = match self {
            Self::CategoryId(_) => "categoryID",
            Self::Query(_) => "searchQuery",
            Self::Words(_) => "userQuery",
        };
        let detail = "there is no suitable category";
        match answer {
            UnmatchedSearch::BadRequest => Refused::invalid(name, detail),
            UnmatchedSearch::NotFound => Refused::not_found(detail),
        }
    }
}

/// Reads the members of a search by words or category; the errors are all that is wrong with it.
pub fn read_search(members: &Map<String, Value>, other: OtherUtmMembers) -> Result<Search, Vec<Invalid>> {
    let mut errors = Vec::new();
    let query = text(members, "searchQuery", &mut errors);
    let wanted = wanted(members, query.map(|query| Wanted::Query(query.to_owned())), &mut errors);
    if !members.contains_key("searchQuery") && !members.contains_key("categoryID") {
        errors.push(wrong("searchQuery", "this or `categoryID` is required"));
    }
    read(members, wanted, other, errors)
}

/// Reads the members of a search by a customer's own words. That `projectMetadata` must be an object is a guess; what may
/// be in it is unknown, so it is not looked at.
pub fn read_filtered(members: &Map<String, Value>, other: OtherUtmMembers) -> Result<Search, Vec<Invalid>> {
    let mut errors = Vec::new();
    let words = required_text(members, "userQuery", &mut errors);
    let wanted = wanted(members, words.map(|words| Wanted::Words(words.to_owned())), &mut errors);
    if members.get("projectMetadata").is_some_and(|metadata| !metadata.is_object()) {
        errors.push(wrong("projectMetadata", "must be an object"));
    }
    read(members, wanted, other, errors)
}

fn wanted(members: &Map<String, Value>, words: Option<Wanted>, errors: &mut Vec<Invalid>) -> Option<Wanted> {
    text(members, "categoryID", errors).map(|id| Wanted::CategoryId(id.to_owned())).or(words)
}

/// Reads what both kinds of search have.
fn read(
    members: &Map<String, Value>,
    wanted: Option<Wanted>,
    other: OtherUtmMembers,
    mut errors: Vec<Invalid>,
) -> Result<Search, Vec<Invalid>> {
    let zip_code = zip_code(members, &mut errors);
    let utm_source = utm::source(members.get("utmData"), other, &mut errors);
    let limit = limit(members, MOST, &mut errors);
    let form_details = members.get("requestFormDetails");
    if form_details.is_some_and(|details| !details.is_array()) {
        errors.push(wrong("requestFormDetails", "must be an array"));
    }
    let form_details = form_details.and_then(Value::as_array).cloned().unwrap_or_default();
    match (wanted, zip_code, utm_source) {
        (Some(wanted), Some(zip_code), Some(utm_source)) if errors.is_empty() => {
            let (zip_code, utm_source) = (zip_code.to_owned(), utm_source.to_owned());
            Ok(Search { wanted, zip_code, utm_source, limit, form_details })
        }
        _ => Err(errors),
    }
}
