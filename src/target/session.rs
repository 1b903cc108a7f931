//! What one scenario has of its target.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::http::{Failure, Request, Scrubber, Transport};
use crate::mock::control::{Command, World};

use super::Environment;

/// The longest that the control API of a mock may take.
const CONTROL_TIMEOUT: Duration = Duration::from_secs(10);

/// A scenario's own view of its target; on a mock, a world of its own.
#[derive(Debug)]
pub struct Session {
    /// The environment.
    pub environment: Arc<Environment>,
    /// The secrets that the scenario knows.
    pub scrubber: Scrubber,
    /// Knows the secrets of the environment's clients, and nothing else.
    pub client_secrets: Scrubber,
    world: Option<Url>,
}

impl Session {
    /// A session with the one environment of a target that is no mock.
    pub(super) fn shared(environment: Arc<Environment>, scrubber: Scrubber) -> Self {
        let client_secrets = secrets_of(&environment);
        Self { environment, scrubber, client_secrets, world: None }
    }

    /// A session with a new world of the mock at `mock`, whose ids are drawn from `seed`.
    pub(super) async fn world(
        transport: &Transport,
        mock: &Url,
        seed: u64,
        scrubber: Scrubber,
    ) -> Result<Self, String> {
        let url = joined(mock, "control/worlds")?;
        let body = serde_json::json!({ "seed": seed }).to_string();
        let world: World = serde_json::from_slice(&post(transport, url, body).await?)
            .map_err(|error| format!("the mock's control API gave an answer that is not understood: {error}"))?;
        let control = joined(mock, &format!("control/worlds/{}", world.id))?;
        let environment = Environment::of_world(world.staging)?;
        environment.teach(&scrubber);
        let client_secrets = secrets_of(&environment);
        Ok(Self { environment: Arc::new(environment), scrubber, client_secrets, world: Some(control) })
    }

    /// Whether the target is a mock.
    pub fn is_mock(&self) -> bool {
        self.world.is_some()
    }

    /// Orders something of the mock; the error says what the mock objects to.
    pub async fn order(&self, transport: &Transport, command: &Command) -> Result<(), String> {
        let Some(world) = &self.world else { return Err("the target is no mock".to_owned()) };
        let body = serde_json::to_string(command).map_err(|error| error.to_string())?;
        post(transport, world.clone(), body).await.map(drop)
    }

    /// Ends the world, if there is one.
    pub async fn close(&self, transport: &Transport) {
        if let Some(world) = &self.world {
            transport.send(Request::new(::http::Method::DELETE, world.clone()), CONTROL_TIMEOUT).await;
        }
    }
}

fn secrets_of(environment: &Environment) -> Scrubber {
    let scrubber = Scrubber::new();
    environment.teach(&scrubber);
    scrubber
}

fn joined(mock: &Url, path: &str) -> Result<Url, String> {
    mock.join(path).map_err(|error| format!("`{mock}` is no address of a mock: {error}"))
}

async fn post(transport: &Transport, url: Url, body: String) -> Result<crate::http::Bytes, String> {
    let request = Request::new(::http::Method::POST, url).with_body("application/json", body);
    let exchange = transport.send(request, CONTROL_TIMEOUT).await;
    match exchange.outcome {
        Ok(response) if (200..300).contains(&response.status) => Ok(response.body),
        Ok(response) => {
            let detail = response.json().and_then(|body| body.get("detail")?.as_str().map(str::to_owned));
            Err(detail.unwrap_or_else(|| format!("the mock's control API answered {}", response.status)))
        }
        Err(failure) => Err(unreachable(&failure)),
    }
}

fn unreachable(failure: &Failure) -> String {
    format!("the mock's control API can't be reached: {failure}")
}
