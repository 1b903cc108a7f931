//! The control API of a mock, as a target speaks to it.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::http::{Bytes, Failure, Request, Transport};
use crate::mock::control::{Command, NewWorld, World};

use super::Environment;

/// The longest that the control API of a mock may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What is told of a mock that is controlled with another token than the target's.
pub const TOKEN_REFUSED: &str = "the `control_token` of the target is not the mock's: the mock takes the one that it was \
                                 started with, by `--control-token-file` or TACKTEST_CONTROL_TOKEN";

/// Where a mock, or one of its worlds, is controlled.
#[derive(Debug, Clone)]
pub(super) struct Control {
    /// The root of the mock, or the world of it.
    url: Url,
    /// What must be shown there.
    token: Option<SecretString>,
}

impl Control {
    /// Of the mock at `root`, shown `token`.
    pub(super) fn new(root: Url, token: Option<SecretString>) -> Self {
        Self { url: root, token }
    }

    /// Makes a world as ordered: how it describes itself, and where it is controlled.
    ///
    /// Whatever answers otherwise than a mock is an error, and is sent nothing more.
    pub(super) async fn make_world(&self, transport: &Transport, order: &NewWorld) -> Result<(World, Self), String> {
        let body = serde_json::to_string(order).map_err(|error| error.to_string())?;
        let url = self.below("control/worlds")?;
        let world: World = serde_json::from_slice(&self.post(transport, url, body).await?)
            .map_err(|error| format!("the mock's control API gave an answer that is not understood: {error}"))?;
        let url = self.below(&format!("control/worlds/{}", world.id))?;
        Ok((world, Self { url, token: self.token.clone() }))
    }

    /// Refuses a world with addresses of another machine than the mock's; what has a token can be anywhere, so that it
    /// can be controlled by one name and be known to itself by another.
    pub(super) fn refuse_strangers(&self, environment: &Environment) -> Result<(), String> {
        if self.token.is_none() {
            return Ok(());
        }
        let own = self.url.origin();
        if environment.origins().iter().all(|origin| *origin == own) {
            return Ok(());
        }
        let own = own.ascii_serialization();
        Err(format!(
            "the mock at {own} tells URLs that do not begin so: start it with `--public-url {own}`, so that it knows by which \
             name it is reached"
        ))
    }

    /// Orders something of the world; the error says what the mock objects to.
    pub(super) async fn order(&self, transport: &Transport, command: &Command) -> Result<(), String> {
        let body = serde_json::to_string(command).map_err(|error| error.to_string())?;
        self.post(transport, self.url.clone(), body).await.map(drop)
    }

    /// Ends the world. One that can't be ended is the mock's to forget.
    pub(super) async fn end(&self, transport: &Transport) {
        let request = self.shown(Request::new(::http::Method::DELETE, self.url.clone()));
        transport.send(request, TIMEOUT).await;
    }

    fn below(&self, path: &str) -> Result<Url, String> {
        self.url.join(path).map_err(|error| format!("`{}` is no address of a mock: {error}", self.url))
    }

    fn shown(&self, request: Request) -> Request {
        match &self.token {
            Some(token) => request.with_header("authorization", format!("Bearer {}", token.expose_secret())),
            None => request,
        }
    }

    async fn post(&self, transport: &Transport, url: Url, body: String) -> Result<Bytes, String> {
        let request = Request::new(::http::Method::POST, url).with_body("application/json", body);
        let exchange = transport.send(self.shown(request), TIMEOUT).await;
        match exchange.outcome {
            Ok(response) if (200..300).contains(&response.status) => Ok(response.body),
            Ok(response) if response.status == 401 && self.token.is_some() => Err(TOKEN_REFUSED.to_owned()),
            Ok(response) => {
                let detail = response.json().and_then(|body| body.get("detail")?.as_str().map(str::to_owned));
                Err(detail.unwrap_or_else(|| format!("the mock's control API answered {}", response.status)))
            }
            Err(failure) => Err(unreachable(&failure)),
        }
    }
}

fn unreachable(failure: &Failure) -> String {
    format!("the mock's control API can't be reached: {failure}")
}
