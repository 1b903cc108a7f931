//! What all scenarios of a run share.

use std::collections::BTreeMap;

use crate::config::{Project, UrlName};
use crate::oauth::TokenCache;
use crate::snapshot::Store;
use crate::source::{Piece, Template};
use crate::target::Usable;

/// What all scenarios of a run share.
#[derive(Debug)]
pub struct Context {
    /// Where they run.
    pub target: Usable,
    /// Where shapes are pinned.
    pub store: Store,
    /// The tokens that scenarios carry on a target that is no mock.
    pub tokens: TokenCache,
    /// What generated values are made of.
    pub seed: u64,
    /// The values of `targets.NAME.`, by full name.
    pub(super) definitions: BTreeMap<String, String>,
}

impl Context {
    /// The context of a run of `project` on `target`.
    pub fn new(project: &Project, target: Usable, store: Store, seed: u64) -> Self {
        Self { target, store, tokens: TokenCache::default(), seed, definitions: definitions(project) }
    }
}

fn definitions(project: &Project) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for target in &project.targets {
        for (word, name) in UrlName::WORDS {
            if let Some(value) = target.urls.get(name).and_then(literal) {
                all.insert(format!("targets.{}.{word}", target.name), value);
            }
        }
        if let Some(value) = target.audience.as_ref().and_then(literal) {
            all.insert(format!("targets.{}.audience", target.name), value);
        }
    }
    all
}

fn literal(template: &Template) -> Option<String> {
    match &*template.pieces {
        [Piece::Literal(text)] => Some(text.to_string()),
        _ => None,
    }
}
