//! The user for whom a token was issued.

use axum::response::Response;
use serde::Serialize;

use super::{
    answers::ok,
    operation::{Call, Refused},
    people::User,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserDocument {
    #[serde(rename = "userID")]
    user_id: &'static str,
    email: &'static str,
    first_name: &'static str,
    last_name: &'static str,
    // The documents promise a phone number; the member's name is a guess.
    phone_number: &'static str,
}

/// `GET /users/self`.
#[expect(clippy::unnecessary_wraps, reason = "an operation may be refused, though this one is not")]
pub fn own(_: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    Ok(ok(&UserDocument {
        user_id: user.id,
        email: user.email,
        first_name: user.first_name,
        last_name: user.last_name,
        phone_number: user.phone,
    }))
}
