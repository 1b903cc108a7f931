//! Faults by script over sockets: who meets them and how often, what happens to answers, and the limit of the API.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

#[path = "../mock_support/mod.rs"]
mod mock_support;

mod arbitrary;
mod callbacks;
mod limit;
mod meeting;
mod tls;
mod tokens;
mod wire;

use mock_support::Server;
use serde_json::{Value, json};
use tacktest::mock::control::World;

const SEARCH: &str = "v4/keywords/search?searchQuery=car";

/// Orders a fault, which must be taken.
fn fault(server: &Server, world: &World, body: &Value) {
    server.command(world, &json!({ "fault": body }));
}

/// What is told about a fault that is refused.
fn refused(server: &Server, world: &World, body: &Value) -> String {
    let answer = server.control(&format!("POST /control/worlds/{}", world.id), &json!({ "fault": body }));
    assert_eq!(answer.status, 422, "{body}: {answer:?}");
    answer.member("detail")
}
