//! What customers say of a business, and what it answers.
//!
//! Guesses: the newest review comes first; a page may have any size; the answer's text has as many characters as a message may have; a second answer takes the place of
//! the first; who answers is told the review as it is now.

use std::collections::{HashMap, VecDeque};

use axum::response::Response;
use serde_json::{Value, json};

use super::{
    answers::{created, ok},
    businesses, members, negotiations,
    operation::{Call, Refused},
    parameters::{limit, number},
    people::{self, Business, User},
    profiles,
};
use crate::mock::{
    clock::rfc3339,
    control::{LastNext, NextLink, ReviewAnswerMember},
    site::{Environment, Site},
};

/// How many reviews of a business are kept.
const MOST: usize = 1_000;

/// The longest answer to a review in characters.
const LONGEST_TEXT: usize = 16_384;

/// 2024-06-20T17:18:01Z, a week after the negotiation in the documents' samples: the newest review.
const NEWEST: i64 = 1_718_903_881_000;

const WEEK: i64 = 7 * 24 * 3600 * 1000;

/// What is said, with how many stars, and by whom.
const OPINIONS: [(&str, u32, &str); 4] = [
    ("TEST Great crew.", 5, "CC"),
    ("TEST Came on time, twice.", 4, "JS"),
    ("TEST The photographs are a little dark.", 3, "QT"),
    ("TEST Fast and careful.", 5, "EB"),
];

/// The reviews of businesses by their ids.
#[derive(Debug, Default)]
pub struct Reviews(HashMap<&'static str, VecDeque<Review>>);

/// A review as it is kept.
#[derive(Clone, Debug)]
pub struct Review {
    /// Review id.
    pub id: String,
    /// The customer's words.
    pub text: String,
    /// Stars from 1 to 5.
    pub rating: u32,
    /// The customer's initials.
    pub reviewer: String,
    /// When it was written, in milliseconds since the epoch.
    pub created_at: i64,
    /// The negotiation that it is about, if that is known.
    pub negotiation: Option<String>,
    /// Whether it came with a picture.
    pub has_image: bool,
    /// What the business answered.
    pub answer: Option<Answered>,
}

/// What a business answered to a review.
#[derive(Clone, Debug)]
pub struct Answered {
    /// Its words.
    pub text: String,
    /// When, in milliseconds since the epoch.
    pub at: i64,
}

/// The id of the newest review of the first business of `pro`, which is not answered yet.
pub fn first_id(environment: Environment) -> &'static str {
    match environment {
        Environment::Staging => "518000000000000061",
        Environment::Production => "428000000000000061",
    }
}

/// `GET /businesses/{businessID}/reviews`.
pub fn list(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    let query = call.query()?;
    let mut errors = Vec::new();
    let limit = limit(&query, usize::MAX, &mut errors);
    let offset = number(&query, "offset", &mut errors);
    if !errors.is_empty() {
        return Err(Refused::Invalid(errors));
    }
    let business = businesses::owned(call, user)?;
    let site = call.site;
    let mut state = site.world.state();
    let kept = state.records(site.environment).reviews().of(site.environment, business);
    let data: Vec<Value> =
        kept.iter().skip(offset).take(limit).map(|review| review.document(site.environment, business)).collect();
    let total = kept.len();
    drop(state);
    let query = format!("v4/businesses/{}/reviews?", business.id);
    Ok(ok(&json!({ "data": data, "pagination": pagination(site, &query, [limit, offset], total) })))
}

/// `POST /businesses/{businessID}/reviews/{reviewID}/response`.
pub fn respond(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    let body = call.members("body")?;
    let mut errors = Vec::new();
    let member = match call.site.world.settings.review_answer_member {
        ReviewAnswerMember::ResponseText => "responseText",
        ReviewAnswerMember::Text => "text",
    };
    members::require(&body, &[member], &mut errors);
    let Some(text) = members::text(&body, member, LONGEST_TEXT, &mut errors) else {
        return Err(Refused::Invalid(errors));
    };
    let business = businesses::owned(call, user)?;
    let site = call.site;
    let at = site.world.clock.now();
    let mut state = site.world.state();
    let kept = state.records(site.environment).reviews().of(site.environment, business);
    let id = call.path("reviewID");
    let Some(review) = kept.iter_mut().find(|review| review.id == id) else {
        return Err(Refused::not_found("the business has no review of this id"));
    };
    review.answer = Some(Answered { text: text.to_owned(), at });
    let document = review.document(site.environment, business);
    drop(state);
    Ok(created(site, &document))
}

/// What a page of `limit` reviews from `offset` on tells of the others, of which there are `total` at `query`: a path with
/// a query to which parameters can be added.
pub fn pagination(site: &Site, query: &str, [limit, offset]: [usize; 2], total: usize) -> Value {
    let end = offset.saturating_add(limit);
    let settings = &site.world.settings;
    let mut pagination = json!({ "limit": limit, "offset": offset });
    if end < total {
        let api = match settings.next_link {
            NextLink::BelowApi => "api/",
            NextLink::AsPrinted => "",
        };
        pagination["next"] = format!("{}{api}{query}limit={limit}&offset={end}", site.root()).into();
    } else if settings.last_next == LastNext::Null {
        pagination["next"] = Value::Null;
    }
    pagination
}

impl Reviews {
    /// The reviews of a business, newest first.
    pub fn of(&mut self, environment: Environment, business: &Business) -> &mut VecDeque<Review> {
        self.0.entry(business.id).or_insert_with(|| initial(environment, business))
    }

    /// Keeps a new review of a business; the oldest makes room.
    pub fn add(&mut self, environment: Environment, business: &Business, review: Review) {
        let kept = self.of(environment, business);
        kept.push_front(review);
        kept.truncate(MOST);
    }
}

/// The reviews that a business has from the start: the first of `pro` more than a page of them, the others one.
fn initial(environment: Environment, business: &Business) -> VecDeque<Review> {
    let position = people::businesses(environment).iter().position(|known| known.id == business.id);
    let numbers = match position {
        Some(0) => 61..=72,
        Some(1) => 73..=73,
        Some(_) => 74..=74,
        None => return VecDeque::new(),
    };
    let prefix = business.id.get(..16).unwrap_or_default();
    let about = negotiations::initial(environment).iter().find(|negotiation| negotiation.business.id == business.id);
    let reviews = numbers.zip(0..).zip(OPINIONS.into_iter().cycle());
    reviews
        .map(|((number, index), (text, rating, reviewer))| {
            let created_at = NEWEST - index * WEEK;
            let answer =
                (index % 2 == 1).then(|| Answered { text: "TEST Thank you!".to_owned(), at: created_at + WEEK });
            Review {
                id: format!("{prefix}{number}"),
                text: text.to_owned(),
                rating,
                reviewer: reviewer.to_owned(),
                created_at,
                negotiation: about.filter(|_| index == 0).map(|negotiation| negotiation.id.clone()),
                has_image: index == 0,
                answer,
            }
        })
        .collect()
}

impl Review {
    /// As the API prints it: what is not there is left out, which is a guess.
    pub fn document(&self, environment: Environment, business: &Business) -> Value {
        let mut document = json!({
            "reviewID": self.id,
            "reviewText": self.text,
            "rating": self.rating,
            "createTime": rfc3339(self.created_at),
            "reviewerName": self.reviewer,
        });
        if let Some((_, profile)) = profiles::all(environment).find(|(known, _)| known.id == business.id) {
            document["categoryID"] = profile.category.id.into();
        }
        if let Some(answer) = &self.answer {
            document["responseText"] = answer.text.as_str().into();
            document["responseTime"] = rfc3339(answer.at).into();
        }
        if let Some(negotiation) = &self.negotiation {
            document["negotiationID"] = negotiation.as_str().into();
        }
        if self.has_image {
            let image = json!({ "imageID": self.id, "imageURL": people::IMAGE, "caption": "TEST Finished work" });
            document["images"] = json!([image]);
        }
        document
    }
}
