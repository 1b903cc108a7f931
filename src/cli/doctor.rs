//! `tacktest doctor`.

use std::path::Path;

use serde_json::json;

use crate::doctor::{Cause, Line, Verdict, examine};
use crate::plan::StoredLogin;
use crate::runtime::OneRuntime;

use super::arguments::{DoctorArguments, ListFormat};
use super::exit::{Exit, complain, print};
use super::logins::known;
use super::places;

/// Examines a target and tells each check in one line.
pub(super) fn doctor(folder: Option<&Path>, arguments: &DoctorArguments) -> Exit {
    let project = match places::project(folder, None) {
        Ok(project) => project,
        Err(exit) => return exit,
    };
    let target = match places::target(&project, &arguments.target) {
        Ok(target) => target,
        Err(exit) => return exit,
    };
    let kept = match known(&project, &[target], false) {
        Ok(kept) => kept,
        Err(reason) => {
            complain(reason);
            return Exit::Usage;
        }
    };
    let users = |client: &str| {
        let of_client = |login: &&StoredLogin| login.client == client;
        kept.as_ref().map(|kept| kept.iter().filter(of_client).map(|login| login.user.clone()).collect())
    };
    let lines = match OneRuntime::run(examine(&project, target, users)) {
        Ok(lines) => lines,
        Err(error) => {
            complain(format!("nothing can be looked at: {error}"));
            return Exit::Usage;
        }
    };
    let line = |line: &Line| match arguments.format {
        ListFormat::Text => text(line),
        ListFormat::Json => described(line).to_string(),
    };
    let printed = print(&lines.iter().fold(String::new(), |all, one| all + &line(one) + "\n"));
    if printed == Exit::Good { exit(&lines) } else { printed }
}

/// One line, whatever the texts hold.
fn text(line: &Line) -> String {
    let advice = line.advice.as_ref().map_or_else(String::new, |advice| format!("; {advice}"));
    let text = format!("{:<8} {}: {}{advice}", line.verdict.word(), line.check, line.what);
    text.replace(|character: char| character.is_control(), " ")
}

fn described(line: &Line) -> serde_json::Value {
    let cause = match line.verdict {
        Verdict::Problem(cause) => Some(cause.word()),
        _ => None,
    };
    json!({
        "check": line.check,
        "verdict": line.verdict.word(),
        "cause": cause,
        "what": line.what,
        "advice": line.advice,
    })
}

/// What the user can mend comes before what only others can.
fn exit(lines: &[Line]) -> Exit {
    let has = |cause| lines.iter().any(|line| line.verdict == Verdict::Problem(cause));
    match (has(Cause::Configuration), has(Cause::Surroundings)) {
        (true, _) => Exit::Usage,
        (false, true) => Exit::Inconclusive,
        (false, false) => Exit::Good,
    }
}
