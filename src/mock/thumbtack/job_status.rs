//! `POST /negotiations/{negotiationID}/job-status`: how far the job of a lead is, as the business's own system has it.
//!
//! It labels the lead in the business's own view and counts its hires, neither of which the API shows: partners report
//! that a negotiation stays `Open` or `Picked` all the while. So nothing of it is kept here.
//!
//! Guesses: the name of the member `status`; that it and `partnerStatusChangedAt` are required; that an amount is not
//! negative; that any status may follow any other; that `partnerBookingId`, which the specification mentions without its
//! place, is passed over.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{
    answers::ok,
    members,
    messages::Sender,
    negotiations,
    operation::{Call, Refused},
    people::User,
};
use crate::mock::{control::JobStatusAnswer, problem::Invalid};

/// The statuses of a job (documents, Negotiations).
const STATUSES: [&str; 6] =
    ["not_scheduled", "appt_scheduled", "job_complete", "invoice_paid", "customer_cancel", "pro_cancel"];

/// Answers it. That a customer is refused by 403 is a guess: the operation belongs to the supply side.
pub fn update(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    let body = call.members("body")?;
    check(&body)?;
    let (negotiation, party) = negotiations::found(call, user)?;
    if party != Sender::Business {
        return Err(Refused::forbidden("only the business tells the status of its job"));
    }
    Ok(match call.site.world.settings.job_status_answer {
        JobStatusAnswer::NoContent => StatusCode::NO_CONTENT.into_response(),
        JobStatusAnswer::Ok => ok(&json!({ "negotiationID": negotiation.id, "status": body.get("status") })),
    })
}

fn check(body: &Map<String, Value>) -> Result<(), Refused> {
    let mut errors = Vec::new();
    members::require(body, &["status", "partnerStatusChangedAt"], &mut errors);
    members::word(body, "status", &STATUSES, &mut errors);
    members::time(body, "partnerStatusChangedAt", &mut errors);
    if body.get("invoiceAmountInCents").is_some_and(|amount| amount.as_u64().is_none()) {
        let reason = "must be an integer from 0".to_owned();
        errors.push(Invalid { name: "invoiceAmountInCents", reason });
    }
    if errors.is_empty() { Ok(()) } else { Err(Refused::Invalid(errors)) }
}
