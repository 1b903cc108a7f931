//! Everything the mock knows about Thumbtack: clients, scopes, fictional people and their data, the API's
//! operations, the web site's pages.
//!
//! What no document tells is a knob where another behaviour is plausible (`control::Settings`). It has none where the
//! alternative would have to be invented, or is nothing that a mock could serve:
//!
//! - The paths, bodies and errors of on-demand orders, of disconnecting a user, of changing a user and of businesses'
//!   media: those operations are absent. So are the members of preset jobs besides `deepLink`, and the event of which
//!   self-serve webhooks tell when a lead changes.
//! - The name under which the status of a job is sent (`status`), the place of `partnerBookingId` (anywhere), further
//!   kinds of questions in request forms, `travelPreferences` in free text, and the header with the trace: nobody has seen
//!   another, and a profile can't guess it.
//! - The headers of a delivery besides its authentication, and the body and the headers of a firewall's challenge: a
//!   receiver must not rely on the former; the latter can be ordered as a fault, with whatever it should have.
//! - Which user webhooks each side may have: a client has the scopes of one side only, so nothing can be told apart.
//! - The customer's telephone number: real and forwarding ones look alike. Whether quick replies are marked: none was seen.
//! - `id_token`s, key set, userinfo and revocation are as Ory Hydra has them, on which the server is known to be built;
//!   wrong ones can be ordered as faults.
//! - Businesses have no further pages, as nobody here has more than a page of them.
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
pub mod full_lead;
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
pub mod review_scopes;
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
