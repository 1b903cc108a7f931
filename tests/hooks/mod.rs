//! A small receiver of webhooks, and calls about them.
#![allow(dead_code, reason = "every test target uses its own part of this")]
#![expect(clippy::unwrap_used, reason = "a helper of tests may panic as they do")]

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tacktest::mock::control::{Delivery, DeliveryState, Environment, World};

use crate::mock_support::{Answer, Server, path};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(10);

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Received {
    pub head: String,
    pub body: String,
}

impl Received {
    /// The value of a header, or empty text.
    pub fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
        line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn event(&self) -> String {
        self.json()["event"]["eventType"].as_str().unwrap().to_owned()
    }
}

/// A receiver on this machine.
pub struct Receiver {
    pub address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    /// Answers every delivery with 200.
    pub fn start() -> Self {
        Self::answering(|_| b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec())
    }

    /// Answers delivery number N, from 0, with a status.
    pub fn with_statuses(status: impl Fn(usize) -> u16 + Send + Sync + 'static) -> Self {
        Self::answering(move |number| {
            format!("HTTP/1.1 {} x\r\ncontent-length: 0\r\n\r\n", status(number)).into_bytes()
        })
    }

    /// Answers delivery number N, from 0, with bytes, and closes. No bytes: it closes at once.
    pub fn answering(answer: impl Fn(usize) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let received: Arc<Mutex<Vec<Received>>> = Arc::default();
        let (kept, answer) = (received.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (kept, answer) = (kept.clone(), answer.clone());
                thread::spawn(move || serve(stream, &kept, &*answer));
            }
        });
        Self { address, received }
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Everything that came so far.
    pub fn all(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Waits until so many came.
    pub fn wait_for(&self, count: usize) -> Vec<Received> {
        let start = Instant::now();
        while self.all().len() < count {
            assert!(start.elapsed() < PATIENCE, "{count} deliveries are expected: {:?}", self.all());
            thread::sleep(Duration::from_millis(5));
        }
        self.all()
    }

    /// The events of everything that came so far.
    pub fn events(&self) -> Vec<String> {
        self.all().iter().map(Received::event).collect()
    }
}

fn serve(mut stream: TcpStream, kept: &Mutex<Vec<Received>>, answer: &dyn Fn(usize) -> Vec<u8>) {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    let (head, body) = loop {
        let Ok(count @ 1..) = stream.read(&mut part) else { return };
        bytes.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let lower = head.to_lowercase();
        let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
        if body.len() >= length {
            break (head.to_owned(), body.to_owned());
        }
    };
    let number = {
        let mut kept = kept.lock().unwrap();
        kept.push(Received { head, body });
        kept.len() - 1
    };
    // The mock may have stopped to read.
    drop(stream.write_all(&answer(number)));
    drop(stream.shutdown(Shutdown::Both));
}

/// Holds that a delivery was received at once, or failed at once with an error that has this word.
#[track_caller]
pub fn ended(delivery: Delivery, error: Option<&str>) {
    let [attempt] = delivery.attempts.try_into().unwrap();
    match error {
        None => assert_eq!((delivery.state, attempt.status), (DeliveryState::Received, Some(200))),
        Some(word) => {
            assert_eq!((delivery.state, attempt.status), (DeliveryState::Failed, None));
            assert!(attempt.error.as_deref().unwrap().contains(word), "{word}: {attempt:?}");
        }
    }
}

/// A world, and who may do everything with webhooks in its staging.
pub struct Stage {
    pub server: Server,
    pub world: World,
    pub token: String,
}

/// The scopes of the stage's token.
const SCOPES: &str = "supply::webhooks.read+supply::webhooks.write+supply::messages.read+supply::messages.write+\
                      supply::negotiations.read+supply::users.read";

impl Stage {
    pub fn new() -> Self {
        Self::with(&json!({}))
    }

    /// With these knobs.
    pub fn with(settings: &Value) -> Self {
        Self::on(Server::start(), settings)
    }

    pub fn on(server: Server, settings: &Value) -> Self {
        let world = server.world_with(&json!({ "settings": settings }));
        let token = server.login(&world.staging, &world.staging.clients["supply"], SCOPES).member("access_token");
        Self { server, world, token }
    }

    pub fn staging(&self) -> &Environment {
        &self.world.staging
    }

    /// An id of the data that is there from the start.
    pub fn fixture(&self, name: &str) -> &str {
        &self.staging().fixtures[name]
    }

    /// The path of the webhooks of the first business.
    pub fn of_business(&self) -> String {
        format!("v4/businesses/{}/webhooks", self.fixture("business"))
    }

    /// Calls the API: `line` is the method and the path below its base.
    pub fn call(&self, line: &str, body: &Value) -> Answer {
        self.call_as(line, &self.token, body)
    }

    pub fn call_as(&self, line: &str, token: &str, body: &Value) -> Answer {
        let (method, below) = line.split_once(' ').unwrap();
        let line = format!("{method} {}{below}", path(&self.staging().api));
        let authorization = format!("Bearer {token}");
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
        self.server.send(&line, &headers, &body.to_string())
    }

    /// The token of another user of this client.
    pub fn token_of(&self, user: &str, client: &str, scope: &str) -> String {
        self.server.command(&self.world, &json!({ "next_login": { "user": user } }));
        self.server.login(self.staging(), &self.staging().clients[client], scope).member("access_token")
    }

    /// Registers a webhook of the first business for these events; its id.
    pub fn register(&self, url: &str, events: &[&str]) -> String {
        let made =
            self.call(&format!("POST {}", self.of_business()), &json!({ "webhookURL": url, "eventTypes": events }));
        assert_eq!(made.status, 200, "{made:?}");
        made.member("webhookID")
    }

    pub fn emit(&self, order: &Value) {
        self.server.command(&self.world, &json!({ "emit": order }));
    }

    /// Why an order to emit something is refused.
    pub fn refused(&self, order: &Value) -> String {
        let line = format!("POST /control/worlds/{}", self.world.id);
        let answer = self.server.control(&line, &json!({ "emit": order }));
        assert_eq!(answer.status, 422, "{answer:?}");
        answer.member("detail")
    }

    /// All deliveries so far.
    pub fn deliveries(&self) -> Vec<Delivery> {
        let line = format!("GET /control/worlds/{}/deliveries", self.world.id);
        serde_json::from_value(self.server.send(&line, &[], "").json()).unwrap()
    }

    /// The deliveries, once none waits any more.
    pub fn settled(&self) -> Vec<Delivery> {
        let start = Instant::now();
        loop {
            let deliveries = self.deliveries();
            if deliveries.iter().all(|delivery| delivery.state != DeliveryState::Waiting) {
                return deliveries;
            }
            assert!(start.elapsed() < PATIENCE, "{deliveries:?}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}
