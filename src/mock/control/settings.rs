//! The knobs of a world, with what is known of their defaults.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Pauses;
use super::api_knobs::{
    BusinessSender, ContactErrors, CustomerLastName, FailedWebhook, FurtherPages, NegotiationForm, OthersResources,
    ProblemMediaType, RepeatedWebhook, ReviewAnswerMember, ReviewAnsweringScope, ReviewReadingScope,
    ReviewedBusinesses, StartingCost, ValidationErrors, WebhookUpdate, WidgetMedium,
};
use super::knobs::{
    AccessTokenForm, BusinessNegotiations, CreatedStatus, DeletedPhoneNumbers, DescriptionMessage, FaultHeader,
    InactiveTokenTrace, JobStatusAnswer, LastNext, Login, MessageBlocks, MissingAudience, NextLink, OmittedScope,
    OtherUtmMembers, PlainWebhookUrls, RefreshReuse, RefreshWindow, RequestBusinesses, RequestFormDetails,
    TokenParameters, UngrantedScopes, UnmatchedSearch, UserTokenAtApplicationOperations, UserWebhookEvents,
    WebhookDeletedStatus, WebhookPhone, WrongAudience,
};
use super::limit::RateLimit;
use super::none_or;
use super::oauth_knobs::{AudienceMatch, ExpiresIn, FailedVerifier, TokenRefusals, UnknownMethod};

/// The knobs of a world. Each says whether the partner documents state its default or whether it is a guess.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Form of access tokens. A guess: partners see tokens of about 1 190 characters, most likely JWTs signed with RS256. The
    /// default is signed with ES256, which is many times as fast.
    pub access_token_form: AccessTokenForm,
    /// Life of an access token in seconds. Stated (Authentication): 3600.
    pub access_token_seconds: u32,
    /// Life of an authorization code in seconds. Reported by partners, not in the documents: 300.
    pub code_seconds: u32,
    /// What `expires_in` of a token response counts. Stated (Authentication): 3600. That it is 3599 with client credentials is
    /// what Hydra's code does, so a guess.
    pub expires_in: ExpiresIn,
    /// Which audiences the authorization server takes for the whitelisted one; the API compares by the letter in any case.
    /// A guess: nothing is reported of others, and Hydra's code compares URLs, of which `urn:…` has nothing but its scheme.
    pub audience_match: AudienceMatch,
    /// What a code is bound to after a wrong code verifier. A guess: that it is lost is a known fault of Hydra's code
    /// (ory/fosite#883, 2026-07), of which nobody knows whether it is in production.
    pub failed_verifier: FailedVerifier,
    /// What the authorization server answers to a method that a path does not know, such as GET at the token URL. A guess:
    /// releases of Hydra up to 2.3 answer 405, later ones 404.
    pub unknown_method: UnknownMethod,
    /// How the API refuses a token. Stated (HTTP response codes) is 401 for an expired token and 502 for another audience;
    /// 401 for a missing scope is reported. A guess is that there is no `WWW-Authenticate`, which RFC 9110 §15.5.2 asks for.
    pub token_refusals: TokenRefusals,
    /// Life of a refresh token in seconds, restarted at each exchange. Stated as "up to 6 months"; 180 days are reported.
    pub refresh_token_seconds: u32,
    /// Whether each exchange restarts that life. Stated: it does.
    pub refresh_window: RefreshWindow,
    /// For how many seconds after its first use a refresh token may be used again. Reported: 60. 0 is Hydra's strict
    /// rotation: the first use also kills all earlier access tokens of the grant.
    pub refresh_grace_seconds: u32,
    /// What becomes of a grant whose refresh token is used again after its grace. A guess: partners report `invalid_grant`,
    /// and Hydra also ends all tokens of the grant.
    pub refresh_reuse: RefreshReuse,
    /// Where a wrong audience on client credentials is refused. Stated (HTTP response codes): at the API.
    pub wrong_audience: WrongAudience,
    /// What becomes of a token that was asked without an audience. Undocumented: a guess.
    pub missing_audience: MissingAudience,
    /// Which grants need `audience` and `scope` at the token URL. The documents call both required without saying of which
    /// grant (Authentication); partners in production exchange codes without them. That no grant is refused for it is a guess.
    pub token_parameters: TokenParameters,
    /// What client credentials without `scope` are granted. A guess: one partner reports that a default set is granted,
    /// which nobody has listed.
    pub omitted_scope: OmittedScope,
    /// What becomes of a scope that the client may not have, as one of the other side. Reported: refused since about
    /// 2026-06-13, left out before.
    pub ungranted_scopes: UngrantedScopes,
    /// How many characters `state` must have. Stated (Authentication): 8; an older guide says 10.
    pub state_characters: u8,
    /// Whether the 401 `token is not active` carries a `traceID`. The documents print it without; the changelog adds one
    /// to all problem documents later.
    pub inactive_token_trace: InactiveTokenTrace,
    /// The media type of the API's problem documents. A guess: the documents name none.
    pub problem_media_type: ProblemMediaType,
    /// What an item of `errors` of a validation problem is. A guess: the changelog prints an empty list.
    pub validation_errors: ValidationErrors,
    /// How what belongs to another user is refused. Reported: by 403, which the documents keep for blocked callers; that it
    /// is 403 everywhere is a guess.
    pub others_resources: OthersResources,
    /// Status of a successful POST that creates something. A guess: the documents name only 200 as success, and one
    /// partner expects 201 of a created webhook.
    pub created_status: CreatedStatus,
    /// How `POST /businesses/search` answers a query or a category id that fits no category. A guess: an error that says
    /// so is reported, without its status.
    pub unmatched_search: UnmatchedSearch,
    /// What becomes of members of `utmData` that partners do not agree about, such as `utm_medium`. A guess: some send
    /// it, and one refuses it.
    pub other_utm_members: OtherUtmMembers,
    /// The unit of `startingCost` of a found business. A guess: samples look like dollars, and the older API had cents.
    pub starting_cost: StartingCost,
    /// `utm_medium` of the links to widgets. The documents print both: `partnerships` in a sample of widgets, `partnership`
    /// in their table and in links.
    pub widget_medium: WidgetMedium,
    /// Who answers at the authorization URL: nobody, so that clients are tested without a browser, or a person on pages.
    /// The pages themselves are the mock's own.
    pub login: Login,
    /// Whether `GET /businesses/{id}/negotiations` is there. A guess: a page of the documents shows it, the API
    /// specification does not have it, and partners say that no such list exists. A client that is to work in any case
    /// does without.
    pub business_negotiations: BusinessNegotiations,
    /// The form of a negotiation that is read. The documents' page and the API specification contradict each other, and
    /// partners in production read the latter; webhooks have it in any case.
    pub negotiation_form: NegotiationForm,
    /// How much of a customer's last name a negotiation tells. A guess: samples of messages have the initial, and the
    /// specification does not say.
    pub customer_last_name: CustomerLastName,
    /// What a message that a business wrote has for `from`. The API specification and real deliveries have `Business`; one
    /// partner copes with `Pro` too.
    pub business_sender: BusinessSender,
    /// What `POST /negotiations/{id}/job-status` answers. A guess: the documents print no answer.
    pub job_status_answer: JobStatusAnswer,
    /// What becomes of a deleted phone number in lists. A guess: the specification has `isDeleted`, and one partner copes
    /// with numbers that are listed with it.
    pub deleted_phone_numbers: DeletedPhoneNumbers,
    /// Which scope lets the reviews of a business be read. A guess: no document names one, and no scope that a partner was
    /// seen to have names reviews of its own.
    pub review_reading_scope: ReviewReadingScope,
    /// Which scope lets them be answered. A guess, as with reading.
    pub review_answering_scope: ReviewAnsweringScope,
    /// The member that holds the text of an answer to a review. A guess: the documents print no body.
    pub review_answer_member: ReviewAnswerMember,
    /// The parameter of `GET /reviews/` that names the businesses. A guess: the documents say "one or several businesses".
    pub reviewed_businesses: ReviewedBusinesses,
    /// Where `pagination.next` of reviews leads. The documents' sample has a URL without `/api`, which contradicts the
    /// base that they state (Environments): that the sample is out of date is a guess.
    pub next_link: NextLink,
    /// What the last page of reviews has for `next`. A guess: the documents print none.
    pub last_next: LastNext,
    /// How what follows the first page of messages or webhooks is asked for. A guess: the documents know no way, and one
    /// partner sends `cursor`. Of businesses nobody here has more than a page.
    pub further_pages: FurtherPages,
    /// Whether a webhook's URL may be plain http. The API specification knows https only (`^https://`); a receiver on this
    /// machine seldom has a certificate, so the mock lets it pass there.
    pub plain_webhook_urls: PlainWebhookUrls,
    /// The events that a user's webhook can be registered for. Documented is `MessageCreatedV4`; the others are a guess.
    pub user_webhook_events: UserWebhookEvents,
    /// How many webhooks of one business or user a client can have; one more is refused with 400. A guess: the documents tell
    /// no limit, and print 10 as that of a page.
    pub most_webhooks: u16,
    /// What is made of a webhook of a business that there is already. A guess: one partner reports that the id of the existing
    /// one may be answered, and not what counts as the same.
    pub repeated_webhook: RepeatedWebhook,
    /// What `PUT` of a webhook does with members that it does not name. A guess: the documents' example enables a webhook, and
    /// does not say what happens to the rest.
    pub webhook_update: WebhookUpdate,
    /// Status of a successful `DELETE` of a webhook. A guess: a partner reports 204, the documents are silent.
    pub webhook_deleted_status: WebhookDeletedStatus,
    /// Whose blocks a message has in a webhook. The API specification has the sender's alone; deliveries with both were
    /// seen.
    pub message_blocks: MessageBlocks,
    /// Whether webhooks tell of the message with which a lead begins that `POST /requests` made. Documented: they do, and
    /// it may come before the lead (Messages, troubleshooting, 2026-04-24); that it comes after it by default is a guess.
    pub description_message: DescriptionMessage,
    /// The pauses after which a webhook that was not answered by 2XX is sent again, in real milliseconds; an empty list:
    /// never. A guess: partners report redelivery, its number and pauses are undocumented, and these are short so that
    /// nobody waits for them.
    pub redelivery_pauses_milliseconds: Pauses,
    /// How long an answer to a webhook is waited for, in real milliseconds. Undocumented: a guess.
    pub delivery_timeout_milliseconds: u32,
    /// What becomes of a webhook after a delivery that was not received at its last attempt. Undocumented: a guess.
    pub failed_webhook: FailedWebhook,
    /// Which member of `POST /requests` names the businesses. The documents say `serviceIDs`, some partners send
    /// `businessIDs`; that either is taken is a guess.
    pub request_businesses: RequestBusinesses,
    /// What an item of `contactErrors` is. A guess: the documents name the list, and print it empty.
    pub contact_errors: ContactErrors,
    /// What becomes of items of `requestFormDetails` that do not fit the category's form. A guess: the documents name
    /// the members of an item, and not what is refused.
    pub request_form_details: RequestFormDetails,
    /// How often the API, or another place, may be asked. Stated (HTTP response codes): it has a limit; undocumented which. None by default,
    /// so that nobody is refused who was not told why.
    #[serde(with = "none_or")]
    #[schemars(schema_with = "none_or::schema")]
    pub rate_limit: Option<RateLimit>,
    /// What becomes of a user's token at an operation for which the documents tell of client credentials alone: searches of
    /// businesses, categories, request forms and keywords. A guess: nobody tells of one.
    pub user_token_at_application_operations: UserTokenAtApplicationOperations,
    /// Which of the customer's numbers webhooks tell of a new lead. Reported: theirs and the one that is read later can
    /// differ, and both forward calls; that they are the same by default is a guess.
    pub webhook_phone: WebhookPhone,
    /// Whether an answer that a fault or a limit has touched says so in a header. No knob of the API: it has none.
    pub fault_header: FaultHeader,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            access_token_form: AccessTokenForm::JwtEs256,
            access_token_seconds: 3600,
            code_seconds: 300,
            expires_in: ExpiresIn::Left,
            audience_match: AudienceMatch::Strict,
            failed_verifier: FailedVerifier::KeepsChallenge,
            unknown_method: UnknownMethod::MethodNotAllowed,
            token_refusals: TokenRefusals::Observed,
            refresh_token_seconds: 180 * 24 * 3600,
            refresh_window: RefreshWindow::Restarted,
            refresh_grace_seconds: 60,
            refresh_reuse: RefreshReuse::EndsLogin,
            wrong_audience: WrongAudience::Api,
            missing_audience: MissingAudience::Refused,
            token_parameters: TokenParameters::Optional,
            omitted_scope: OmittedScope::Nothing,
            ungranted_scopes: UngrantedScopes::Refused,
            state_characters: 8,
            inactive_token_trace: InactiveTokenTrace::Absent,
            problem_media_type: ProblemMediaType::ProblemJson,
            validation_errors: ValidationErrors::Named,
            others_resources: OthersResources::Forbidden,
            created_status: CreatedStatus::Ok,
            unmatched_search: UnmatchedSearch::BadRequest,
            other_utm_members: OtherUtmMembers::Accepted,
            starting_cost: StartingCost::Dollars,
            widget_medium: WidgetMedium::Partnership,
            login: Login::Unattended,
            business_negotiations: BusinessNegotiations::Served,
            negotiation_form: NegotiationForm::Specification,
            customer_last_name: CustomerLastName::Full,
            business_sender: BusinessSender::Business,
            job_status_answer: JobStatusAnswer::NoContent,
            deleted_phone_numbers: DeletedPhoneNumbers::Listed,
            review_reading_scope: ReviewReadingScope::Either,
            review_answering_scope: ReviewAnsweringScope::Either,
            review_answer_member: ReviewAnswerMember::ResponseText,
            reviewed_businesses: ReviewedBusinesses::BusinessIds,
            next_link: NextLink::BelowApi,
            last_next: LastNext::Absent,
            further_pages: FurtherPages::Absent,
            plain_webhook_urls: PlainWebhookUrls::Loopback,
            user_webhook_events: UserWebhookEvents::Known,
            most_webhooks: 10,
            repeated_webhook: RepeatedWebhook::Another,
            webhook_update: WebhookUpdate::Partial,
            webhook_deleted_status: WebhookDeletedStatus::NoContent,
            message_blocks: MessageBlocks::Sender,
            description_message: DescriptionMessage::After,
            redelivery_pauses_milliseconds: Pauses::short(),
            delivery_timeout_milliseconds: 5_000,
            failed_webhook: FailedWebhook::Kept,
            request_businesses: RequestBusinesses::Either,
            contact_errors: ContactErrors::Reasons,
            request_form_details: RequestFormDetails::Checked,
            rate_limit: None,
            user_token_at_application_operations: UserTokenAtApplicationOperations::Taken,
            webhook_phone: WebhookPhone::Same,
            fault_header: FaultHeader::Absent,
        }
    }
}
