//! What a world can be ordered to do.

use serde::{Deserialize, Serialize};

use super::word_or_object::{emit, milliseconds};
use super::{Emit, Fault, Given, RateLimit};

/// The body of `POST /control/worlds/{id}`: one order, answered by 204.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// Moves the world's clock forward. A duration with its unit, such as `"3601s"`, stands for the object.
    #[serde(deserialize_with = "milliseconds")]
    Advance {
        /// How far, in milliseconds.
        milliseconds: u64,
    },
    /// Orders a fault.
    Fault(Box<Fault>),
    /// Forgets every fault that was ordered.
    ClearFaults,
    /// Limits how often the API may be asked, from now on; `null` lifts the limit.
    RateLimit(Option<RateLimit>),
    /// Makes one access or refresh token expire now.
    Expire {
        /// The token's value.
        token: String,
    },
    /// Revokes the whole grant to which a token belongs.
    Revoke {
        /// The value of any token of the grant.
        token: String,
    },
    /// Says who answers the next authorization request of this world, and how.
    NextLogin {
        /// A user's name.
        user: String,
        /// The user's answer.
        #[serde(default)]
        answer: Answer,
    },
    /// Signs `id_token`s of both environments with a new key from now on; the one before stays published.
    RotateKeys,
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
