//! A target of one's own that counts as a real one, though it listens on this machine.

#![allow(dead_code, reason = "each test target uses its own part of this module")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::own::SECRET;
use crate::project::{Project, Ran, TACKTEST, finish};
use crate::wire::{Server, json};

/// What may be asked so quickly that a test need not wait; a project may say so by an agreement only.
pub const QUICK: &str = "{ concurrency: 9, per_second: 1000, agreed: { by: Somebody, date: 2026-01-31 } }";

/// A real target of `kind` at `OWN_HOST`, with what `more` says.
pub fn target(kind: &str, pace: &str, more: &str) -> String {
    format!(
        "targets:
  own:
    kind: {kind}
    real: true
    api: \"http://${{env.OWN_HOST}}/\"
    authorize_url: \"http://${{env.OWN_HOST}}/login/auth\"
    token_url: \"http://${{env.OWN_HOST}}/login/token\"
    revoke_url: \"http://${{env.OWN_HOST}}/login/revoke\"
    offers: [consent, login]
    pace: {pace}
    fixtures: {{ negotiation: \"1337\", trick: \"../../../login/revoke\" }}
    users: {{ pro: {{ login: a }} }}
    clients:
      demand: {{ id: \"id:1\", secret: \"${{env.OWN_SECRET}}\", redirect_uri: \"http://127.0.0.1:9/callback\" }}
{more}"
    )
}

/// A scenario of these steps; no shapes are pinned.
pub fn scenario(steps: &str) -> String {
    format!("title: A statement\nclient: demand\nsnapshot: none\nsteps:\n{steps}")
}

/// A step that sends this, whatever comes back.
pub fn sends(step: &str) -> String {
    scenario(&format!("  - {step}\n    expect: none\n"))
}

/// Runs the scenarios of `project` against `server`.
pub fn run(project: &Project, server: &Server, arguments: &[&str]) -> Ran {
    let mut command = project.command(TACKTEST);
    command.args(["run", "--target", "own"]).args(arguments);
    finish(command.env("OWN_HOST", server.address.to_string()).env("OWN_SECRET", SECRET))
}

/// When each request came, by its first line.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<(String, Instant)>>>);

impl Log {
    /// Notes a request, and tells how many came before.
    pub fn note(&self, request: &str) -> usize {
        let mut log = self.0.lock().unwrap();
        log.push((request.lines().next().unwrap_or_default().to_owned(), Instant::now()));
        log.len() - 1
    }

    /// The first lines, in order.
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(|(line, _)| line.clone()).collect()
    }

    /// The time from each request to the next.
    pub fn gaps(&self) -> Vec<Duration> {
        self.0.lock().unwrap().windows(2).map(|pair| pair[1].1 - pair[0].1).collect()
    }
}

/// An answer with this status and header lines, each ending in CR LF, and an empty object.
pub fn answer(status: &str, headers: &str) -> String {
    json(status, "{}").replacen("\r\n", &format!("\r\n{headers}"), 1)
}
