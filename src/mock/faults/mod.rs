//! Faults by script, and the limit of how often the API or another place may be asked: everything in which a world misbehaves because it
//! was ordered to.
//!
//! An order is checked when it comes (`check`), kept with how often it has met a request (`orders`), and carried out
//! around the real endpoint (`carry_out`). Answers are changed after the endpoint gave them (`members`, `id_token`,
//! `callback`), so that no endpoint knows of faults. What can't be said in HTTP is left to the connection
//! ([`wire`](super::wire)). Each use leaves a mark on the answer (`marks`). A world without orders pays one relaxed atomic
//! check a request.

mod asked;
mod callback;
mod carry_out;
mod change;
mod check;
mod describe;
mod id_token;
mod known;
mod limiter;
mod marks;
mod members;
mod orders;
mod place;
mod respond;
mod trouble;

pub use asked::Asked;
pub use carry_out::carry_out;
pub use check::places;
pub use place::without_trailing_slash;
pub use trouble::Trouble;
