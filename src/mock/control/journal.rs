//! The journal of a world as it is told: an entry for everything that the world saw and did.
//!
//! Nothing here is a secret. Codes, tokens, client secrets, passwords and verifiers are replaced by the names of what was
//! issued (`access 7`) or by `[hidden, N characters]`; headers are not told at all.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Delivery, EnvironmentName};

/// One line of `GET /control/worlds/{id}/journal`.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct JournalEntry {
    /// Its number in this world, from 1, in the order in which things ended. A gap where older entries were expected means
    /// that they are forgotten.
    pub number: u64,
    /// When it began, by the world's clock (RFC 3339).
    pub at: String,
    /// When it began in reality (RFC 3339).
    pub real: String,
    /// What it was.
    #[serde(flatten)]
    pub event: JournalEvent,
}

/// What the world saw or did.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JournalEvent {
    /// A request came, whatever became of it.
    Request(Box<JournalRequest>),
    /// The world sent a webhook, or gave it up.
    Delivery {
        /// How the delivery stood then, with all attempts until then.
        delivery: Box<Delivery>,
    },
    /// The world was ordered something by the control API or the live page.
    Order(JournalOrder),
}

/// A request and its answer.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct JournalRequest {
    /// Where it arrived.
    pub environment: EnvironmentName,
    /// Method.
    pub method: String,
    /// Path below the environment's root, without query.
    pub path: String,
    /// The parameters of the query; repeated ones are a list.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub query: Map<String, Value>,
    /// The parameters of the form in the body; repeated ones are a list.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub form: Map<String, Value>,
    /// The JSON body of a request to the API, of at most 4 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// The API's operation, or the name of the OAuth endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Name of the client: who authenticated, or to whom the token was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// Name of the user for whom it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The number of the grant in this environment: a login, or one client credentials request, and all that came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<u64>,
    /// The name of the code or token that it carried, such as `refresh 5`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<String>,
    /// What that one was issued in exchange for, such as `code 3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The names of what was issued, such as `access 7` and `refresh 6`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issued: Vec<String>,
    /// What was decided.
    pub outcome: Outcome,
    /// Why it was decided so, if it did not simply succeed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Status of the answer, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The JSON body of the API's answer, of at most 4 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Value>,
    /// What faults did to the request or its answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
    /// How long it took, in microseconds of real time.
    pub microseconds: u64,
}

/// What was decided about a request.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was answered as asked.
    Answered,
    /// It was refused.
    Refused,
    /// The client did not wait for an answer.
    Abandoned,
    /// The connection ended without an answer, as it was ordered.
    Lost,
}

/// An order.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct JournalOrder {
    /// The order as it was given, with names in place of tokens.
    pub order: Value,
    /// Why it was refused, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}
