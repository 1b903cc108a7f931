//! `tacktest mock`.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::http::{Request, Transport};
use crate::mock::control::Settings;
use crate::mock::{Mock, Options};
use crate::runtime::OneRuntime;

use super::arguments::MockArguments;
use super::exit::{Exit, complain, print};
use super::mock_faults::{order, read};

/// Runs the mock until it is interrupted. Its address and credentials are written to stdout as JSON.
pub(super) fn mock(arguments: &MockArguments) -> Exit {
    let settings = match settings(&arguments.knobs) {
        Ok(settings) => settings,
        Err(message) => {
            complain(message);
            return Exit::Usage;
        }
    };
    let faults = match read(arguments.faults.as_deref()) {
        Ok(faults) => faults,
        Err(exit) => return exit,
    };
    let runtime = match OneRuntime::start() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(format!("the mock can't be started: {error}"));
            return Exit::Usage;
        }
    };
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    runtime.block_on(async {
        let options = Options { listen, public_url: None, settings };
        let mock = match Mock::start(options).await {
            Ok(mock) => mock,
            Err(error) => {
                complain(format!("can't listen on {listen}: {error}; `--port 0` takes a free port"));
                return Exit::Usage;
            }
        };
        if let Err(message) = order(mock.url(), faults).await {
            complain(message);
            return Exit::Usage;
        }
        let printed = print(&format!("{:#}\n", described(mock.url()).await));
        if printed != Exit::Good {
            return printed;
        }
        complain(format!("the mock listens at {}; Ctrl-C ends it", mock.url()));
        match tokio::signal::ctrl_c().await {
            Ok(()) => Exit::Good,
            Err(error) => {
                complain(format!("can't wait for Ctrl-C: {error}"));
                Exit::Usage
            }
        }
    })
}

/// What a partner's client needs to know, as the mock's own control API tells it.
async fn described(url: &str) -> Value {
    let told = async {
        let world = url::Url::parse(url).ok()?.join("control/worlds/default").ok()?;
        let request = Request::new(::http::Method::GET, world);
        let exchange = Transport::new().ok()?.send(request, Duration::from_secs(5)).await;
        exchange.response()?.json().cloned()
    };
    told.await.unwrap_or_else(|| json!({ "url": url }))
}

/// The settings that `knobs`, each `KNOB=VALUE`, describe.
fn settings(knobs: &[String]) -> Result<Settings, String> {
    let mut written = Map::new();
    for knob in knobs {
        let (name, value) = knob.split_once('=').ok_or_else(|| format!("`{knob}` is not of the form KNOB=VALUE"))?;
        let value = value.parse::<u64>().map_or_else(|_| Value::from(value), Value::from);
        written.insert(name.to_owned(), value);
    }
    serde_json::from_value(Value::Object(written)).map_err(|error| format!("the knobs of the mock: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knobs_are_read_and_wrong_ones_refused() {
        let read = |knobs: &[&str]| settings(&knobs.iter().map(|knob| (*knob).to_owned()).collect::<Vec<_>>());
        assert_eq!(read(&["refresh_grace_seconds=0"]).map(|settings| settings.refresh_grace_seconds), Ok(0));
        assert!(read(&["wrong_audience=token_endpoint"]).is_ok());
        assert!(read(&["wrong_audience=nowhere"]).unwrap_err().contains("nowhere"));
        assert!(read(&["no_such_knob=1"]).unwrap_err().contains("no_such_knob"));
        assert!(read(&["refresh_grace_seconds"]).is_err());
    }
}
