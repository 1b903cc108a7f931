//! Proof key for code exchange (RFC 7636): S256 only.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::errors::{Code, Error};
use crate::mock::form::Parameters;

/// Reads the challenge of an authorization request: `None` without PKCE, `Some("")` if only a method was sent.
pub fn challenge(form: &Parameters) -> Result<Option<String>, Error> {
    let refuse = |hint: &str| Err(Error::hinted(Code::InvalidRequest, hint));
    match (form.first("code_challenge"), form.first("code_challenge_method")) {
        ("", "") => Ok(None),
        ("", _) => Ok(Some(String::new())),
        (challenge, "S256") => Ok(Some(challenge.to_owned())),
        (_, "" | "plain") => refuse("Clients must use code_challenge_method=S256, plain is not allowed."),
        _ => refuse("The code_challenge_method is not supported, use S256 instead."),
    }
}

/// Checks a verifier (empty: none was sent) against what the authorization request said.
pub fn verify(challenge: Option<&str>, verifier: &str) -> Result<(), Error> {
    let refuse = |hint: &str| Err(Error::hinted(Code::InvalidGrant, hint));
    let Some(challenge) = challenge else {
        return if verifier.is_empty() {
            Ok(())
        } else {
            refuse("Unable to find initial PKCE data tied to this request")
        };
    };
    if challenge.is_empty() && verifier.is_empty() {
        return Ok(());
    }
    if verifier.len() < 43 {
        return refuse("The PKCE code verifier must be at least 43 characters.");
    }
    if verifier.len() > 128 {
        return refuse("The PKCE code verifier can not be longer than 128 characters.");
    }
    if !verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.~-".contains(&byte)) {
        return refuse("The PKCE code verifier must only contain [a-Z], [0-9], '-', '.', '_', '~'.");
    }
    if challenge.is_empty() {
        return refuse(
            "The PKCE code verifier was provided but the code challenge was absent from the authorization request.",
        );
    }
    if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) != challenge {
        return refuse("The PKCE code challenge did not match the code verifier.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn every_row_of_the_verifier_table() {
        for (challenge, verifier, hint) in [
            (Some(CHALLENGE), String::new(), "at least 43"),
            (Some(CHALLENGE), "a".repeat(42), "at least 43"),
            (Some(CHALLENGE), "a".repeat(129), "longer than 128"),
            (Some(CHALLENGE), "!".repeat(43), "must only contain"),
            (Some(CHALLENGE), "a".repeat(43), "did not match"),
            (None, "a".repeat(43), "Unable to find"),
            (Some(""), "a".repeat(43), "was absent"),
        ] {
            let error = verify(challenge, &verifier).unwrap_err();
            assert_eq!(error.code(), Code::InvalidGrant);
            assert!(error.description().contains(hint), "{hint}: {}", error.description());
        }
        assert_eq!(verify(Some(CHALLENGE), VERIFIER), Ok(()));
        assert_eq!(verify(Some(""), ""), Ok(()));
        assert_eq!(verify(None, ""), Ok(()));
    }

    #[test]
    fn only_s256_is_accepted_at_the_authorization_url() {
        let read = |text: &str| challenge(&Parameters::parse(text.as_bytes()).unwrap());
        assert_eq!(read("code_challenge=x&code_challenge_method=S256"), Ok(Some("x".to_owned())));
        assert_eq!(read("code_challenge_method=S256"), Ok(Some(String::new())));
        assert_eq!(read(""), Ok(None));
        for plain in ["code_challenge=x", "code_challenge=x&code_challenge_method=plain"] {
            assert!(read(plain).unwrap_err().description().contains("plain is not allowed"));
        }
        assert!(read("code_challenge=x&code_challenge_method=s256").unwrap_err().description().contains("use S256"));
    }
}
