//! The control vocabulary: what is said over the mock's control API, by both sides.
//!
//! Types only. Unknown members are refused, so that a misspelt knob never passes silently.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The body of `POST /control/worlds`.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct NewWorld {
    /// Makes codes, opaque tokens, `jti`s, message ids and trace ids the same in every world with this seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// The world's knobs; `None` means the mock's own settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Settings>,
}

/// A world as the control API describes it.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// Its id, as it stands in its URLs; `default` for the one at the root.
    pub id: String,
    /// Its staging environment.
    pub staging: Environment,
    /// Its production environment.
    pub production: Environment,
}

/// One environment of a world: where it is, and what is provisioned there.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// API base URL, ending in `/api/`.
    pub api: String,
    /// Authorization URL.
    pub authorize_url: String,
    /// Token URL.
    pub token_url: String,
    /// Revocation URL.
    pub revoke_url: String,
    /// Key set URL.
    pub jwks_url: String,
    /// Userinfo URL.
    pub userinfo_url: String,
    /// Root URL of the authorization server; also the `iss` of its tokens.
    pub auth_server: String,
    /// Root URL of the web site, ending in `/`. Links in API answers lead below it, and nothing else is there.
    pub site: String,
    /// What opens the site's pages, if they are gated: HTTP Basic (RFC 7617), and neither a client's nor a user's
    /// credentials. Widgets, below `embed/`, are open in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<Gate>,
    /// The one audience that is whitelisted.
    pub audience: String,
    /// Provisioned clients by name (`supply`, `demand`).
    pub clients: BTreeMap<String, Client>,
    /// Names of the users; the first is who logs in by default.
    pub users: Vec<String>,
    /// Ids of the data that is there (`business`, `negotiation`, …).
    pub fixtures: BTreeMap<String, String>,
}

/// The credentials of a gated site.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// User name.
    pub user: String,
    /// Password.
    pub password: String,
}

/// A provisioned client.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// Client id.
    pub id: String,
    /// Client secret. It has characters that must be form-encoded in HTTP Basic (RFC 6749 §2.3.1).
    pub secret: String,
    /// The one registered redirect URI.
    pub redirect_uri: String,
    /// The scopes that the client may ask for.
    pub scopes: Vec<String>,
}

/// The body of `POST /control/worlds/{id}`: one order, answered by 204.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// Moves the world's clock forward.
    Advance {
        /// How far, in milliseconds.
        milliseconds: u64,
    },
    /// Orders a fault in both environments.
    Fault(Fault),
    /// Makes one access or refresh token expire now.
    Expire {
        /// The token's value.
        token: String,
    },
    /// Revokes the whole grant to which a token belongs.
    Revoke {
        /// The value of any token of the grant.
        token: String,
    },
    /// Says who answers the next authorization request of this world, and how.
    NextLogin {
        /// A user's name.
        user: String,
        /// The user's answer.
        #[serde(default)]
        answer: Answer,
    },
    /// Signs `id_token`s of both environments with a new key from now on; the one before stays published.
    RotateKeys,
    /// Changes the data of both environments.
    Given(Given),
}

/// A state of the data that does not come about by the API's own operations.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Given {
    /// The lead of this negotiation was refunded: the API does not know it any more.
    RefundedLead(String),
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
        /// The client's name.
        client: String,
        /// The scopes that were agreed to, one at least, separated by spaces; the client may ask for each of them.
        scope: String,
    },
}

/// What the user says on the consent page.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The user agrees to everything that was asked for.
    #[default]
    Approve,
    /// The user refuses.
    Deny,
}

/// A fault by script. It answers before any check of the real endpoint.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// `METHOD PATH`: the path below the API base (`/v4/keywords/search`) or on the authorization server
    /// (`/oauth2/token`), without query.
    pub at: String,
    /// How many requests it meets; `None`: every one until the world ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// The answer to give; `None` lets the real endpoint answer, after the delay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respond: Option<Respond>,
    /// The answer to give, by name. Not together with `respond`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
    /// How long to wait before answering, in real milliseconds (at most ten minutes).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_milliseconds: Option<u64>,
}

/// The answers of the response table (HTTP response codes, 2025-12-09) that no request of a client's can bring about.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// 202: the firewall's silent challenge. Its headers and its body, a page for who accepts `text/html` and nothing
    /// else, are the firewall's usual ones, not documented.
    WafChallenge,
    /// 403 without any body, as the firewall blocks: a blocked address or user agent.
    WafBlock,
    /// 429 with a problem document and `Retry-After`; both are guesses.
    RateLimit,
    /// 451: a sanctioned country. The problem document and the link to who blocks (RFC 7725 §4) are guesses.
    GeoBlock,
    /// 502: the documented body for a wrong audience, whatever the token's audience is.
    ProxyOauthFailed,
    /// 500 with a problem document, which is a guess: a fault of the server.
    ServerError,
}

/// The answer of a fault.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Respond {
    /// HTTP status, 200 to 599.
    pub status: u16,
    /// Response headers by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// A JSON body, sent as `application/json` unless `headers` says otherwise. Not together with `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// A text body, sent as `text/plain; charset=utf-8` unless `headers` says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// The knobs of a world. Each says whether the partner documents state its default or whether it is a guess.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Form of access tokens. A guess: partners see tokens of about 1 190 characters, most likely JWTs.
    pub access_token_form: AccessTokenForm,
    /// Life of an access token in seconds. Stated (Authentication): 3600.
    pub access_token_seconds: u32,
    /// Life of an authorization code in seconds. Reported by partners, not in the documents: 300.
    pub code_seconds: u32,
    /// Life of a refresh token in seconds, restarted at each exchange. Stated as "up to 6 months"; 180 days are reported.
    pub refresh_token_seconds: u32,
    /// Whether each exchange restarts that life. Stated: it does.
    pub refresh_window: RefreshWindow,
    /// For how many seconds after its first use a refresh token may be used again. Reported: 60. 0 is Hydra's strict
    /// rotation: the first use also kills all earlier access tokens of the grant.
    pub refresh_grace_seconds: u32,
    /// Where a wrong audience on client credentials is refused. Stated (HTTP response codes): at the API.
    pub wrong_audience: WrongAudience,
    /// What becomes of a token that was asked without an audience. Undocumented: a guess.
    pub missing_audience: MissingAudience,
    /// Whether the 401 `token is not active` carries a `traceID`. The documents print it without; the changelog adds one
    /// to all problem documents later.
    pub inactive_token_trace: InactiveTokenTrace,
    /// Status of a successful `POST /negotiations/{id}/messages`. A guess: the documents name only 200 as success.
    pub message_created_status: MessageCreatedStatus,
    /// How `POST /businesses/search` answers a query or a category id that fits no category. A guess: an error that says
    /// so is reported, without its status.
    pub unmatched_search: UnmatchedSearch,
    /// What becomes of members of `utmData` that partners do not agree about, such as `utm_medium`. A guess: some send
    /// it, and one refuses it.
    pub other_utm_members: OtherUtmMembers,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            access_token_form: AccessTokenForm::JwtEs256,
            access_token_seconds: 3600,
            code_seconds: 300,
            refresh_token_seconds: 180 * 24 * 3600,
            refresh_window: RefreshWindow::Restarted,
            refresh_grace_seconds: 60,
            wrong_audience: WrongAudience::Api,
            missing_audience: MissingAudience::Refused,
            inactive_token_trace: InactiveTokenTrace::Absent,
            message_created_status: MessageCreatedStatus::Ok,
            unmatched_search: UnmatchedSearch::BadRequest,
            other_utm_members: OtherUtmMembers::Accepted,
        }
    }
}

/// Form of access tokens.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum AccessTokenForm {
    /// A JWT signed with ES256, about 1 190 characters long.
    JwtEs256,
    /// `ory_at_…`, 94 characters.
    Opaque,
}

/// When a refresh token that came of an exchange is over.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum RefreshWindow {
    /// A whole life after the exchange.
    Restarted,
    /// When the login's first one would be.
    Fixed,
}

/// Where a wrong audience on client credentials is refused.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum WrongAudience {
    /// The token is issued, and the API answers 502 `proxy_oauth_failed`, as documented.
    Api,
    /// The token endpoint answers 400 `invalid_request`, as Hydra does.
    TokenEndpoint,
}

/// What becomes of a token without an audience; it is issued in any case.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum MissingAudience {
    /// The API answers 502 `proxy_oauth_failed` naming `''`.
    Refused,
    /// The API takes the token.
    Accepted,
}

/// Whether the 401 `token is not active` carries a `traceID`.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum InactiveTokenTrace {
    /// No `traceID`: the documents' literal body.
    Absent,
    /// With `traceID`, like every other problem document.
    Present,
}

/// Status of a successfully sent message.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum MessageCreatedStatus {
    /// 200.
    Ok,
    /// 201.
    Created,
}

/// How a search is answered that fits no category.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum UnmatchedSearch {
    /// 400, naming the member that fits none.
    BadRequest,
    /// 404.
    NotFound,
}

/// What becomes of members of `utmData` besides those that partners agree about.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum OtherUtmMembers {
    /// They are taken.
    Accepted,
    /// The request is refused with 400.
    Refused,
}
