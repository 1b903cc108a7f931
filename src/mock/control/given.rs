//! Data that is ordered to be otherwise than it is from the start.

use serde::{Deserialize, Serialize};

/// A state of the data that does not come about by the API's own operations.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Given {
    /// The lead of this negotiation was refunded: the API does not know it any more.
    RefundedLead(String),
    /// The customer of this negotiation chose its business: its status is `Picked`.
    PickedLead(String),
    /// The customer of this negotiation called it off: its status is `Canceled`.
    CanceledLead(String),
    /// The business of this id was closed: the API says so to the parties of its negotiations, and lists it no more.
    ClosedBusiness(String),
    /// The account of this user is no pro: it has no businesses, and none of them is found by searching.
    NotAPro(String),
    /// A user has agreed before, and is not asked again: without `prompt=consent` a later authorization grants no scope
    /// beyond these. Observed by a partner, not documented; that what is agreed to with `prompt=consent` is remembered in
    /// turn is a guess.
    RememberedConsent {
        /// The user's name.
        user: String,
        /// The client's name; `None`: every client that may ask for all of these scopes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client: Option<String>,
        /// The scopes that were agreed to, one at least, separated by spaces; the client may ask for each of them.
        scope: String,
    },
}
