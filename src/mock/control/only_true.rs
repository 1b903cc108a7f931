//! What happens if it is ordered, and can't be undone.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// The word `true`: there is no other that it could be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct True;

impl Serialize for True {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(true)
    }
}

impl<'de> Deserialize<'de> for True {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if bool::deserialize(deserializer)? {
            return Ok(Self);
        }
        Err(D::Error::custom("it can only be `true`; what is not to happen is not ordered"))
    }
}
