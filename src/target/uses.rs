//! Which credentials a run uses, so that no others are read.

use std::collections::BTreeSet;

use crate::config::{Capability, TargetDefinition};

/// Which credentials a run uses of a target and of its second environment. Files and commands that hold others are left
/// alone; what variables hold is always known, as it is kept from being sent to the wrong environment.
#[derive(Debug, Clone, Default)]
pub struct Uses {
    pub(super) here: Used,
    pub(super) other: Used,
}

/// The same of one environment.
#[derive(Debug, Clone, Default)]
pub(super) struct Used {
    pub(super) clients: BTreeSet<String>,
    pub(super) gate: bool,
}

impl Uses {
    /// Those of one client of the target.
    pub fn of_client(name: &str) -> Self {
        let mut uses = Self::default();
        uses.add(Some(name), &[]);
        uses
    }

    /// Those of the target itself, all of them.
    pub fn all_of(target: &TargetDefinition) -> Self {
        let clients = target.clients.keys().cloned().collect();
        Self { here: Used { clients, gate: true }, other: Used::default() }
    }

    /// Adds those of a test that uses `client` and has these `needs`.
    pub fn add(&mut self, client: Option<&str>, needs: &[Capability]) {
        let gate = needs.contains(&Capability::Gate);
        let both = needs.contains(&Capability::Environments);
        for used in [Some(&mut self.here), both.then_some(&mut self.other)].into_iter().flatten() {
            used.clients.extend(client.map(str::to_owned));
            used.gate |= gate;
        }
    }
}
