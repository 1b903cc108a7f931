//! The positions of the knobs that are words.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who answers at the authorization URL.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Login {
    /// Nobody is asked: the ordered user answers, or the first one approves.
    Unattended,
    /// A person logs in on a page and answers on another. An ordered login is answered without pages all the same.
    Pages,
}

/// Form of access tokens.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum AccessTokenForm {
    /// A JWT signed with ES256, about 1 190 characters long.
    JwtEs256,
    /// A JWT of the same length signed with RS256, as real ones most likely are. Signing takes many times as long.
    JwtRs256,
    /// `ory_at_…`, 94 characters.
    Opaque,
}

/// When a refresh token that came of an exchange is over.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum RefreshWindow {
    /// A whole life after the exchange.
    Restarted,
    /// When the login's first one would be.
    Fixed,
}

/// What becomes of a grant whose refresh token is used again after its grace.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum RefreshReuse {
    /// All its tokens end.
    EndsLogin,
    /// Nothing: that one exchange is refused.
    Refused,
}

/// Which grants need `audience` and `scope` at the token URL.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum TokenParameters {
    /// None: a grant of client credentials without them is worth nothing, and for a user both were settled before.
    Optional,
    /// Those of users do: the exchange of a code, and of a refresh token. Without one of them it is `invalid_request`.
    RequiredOfUsers,
}

/// What client credentials without `scope` are granted.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum OmittedScope {
    /// Nothing, as by Hydra.
    Nothing,
    /// All scopes that the client may have.
    All,
}

/// What becomes of a scope that a client asks for and may not have.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum UngrantedScopes {
    /// The request is refused with `invalid_scope`.
    Refused,
    /// It is left out, and the others are granted.
    LeftOut,
}

/// Where a wrong audience on client credentials is refused.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum WrongAudience {
    /// The token is issued, and the API answers 502 `proxy_oauth_failed`, as documented.
    Api,
    /// The token endpoint answers 400 `invalid_request`, as Hydra does.
    TokenEndpoint,
}

/// What becomes of a token without an audience; it is issued in any case.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum MissingAudience {
    /// The API answers 502 `proxy_oauth_failed` naming `''`.
    Refused,
    /// The API takes the token.
    Accepted,
}

/// Whether the 401 `token is not active` carries a `traceID`.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum InactiveTokenTrace {
    /// No `traceID`: the documents' literal body.
    Absent,
    /// With `traceID`, like every other problem document.
    Present,
}

/// Status of the answer to a request that created something.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum CreatedStatus {
    /// 200.
    Ok,
    /// 201.
    Created,
}

/// How a search is answered that fits no category.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum UnmatchedSearch {
    /// 400, naming the member that fits none.
    BadRequest,
    /// 404.
    NotFound,
}

/// What becomes of members of `utmData` besides those that partners agree about.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum OtherUtmMembers {
    /// They are taken.
    Accepted,
    /// The request is refused with 400.
    Refused,
}

/// Whether an answer that a fault or a limit has touched says so in the header `x-mock-fault`.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum FaultHeader {
    /// It does not: no client can tell it from a real one.
    Absent,
    /// It does, for people who look at traffic.
    Present,
}

/// Whether the negotiations of a business are listed.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum BusinessNegotiations {
    /// They are.
    Served,
    /// The path answers 404.
    Absent,
}

/// What is answered to the status of a job.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum JobStatusAnswer {
    /// 204.
    NoContent,
    /// 200 with the negotiation's id and the status.
    Ok,
}

/// What becomes of a phone number that was deleted.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum DeletedPhoneNumbers {
    /// It is listed with `isDeleted: true`.
    Listed,
    /// It is listed no more.
    Gone,
}

/// Where `next` of a page of reviews leads.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum NextLink {
    /// Below the API base, so that it can be followed.
    BelowApi,
    /// As the documents' sample prints it: below the host, without the `/api` of the base. The mock serves nothing there.
    AsPrinted,
}

/// What the last page of reviews has for `next`.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum LastNext {
    /// It has no `next`.
    Absent,
    /// It has `next: null`.
    Null,
}

/// Whether a webhook's URL may be plain http.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum PlainWebhookUrls {
    /// It may if it leads to this machine: `localhost` or a loopback address.
    Loopback,
    /// It may not, as documented.
    Refused,
}

/// The events that a user's webhook can be registered for.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum UserWebhookEvents {
    /// `MessageCreatedV4`, as documented, and `IncentiveUsedV4`, which no business's webhook knows.
    Known,
    /// `NegotiationCreatedV4` and `ReviewCreatedV4` too.
    All,
}

/// Status of a successfully deleted webhook.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum WebhookDeletedStatus {
    /// 200, without a body.
    Ok,
    /// 204.
    NoContent,
}

/// Whether webhooks tell of the message with which a lead begins, which has what the customer asked for as its text.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum DescriptionMessage {
    /// They do, before they tell of the lead.
    Before,
    /// They do, after they told of the lead.
    After,
    /// They do not; the API lists it all the same.
    Absent,
}

/// Whose blocks a message has in a webhook.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum MessageBlocks {
    /// The sender's alone, as in the API.
    Sender,
    /// `customer` and `business`.
    Both,
}

/// Which member of a request names the businesses to contact.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum RequestBusinesses {
    /// `serviceIDs`, or else `businessIDs`.
    Either,
    /// `serviceIDs` alone.
    ServiceIds,
    /// `businessIDs` alone.
    BusinessIds,
}

/// What becomes of answers that do not fit the category's request form.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum RequestFormDetails {
    /// They are refused with 400.
    Checked,
    /// They are passed over.
    PassedOver,
}

/// What becomes of a user's token, if it has the scope, at an operation that acts for the application.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum UserTokenAtApplicationOperations {
    /// It is taken.
    Taken,
    /// It is refused as if the scope were missing, as the application's own is where an operation acts for a user.
    Refused,
}

/// Which of the customer's numbers webhooks tell of a new lead; both are forwarded.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum WebhookPhone {
    /// The one that is read later.
    Same,
    /// Another one.
    Another,
}
