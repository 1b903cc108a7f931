//! Logins by people: the pages between an authorization request and its answer, where `login: pages` is set.
//!
//! The steps are Hydra's. The authorization URL sends the browser to the login page with a challenge, takes it back with
//! a verifier, sends it to the consent page with another challenge, takes it back with another verifier, and answers the
//! client. A browser with a session skips the first page, and a user whose consent is remembered the second; the
//! redirects stay the same. Challenges and verifiers are random, good once, good for half an hour of the world's clock,
//! and belong to the browser that has the cookie. The pages work without scripts.
//!
//! The paths of the pages have been seen at Thumbtack (`/oauth/connect`) or are guesses (`/oauth/login`); what stands on
//! them, and that they offer to remember login and consent, is the mock's own.

mod browser;
mod connect;
mod flows;
mod login;
mod logout;
mod proceed;

pub use connect::{answer as answer_connect, show as show_connect};
pub use flows::{Interactions, Session};
pub use login::{answer as answer_login, show as show_login};
pub use logout::{get as logout, page as show_logged_out, post as logout_by_form};
pub use proceed::{Next, Visit, is_on, proceed};
