//! The deliveries of a world: the most recent ones are kept, and how each went.

use std::collections::VecDeque;

use crate::mock::control::{Attempt, Delivery, DeliveryState};

/// How many are kept; the oldest makes room.
const MOST: usize = 500;

/// The most recent deliveries, oldest first; their numbers follow on each other.
#[derive(Debug, Default)]
pub struct Deliveries {
    kept: VecDeque<Delivery>,
    count: u64,
}

impl Deliveries {
    /// Keeps a new one under the next number, which it gets.
    pub fn add(&mut self, mut delivery: Delivery) -> u64 {
        self.count += 1;
        delivery.number = self.count;
        self.kept.push_back(delivery);
        if self.kept.len() > MOST {
            self.kept.pop_front();
        }
        self.count
    }

    /// Notes an attempt, and what became of the delivery by it: as it is now, if it is kept.
    pub fn attempted(&mut self, number: u64, attempt: Attempt, state: DeliveryState) -> Option<Delivery> {
        let delivery = self.get_mut(number)?;
        delivery.state = state;
        delivery.attempts.push(attempt);
        Some(delivery.clone())
    }

    /// Notes that a delivery was given up, and why: as it is now, if it is kept.
    pub fn given_up(&mut self, number: u64, why: String) -> Option<Delivery> {
        let delivery = self.get_mut(number)?;
        delivery.state = DeliveryState::NotSent;
        delivery.why = Some(why);
        Some(delivery.clone())
    }

    /// All that are kept, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Delivery> {
        self.kept.iter()
    }

    fn get_mut(&mut self, number: u64) -> Option<&mut Delivery> {
        let first = self.kept.front()?.number;
        let index = usize::try_from(number.checked_sub(first)?).ok()?;
        self.kept.get_mut(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::control::{EnvironmentName, EventType};

    #[test]
    fn the_oldest_makes_room_and_numbers_still_fit() {
        let mut deliveries = Deliveries::default();
        let one = || Delivery {
            number: 0,
            environment: EnvironmentName::Staging,
            webhook: "1".to_owned(),
            event: EventType::MessageCreated,
            to: "http://127.0.0.1:1/".to_owned(),
            triggered_at: String::new(),
            state: DeliveryState::Waiting,
            why: None,
            attempts: Vec::new(),
        };
        for _ in 0..=MOST {
            deliveries.add(one());
        }
        let attempt = Attempt { milliseconds: 1, status: Some(200), error: None };
        deliveries.attempted(1, attempt.clone(), DeliveryState::Received);
        assert!(deliveries.iter().all(|delivery| delivery.state == DeliveryState::Waiting));
        deliveries.attempted(2, attempt, DeliveryState::Received);
        deliveries.given_up(3, "deleted".to_owned());
        let states: Vec<_> = deliveries.iter().take(3).map(|delivery| (delivery.number, delivery.state)).collect();
        let expected = [DeliveryState::Received, DeliveryState::NotSent, DeliveryState::Waiting];
        assert_eq!(states, [2, 3, 4].into_iter().zip(expected).collect::<Vec<_>>());
        assert_eq!(deliveries.iter().count(), MOST);
    }
}
