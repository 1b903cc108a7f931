//! The positions of the knobs about what the API's documents leave open or contradict each other in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which scope lets reviews of a business be read.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ReviewReadingScope {
    /// `supply::businesses.list` or `supply::negotiations.read`.
    Either,
    /// `supply::businesses.list` alone.
    BusinessesList,
    /// `supply::negotiations.read` alone.
    NegotiationsRead,
}

/// Which scope lets reviews of a business be answered.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ReviewAnsweringScope {
    /// `supply::negotiations.write` or `supply::messages.write`.
    Either,
    /// `supply::negotiations.write` alone.
    NegotiationsWrite,
    /// `supply::messages.write` alone.
    MessagesWrite,
}

/// The member that holds the text of an answer to a review.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ReviewAnswerMember {
    /// `responseText`, as reviews show it.
    ResponseText,
    /// `text`, as messages have it.
    Text,
}

/// The parameter that names the businesses whose reviews are read by `GET /reviews/`.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ReviewedBusinesses {
    /// `businessIDs`.
    BusinessIds,
    /// `businessID`.
    BusinessId,
}

/// What `PUT` of a webhook does with members that it does not name.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum WebhookUpdate {
    /// They stay as they are.
    Partial,
    /// They are as in a new webhook: `webhookURL` and `eventTypes` are required, it is enabled, and shows nothing.
    Whole,
}

/// What is made of a webhook of a business that there is already: with the same URL and events, of the same client.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum RepeatedWebhook {
    /// Another one, with an id of its own.
    Another,
    /// None: the one that there is, as it is, is the answer.
    Existing,
}

/// What becomes of a webhook after a delivery that was not received at its last attempt.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum FailedWebhook {
    /// It stays enabled.
    Kept,
    /// It is disabled, until a `PUT` enables it.
    Disabled,
}

/// How what follows the first page of messages or webhooks is asked for.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum FurtherPages {
    /// By nothing; messages have `sentBefore`, and of webhooks only the first ten are listed.
    Absent,
    /// By `cursor`, which `pagination.cursor` of the page before tells if there is more.
    Cursor,
}

/// What an item of `contactErrors` is.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ContactErrors {
    /// `businessID`, and in `error` the reason.
    Reasons,
    /// A problem document, with `businessID`.
    Problems,
    /// The id of the business alone, as text.
    Ids,
}

/// The form of a negotiation that is read.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum NegotiationForm {
    /// As the API specification has it, and webhooks tell it.
    Specification,
    /// As the page of the documents prints it, with the one `status` that it shows, `active`.
    Sample,
}

/// What a message that a business wrote has for `from`.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum BusinessSender {
    /// `Business`.
    Business,
    /// `Pro`.
    Pro,
}

/// How much of a customer's last name is told.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum CustomerLastName {
    /// All of it.
    Full,
    /// Its first letter with a full stop, as in the names of messages.
    Initial,
}

/// The unit of `startingCost`.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum StartingCost {
    /// Whole dollars.
    Dollars,
    /// Cents.
    Cents,
}

/// `utm_medium` of the links to widgets.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum WidgetMedium {
    /// `partnership`.
    Partnership,
    /// `partnerships`.
    Partnerships,
}

/// How what belongs to another user is refused.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum OthersResources {
    /// By 403.
    Forbidden,
    /// By 404, as if it were not there.
    NotFound,
}

/// The media type of the API's problem documents.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ProblemMediaType {
    /// `application/problem+json`.
    ProblemJson,
    /// `application/json`.
    Json,
}

/// What an item of `errors` of a validation problem is.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ValidationErrors {
    /// `name`, which is what is wrong, and `reason`.
    Named,
    /// Both in one text.
    Texts,
    /// There are none: the list is empty.
    Empty,
}
