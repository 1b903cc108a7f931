//! The businesses of a user.

use axum::response::Response;
use serde::Serialize;

use super::{
    answers::{List, ok},
    operation::{Call, Refused},
    people::{self, Business, User},
};

#[derive(Serialize)]
struct BusinessDocument {
    #[serde(rename = "businessID")]
    id: &'static str,
    name: &'static str,
    #[serde(rename = "imageURL")]
    image_url: &'static str,
}

/// `GET /businesses`.
#[expect(clippy::unnecessary_wraps, reason = "an operation may be refused, though this one is not")]
pub fn list(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    let state = call.site.world.state();
    let data: Vec<BusinessDocument> = people::businesses(call.site.environment)
        .iter()
        .filter(|business| business.owner == user.name && state.given.lists(business))
        .map(|business| BusinessDocument { id: business.id, name: business.name, image_url: people::IMAGE })
        .collect();
    Ok(ok(&List::limited(data, 20)))
}

/// The business that the path names, if it is `user`'s. Partners report 403 for that of another user; that a business
/// that was closed answers as its negotiations do is a guess.
pub fn owned(call: &Call<'_>, user: &User) -> Result<&'static Business, Refused> {
    let id = call.path("businessID");
    let Some(business) = people::all_businesses(call.site.environment).find(|business| business.id == id) else {
        return Err(Refused::not_found("there is no business of this id"));
    };
    if business.owner != user.name {
        return Err(Refused::forbidden("the business belongs to another user"));
    }
    if call.site.world.state().given.is_closed(business.id) {
        return Err(Refused::not_found("service deleted"));
    }
    Ok(business)
}
