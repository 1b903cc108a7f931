//! The faults of a mock that stands alone: read from a file, and ordered over its control API.

use std::path::Path;
use std::time::Duration;

use crate::http::{Request, Transport};
use crate::mock::control::{Command, Fault};
use crate::scenario::read_faults;
use crate::source::render;

use super::exit::{Exit, complain};
use super::places::stderr_style;

/// The faults that the file lists; none without a file. What is wrong with it is told.
pub(super) fn read(file: Option<&Path>) -> Result<Vec<Fault>, Exit> {
    let Some(file) = file else { return Ok(Vec::new()) };
    read_faults(file).map_err(|(problems, sources)| {
        for problem in &problems {
            complain(render(problem, &sources, stderr_style()));
        }
        Exit::Usage
    })
}

/// Orders `faults` of the first world of the mock at `url`. The error says which one it refuses, and why.
pub(super) async fn order(url: &str, faults: Vec<Fault>) -> Result<(), String> {
    if faults.is_empty() {
        return Ok(());
    }
    let world = format!("{url}/control/worlds/default");
    let world = url::Url::parse(&world).map_err(|error| format!("the mock has no usable URL: {error}"))?;
    let transport = Transport::new().map_err(|error| error.to_string())?;
    for (index, fault) in faults.into_iter().enumerate() {
        let refused = |why: String| format!("the mock refuses fault {} of the file: {why}", index + 1);
        let command =
            serde_json::to_string(&Command::Fault(Box::new(fault))).map_err(|error| refused(error.to_string()))?;
        let request = Request::new(::http::Method::POST, world.clone()).with_body("application/json", command);
        let exchange = transport.send(request, Duration::from_secs(5)).await;
        match &exchange.outcome {
            Ok(response) if response.status == 204 => {}
            Ok(response) => {
                let detail = response.json().and_then(|problem| problem.get("detail")?.as_str().map(str::to_owned));
                return Err(refused(detail.unwrap_or_else(|| format!("it answers {}", response.status))));
            }
            Err(failure) => return Err(refused(failure.to_string())),
        }
    }
    Ok(())
}
