//! What must hold for every exchange, whatever a step expects: no secret is echoed, and links stay in their environment.

use serde_json::Value;
use url::{Position, Url};

use crate::http::{Exchange, Response};
use crate::pattern::{Finding, push_index, push_name};
use crate::source::Place;
use crate::target::{Leads, Sites};

use super::judge::plain;
use super::run::Run;

/// The most beginnings of links that are kept in mind.
const MOST_KNOWN: usize = 16;

/// The most links of one answer that are told.
const MOST_TOLD: usize = 10;

impl Run<'_> {
    /// The invariant `secrets`: no answer repeats a secret of a client or of the site's gate, however it is encoded.
    pub(super) fn echoed_secrets(&self, place: Place, exchange: &Exchange) -> Option<Finding> {
        let what = self.repeated_secret(exchange.response()?)?;
        Some(plain(place, "secrets", format!("the answer repeats {what}"), "no secret", what))
    }

    /// What of the secrets of clients or of the site's gate `response` holds, if it holds one and that is looked at.
    pub(super) fn repeated_secret(&self, response: &Response) -> Option<&'static str> {
        let secrets = self.plan.scenario.invariants.then_some(&self.session.secrets)?;
        let in_headers = || response.headers.iter().find_map(|(_, value)| secrets.found_in(value));
        let name = secrets.found_in(&response.text()).or_else(in_headers)?;
        Some(if name.ends_with("gate.password") { "the password of the site's gate" } else { "a client secret" })
    }

    /// The invariant `links`: no link in a JSON answer leads to the site of the environment that did not answer. Hosts of
    /// other links are kept for a note.
    pub(super) fn stray_links(&mut self, place: Place, exchange: &Exchange) -> Vec<Finding> {
        let (findings, hosts) = self.links(place, exchange);
        if !self.session.is_mock() && self.session.sites.knows_own() {
            // That an authorization server or an API names itself is nothing to tell, nor that a webhook is named.
            let is_receiver = |host: &str| self.mailbox.as_ref().is_some_and(|mailbox| mailbox.host() == host);
            let is_own =
                |leads, host: &str| leads == Leads::Elsewhere && (self.session.has_host(host) || is_receiver(host));
            let foreign: Vec<_> = hosts.into_iter().filter(|(leads, host)| !is_own(*leads, host)).collect();
            self.unjudged_hosts.extend(foreign);
        }
        findings
    }

    /// The links of an answer that lead to the other environment, and the hosts of those of which nobody can tell.
    pub(super) fn links(&self, place: Place, exchange: &Exchange) -> (Vec<Finding>, Vec<(Leads, String)>) {
        let json = exchange.response().filter(|_| self.plan.scenario.invariants).and_then(|response| response.json());
        let Some(json) = json else { return (Vec::new(), Vec::new()) };
        let is_of_other = self.session.is_of_other(&exchange.request.url);
        let mut links = Links {
            sites: &self.session.sites,
            is_of_other,
            known: Vec::new(),
            astray: Vec::new(),
            unjudged: Vec::new(),
        };
        links.look_at(json, None);
        let finding = |(path, host): (String, String)| {
            let message = format!("the link at {path} leads to the other environment, at {host}");
            plain(place, "links", message, "a link within its environment", &host)
        };
        (links.astray.into_iter().map(finding).collect(), links.unjudged)
    }

    /// Notes that a 401 does not say how to authenticate, which it must (RFC 9110 §15.5.2), unless that was noted.
    pub(super) fn note_bare_401(&mut self, exchange: &Exchange) {
        let Some(response) = exchange.response().filter(|response| response.status == 401) else { return };
        let note = "a 401 came without `WWW-Authenticate`, which it must have (RFC 9110 §15.5.2)";
        if !self.session.is_mock()
            && response.header("www-authenticate").is_none()
            && !self.notes.iter().any(|known| known == note)
        {
            self.notes.push(note.to_owned());
        }
    }

    /// Notes the hosts of links that were not judged.
    pub(super) fn note_unjudged_hosts(&mut self) {
        let unjudged = std::mem::take(&mut self.unjudged_hosts);
        for (why, told) in [
            (Leads::Elsewhere, "links lead to hosts that are of neither environment's site"),
            (Leads::Shared, "links lead to a site that both environments have, so that they can't be judged"),
        ] {
            let hosts = unjudged.iter().filter(|(leads, _)| *leads == why).map(|(_, host)| host.as_str());
            let hosts: Vec<&str> = hosts.collect();
            if !hosts.is_empty() {
                self.notes.push(format!("{told}: {}", hosts.join(", ")));
            }
        }
    }
}

/// The search for links in one answer.
struct Links<'s, 'j> {
    sites: &'s Sites,
    /// Whether the answer is the second environment's.
    is_of_other: bool,
    /// Beginnings of links, up to their paths, that tell by themselves where those lead.
    known: Vec<(&'j str, Leads)>,
    /// The paths and hosts of those that lead to the other environment.
    astray: Vec<(String, String)>,
    /// The hosts of those that lead to neither site, or to one that both environments have.
    unjudged: Vec<(Leads, String)>,
}

/// The way to a value; it is written out only when there is something to tell.
#[derive(Clone, Copy)]
struct Trail<'t> {
    before: Option<&'t Trail<'t>>,
    step: Step<'t>,
}

#[derive(Clone, Copy)]
enum Step<'t> {
    Name(&'t str),
    Index(usize),
}

impl<'j> Links<'_, 'j> {
    fn look_at(&mut self, value: &'j Value, trail: Option<&Trail<'_>>) {
        match value {
            Value::String(text) => self.link(text, trail),
            Value::Array(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    self.look_at(element, Some(&Trail { before: trail, step: Step::Index(index) }));
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    self.look_at(member, Some(&Trail { before: trail, step: Step::Name(name) }));
                }
            }
            _ => {}
        }
    }

    fn link(&mut self, text: &'j str, trail: Option<&Trail<'_>>) {
        let begins = text.as_bytes().get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"http"));
        if !begins {
            return;
        }
        // Big bodies have many links to few hosts: those that need no more than a look are not parsed.
        let beginning = beginning(text);
        let known = self.known.iter().find(|(known, _)| Some(*known) == beginning).map(|(_, leads)| *leads);
        // What leads astray is told with its path.
        if known.is_some_and(|leads| leads != Leads::Astray) {
            return;
        }
        let Some(url) = Url::parse(text).ok().filter(|url| ["http", "https"].contains(&url.scheme())) else { return };
        let leads = self.sites.leads(&url);
        let leads = if self.is_of_other { leads.from_other() } else { leads };
        let host = url[Position::BeforeHost..Position::AfterPort].to_owned();
        if let Some(beginning) = beginning.filter(|_| self.known.len() < MOST_KNOWN && !self.sites.asks_path(&url)) {
            self.known.push((beginning, leads));
        }
        let is_named = |word: &str| trail.is_some_and(|trail| matches!(trail.step, Step::Name(name) if name == word));
        // Where a next page is, is the API's own matter, also when that is another host.
        let is_next = is_named("next");
        match leads {
            Leads::Home => {}
            Leads::Astray if !is_next => {
                if self.astray.len() < MOST_TOLD {
                    self.astray.push((written(trail), host));
                }
            }
            // The type of a problem document is a name, and no link (RFC 9457 §3.1.1).
            Leads::Elsewhere if is_named("type") => {}
            Leads::Astray | Leads::Elsewhere => self.unjudged((Leads::Elsewhere, host)),
            Leads::Shared => self.unjudged((Leads::Shared, host)),
        }
    }

    fn unjudged(&mut self, host: (Leads, String)) {
        if !self.unjudged.contains(&host) {
            self.unjudged.push(host);
        }
    }
}

/// The scheme and the authority of a link, if both are plainly there.
fn beginning(text: &str) -> Option<&str> {
    let start = text.find("://")? + 3;
    let length = text[start..].find(['/', '\\', '?', '#']).unwrap_or(text.len() - start);
    (length > 0).then(|| &text[..start + length])
}

/// The trail as a path.
fn written(trail: Option<&Trail<'_>>) -> String {
    let Some(Trail { before, step }) = trail else { return "$".to_owned() };
    let mut path = written(*before);
    match step {
        Step::Name(name) => push_name(&mut path, name),
        Step::Index(index) => push_index(&mut path, *index),
    }
    path
}
