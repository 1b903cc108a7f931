//! The faults of a world, in the order in which they were ordered, and how often each has met a request.

use std::sync::Arc;

use super::{asked::Asked, check, describe::described, place::Places};
use crate::mock::control::{Effect, Fault, Turn};

/// The most faults that a world keeps.
const MOST: usize = 1000;

/// All faults of a world.
#[derive(Debug, Default)]
pub struct Orders(Vec<Order>);

#[derive(Debug)]
struct Order {
    fault: Fault,
    places: Places,
    /// What happens, in turn; `None` lets a request pass. One for all, if there is no sequence.
    turns: Vec<Option<Arc<Effect>>>,
    met: u32,
}

/// A fault that a request meets.
#[derive(Debug)]
pub struct Met {
    /// What happens; `None` if the request passes in a sequence.
    pub effect: Option<Arc<Effect>>,
    /// The mark that it leaves.
    pub mark: String,
}

impl Orders {
    /// Adds a fault. Errors say what is wrong with it.
    pub fn add(&mut self, mut fault: Fault) -> Result<(), String> {
        if self.0.len() >= MOST {
            return Err(format!("the world has {MOST} faults already; `clear_faults` forgets them"));
        }
        let places = check::fault(&fault)?;
        let turns = match fault.sequence.take() {
            None => vec![Some(Arc::new(std::mem::take(&mut fault.effect)))],
            Some(turns) => {
                fault.times = u32::try_from(turns.len()).ok();
                let effect = |turn| match turn {
                    Turn::Pass => None,
                    Turn::Effect(effect) => Some(Arc::new(*effect)),
                };
                turns.into_iter().map(effect).collect()
            }
        };
        self.0.push(Order { fault, places, turns, met: 0 });
        Ok(())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The first fault that this request meets, if any; it is used up by one. `draw` gives a number below a hundred.
    pub fn take(&mut self, asked: &Asked<'_>, mut draw: impl FnMut() -> u64) -> Option<Met> {
        // Only a fault that asks for it makes the request be read.
        let mut who = None;
        let index = self.0.iter().position(|order| {
            let fault = &order.fault;
            fault.environment.is_none_or(|environment| asked.is_in(environment))
                && order.places.meets(&asked.parts.method, asked.place)
                && (!is_personal(fault) || who.get_or_insert_with(|| asked.who()).is_meant_by(fault))
                && fault.percentage.is_none_or(|percentage| draw() < u64::from(percentage))
        })?;
        let order = self.0.get_mut(index)?;
        let met = order.meet();
        if order.fault.times.is_some_and(|times| order.met >= times) {
            self.0.remove(index);
        }
        Some(met)
    }
}

fn is_personal(fault: &Fault) -> bool {
    fault.client.is_some() || fault.user.is_some() || fault.grant.is_some()
}

impl Order {
    fn meet(&mut self) -> Met {
        let turn = match self.turns.as_slice() {
            [only] => Some(only),
            turns => usize::try_from(self.met).ok().and_then(|met| turns.get(met)),
        };
        let effect = turn.cloned().flatten();
        self.met = self.met.saturating_add(1);
        let what = effect.as_ref().map_or_else(|| "pass".to_owned(), |effect| described(effect));
        let of_all = self.fault.times.map(|times| format!(" of {times}")).unwrap_or_default();
        Met { effect, mark: format!("fault: {what} ({}{of_all})", self.met) }
    }
}
