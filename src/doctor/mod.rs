//! Looks whether a target can be used, before a run does: one line a check, with what to do about it.
//!
//! Nothing is changed at the target. Credentials go to the token URL and the gate's to the site, nowhere else. This room
//! must not print, and decides no exit code: whose fault a problem is stands in its line.

mod clock;
mod configuration;
mod credentials;
mod examine;
mod line;
mod login;
mod names;
mod reach;
mod receiver;
mod redirect;
mod site;
mod subject;
mod token_answer;

pub use examine::examine;
pub use line::{Cause, Line, Verdict};
