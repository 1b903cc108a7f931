//! The revocation request (RFC 7009 §2.1), by form: the `oauth2` crate refuses plain HTTP here, also on loopback.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{ClientAuthentication, Sender, basic_header};
use crate::http::Request;

/// Has the server at `url` revoke `token`, which is of the kind `hint`. Any token that it does not know counts as revoked
/// (RFC 7009 §2.2). The error says what came instead.
pub async fn revoke(
    sender: &Sender,
    url: &Url,
    token: &SecretString,
    hint: &str,
    timeout: Duration,
) -> Result<(), String> {
    let (id, secret) = (sender.credentials.id.as_str(), sender.credentials.secret.expose_secret());
    let mut pairs = vec![("token", token.expose_secret()), ("token_type_hint", hint)];
    let request = match sender.credentials.authentication {
        ClientAuthentication::Basic => {
            Request::post_form(url.clone(), &pairs).with_header("authorization", basic_header(id, secret))
        }
        ClientAuthentication::Post => {
            pairs.extend([("client_id", id), ("client_secret", secret)]);
            Request::post_form(url.clone(), &pairs)
        }
    };
    match sender.transport.send(request, timeout).await.outcome {
        Ok(response) if response.status == 200 => Ok(()),
        Ok(response) => Err(format!("the login was not revoked: the revocation endpoint answered {}", response.status)),
        Err(failure) => Err(format!("the login was not revoked: {failure}")),
    }
}
