//! A target of one's own: its project file, scenarios for it, and runs against a server.

#![allow(dead_code, reason = "each test target uses its own part of this module")]

use std::thread;
use std::time::Duration;

use crate::project::{Project, Ran, TACKTEST, finish};
use crate::wire::{Server, json};

/// A target at `server`, by a variable of the environment, and nothing but its API.
pub const OWN: &str = "\
targets:
  own:
    kind: staging
    api: \"http://${env.OWN_HOST}/api/\"
";

/// The same with a token URL and a client, as another target's words.
pub const WITH_CLIENT: &str = "\
targets:
  own:
    kind: staging
    api: \"http://${env.OWN_HOST}/api/\"
    token_url: \"http://${env.OWN_HOST}/token\"
    authorize_url: \"http://${env.OWN_HOST}/auth\"
    audience: urn:own
    clients:
      demand: { id: \"id:1\", secret: \"${env.OWN_SECRET}\", redirect_uri: \"http://127.0.0.1:9/callback\" }
";

/// A secret with characters that encodings change.
pub const SECRET: &str = "fictional/secret+1%";

/// A scenario of these steps; no shapes are pinned.
pub fn steps(text: &str) -> String {
    format!("title: A statement\nclient: demand\nsnapshot: none\nsteps:\n{text}")
}

/// A scenario that gets `/x` and expects this.
pub fn get_expecting(expect: &str) -> String {
    format!("title: A statement\nsnapshot: none\ntimeout: 5s\nsteps:\n  - get: /x\n    expect: {expect}\n")
}

/// Runs the scenarios of `project` against `server`.
pub fn run(project: &Project, server: &Server, arguments: &[&str]) -> Ran {
    let mut command = project.command(TACKTEST);
    command.args(["run", "--target", "own"]).args(arguments);
    finish(command.env("OWN_HOST", server.address.to_string()).env("OWN_SECRET", SECRET))
}

/// Runs one scenario with a client against a server that answers as `answer` says.
pub fn against(text: &str, answer: impl Fn(&str) -> String + Send + Sync + 'static) -> (Ran, Vec<String>) {
    let server = Server::answering(answer);
    let project = Project::with_targets(WITH_CLIENT).scenario("one", text);
    (run(&project, &server, &[]), server.requests())
}

pub fn ok(_: &str) -> String {
    json("200 OK", "{}")
}

/// Answers the token URL with a token, all else with an empty object.
pub fn tokens(request: &str) -> String {
    if request.starts_with("POST /token ") {
        thread::sleep(Duration::from_millis(50));
        return json("200 OK", r#"{"access_token":"fictional-token","token_type":"bearer","expires_in":3600}"#);
    }
    ok(request)
}

pub const CARRIES: &str = "\
title: A statement
client: demand
snapshot: none
token: { grant: client_credentials, scope: a }
steps:
  - get: /x
    expect: { status: 200 }
";
