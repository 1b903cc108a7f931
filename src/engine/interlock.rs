//! The last look before a request is sent: credentials go to hosts of their own target only.

use std::borrow::Cow;

use secrecy::ExposeSecret;
use url::Url;

use crate::http::{Request, Scrubber};
use crate::target::{Session, UrlName, is_below};

/// Knows the password of the site's gate, and where it may go.
#[derive(Debug)]
pub(super) struct GateGuard {
    password: Scrubber,
    site: Option<Url>,
    other_site: Option<Url>,
}

impl GateGuard {
    /// The guard of the gate of the environment that the scenario speaks of, if it has one.
    pub(super) fn of(session: &Session) -> Option<Self> {
        let gate = session.environment.gate.as_ref()?;
        let password = Scrubber::new();
        password.learn_pair("gate.password", &gate.user, gate.password.expose_secret());
        Some(Self {
            password,
            site: session.environment.url(UrlName::Site).cloned(),
            other_site: session.other.as_ref().and_then(|other| other.url(UrlName::Site)).cloned(),
        })
    }

    /// Refuses a text that goes elsewhere than to the site and holds the password.
    pub(super) fn refuse(&self, text: &str) -> Result<(), String> {
        if self.password.finds_in(text) {
            return Err(
                "nothing was sent: the request carries the password of the site's gate, which opens the pages of \
                        the site and goes nowhere else"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// Whether the password may go to `url`: an address below the site, and not of the other environment's site, which
    /// can lie below this one.
    fn admits(&self, url: &Url) -> bool {
        let depth = |site: &Option<Url>| site.as_ref().filter(|site| is_below(url, site)).map(|site| site.path().len());
        depth(&self.site) > depth(&self.other_site)
    }
}

/// Refuses a request that would carry a credential to a host that is not its target's; the error says why nothing was
/// sent.
pub(super) fn interlock(request: &Request, session: &Session, gate: Option<&GateGuard>) -> Result<(), String> {
    if let Some(gate) = gate.filter(|gate| !gate.admits(&request.url)) {
        texts(request).try_for_each(|text| gate.refuse(&text))?;
    }
    let origin = || request.url.origin().ascii_serialization();
    if session.owns(&request.url) {
        if texts(request).any(|text| session.holds_foreign_secret(&text)) {
            return Err(format!(
                "nothing was sent: the request carries a credential of the other environment to {}; real environments \
                 never share credentials",
                origin()
            ));
        }
        return Ok(());
    }
    let secret = texts(request).any(|text| session.scrubber.scrub(&text) != text);
    if secret || request.header("authorization").is_some() {
        return Err(format!(
            "nothing was sent: the request carries a credential, and {} is no address of the target; leave the \
             credential out, or add the address to the target in tacktest.yaml",
            origin()
        ));
    }
    Ok(())
}

/// The texts of `request`: its URL, its headers' values and its body.
fn texts(request: &Request) -> impl Iterator<Item = Cow<'_, str>> {
    let headers = request.headers.iter().map(|(_, value)| Cow::Borrowed(value.as_str()));
    std::iter::once(Cow::Borrowed(request.url.as_str())).chain(headers).chain([String::from_utf8_lossy(&request.body)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(site: &str, other_site: Option<&str>) -> GateGuard {
        let password = Scrubber::new();
        password.learn_pair("gate.password", "someone", "fictional-password");
        GateGuard { password, site: site.parse().ok(), other_site: other_site.and_then(|site| site.parse().ok()) }
    }

    #[test]
    fn the_password_goes_below_the_site_and_nowhere_else() {
        let staging = guard("http://127.0.0.1:1/w", Some("http://127.0.0.1:1/w/production/"));
        let production = guard("http://127.0.0.1:1/w/production/", Some("http://127.0.0.1:1/w"));
        for (url, of_staging, of_production) in [
            ("http://127.0.0.1:1/w", true, false),
            ("http://127.0.0.1:1/w/page?a=b", true, false),
            ("http://127.0.0.1:1/w/production", false, true),
            ("http://127.0.0.1:1/w/production/page", false, true),
            ("http://127.0.0.1:1/w/productions", true, false),
            ("http://127.0.0.1:1/wx", false, false),
            ("http://127.0.0.1:1/", false, false),
            ("http://127.0.0.1:2/w", false, false),
            ("https://127.0.0.1:1/w", false, false),
        ] {
            let url = url.parse().unwrap();
            assert_eq!((staging.admits(&url), production.admits(&url)), (of_staging, of_production), "{url}");
        }
    }

    #[test]
    fn the_password_is_seen_in_every_encoding() {
        let guard = guard("http://127.0.0.1:1/", None);
        let basic = crate::oauth::plain_basic_header("someone", "fictional-password");
        for text in ["a fictional-password b", "?p=fictional%2Dpassword", &basic] {
            assert!(guard.refuse(text).is_err(), "{text}");
        }
        assert_eq!(guard.refuse("someone else"), Ok(()));
    }
}
