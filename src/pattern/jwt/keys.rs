//! Signatures, and the key of a set that made one (RFC 7517, RFC 7518 §3.3 and §3.4).

use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::Value;

use super::super::describe::{count, quoted};
use super::Compact;
use super::compact::decode;

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA with P-256 and SHA-256.
    Es256,
}

impl Algorithm {
    const WORDS: [(&str, Self); 2] = [("RS256", Self::Rs256), ("ES256", Self::Es256)];

    fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }

    /// The type of its keys, `kty`.
    fn key_type(self) -> &'static str {
        match self {
            Self::Rs256 => "RSA",
            Self::Es256 => "EC",
        }
    }
}

/// Verifies `token` with the key set `set`; the error says what is wrong.
pub(in crate::pattern) fn verify(token: &Compact<'_>, set: &Value) -> Result<(), String> {
    let algorithm = algorithm(token)?;
    if token.header.get("crit").is_some() {
        return Err("the header's `crit` asks for extensions that are not known (RFC 7515 §4.1.11)".to_owned());
    }
    let Some(keys) = set.get("keys").and_then(Value::as_array) else {
        return Err("what `signed_by` stands for is no key set: it has no `keys` (RFC 7517 §5)".to_owned());
    };
    let mut refusal = String::new();
    for key in candidates(token, keys, algorithm)? {
        match verify_with(token, algorithm, key) {
            Ok(()) => return Ok(()),
            Err(reason) => refusal = reason,
        }
    }
    Err(refusal)
}

fn algorithm(token: &Compact<'_>) -> Result<Algorithm, String> {
    match token.header_text("alg") {
        None => Err("the header has no `alg`, so nothing says how it is signed".to_owned()),
        Some("none") => Err("the token is not signed: its `alg` is \"none\"".to_owned()),
        Some(name) => {
            Algorithm::WORDS.iter().find(|(known, _)| *known == name).map(|(_, algorithm)| *algorithm).ok_or_else(
                || format!("the `alg` {} is not one that can be verified here: RS256 or ES256", quoted(name)),
            )
        }
    }
}

/// The keys that `token` names, at least one: by `kid`, or the only one of the set.
fn candidates<'k>(token: &Compact<'_>, keys: &'k [Value], algorithm: Algorithm) -> Result<Vec<&'k Value>, String> {
    let Some(kid) = token.header_text("kid") else {
        return match keys {
            [key] => Ok(vec![key]),
            [] => Err("the key set is empty".to_owned()),
            several => Err(format!(
                "the header has no `kid`, and the set has {}: which one signed can't be told",
                count(several.len(), "key")
            )),
        };
    };
    let named: Vec<&Value> = keys.iter().filter(|key| text(key, "kid") == Some(kid)).collect();
    if named.is_empty() {
        return Err(format!("no key of the set has the `kid` {}", quoted(kid)));
    }
    // Keys of different types may share a name (RFC 7517 §4.5).
    let fitting: Vec<&Value> =
        named.iter().copied().filter(|key| text(key, "kty") == Some(algorithm.key_type())).collect();
    Ok(if fitting.is_empty() { named } else { fitting })
}

fn verify_with(token: &Compact<'_>, algorithm: Algorithm, key: &Value) -> Result<(), String> {
    let named = text(key, "kid").map_or_else(|| "the key".to_owned(), |kid| format!("the key {}", quoted(kid)));
    let says = |member: &str, expected: &str| match text(key, member) {
        Some(found) if found != expected => Err(format!(
            "{named} is not for this signature: its `{member}` is {}, and {} needs {}",
            quoted(found),
            algorithm.name(),
            quoted(expected)
        )),
        _ => Ok(()),
    };
    let must_say = |member: &str, expected: &str, source: &str| match text(key, member) {
        Some(_) => says(member, expected),
        None => Err(format!("{named} has no `{member}`, which must say {} ({source})", quoted(expected))),
    };
    must_say("kty", algorithm.key_type(), "RFC 7517 §4.1")?;
    says("use", "sig")?;
    says("alg", algorithm.name())?;
    if algorithm == Algorithm::Es256 {
        must_say("crv", "P-256", "RFC 7518 §6.2.1")?;
    }
    let number = |member: &str| {
        text(key, member).and_then(decode).ok_or_else(|| format!("{named} has no `{member}` in base64url"))
    };
    let (message, signature) = (token.signed.as_bytes(), &token.signature);
    let holds = match algorithm {
        Algorithm::Rs256 => {
            let (n, e) = (number("n")?, number("e")?);
            let components = RsaPublicKeyComponents { n: without_zeros(&n), e: without_zeros(&e) };
            components.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
        }
        Algorithm::Es256 => {
            // An uncompressed point (SEC 1 §2.3.3).
            let mut point = vec![4];
            for coordinate in ["x", "y"] {
                let bytes = number(coordinate)?;
                if bytes.len() != 32 {
                    return Err(format!("{named} is no key of P-256: its `{coordinate}` has not 32 bytes"));
                }
                point.extend(bytes);
            }
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
        }
    };
    holds.map_err(|_| format!("the signature is not one of {named}"))
}

/// The number without leading zero bytes, which some servers write.
fn without_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

fn text<'k>(key: &'k Value, member: &str) -> Option<&'k str> {
    key.get(member)?.as_str()
}
