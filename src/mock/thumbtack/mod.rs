//! Everything the mock knows about Thumbtack: clients, scopes, fictional people and their data, the API's
//! operations, the web site's pages.
//!
//! Ids differ between the environments, so that mixing them is seen. All people are invented (example.com, 555-01xx).

pub mod answers;
pub mod businesses;
pub mod categories;
pub mod clients;
pub mod demand_operations;
pub mod emit;
pub mod events;
pub mod fields;
pub mod job_status;
pub mod keywords;
pub mod leads;
pub mod links;
pub mod members;
pub mod messages;
pub mod negotiations;
pub mod openapi;
pub mod operation;
pub mod operations;
pub mod parameters;
pub mod people;
pub mod phone_numbers;
pub mod places;
pub mod profiles;
pub mod public_reviews;
pub mod records;
pub mod request_forms;
pub mod requests;
pub mod review_event;
pub mod reviews;
pub mod scope_words;
pub mod search;
pub mod search_request;
pub mod searches;
pub mod supply_operations;
pub mod test_negotiation;
pub mod users;
pub mod utm;
pub mod webhook_members;
pub mod webhook_operations;
pub mod webhooks;
pub mod website;

/// The one audience (Authentication document).
pub const AUDIENCE: &str = "urn:partner-api";
