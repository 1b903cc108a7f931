//! What a world has to deliver: one queue a webhook, so that each is told in order, and a few deliveries at a time.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hyper::body::Bytes;
use tokio::{sync::Semaphore, task::JoinSet};
use url::Position;

use super::{
    deliver::{Courier, drain},
    deliveries::Deliveries,
    event::Event,
    registration::Webhook,
    sender::Sender,
};
use crate::mock::{
    clock::rfc3339,
    control::{Attempt, Delivery, DeliveryState, EnvironmentName},
    site::{Environment, Site},
};

/// The most deliveries of a world that wait to be sent: a few bursts of events.
const MOST_WAITING: usize = 100;

/// The most deliveries of a world that are sent at one time.
const AT_ONCE: usize = 5;

/// The most events of a world that are put off.
const MOST_PUT_OFF: usize = 100;

/// A world's outbox. It costs nothing until something is sent, and what is under way ends with it.
#[derive(Debug)]
pub struct Outbox {
    sender: Arc<Sender>,
    content: Mutex<Content>,
}

#[derive(Debug, Default)]
struct Content {
    /// By the id of the webhook. A queue is there as long as a task empties it.
    queues: HashMap<String, VecDeque<Job>>,
    waiting: usize,
    put_off: usize,
    deliveries: Deliveries,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    tasks: JoinSet<()>,
    places: Arc<Semaphore>,
}

/// One delivery that waits.
#[derive(Debug)]
pub struct Job {
    /// Its number among the deliveries.
    pub number: u64,
    /// What is sent.
    pub body: Bytes,
}

/// Tells every webhook of an event that it concerns, each `times` times: the same with the same ids, as duplicates are.
/// It returns at once. The world's state must not be locked.
pub fn tell(site: &Site, event: &Event, times: u64) {
    let webhooks = site.world.state().records(site.environment).webhooks.told_of(event.kind, &event.owners);
    if webhooks.is_empty() {
        return;
    }
    let triggered_at = rfc3339(site.world.clock.now());
    for webhook in webhooks {
        let body = event.body(&webhook.id, &triggered_at);
        for _ in 0..times {
            let delivery = Delivery {
                number: 0,
                environment: name(site.environment),
                webhook: webhook.id.clone(),
                event: event.kind,
                to: place(&webhook),
                triggered_at: triggered_at.clone(),
                state: DeliveryState::Waiting,
                why: None,
                attempts: Vec::new(),
            };
            site.world.outbox.put(site, delivery, body.clone());
        }
    }
}

/// Does something with the site after a while, unless its world has ended by then; `false` if too much waits already.
pub fn later(site: &Site, after: Duration, action: impl FnOnce(&Site) + Send + 'static) -> bool {
    let (world, environment) = (Arc::downgrade(&site.world), site.environment);
    let mut content = site.world.outbox.lock();
    if content.put_off >= MOST_PUT_OFF {
        return false;
    }
    content.put_off += 1;
    content.running().tasks.spawn(async move {
        tokio::time::sleep(after).await;
        if let Some(world) = world.upgrade() {
            world.outbox.lock().put_off -= 1;
            action(&Site { world, environment });
        }
    });
    true
}

impl Outbox {
    /// An empty one, from which `sender` sends.
    pub fn new(sender: Arc<Sender>) -> Self {
        Self { sender, content: Mutex::default() }
    }

    /// The most recent deliveries, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.lock().deliveries.iter().cloned().collect()
    }

    /// The next delivery of a queue. If there is none, the queue is over, and whoever empties it must end.
    pub fn next(&self, webhook: &str) -> Option<Job> {
        let mut content = self.lock();
        let next = content.queues.get_mut(webhook).and_then(VecDeque::pop_front);
        match next {
            Some(_) => content.waiting -= 1,
            None => drop(content.queues.remove(webhook)),
        }
        next
    }

    /// Notes an attempt, and what became of the delivery by it: as it is now, if it is kept.
    pub fn attempted(&self, number: u64, attempt: Attempt, state: DeliveryState) -> Option<Delivery> {
        self.lock().deliveries.attempted(number, attempt, state)
    }

    /// Notes that a delivery was given up, and why: as it is now, if it is kept.
    pub fn given_up(&self, number: u64, why: String) -> Option<Delivery> {
        self.lock().deliveries.given_up(number, why)
    }

    fn put(&self, site: &Site, delivery: Delivery, body: Bytes) {
        let webhook = delivery.webhook.clone();
        let mut content = self.lock();
        let number = content.deliveries.add(delivery);
        if content.waiting >= MOST_WAITING {
            let why = format!("{MOST_WAITING} deliveries wait already, and no more are taken");
            let given_up = content.deliveries.given_up(number, why);
            drop(content);
            site.world.tell_of(given_up);
            return;
        }
        content.waiting += 1;
        let job = Job { number, body };
        if let Some(queue) = content.queues.get_mut(&webhook) {
            queue.push_back(job);
            return;
        }
        content.queues.insert(webhook.clone(), VecDeque::from([job]));
        let world = Arc::downgrade(&site.world);
        let places = content.running().places.clone();
        let courier = Courier { world, environment: site.environment, webhook, sender: self.sender.clone(), places };
        content.running().tasks.spawn(drain(courier));
    }

    fn lock(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Content {
    fn running(&mut self) -> &mut Running {
        let running = self
            .running
            .get_or_insert_with(|| Running { tasks: JoinSet::new(), places: Arc::new(Semaphore::new(AT_ONCE)) });
        // Those that have ended are forgotten.
        while running.tasks.try_join_next().is_some() {}
        running
    }
}

/// Origin and path of a webhook's URL: a query may hold secrets.
fn place(webhook: &Webhook) -> String {
    let origin = webhook.url.origin().ascii_serialization();
    format!("{origin}{}", &webhook.url[Position::BeforePath..Position::AfterPath])
}

fn name(environment: Environment) -> EnvironmentName {
    match environment {
        Environment::Staging => EnvironmentName::Staging,
        Environment::Production => EnvironmentName::Production,
    }
}
