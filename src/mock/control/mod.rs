//! The control vocabulary: what is said over the mock's control API, by both sides.
//!
//! Types only. Unknown members are refused, so that a misspelt knob never passes silently.

mod change;
mod command;
mod effect;
mod fault;
mod given;
mod knobs;
mod limit;
mod settings;
mod span;
mod word_or_object;
mod world;

pub use change::{CallbackChange, Claim, CodeForm, IdTokenChange, KeyId, Members, Signature, StateChange};
pub use command::{Answer, Command};
pub use effect::{Dribble, Effect, FaultAnswer, HeaderTexts, Moment, Preset, Redirect, Respond, Text};
pub use fault::{At, EnvironmentName, Fault, GrantName, Turn};
pub use given::Given;
pub use knobs::{
    AccessTokenForm, FaultHeader, InactiveTokenTrace, MessageCreatedStatus, MissingAudience, OtherUtmMembers,
    RefreshWindow, UnmatchedSearch, WrongAudience,
};
pub use limit::{LimitHeaders, LimitedBy, RateLimit, RetryAfter};
pub use settings::Settings;
pub use span::Span;
pub use world::{Client, Environment, Gate, NewWorld, World};
