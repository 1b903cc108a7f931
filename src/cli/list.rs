//! `tacktest list`.

use std::path::Path;

use serde_json::json;

use crate::plan::{Body, Test};

use super::arguments::{ListArguments, ListFormat};
use super::exit::{Exit, complain, print};
use super::kept::KeptHere;
use super::places;

/// Lists the tests; nothing is started and no secret is read.
pub(super) fn list(folder: Option<&Path>, arguments: &ListArguments) -> Exit {
    let selection = arguments.selected.selection();
    let loaded = places::project(folder, arguments.selected.suite).and_then(|project| {
        let target = places::target(&project, &arguments.selected.target)?;
        let kept = KeptHere::of(&project, target, false);
        let terms = places::terms(&project, target, &arguments.selected, &kept);
        places::load(&project, target, &terms, &selection)
    });
    let tests = match loaded {
        Ok(tests) => tests,
        Err(exit) => return exit,
    };
    let line = |test: &Test| match arguments.format {
        ListFormat::Text => test.name.clone(),
        ListFormat::Json => described(test).to_string(),
    };
    let lines = tests.iter().fold(String::new(), |lines, test| lines + &line(test) + "\n");
    let broken = tests.iter().filter(|test| matches!(test.body, Body::Broken(_))).count();
    let exit = print(&lines);
    if broken > 0 {
        complain(format!("{broken} of the files are wrong: `tacktest check` tells why"));
        return Exit::WrongFile;
    }
    if tests.is_empty() {
        complain("no test was selected");
        return Exit::Nothing;
    }
    exit
}

fn described(test: &Test) -> serde_json::Value {
    json!({
        "name": test.name,
        "title": test.title,
        "file": test.file.display().to_string(),
        "kind": "run",
        "certifies": test.certifies.iter().map(|requirement| &requirement.id).collect::<Vec<_>>(),
        "tags": test.tags,
        "needs": test.needs.iter().map(|need| need.word()).collect::<Vec<_>>(),
        "effects": test.effects.word(),
        "skip": test.skip.as_ref().map(|skip| &skip.reason),
    })
}
