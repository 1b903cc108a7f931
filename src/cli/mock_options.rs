//! From what is written on the command line to the options of a mock.

use std::net::SocketAddr;
use std::path::Path;

use secrecy::SecretString;
use serde_json::Value;

use crate::mock::control::{Provisions, Settings};
use crate::mock::{Options, Profile};
use crate::scenario::read_fault_list;
use crate::source::{Access, SourceFile, Sources, parse, read_file, read_whole, render};

use super::exit::{Exit, complain};
use super::mock_arguments::MockArguments;
use super::mock_faults::Planned;
use super::places;

/// The variable that holds the control token.
const TOKEN_VARIABLE: &str = "TACKTEST_CONTROL_TOKEN";

/// A shorter control token could be tried out.
const SHORTEST_TOKEN: usize = 16;

/// The longest file with a control token, in bytes.
const LONGEST_TOKEN_FILE: u64 = 4096;

/// The options that `arguments` describe, and the faults of the profile and of the file; what is wrong with them was told.
pub(super) fn options(arguments: &MockArguments) -> Result<(Options, [Planned; 2]), Exit> {
    let port = match (arguments.listen.port, arguments.port) {
        (Some(written), 0) => written,
        (None, port) => port,
        (Some(written), port) => {
            return Err(wrong(format!("`--listen` names the port {written}, and `--port` the port {port}: name one")));
        }
    };
    let (mut profile, sources) = arguments.profile.as_deref().map_or_else(|| Ok(Default::default()), read_profile)?;
    let faults = [
        Planned { listed: std::mem::take(&mut profile.faults), sources },
        Planned::read(arguments.faults.as_deref(), &profile.client_names())?,
    ];
    let mut redirect_uris = profile.redirect_uris;
    redirect_uris.extend(arguments.redirect_uris.iter().cloned());
    let options = Options {
        listen: SocketAddr::new(arguments.listen.ip, port),
        public_url: arguments.public_url.clone(),
        settings: turn(profile.knobs, &arguments.knobs).map_err(wrong)?,
        provisions: Provisions { redirect_uris, clients: profile.clients },
        seed: arguments.seed.or(profile.seed),
        tls: arguments.tls.map(super::mock_arguments::Tls::certificate),
        control_token: control_token(arguments.control_token_file.as_deref()).map_err(wrong)?,
        webhook_ca: arguments.webhook_ca.clone(),
        ..Options::default()
    };
    Ok((options, faults))
}

fn wrong(message: String) -> Exit {
    complain(message);
    Exit::Usage
}

/// The profile in the file `path`; all its problems are told at once.
fn read_profile(path: &Path) -> Result<(Profile, Sources), Exit> {
    let (problems, sources) = match read_file(path, path, 0) {
        Err(problem) => (vec![problem], Sources::of(SourceFile { path: path.to_path_buf(), text: String::new() })),
        Ok(file) => {
            let sources = Sources::of(file);
            match Profile::read(&sources, read_fault_list) {
                Ok(profile) => return Ok((profile, sources)),
                Err(problems) => (problems, sources),
            }
        }
    };
    for problem in &problems {
        complain(format!("the profile of the mock\n{}\n", render(problem, &sources, places::stderr_style())));
    }
    Err(Exit::Usage)
}

/// `settings`, turned by `knobs`, each `KNOB=VALUE`.
fn turn(mut settings: Settings, knobs: &[String]) -> Result<Settings, String> {
    for knob in knobs {
        let (name, value) = knob.split_once('=').ok_or_else(|| format!("`{knob}` is not of the form KNOB=VALUE"))?;
        let value = match (value.parse::<u64>(), value.parse::<bool>()) {
            (Ok(number), _) => Value::from(number),
            (_, Ok(flag)) => Value::from(flag),
            // A list and an object are written as in a profile.
            _ if value.starts_with(['[', '{']) => parse(value, 0).map(|node| node.to_json()).map_err(|_| {
                format!("`{knob}` can't be read; an object is written as in a profile: `--set 'rate_limit={{requests: 5, per: 1s}}'`")
            })?,
            _ => Value::from(value),
        };
        settings = settings.turned(name, &value).map_err(|error| {
            format!("the knobs of the mock: `{knob}`: {error}; `tacktest schema profile` tells them all")
        })?;
    }
    Ok(settings)
}

/// The control token, of the file `path` or of the environment.
fn control_token(path: Option<&Path>) -> Result<Option<SecretString>, String> {
    let (token, from) = if let Some(path) = path {
        let shown = path.display();
        let bytes = read_whole(path, LONGEST_TOKEN_FILE, Access::Private)
            .map_err(|unread| format!("the control token can't be read: {shown} {unread}"))?;
        let text = String::from_utf8(bytes).map_err(|_| format!("the control token in {shown} is no UTF-8 text"))?;
        (text.trim_end_matches(['\r', '\n']).to_owned(), shown.to_string())
    } else {
        match std::env::var(TOKEN_VARIABLE) {
            Ok(token) => (token, TOKEN_VARIABLE.to_owned()),
            Err(std::env::VarError::NotPresent) => return Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => return Err(format!("{TOKEN_VARIABLE} is no UTF-8 text")),
        }
    };
    usable(token, &from).map(Some)
}

/// A control token, if it is one that can stand in a header (RFC 6750 §2.1).
fn usable(token: String, from: &str) -> Result<SecretString, String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    if token.len() < SHORTEST_TOKEN || !token.bytes().all(fits) {
        return Err(format!(
            "the control token of {from} can't be used: it must have at least {SHORTEST_TOKEN} characters, of A-Z a-z 0-9 - . \
             _ ~ + / =, such as `openssl rand -hex 16` prints them"
        ));
    }
    Ok(token.into())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn knobs_are_read_and_wrong_ones_refused() {
        let read = |knobs: &[&str]| {
            turn(Settings::default(), &knobs.iter().map(|knob| (*knob).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(read(&["refresh_grace_seconds=0"]).map(|settings| settings.refresh_grace_seconds), Ok(0));
        assert!(read(&["wrong_audience=token_endpoint"]).is_ok());
        assert!(read(&["wrong_audience=nowhere"]).unwrap_err().contains("nowhere"));
        assert!(read(&["no_such_knob=1"]).unwrap_err().contains("no_such_knob"));
        assert!(read(&["refresh_grace_second=1"]).unwrap_err().contains("did you mean `refresh_grace_seconds`?"));
        assert!(read(&["refresh_grace_seconds"]).is_err());
        for limit in ["rate_limit={requests: 5, per: 1s}", "rate_limit={\"requests\":5,\"per\":\"1s\"}"] {
            assert!(read(&[limit]).is_ok_and(|settings| settings.rate_limit.is_some()), "{limit}");
        }
        assert!(read(&["rate_limit={requests: 5"]).unwrap_err().contains("as in a profile"));
        assert!(read(&["rate_limit={request: 5, per: 1s}"]).is_err());
        let pauses = |knob: &str| read(&[knob]).map(|settings| settings.redelivery_pauses_milliseconds);
        assert_eq!(pauses("redelivery_pauses_milliseconds=[]").map(Vec::from), Ok(vec![]));
        assert_eq!(pauses("redelivery_pauses_milliseconds=[10, 20]").map(Vec::from), Ok(vec![10, 20]));
        assert!(pauses("redelivery_pauses_milliseconds=10").is_err());
    }

    #[test]
    fn a_control_token_is_long_and_fits_into_a_header() {
        let read = |token: &str| usable(token.to_owned(), "here").map(|token| token.expose_secret().to_owned());
        assert_eq!(read("fictional-control-token"), Ok("fictional-control-token".to_owned()));
        for wrong in ["", "short", "a token with spaces in it", "fictional-control-tök"] {
            let told = read(wrong).unwrap_err();
            assert!(told.contains("of here") && (wrong.is_empty() || !told.contains(wrong)), "{told}");
        }
    }
}
