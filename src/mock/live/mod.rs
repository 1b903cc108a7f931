//! The live page of a world, `/_mock/`: what it saw and why it refused what it refused; orders by forms; and settings
//! ready to paste.
//!
//! The page is rendered from templates, so that what clients send is escaped by construction. It works without scripts;
//! its one script only fetches new rows. Nothing is loaded from elsewhere. It decides nothing: what it shows is the
//! journal, and what it orders goes through the control API's own door.

mod lineage;
mod orders;
mod pages;
mod rows;
mod wish;

pub use pages::{is_live, respond};
