//! Answers that are not what they should be.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Text;

/// Members of a JSON answer that are left out or are others. A name that begins with `/` is a JSON Pointer (RFC 6901)
/// to a member below.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Members {
    /// The members that are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omit: Vec<String>,
    /// The members that have these values, whether they are there otherwise or not.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, Value>,
}

/// An `id_token` that must not be accepted (`OpenID` Connect Core §3.1.3.7), or that must in spite of its look.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct IdTokenChange {
    /// How it is signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
    /// Which key it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<KeyId>,
    /// Claims that have a value that is wrong for this login.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wrong: Vec<Claim>,
    /// Claims that are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omit: Vec<String>,
    /// Claims that have these values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, Value>,
}

/// How an `id_token` is signed otherwise. Without it the change is signed as every `id_token` is.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    /// Not at all: `alg` is `none`.
    None,
    /// By nobody: the signature fits no key.
    Wrong,
    /// With the client's secret: HS256.
    Hs256ClientSecret,
    /// With the text of the public key (PEM) as if it were a secret: HS256.
    Hs256PublicKey,
}

/// Which key an `id_token` names otherwise.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum KeyId {
    /// One that is not in the key set.
    Unknown,
    /// None.
    Absent,
}

/// A claim that can be wrong.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// Another issuer.
    Iss,
    /// Another client.
    Aud,
    /// Ten minutes before it was issued.
    Exp,
    /// A day before it was issued.
    Iat,
    /// Not what was sent.
    Nonce,
    /// Another user.
    Sub,
    /// The hash of another token.
    AtHash,
}

/// What a client is told at its redirect URI (RFC 6749 §4.1.2), made otherwise.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct CallbackChange {
    /// What becomes of `state`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<StateChange>,
    /// Another form of the code, which can be exchanged all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<CodeForm>,
    /// The error that is told in place of a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The names of parameters that stand there twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicate: Vec<String>,
    /// Parameters beside those that belong there, such as `iss` (RFC 9207).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, Text>,
}

/// What becomes of `state`.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum StateChange {
    /// One character is another.
    Tamper,
    /// It is not there.
    Drop,
}

/// Another form of a code.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum CodeForm {
    /// 2 048 characters.
    Long,
    /// With characters that must be encoded in a URL, and with some that need not: `.~+/=%2B&`.
    Special,
}
