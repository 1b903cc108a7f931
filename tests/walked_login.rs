//! A login at a target of one's own, walked from the authorization request to its answer.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod own;
mod project;
mod wire;

use own::{WITH_CLIENT, run, steps};
use project::Project;
use wire::{Server, json, redirect};

/// A step that asks for an authorization and expects the state of its own request back.
const AUTHORIZE: &str = "  - authorize: { scope: a }\n    expect:\n      redirect:\n        state: \"${sent.state}\"\n";

fn offering(more: &str) -> String {
    WITH_CLIENT.replace("    clients:", &format!("    offers: [consent]\n{more}    clients:"))
}

/// The value of the parameter `name` in the request line.
fn parameter(request: &str, name: &str) -> String {
    let target = request.split(' ').nth(1).unwrap();
    let (_, query) = target.split_once('?').unwrap_or((target, ""));
    url::form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name).unwrap().1.into_owned()
}

#[test]
fn what_was_sent_is_the_authorization_request_and_not_the_last_redirect() {
    let server = Server::answering(|request| match request.split([' ', '?']).nth(1).unwrap() {
        "/auth" => redirect(&format!("login?for={}", parameter(request, "state")), ""),
        "/login" => {
            redirect(&format!("http://127.0.0.1:9/callback?code=c1c1c1&state={}", parameter(request, "for")), "")
        }
        _ => json("404 Not Found", "{}"),
    });
    let project = Project::with_targets(&offering("")).scenario("one", &steps(AUTHORIZE));
    run(&project, &server, &[]).told(0, &["test one ... ok"]);
    assert_eq!(server.requests().len(), 2);
}
