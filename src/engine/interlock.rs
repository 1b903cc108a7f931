//! The last look before a request is sent: credentials go to hosts of their own target only.

use crate::http::Request;
use crate::target::Session;

/// Refuses a request that would carry a credential to a host that is not its target's; the error says why nothing was
/// sent.
pub(super) fn interlock(request: &Request, session: &Session) -> Result<(), String> {
    let origin = || request.url.origin().ascii_serialization();
    if session.owns(&request.url) {
        if any_text(request, |text| session.holds_foreign_secret(text)) {
            return Err(format!(
                "nothing was sent: the request carries a credential of the other environment to {}; real environments \
                 never share credentials",
                origin()
            ));
        }
        return Ok(());
    }
    let secret = any_text(request, |text| session.scrubber.scrub(text) != text);
    if secret || request.header("authorization").is_some() {
        return Err(format!(
            "nothing was sent: the request carries a credential, and {} is no address of the target; leave the \
             credential out, or add the address to the target in tacktest.yaml",
            origin()
        ));
    }
    Ok(())
}

/// Whether a text of `request`, its URL, a header's value or its body, is as asked.
fn any_text(request: &Request, is: impl Fn(&str) -> bool) -> bool {
    is(request.url.as_str())
        || request.headers.iter().any(|(_, value)| is(value))
        || is(&String::from_utf8_lossy(&request.body))
}
