//! The knobs of a world, with what is known of their defaults.

use serde::{Deserialize, Serialize};

use super::knobs::{
    AccessTokenForm, FaultHeader, InactiveTokenTrace, MessageCreatedStatus, MissingAudience, OtherUtmMembers,
    RefreshWindow, UnmatchedSearch, WrongAudience,
};
use super::limit::RateLimit;

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
    /// How often the API may be asked. Stated (HTTP response codes): it has a limit; undocumented which. None by default,
    /// so that nobody is refused who was not told why.
    pub rate_limit: Option<RateLimit>,
    /// Whether an answer that a fault or a limit has touched says so in a header. No knob of the API: it has none.
    pub fault_header: FaultHeader,
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
            rate_limit: None,
            fault_header: FaultHeader::Absent,
        }
    }
}
