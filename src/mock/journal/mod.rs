//! The journal: what a world saw and did, and why.
//!
//! Whoever decides something about a request puts a [`Decision`] on its answer; nobody reads it but this room. What was
//! seen is kept as it came, in a ring of bounded size, and put into words when somebody reads it, so that recording costs
//! next to nothing. Secrets are left out when something is told (`parameters`, `scrub`), not before: forms are kept as they
//! came. Only what is too long to be kept whole loses them first, as half a secret is known by nothing. Headers are never
//! kept.

mod decision;
mod entry;
mod file;
mod orders;
mod parameters;
mod read;
mod recording;
mod ring;
mod scrub;
mod told;

pub use decision::Decision;
pub use entry::{Entry, Event};
pub use file::{JournalFile, Writing};
pub use orders::named;
pub use read::respond;
pub use recording::Recording;
pub use ring::Journal;
pub use scrub::{Scrubber, short, shown_uri};
pub use told::{delivered, told};
