//! Values that must be distinct: codes, tokens, ids, trace ids. Deterministic under a seed, and never meant to be
//! unguessable: a mock guards nothing.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The increment of the `SplitMix64` generator.
const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// A source of distinct values (`SplitMix64`), without a lock.
#[derive(Debug)]
pub struct Identifiers(AtomicU64);

impl Identifiers {
    /// Starts at `seed`.
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// The next 64 bits.
    pub fn next(&self) -> u64 {
        let [next] = self.take();
        next
    }

    /// The next few, at once: all connections draw from this one place.
    fn take<const COUNT: usize>(&self) -> [u64; COUNT] {
        let mut state = self.0.fetch_add(GAMMA.wrapping_mul(COUNT as u64), Ordering::Relaxed);
        [(); COUNT].map(|()| {
            state = state.wrapping_add(GAMMA);
            mix(state)
        })
    }

    /// An opaque value in Hydra's form: the prefix, 43 characters, a dot, 43 characters.
    pub fn opaque(&self, prefix: &str) -> String {
        let mut value = String::with_capacity(prefix.len() + 43 + 1 + 43);
        value.push_str(prefix);
        let [a, b, c, d, other @ ..]: [u64; 8] = self.take();
        push_part(&mut value, [a, b, c, d]);
        value.push('.');
        push_part(&mut value, other);
        value
    }

    /// A random UUID in its usual spelling (RFC 9562, version 4).
    pub fn uuid(&self) -> String {
        let [high, low] = self.take();
        uuid::Builder::from_random_bytes((u128::from(high) << 64 | u128::from(low)).to_be_bytes())
            .into_uuid()
            .to_string()
    }

    /// A trace id: 16 hexadecimal digits, as the partner changelog prints one.
    pub fn trace(&self) -> String {
        format!("{:016x}", self.next())
    }

    /// A resource id as the API prints them: 18 decimal digits.
    pub fn resource(&self) -> String {
        format!("{}", 600_000_000_000_000_000 + self.next() % 300_000_000_000_000_000)
    }
}

/// The output function of the generator.
fn mix(state: u64) -> u64 {
    let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// Adds 43 characters of base64.
fn push_part(value: &mut String, numbers: [u64; 4]) {
    let mut bytes = [0; 32];
    for (chunk, number) in bytes.chunks_exact_mut(8).zip(numbers) {
        chunk.copy_from_slice(&number.to_be_bytes());
    }
    URL_SAFE_NO_PAD.encode_string(bytes, value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_values_differ() {
        let (one, two) = (Identifiers::new(7), Identifiers::new(7));
        let first = one.opaque("ory_ac_");
        assert_eq!(first, two.opaque("ory_ac_"));
        assert_ne!(first, one.opaque("ory_ac_"));
        assert_eq!(first.len(), "ory_ac_".len() + 43 + 1 + 43);
        assert_ne!(two.opaque("ory_ac_"), first);
        assert_eq!(one.next(), two.next());
        // People write down what a seed gives: it stays the same from version to version.
        assert!(first.starts_with("ory_ac_Y8vh5F") && first.contains(".c9M7Zm"), "{first}");
        let drawn = Identifiers::new(7);
        drawn.opaque("ory_ac_");
        assert_eq!(drawn.uuid(), "225ec07a-9950-4761-a9c3-a27688795369");
        assert_eq!(one.trace().len(), 16);
        assert_eq!(one.resource().len(), 18);
        assert_eq!(one.uuid().len(), 36);
    }
}
