//! The project file and the targets: where scenarios may run, as data.
//!
//! This room reads `tacktest.yaml` and knows the built-in targets. It resolves nothing: references to the environment
//! stay references, so that listing and checking need no secret. Making a target usable is the business of `target`.

mod builtin;
mod bundled;
mod operations;
mod project;
mod read;
mod target;
mod words;

pub use builtin::{MOCK_CLIENTS, MOCK_FIXTURES, MOCK_USERS, builtin_targets};
pub use bundled::bundled;
pub use operations::effect_of;
pub use project::{PROJECT_FILE, Project, find_project};
pub use target::{ClientDefinition, Pace, TargetDefinition, UrlName, UserDefinition};
pub use words::{Capability, ClientAuthentication, Effect, Kind};
