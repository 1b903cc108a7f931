//! The RSA keys that sign `id_token`s (RS256, RFC 7518 §3.3), and the arithmetic that makes them.
//!
//! No key here is a secret, and none can be taken for one. The primes are the twelve largest below 2^1024, told by
//! their distance from it, and both primes of a key are neighbours, so that anyone finds them from the modulus. All
//! other numbers of a key are computed from the two, when the key is first needed.

use std::sync::LazyLock;

use ring::{
    rand::SystemRandom,
    rsa::{KeyPair, KeyPairComponents, PublicKeyComponents},
    signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256},
};

use crate::mock::site::Environment;

/// The public exponent, 65537, big-endian (RFC 7518 §6.3.1.2).
pub const EXPONENT: [u8; 3] = [1, 0, 1];

/// How many keys an environment signs with in turn. With three, what the key before the last one signed can be verified
/// by no key that is published.
const TURNS: u32 = 3;

static STAGING: [LazyLock<Option<Numbers>>; TURNS as usize] = [
    LazyLock::new(|| Numbers::of(105, 179)),
    LazyLock::new(|| Numbers::of(1397, 3177)),
    LazyLock::new(|| Numbers::of(5025, 5409)),
];

static PRODUCTION: [LazyLock<Option<Numbers>>; TURNS as usize] = [
    LazyLock::new(|| Numbers::of(6083, 6369)),
    LazyLock::new(|| Numbers::of(6615, 7137)),
    LazyLock::new(|| Numbers::of(7953, 8049)),
];

/// The numbers of a key of 2048 bits.
#[derive(Debug)]
struct Numbers {
    modulus: Vec<u8>,
    pair: KeyPair,
}

/// A key as it is published: under an id of its own for each rotation.
#[derive(Debug)]
pub struct Key {
    /// `kid`, a UUID.
    pub id: String,
    numbers: &'static Numbers,
}

impl Key {
    /// The modulus, big-endian.
    pub fn modulus(&self) -> &[u8] {
        &self.numbers.modulus
    }

    /// The RS256 signature of `message`; `None` without a source of randomness.
    pub fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let mut signature = vec![0; self.numbers.modulus.len()];
        self.numbers.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).ok()?;
        Some(signature)
    }

    /// Whether this key has signed `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let public = PublicKeyComponents { n: self.modulus(), e: &EXPONENT };
        public.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
    }
}

/// The keys that an environment publishes after so many rotations: the one that signs, then the one before it.
pub fn published(environment: Environment, rotations: u32) -> Vec<Key> {
    [Some(rotations), rotations.checked_sub(1)]
        .into_iter()
        .flatten()
        .filter_map(|rotation| after(environment, rotation))
        .collect()
}

/// The key that signs after so many rotations. `None` could only come of wrong primes.
pub fn after(environment: Environment, rotations: u32) -> Option<Key> {
    // Ids begin as those of the environment's clients do, so that a mixed-up key is seen at a glance.
    let (keys, prefix) = match environment {
        Environment::Staging => (&STAGING, "57a61e00"),
        Environment::Production => (&PRODUCTION, "960d0c00"),
    };
    let numbers = keys.get(usize::try_from(rotations % TURNS).ok()?)?.as_ref()?;
    Some(Key { id: format!("{prefix}-0000-4000-8256-{rotations:012x}"), numbers })
}

impl Numbers {
    /// The key of the primes 2^1024 − `first` and 2^1024 − `second` (RFC 8017 §3.2). The second is the smaller prime.
    fn of(first: u32, second: u32) -> Option<Self> {
        let (p, q) = (below(second.into()), below(first.into()));
        let modulus = product(first, second);
        let pair = KeyPair::from_components(&KeyPairComponents {
            public_key: PublicKeyComponents { n: modulus.as_slice(), e: EXPONENT.as_slice() },
            d: inverse(65_537, &product(first + 1, second + 1))?.as_slice(),
            dP: inverse(65_537, &below(u64::from(second) + 1))?.as_slice(),
            dQ: inverse(65_537, &below(u64::from(first) + 1))?.as_slice(),
            // The larger prime is the distance of both, modulo the smaller.
            qInv: inverse(u64::from(second.checked_sub(first)?), &p)?.as_slice(),
            p: p.as_slice(),
            q: q.as_slice(),
        });
        Some(Self { modulus, pair: pair.ok()? })
    }
}

/// 2^1024 − `distance`, which is not 0.
fn below(distance: u64) -> Vec<u8> {
    [[0xff; 120].as_slice(), &distance.wrapping_neg().to_be_bytes()].concat()
}

/// (2^1024 − `first`) · (2^1024 − `second`): a number below 2^1024 for the upper half, a small one for the lower.
fn product(first: u32, second: u32) -> Vec<u8> {
    let (first, second) = (u64::from(first), u64::from(second));
    [below(first + second).as_slice(), &[0; 120], &(first * second).to_be_bytes()].concat()
}

/// The inverse of a `small` number: (1 + t · `modulus`) / `small`, with the t that leaves no remainder. `None` if there
/// is none.
fn inverse(small: u64, modulus: &[u8]) -> Option<Vec<u8>> {
    let (_, rest) = divided(modulus, small);
    let factor = (1..small).find(|factor| (1 + factor * rest) % small == 0)?;
    let (quotient, _) = divided(&multiplied(modulus, factor), small);
    let zeros = quotient.iter().take_while(|byte| **byte == 0).count();
    quotient.get(zeros..).map(<[u8]>::to_vec)
}

/// 1 + `number` · `factor`, with leading zeros.
fn multiplied(number: &[u8], factor: u64) -> Vec<u8> {
    let mut carry = 1;
    let mut bytes = Vec::with_capacity(number.len() + 8);
    for byte in [0; 8].iter().chain(number).rev() {
        let sum: u64 = u64::from(*byte) * factor + carry;
        let [.., low] = sum.to_be_bytes();
        bytes.push(low);
        carry = sum >> 8;
    }
    bytes.reverse();
    bytes
}

/// The quotient, with leading zeros, and the remainder.
fn divided(number: &[u8], by: u64) -> (Vec<u8>, u64) {
    let mut rest = 0;
    let quotient = number.iter().map(|byte| {
        let part = rest << 8 | u64::from(*byte);
        rest = part % by;
        let [.., digit] = (part / by).to_be_bytes();
        digit
    });
    (quotient.collect(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Environment; 2] = [Environment::Staging, Environment::Production];

    #[test]
    fn arithmetic_agrees_with_small_numbers() {
        let number = |bytes: &[u8]| bytes.iter().fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte));
        let modulus = 1_000_003_u64;
        for small in [7, 74, 65_537] {
            let inverse = number(&inverse(small, &modulus.to_be_bytes()).unwrap());
            assert_eq!(inverse * u128::from(small) % u128::from(modulus), 1, "{small}");
        }
        assert_eq!(inverse(6, &[9]), None, "they share a factor");
        assert_eq!(number(&multiplied(&[0x12, 0x34], 0xabcd)), 0x1234 * 0xabcd + 1);
        assert_eq!(divided(&[0x12, 0x34], 7), (vec![2, 153], 0x1234 % 7));
        let low = |bytes: &[u8]| number(&bytes[bytes.len() - 16..]);
        let (first, second) = (0_u128.wrapping_sub(105), 0_u128.wrapping_sub(179));
        assert_eq!(low(&below(105)), first);
        assert_eq!(low(&product(105, 179)), first.wrapping_mul(second), "modulo 2^128");
    }

    #[test]
    fn every_key_signs_what_its_published_numbers_verify_and_no_other_does() {
        let keys: Vec<Key> = BOTH
            .into_iter()
            .flat_map(|environment| (0..TURNS).map(move |rotation| after(environment, rotation).unwrap()))
            .collect();
        for (signer, key) in keys.iter().enumerate() {
            assert_eq!(key.modulus().len(), 256);
            let signature = key.sign(b"message").unwrap();
            for (other, key) in keys.iter().enumerate() {
                assert_eq!(key.verifies(b"message", &signature), signer == other, "{signer} {other}");
            }
            assert!(!key.verifies(b"another", &signature));
        }
    }

    #[test]
    fn a_key_stays_published_for_one_rotation() {
        let ids = |rotations| published(Environment::Staging, rotations).into_iter().map(|key| key.id).collect();
        let all: [Vec<String>; 3] = [ids(0), ids(1), ids(2)];
        assert_eq!(all.each_ref().map(Vec::len), [1, 2, 2]);
        assert_eq!((&all[0][0], &all[1][0]), (&all[1][1], &all[2][1]));
        assert!(!all[2].contains(&all[0][0]));
        assert_ne!(after(BOTH[0], 0).unwrap().id, after(BOTH[1], 0).unwrap().id);
        assert_eq!(published(Environment::Production, u32::MAX).len(), 2);
    }
}
