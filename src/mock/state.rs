//! What a world remembers: of each environment what was issued and what the API was told; who logs in next.

use super::{
    control::{Answer, Given},
    given::Changes,
    ledger::Ledger,
    oauth::Interactions,
    site::Environment,
    thumbtack::{clients::Registry, negotiations, records::Records},
};

/// Everything in a world that changes, behind its one lock.
#[derive(Debug, Default)]
pub struct State {
    /// The user and the answer of the next authorization.
    pub next_login: Option<(&'static str, Answer)>,
    /// Data that was ordered to be otherwise.
    pub given: Changes,
    /// How often the keys that sign `id_token`s were replaced.
    pub key_rotations: u32,
    staging: Kept,
    production: Kept,
}

/// What is kept of one environment.
#[derive(Debug, Default)]
struct Kept {
    ledger: Ledger,
    records: Records,
    interactions: Interactions,
}

impl State {
    /// What the authorization server of an environment has issued.
    pub fn ledger(&mut self, environment: Environment) -> &mut Ledger {
        &mut self.kept(environment).ledger
    }

    /// What the API of an environment was told.
    pub fn records(&mut self, environment: Environment) -> &mut Records {
        &mut self.kept(environment).records
    }

    /// The logins by pages of an environment.
    pub fn interactions(&mut self, environment: Environment) -> &mut Interactions {
        &mut self.kept(environment).interactions
    }

    /// Both ledgers, for orders that name a token and not an environment.
    pub fn ledgers(&mut self) -> [&mut Ledger; 2] {
        [&mut self.staging.ledger, &mut self.production.ledger]
    }

    /// Changes the data; the error says what the change is about and is not there.
    pub fn give(&mut self, given: Given, clients: &'static Registry) -> Result<(), String> {
        if let Given::RefundedLead(id) | Given::PickedLead(id) | Given::CanceledLead(id) = &given {
            let initial = [Environment::Staging, Environment::Production].map(negotiations::initial);
            let later = [&self.staging, &self.production].map(|kept| kept.records.negotiations());
            let mut known = initial.into_iter().flatten().chain(later.into_iter().flatten());
            if !known.any(|negotiation| negotiation.id == *id) {
                return Err(format!("there is no negotiation `{id}`"));
            }
        }
        self.given.apply(given, clients)
    }

    fn kept(&mut self, environment: Environment) -> &mut Kept {
        match environment {
            Environment::Staging => &mut self.staging,
            Environment::Production => &mut self.production,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lead_that_is_there_can_be_refunded() {
        let mut state = State::default();
        let told = state.give(Given::RefundedLead("1".to_owned()), Registry::own()).unwrap_err();
        assert!(told.contains("negotiation `1`"), "{told}");
        let [lead, ..] = negotiations::initial(Environment::Production);
        state.give(Given::RefundedLead(lead.id.clone()), Registry::own()).unwrap();
        assert!(state.given.is_refunded(&lead.id));
    }
}
