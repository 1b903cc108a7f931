//! Every way in which the mock, or a built-in target, is broken on purpose, in the order of the documents.

mod api;
mod authentication;
mod authorization;
mod demand;
mod environments;
mod identity;
mod refresh;
mod responses;
mod scopes;
mod supply;
mod webhooks;

use axum::body::Bytes;
use http::{Request, Response};
use tacktest::config::TargetDefinition;
use tacktest::mock::Mutation;
use tacktest::mock::control::Settings;

use super::run::By;

/// One way of breaking.
pub struct Broken {
    /// The requirements that are not kept any more; none, if no document states what is broken.
    pub requirements: &'static [&'static str],
    /// What is so now, as a sentence.
    pub says: &'static str,
    /// How it comes about.
    pub by: By,
}

/// All of them: what the documents state, in their order, then the rest.
pub fn all() -> Vec<Broken> {
    let all = [
        environments::MUTATIONS,
        authorization::MUTATIONS,
        authentication::MUTATIONS,
        scopes::MUTATIONS,
        refresh::MUTATIONS,
        identity::MUTATIONS,
        responses::MUTATIONS,
        supply::MUTATIONS,
        demand::MUTATIONS,
        webhooks::MUTATIONS,
        api::MUTATIONS,
    ];
    let mut all: Vec<Broken> = all.into_iter().flatten().map(|broken| Broken { ..*broken }).collect();
    all.sort_by_key(|broken| broken.requirements.is_empty());
    all
}

const fn target(
    requirements: &'static [&'static str],
    says: &'static str,
    change: fn(&mut Vec<TargetDefinition>),
) -> Broken {
    Broken { requirements, says, by: By::Target(change) }
}

const fn knob(requirements: &'static [&'static str], says: &'static str, turn: fn(&mut Settings)) -> Broken {
    Broken { requirements, says, by: By::Knob(turn) }
}

const fn request(requirements: &'static [&'static str], says: &'static str, change: fn(&mut Request<Bytes>)) -> Broken {
    both(requirements, says, change, |_, _| {})
}

const fn answer(
    requirements: &'static [&'static str],
    says: &'static str,
    change: fn(&Request<Bytes>, &mut Response<Bytes>),
) -> Broken {
    both(requirements, says, |_| {}, change)
}

const fn both(
    requirements: &'static [&'static str],
    says: &'static str,
    request: fn(&mut Request<Bytes>),
    answer: fn(&Request<Bytes>, &mut Response<Bytes>),
) -> Broken {
    Broken { requirements, says, by: By::Mock(Mutation { request, answer, delivery: |_| {} }) }
}

const fn delivery(
    requirements: &'static [&'static str],
    says: &'static str,
    change: fn(&mut Request<Bytes>),
) -> Broken {
    let mutation = Mutation { request: |_| {}, answer: |_, _| {}, delivery: change };
    Broken { requirements, says, by: By::Mock(mutation) }
}
