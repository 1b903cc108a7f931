//! Generated values: the same for the same seed and test, different within a test; `gen.now` alone is the time.

use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

/// Draws the values of `gen.` for one test.
#[derive(Debug)]
pub(super) struct Generator {
    seed: u64,
    test: String,
    drawn: AtomicU64,
}

impl Generator {
    /// A generator for the test `test` of a run with `seed`.
    pub(super) fn new(seed: u64, test: &str) -> Self {
        Self { seed, test: test.to_owned(), drawn: AtomicU64::new(0) }
    }

    /// A number that is the test's own, for the ids of its world.
    pub(super) fn world_seed(&self) -> u64 {
        let bytes = self.bytes(u64::MAX);
        u64::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]])
    }

    /// The next value of the generated name `name`.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        let bytes = || self.bytes(self.drawn.fetch_add(1, Ordering::Relaxed));
        match name {
            "gen.uuid" => Some(uuid::Builder::from_random_bytes(bytes()).into_uuid().to_string()),
            "gen.state" => Some(self.state()),
            "gen.now" => Some(jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
            _ => None,
        }
    }

    /// A state for an authorization request: 32 hexadecimal digits.
    pub(super) fn state(&self) -> String {
        let bytes = self.bytes(self.drawn.fetch_add(1, Ordering::Relaxed));
        format!("{:032x}", u128::from_be_bytes(bytes))
    }

    fn bytes(&self, number: u64) -> [u8; 16] {
        let digest = Sha256::new()
            .chain_update(self.seed.to_be_bytes())
            .chain_update(number.to_be_bytes())
            .chain_update(self.test.as_bytes())
            .finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::Generator;

    #[test]
    fn values_repeat_with_the_seed_and_differ_within_a_test() {
        let (a, b) = (Generator::new(7, "x::y"), Generator::new(7, "x::y"));
        let first = a.value("gen.uuid").unwrap();
        assert_eq!(Some(&first), b.value("gen.uuid").as_ref());
        assert_ne!(Some(&first), a.value("gen.uuid").as_ref());
        assert_ne!(Generator::new(8, "x::y").value("gen.uuid").as_ref(), Some(&first));
        assert_ne!(Generator::new(7, "x::z").value("gen.uuid").as_ref(), Some(&first));
        assert_eq!(first.len(), 36);
        assert!(a.state().len() >= 8);
    }
}
