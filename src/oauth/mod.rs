//! Grants through the `oauth2` crate, the authorization request and its walk, the cache of tokens, and users' logins.
//!
//! This room alone names `oauth2`. What that crate cannot send, because it would be wrong, is sent by hand in the same
//! order and with the same headers. Every function ends in an [`Exchange`](crate::http::Exchange) for others to judge:
//! this room must not decide whether an answer is right, and must not know scenarios or targets.

mod authorize;
mod cache;
mod client;
mod cookies;
mod external;
mod listen;
mod log_in;
mod login;
mod logins;
mod page;
mod parameter;
mod person;
mod record;
mod redirect;
mod rescue;
mod revoke;
mod store;
mod token;
mod walk;

pub use crate::config::{ClientAuthentication, Credentials, LoginCommands};
pub use authorize::{Authorization, AuthorizationRequest, authorization_url, authorize};
pub use cache::{CacheKey, Fetched, NoToken, TokenCache};
pub use client::{Endpoints, basic_header, plain_basic_header};
pub use log_in::{Wanted, log_in};
pub use login::{Login, LoginKey};
pub use logins::{Logins, Sender};
pub use page::Visitor;
pub use parameter::Parameter;
pub use person::{NoRedirect, Person};
pub use redirect::{Redirect, redirect_parameters, returns_to};
pub use revoke::revoke;
pub use store::state_folder;
pub use token::{Grant, TokenRequest, exchange};
pub use walk::{Walk, Walked, walk};
