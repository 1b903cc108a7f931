//! The project file and the targets: where scenarios may run, as data. And the requirements that they certify.
//!
//! This room reads `tacktest.yaml` and the catalogue of requirements, and knows the built-in targets and requirements.
//! It resolves nothing: references stay references, so that listing and checking need no secret. It tells whether what
//! they name is there, for which it reads variables, also those of `.env`; files and commands that hold secrets are left
//! alone. Making a target usable is the business of `target`.

mod allowed;
mod builtin;
mod bundled;
mod contact;
mod credentials;
mod dotenv;
mod explain;
mod hide;
mod network;
mod operations;
mod pace;
mod passes_with;
mod project;
mod read;
mod read_control;
mod read_network;
mod read_pace;
mod read_reference;
mod read_requirements;
mod receiver;
mod reference;
mod requirements;
mod target;
mod variables;
mod words;

pub use allowed::{Allowance, Allowed};
pub use builtin::{MOCK_CLIENTS, MOCK_FIXTURES, MOCK_USERS, builtin_targets};
pub use bundled::bundled;
pub use credentials::Credentials;
pub use dotenv::WrongDotEnv;
pub use explain::{Explained, Explanation, ShownValue, explain, explain_receiver};
pub use network::{CertificateDefinition, NetworkDefinition};
pub use operations::{Recipients, effect_of, ids_of, recipients_of};
pub use pace::{Agreed, Pace};
pub use project::{PROJECT_FILE, Project, find_project};
pub use receiver::ReceiverDefinition;
pub use reference::{Missing, Reference};
pub use requirements::{
    Basis, Catalogue, Document, Level, Party, REQUIREMENTS_FILE, Requirement, Shown, WrongCatalogue,
};
pub use target::{
    ClientDefinition, DEFAULT_USER, GateDefinition, LoginCommands, TargetDefinition, UrlName, UserDefinition,
    login_command,
};
pub use variables::{SetVariable, Variables};
pub use words::{Capability, ClientAuthentication, Effect, EnvironmentWord, Kind};
