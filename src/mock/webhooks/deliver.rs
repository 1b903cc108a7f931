//! How the queue of one webhook is emptied: one delivery after the other, each sent until it is received or given up.

use std::{
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use tokio::{
    sync::Semaphore,
    time::{sleep, timeout},
};

use super::{outbox::Job, registration::Webhook, sender::Sender};
use crate::mock::{
    control::{Attempt, Delivery, DeliveryState, FailedWebhook},
    site::Environment,
    worlds::World,
};

/// Who empties a queue. It does not hold its world, which may end at any time.
pub struct Courier {
    /// The world.
    pub world: Weak<World>,
    /// The environment of the webhook.
    pub environment: Environment,
    /// The id of the webhook.
    pub webhook: String,
    /// What sends.
    pub sender: Arc<Sender>,
    /// The places for deliveries that are sent at one time.
    pub places: Arc<Semaphore>,
}

/// What became of an attempt.
enum Ended {
    /// The delivery is over.
    Over,
    /// It was not received; with another attempt it may be.
    NotReceived,
}

/// Delivers what waits for the webhook, until nothing does or the world has ended.
pub async fn drain(courier: Courier) {
    while let Some(job) = courier.world.upgrade().and_then(|world| world.outbox.next(&courier.webhook)) {
        courier.deliver(&job).await;
    }
}

impl Courier {
    async fn deliver(&self, job: &Job) {
        let pauses = self.world.upgrade().map(|world| world.settings.redelivery_pauses_milliseconds.clone());
        let Some(pauses) = pauses else { return };
        let mut pauses = pauses.milliseconds().iter();
        loop {
            let pause = pauses.next();
            match self.attempt(job, pause.is_none()).await {
                Ended::Over => return,
                Ended::NotReceived => match pause {
                    Some(pause) => sleep(Duration::from_millis((*pause).into())).await,
                    None => return,
                },
            }
        }
    }

    async fn attempt(&self, job: &Job, is_last: bool) -> Ended {
        // Nobody closes the semaphore.
        let Ok(_place) = self.places.acquire().await else { return Ended::Over };
        let Some((webhook, limit)) = self.current(job) else { return Ended::Over };
        let addresses = match self.sender.destination(&webhook.url, limit).await {
            Ok(addresses) => addresses,
            Err(why) => {
                self.note(|world| world.outbox.given_up(job.number, why));
                return Ended::Over;
            }
        };
        let start = Instant::now();
        let sent = timeout(limit, self.sender.post(&webhook, &addresses, job.body.clone())).await;
        let answered = sent.unwrap_or_else(|_| Err(format!("there was no answer within {} ms", limit.as_millis())));
        let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (status, error) = match answered {
            Ok((status, _)) => (Some(status.as_u16()), None),
            Err(error) => (None, Some(error)),
        };
        let is_received = status.is_some_and(|status| (200..300).contains(&status));
        let state = match (is_received, is_last) {
            (true, _) => DeliveryState::Received,
            (false, true) => DeliveryState::Failed,
            (false, false) => DeliveryState::Waiting,
        };
        if state == DeliveryState::Failed {
            self.failed();
        }
        self.note(|world| world.outbox.attempted(job.number, Attempt { milliseconds, status, error }, state));
        if is_received { Ended::Over } else { Ended::NotReceived }
    }

    /// The webhook as it is now, and how long its answer is waited for. If nothing may be sent to it any more, the
    /// delivery is given up.
    fn current(&self, job: &Job) -> Option<(Arc<Webhook>, Duration)> {
        let world = self.world.upgrade()?;
        let webhook = world.state().records(self.environment).webhooks.get(&self.webhook).cloned();
        let why = match webhook {
            Some(webhook) if webhook.enabled => {
                let limit = Duration::from_millis(world.settings.delivery_timeout_milliseconds.into());
                return Some((webhook, limit));
            }
            Some(_) => "the webhook was disabled",
            None => "the webhook was deleted",
        };
        world.tell_of(world.outbox.given_up(job.number, why.to_owned()));
        None
    }

    /// What the world's settings say of a webhook that failed.
    fn failed(&self) {
        let Some(world) = self.world.upgrade() else { return };
        if world.settings.failed_webhook == FailedWebhook::Disabled {
            world.state().records(self.environment).webhooks.disable(&self.webhook);
        }
    }

    fn note(&self, note: impl FnOnce(&World) -> Option<Delivery>) {
        if let Some(world) = self.world.upgrade() {
            world.tell_of(note(&world));
        }
    }
}
