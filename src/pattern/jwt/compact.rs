//! The compact form: three parts of base64url, joined by dots (RFC 7515 §7.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// A token taken apart.
#[derive(Debug)]
pub(in crate::pattern) struct Compact<'t> {
    /// The header, an object.
    pub(in crate::pattern) header: Value,
    /// The claims, an object.
    pub(in crate::pattern) claims: Value,
    /// What was signed: header and claims as they stand in the token.
    pub(super) signed: &'t str,
    /// The signature.
    pub(super) signature: Vec<u8>,
}

impl<'t> Compact<'t> {
    /// Takes `text` apart; the error says what makes it no compact JWT.
    pub(in crate::pattern) fn parse(text: &'t str) -> Result<Self, String> {
        let parts = text.split('.').count();
        if parts == 5 {
            return Err("has 5 parts: it is encrypted (RFC 7516), and only signed tokens can be read".to_owned());
        }
        let taken = text.rsplit_once('.').and_then(|(signed, signature)| {
            let (header, claims) = signed.split_once('.')?;
            Some((signed, header, claims, signature))
        });
        let Some((signed, header, claims, signature)) = taken.filter(|_| parts == 3) else {
            return Err(format!("is no compact JWT: it has {parts} of the 3 parts that dots separate"));
        };
        Ok(Self {
            header: object("header", header)?,
            claims: object("claims", claims)?,
            signed,
            signature: decode(signature).ok_or_else(|| not_base64("signature"))?,
        })
    }

    /// The member `name` of the header, if it is a text.
    pub(super) fn header_text(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }
}

/// The bytes of base64url without padding (RFC 7515 §2).
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn object(name: &str, part: &str) -> Result<Value, String> {
    let bytes = decode(part).ok_or_else(|| not_base64(name))?;
    match serde_json::from_slice(&bytes) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err(format!("is no JWT: its {name} part is JSON, but no object")),
        Err(_) => Err(format!("is no JWT: its {name} part is not JSON")),
    }
}

fn not_base64(name: &str) -> String {
    format!("is no compact JWT: its {name} part is not base64url without padding")
}
