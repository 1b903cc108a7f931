//! The pauses between one attempt to deliver and the next.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most pauses, and so the most times that something is sent again.
const MOST: usize = 10;

/// The longest pause in milliseconds: ten minutes.
const LONGEST: u32 = 10 * 60 * 1000;

/// How long to wait before each further attempt to deliver, in real milliseconds: at most ten pauses of at most ten
/// minutes each. Without any, nothing is sent again.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq)]
#[serde(try_from = "Vec<u32>", into = "Vec<u32>")]
pub struct Pauses(Vec<u32>);

impl Pauses {
    /// Two pauses: a fifth of a second and a second.
    pub(super) fn short() -> Self {
        Self(vec![200, 1_000])
    }

    /// The pauses in their order, in milliseconds.
    pub fn milliseconds(&self) -> &[u32] {
        &self.0
    }
}

impl TryFrom<Vec<u32>> for Pauses {
    type Error = String;

    fn try_from(pauses: Vec<u32>) -> Result<Self, String> {
        if pauses.len() > MOST {
            return Err(format!("there are {} pauses; at most {MOST} are possible", pauses.len()));
        }
        if let Some(long) = pauses.iter().find(|pause| **pause > LONGEST) {
            return Err(format!("a pause of {long} milliseconds is too long; at most {LONGEST} are possible"));
        }
        Ok(Self(pauses))
    }
}

impl From<Pauses> for Vec<u32> {
    fn from(pauses: Pauses) -> Self {
        pauses.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_few_and_bounded() {
        let read = |text: &str| serde_json::from_str::<Pauses>(text).map_err(|error| error.to_string());
        assert_eq!(read("[200,1000]"), Ok(Pauses::short()));
        assert_eq!(read("[]").map(|pauses| pauses.0.len()), Ok(0));
        assert!(read("[600001]").unwrap_err().contains("600001"));
        assert!(read("[0,0,0,0,0,0,0,0,0,0,0]").unwrap_err().contains("11 pauses"));
    }
}
