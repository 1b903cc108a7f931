//! The control vocabulary: what is said over the mock's control API, by both sides.
//!
//! Types only. Unknown members are refused, so that a misspelt knob never passes silently.

mod command;
mod emit;
mod fault;
mod given;
mod knobs;
mod settings;
mod world;

pub use command::{Answer, Command};
pub use emit::{Author, Emit, EnvironmentName, EventType, LONGEST_WAIT_MILLISECONDS, MOST_TIMES, Order};
pub use fault::{Fault, Preset, Respond};
pub use given::Given;
pub use knobs::{
    AccessTokenForm, BusinessNegotiations, CreatedStatus, DeletedPhoneNumbers, InactiveTokenTrace, JobStatusAnswer,
    LastNext, Login, MissingAudience, NextLink, OtherUtmMembers, RefreshWindow, UnmatchedSearch, WrongAudience,
};
pub use settings::Settings;
pub use world::{Client, Environment, Gate, NewWorld, World};
