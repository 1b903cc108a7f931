//! A client as its authorization server knows it, with all values known.

use secrecy::SecretString;

use super::ClientAuthentication;

/// A client as the authorization server knows it.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// `client_id`.
    pub id: String,
    /// `client_secret`.
    pub secret: SecretString,
    /// The registered redirect URI, if the client has one.
    pub redirect_uri: Option<String>,
    /// How the client authenticates unless a request says otherwise.
    pub authentication: ClientAuthentication,
}
