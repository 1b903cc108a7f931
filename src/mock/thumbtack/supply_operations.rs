//! The operations that only a pro's software calls: leads of a business, the status of a job, reviews, phone numbers.
//!
//! The scopes of reviews are unknown. That whoever may list businesses or read leads reads their reviews, and whoever
//! may write to leads or customers answers them, is a guess; no scope that a client was seen to have names reviews.
//! Knobs narrow both (`review_scopes`).

use super::{
    job_status, negotiations,
    operation::{Answer, Method, Operation},
    phone_numbers, reviews,
};

/// The first is the specification's; the second an older name for it, seen in the hands of one client.
const READ_NUMBERS: &[&str] =
    &["supply::businesses/associate-phone-numbers.read", "supply::associate-phone-numbers.read"];

/// As with reading.
const WRITE_NUMBERS: &[&str] =
    &["supply::businesses/associate-phone-numbers.write", "supply::associate-phone-numbers.write"];

/// Operations of the supply side, in the order of the documents.
pub static SUPPLY: [Operation; 9] = [
    Operation {
        id: "listBusinessNegotiationsV4",
        method: Method::Get,
        path: "/v4/businesses/{businessID}/negotiations",
        scopes: &["supply::negotiations.read"],
        answer: Answer::ForUser(negotiations::of_business),
    },
    Operation {
        id: "updateJobStatusV4",
        method: Method::Post,
        path: "/v4/negotiations/{negotiationID}/job-status",
        scopes: &["supply::negotiations.write"],
        answer: Answer::ForUser(job_status::update),
    },
    Operation {
        id: "listBusinessReviewsV4",
        method: Method::Get,
        path: "/v4/businesses/{businessID}/reviews",
        scopes: &["supply::businesses.list", "supply::negotiations.read"],
        answer: Answer::ForUser(reviews::list),
    },
    Operation {
        id: "respondToReviewV4",
        method: Method::Post,
        path: "/v4/businesses/{businessID}/reviews/{reviewID}/response",
        scopes: &["supply::negotiations.write", "supply::messages.write"],
        answer: Answer::ForUser(reviews::respond),
    },
    Operation {
        id: "listPhoneNumbersV4",
        method: Method::Get,
        path: "/v4/businesses/{businessID}/associate-phone-numbers",
        scopes: READ_NUMBERS,
        answer: Answer::ForUser(phone_numbers::list),
    },
    Operation {
        id: "createPhoneNumberV4",
        method: Method::Post,
        path: "/v4/businesses/{businessID}/associate-phone-numbers",
        scopes: WRITE_NUMBERS,
        answer: Answer::ForUser(phone_numbers::create),
    },
    Operation {
        id: "updatePhoneNumberV4",
        method: Method::Put,
        path: "/v4/businesses/{businessID}/associate-phone-numbers/{phoneNumberID}",
        scopes: WRITE_NUMBERS,
        answer: Answer::ForUser(phone_numbers::update),
    },
    Operation {
        id: "deletePhoneNumberV4",
        method: Method::Delete,
        path: "/v4/businesses/{businessID}/associate-phone-numbers/{phoneNumberID}",
        scopes: WRITE_NUMBERS,
        answer: Answer::ForUser(phone_numbers::delete),
    },
    Operation {
        id: "bulkCreatePhoneNumbersV4",
        method: Method::Post,
        path: "/v4/businesses/{businessID}/associate-phone-numbers-bulk-create",
        scopes: WRITE_NUMBERS,
        answer: Answer::ForUser(phone_numbers::create_in_bulk),
    },
];
