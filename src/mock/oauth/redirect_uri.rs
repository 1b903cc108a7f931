//! Which redirect URIs a client may send its users to: those that it has registered, letter by letter.

use url::{Host, Url};

use super::errors::{Code, Error};
use crate::mock::{
    journal::{short, shown_uri},
    thumbtack::clients::{Client, Registry},
};

const WRONG: &str =
    "The 'redirect_uri' parameter does not match any of the OAuth 2.0 Client's pre-registered redirect urls.";
const INSECURE: &str = "Redirect URL is using an insecure protocol, http is only allowed for hosts with suffix 'localhost', for example: http://myapp.localhost/.";

/// Whether `client` may use `uri`: it is registered, or one that is registered with another port.
pub fn is_registered(client: &Client, uri: &str) -> bool {
    client.redirect_uris.contains(&uri)
        || client.redirect_uris.iter().any(|registered| same_but_for_the_port(registered, uri))
}

/// The refusal of `uri`, which is empty if none was sent, to one of `clients`.
pub fn not_registered(clients: &'static Registry, client: &Client, uri: &str) -> Error {
    let registered = client.redirect_uris.join(" and ");
    let shown = short(&shown_uri(uri), clients);
    let why = match uri {
        "" => format!("the request has no redirect_uri, and the client has not just one: {registered}"),
        _ => format!("the redirect_uri `{shown}` is not registered, letter by letter; registered is {registered}"),
    };
    Error::hinted(Code::InvalidRequest, WRONG).because(why)
}

/// Refuses plain HTTP to other machines, where anyone on the way could read the code. Hydra looks at it only when a code
/// is to be issued.
pub fn refuse_insecure(clients: &'static Registry, uri: &str) -> Result<(), Error> {
    let Ok(parsed) = Url::parse(uri) else { return Ok(()) };
    let near = match parsed.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        host => is_loopback(host.as_ref()),
    };
    if parsed.scheme() != "http" || near {
        return Ok(());
    }
    let shown = short(&shown_uri(uri), clients);
    let why = format!("the redirect_uri `{shown}` leads to another machine by plain http; it must be https");
    Err(Error::hinted(Code::InvalidRequest, INSECURE).because(why))
}

/// Whether `uri` is `registered` with another port (RFC 8252 §7.3, for loopback addresses only).
fn same_but_for_the_port(registered: &str, uri: &str) -> bool {
    let (Ok(registered), Ok(asked)) = (Url::parse(registered), Url::parse(uri)) else { return false };
    // A spelling that parsing has changed is not the one that was registered.
    is_loopback(asked.host().as_ref())
        && asked.as_str() == uri
        && (asked.scheme(), registered.scheme()) == ("http", "http")
        && (asked.host(), asked.path(), asked.query(), asked.fragment())
            == (registered.host(), registered.path(), registered.query(), None)
        && (asked.username(), asked.password()) == ("", None)
}

fn is_loopback(host: Option<&Host<&str>>) -> bool {
    match host {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    }
}
