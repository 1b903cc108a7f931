//! The control vocabulary: what is said over the mock's control API, by both sides.
//!
//! Orders are spelled as in a scenario's `mock:`. Two members stand here alone, for what a scenario says at its top: the
//! `environment` of an event and the `client` of a consent.
//!
//! Types, which refuse what can't be, and how knobs are turned. Unknown members are refused, so that a misspelt knob
//! never passes silently.

mod alike;
mod api_knobs;
mod change;
mod command;
mod delivery;
mod distinct;
mod effect;
mod emit;
mod fault;
mod given;
mod journal;
mod knobs;
mod limit;
mod none_or;
mod oauth_knobs;
mod only_true;
mod pauses;
mod registration;
mod settings;
mod span;
mod turn;
mod word_or_object;
mod world;

pub use alike::is_alike;
pub use api_knobs::{
    BusinessSender, ContactErrors, CustomerLastName, FailedWebhook, FurtherPages, NegotiationForm, OthersResources,
    ProblemMediaType, RepeatedWebhook, ReviewAnswerMember, ReviewAnsweringScope, ReviewReadingScope,
    ReviewedBusinesses, StartingCost, ValidationErrors, WebhookUpdate, WidgetMedium,
};
pub use change::{CallbackChange, Claim, CodeForm, IdTokenChange, KeyId, Members, Signature, StateChange};
pub use command::{Answer, Command};
pub use delivery::{Attempt, Delivery, DeliveryState};
pub use distinct::Distinct;
pub use effect::{Dribble, Effect, FaultAnswer, HeaderTexts, Moment, Preset, Redirect, Respond, Text};
pub use emit::{Author, Emit, EnvironmentName, EventType, LONGEST_WAIT, MOST_TIMES, Order};
pub use fault::{At, Fault, GrantName, Turn};
pub use given::Given;
pub use journal::{JournalEntry, JournalEvent, JournalOrder, JournalRequest, Outcome};
pub use knobs::{
    AccessTokenForm, BusinessNegotiations, CreatedStatus, DeletedPhoneNumbers, DescriptionMessage, FaultHeader,
    InactiveTokenTrace, JobStatusAnswer, LastNext, Login, MessageBlocks, MissingAudience, NextLink, OmittedScope,
    OtherUtmMembers, PlainWebhookUrls, RefreshReuse, RefreshWindow, RequestBusinesses, RequestFormDetails,
    TokenParameters, UngrantedScopes, UnmatchedSearch, UserTokenAtApplicationOperations, UserWebhookEvents,
    WebhookDeletedStatus, WebhookPhone, WrongAudience,
};
pub use limit::{LimitHeaders, LimitedBy, RateLimit, RetryAfter};
pub use oauth_knobs::{AudienceMatch, ExpiresIn, FailedVerifier, TokenRefusals, UnknownMethod};
pub use only_true::True;
pub use pauses::Pauses;
pub use registration::{ClientGrant, ClientMethod, Provisions, Registration, Registrations, refuse_redirect_uri};
pub use settings::Settings;
pub use span::Span;
pub use turn::{Knobs, read_knobs};
pub use world::{Client, Environment, Gate, NewWorld, World};
