//! The control vocabulary: what is said over the mock's control API, by both sides.
//!
//! Types only. Unknown members are refused, so that a misspelt knob never passes silently.

mod command;
mod delivery;
mod emit;
mod fault;
mod given;
mod journal;
mod knobs;
mod pauses;
mod settings;
mod world;

pub use command::{Answer, Command};
pub use delivery::{Attempt, Delivery, DeliveryState};
pub use emit::{Author, Emit, EnvironmentName, EventType, LONGEST_WAIT_MILLISECONDS, MOST_TIMES, Order};
pub use fault::{Fault, Preset, Respond};
pub use given::Given;
pub use journal::{JournalEntry, JournalEvent, JournalOrder, JournalRequest, Outcome};
pub use knobs::{
    AccessTokenForm, BusinessNegotiations, CreatedStatus, DeletedPhoneNumbers, InactiveTokenTrace, JobStatusAnswer,
    LastNext, Login, MessageBlocks, MissingAudience, NextLink, OtherUtmMembers, PlainWebhookUrls, RefreshWindow,
    RequestBusinesses, RequestFormDetails, UnmatchedSearch, UserWebhookEvents, WebhookDeletedStatus, WrongAudience,
};
pub use pauses::Pauses;
pub use settings::Settings;
pub use world::{Client, Environment, Gate, NewWorld, World};
