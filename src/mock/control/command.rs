//! What a world can be ordered to do.

use serde::{Deserialize, Serialize};

use super::{Emit, Fault, Given, RateLimit, Span, True, none_or, word_or_object::emit};

/// The body of `POST /control/worlds/{id}`: one order, answered by 204. It is spelled as a scenario's `mock:` spells it.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// Moves the world's clock forward.
    Advance(Span),
    /// Orders a fault.
    Fault(Box<Fault>),
    /// Forgets every fault that was ordered.
    ClearFaults(True),
    /// Limits how often requests are answered, from now on; `none` lifts the limit.
    #[serde(with = "none_or")]
    RateLimit(Option<RateLimit>),
    /// Makes the access or refresh token of this value expire now.
    Expire(String),
    /// Revokes the whole grant to which the token of this value belongs.
    Revoke(String),
    /// Says who answers the next authorization request of this world, and how.
    NextLogin {
        /// A user's name.
        user: String,
        /// The user's answer.
        #[serde(default)]
        answer: Answer,
    },
    /// Signs `id_token`s of both environments with a new key from now on; the one before stays published.
    RotateKeys(True),
    /// Changes the data of both environments.
    Given(Given),
    /// Lets an event happen, of which webhooks tell. The name of an event stands for the object.
    #[serde(deserialize_with = "emit")]
    Emit(Box<Emit>),
}

/// What the user says on the consent page.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The user agrees to everything that was asked for.
    #[default]
    Approve,
    /// The user refuses.
    Deny,
}
