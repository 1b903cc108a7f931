//! `tacktest config`.

use std::path::Path;

use clap::CommandFactory;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::config::{Explained, Explanation, ShownValue, explain, explain_receiver};
use crate::http::Scrubber;

use super::arguments::{ConfigCommand, ExplainArguments, ListFormat};
use super::exit::{Exit, print};
use super::places;
use super::run_arguments::RunArguments;

/// Variables that change a run beside those of our own flags: where it runs, how it looks, what becomes of shapes.
const OTHERS: &[&str] = &[
    "CI",
    "TF_BUILD",
    "NEXTEST",
    "NO_COLOR",
    "CLICOLOR_FORCE",
    "INSTA_UPDATE",
    "INSTA_FORCE_PASS",
    "INSTA_SNAPSHOT_REFERENCES_FILE",
];

/// What our own variables begin with.
const OWN: &str = "TACKTEST_";

/// Tells about the configuration.
pub(super) fn config(folder: Option<&Path>, command: &ConfigCommand) -> Exit {
    match command {
        ConfigCommand::Explain(arguments) => explained(folder, arguments).map_or_else(|exit| exit, |text| print(&text)),
    }
}

fn explained(folder: Option<&Path>, arguments: &ExplainArguments) -> Result<String, Exit> {
    let project = places::project(folder, None)?;
    let targets = match &arguments.target {
        Some(name) => vec![places::target(&project, name)?],
        None => project.targets.iter().collect(),
    };
    // Also those of targets that are not asked for: one variable may stand for several things.
    let all: Vec<Explanation> = project.targets.iter().map(|target| explain(&project, target)).collect();
    places::usable_variables(&project)?;
    let scrubber = Scrubber::new();
    for secret in all.iter().flat_map(|told| &told.secrets) {
        scrubber.learn("secret", secret.expose_secret());
    }
    let shown = project.targets.iter().zip(all).filter(|(target, _)| targets.iter().any(|it| it.name == target.name));
    let receiver = if arguments.target.is_none() { explain_receiver(&project) } else { Vec::new() };
    let lines = shown.flat_map(|(_, told)| told.lines).chain(receiver).chain(variables());
    Ok(lines.fold(String::new(), |text, line| text + &drawn(&line, &scrubber, arguments.format) + "\n"))
}

/// The variables of the environment that change a run, as far as they are set.
fn variables() -> Vec<Explained> {
    let command = RunArguments::command();
    let flags: Vec<(String, String)> = command
        .get_arguments()
        .filter_map(|flag| {
            let name = flag.get_env()?.to_string_lossy().into_owned();
            Some((name, format!("environment, for --{}", flag.get_long().unwrap_or_default())))
        })
        .collect();
    let mut lines = Vec::new();
    for (name, value) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        let text = ShownValue::Text(value.to_string_lossy().into_owned());
        let flag = flags.iter().find(|(known, _)| *known == name);
        let (value, origin) = match flag {
            Some((_, origin)) => (text, origin.clone()),
            None if OTHERS.contains(&name.as_str()) => (text, "environment".to_owned()),
            // It may be a variable of the project, and so a secret.
            None if name.starts_with(OWN) => (ShownValue::Elsewhere, "environment, for no flag".to_owned()),
            None => continue,
        };
        lines.push(Explained { key: name, value, origin, place: None, missing: None });
    }
    lines.sort_by(|one, other| one.key.cmp(&other.key));
    lines
}

fn drawn(line: &Explained, scrubber: &Scrubber, format: ListFormat) -> String {
    let Explained { key, value, origin, place, missing: _ } = line;
    let text = match value {
        ShownValue::Text(text) => scrubber.scrub(&without_password(text)),
        other => other.to_string(),
    };
    match format {
        ListFormat::Text => {
            // A value may hold several lines, and this is one.
            let text = if text.contains(char::is_control) { format!("{text:?}") } else { text };
            format!("{key}: {text}  # {origin}")
        }
        ListFormat::Json => {
            let is_set = !matches!(value, ShownValue::Nothing | ShownValue::Secret { is_set: false });
            let shown = matches!(value, ShownValue::Text(_)).then_some(text);
            let is_secret = matches!(value, ShownValue::Secret { .. });
            json!({ "key": key, "value": shown, "secret": is_secret, "set": is_set, "origin": origin, "place": place })
                .to_string()
        }
    }
}

/// A URL may have a password of its own.
fn without_password(text: &str) -> String {
    let hidden = url::Url::parse(text).ok().filter(|url| url.password().is_some()).and_then(|mut url| {
        url.set_password(Some("***")).ok()?;
        Some(url.to_string())
    });
    hidden.unwrap_or_else(|| text.to_owned())
}
