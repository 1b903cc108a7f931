//! `tacktest check`.

use std::path::{Path, PathBuf};

use crate::config::{Project, find_project};
use crate::plan::{Body, Selection, Test, load, load_files};
use crate::scenario::{Found, find_scenarios, scenario_file};
use crate::source::render;

use super::arguments::CheckArguments;
use super::exit::{Exit, complain};
use super::places;

/// Tells everything that is wrong with scenario files and can be found without a network.
pub(super) fn check(folder: Option<&Path>, arguments: &CheckArguments) -> Exit {
    let checked = if arguments.paths.is_empty() { whole_project(folder) } else { paths(folder, &arguments.paths) };
    let tests = match checked {
        Ok(tests) => tests,
        Err(exit) => return exit,
    };
    let mut problems = 0;
    let mut files: Vec<&Path> = tests.iter().map(|test| test.file.as_path()).collect();
    files.sort();
    files.dedup();
    for test in &tests {
        if let Body::Broken(broken) = &test.body {
            problems += broken.problems.len();
            for problem in &broken.problems {
                eprint(&render(problem, &broken.sources, places::stderr_style()));
            }
        }
    }
    let files = counted(files.len(), "file");
    if problems == 0 {
        complain(format!("{files}: {}, nothing wrong", counted(tests.len(), "test")));
        return Exit::Good;
    }
    complain(format!("{files}: {}", counted(problems, "problem")));
    Exit::WrongFile
}

fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

fn eprint(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(anstream::stderr(), "{text}\n");
}

fn whole_project(folder: Option<&Path>) -> Result<Vec<Test>, Exit> {
    let project = places::project(folder, None)?;
    let target = places::target(&project, "mock")?;
    load(&project, target, &Selection::default()).map_err(places::not_loaded)
}

fn paths(folder: Option<&Path>, paths: &[PathBuf]) -> Result<Vec<Test>, Exit> {
    let mut tests = Vec::new();
    let (fragments, paths): (Vec<&PathBuf>, Vec<&PathBuf>) = paths.iter().partition(|path| is_no_test(path));
    for fragment in fragments {
        let shown = fragment.display();
        std::fs::metadata(fragment).map_err(|error| unreadable(fragment, &error))?;
        complain(format!("`{shown}` is a fragment or data: it is checked with the scenarios that use it"));
    }
    if paths.is_empty() {
        return Err(Exit::Nothing);
    }
    for path in paths {
        let project = project_of(folder, path)?;
        let target = places::target(&project, "mock")?;
        tests.extend(load_files(&project, target, &files_of(path)?, path));
    }
    Ok(tests)
}

/// The project that `-C` names, else the nearest above `path`, else the bundled one's targets.
fn project_of(folder: Option<&Path>, path: &Path) -> Result<Project, Exit> {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    match (folder, find_project(&absolute)) {
        (None, Some(root)) => places::read(&root),
        _ => places::project(folder, None),
    }
}

/// Whether the name of `path` says that no test is there: a pattern of the shell names such files too.
fn is_no_test(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('_'))
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> Exit {
    complain(format!("can't read `{}`: {error}", path.display()));
    Exit::Usage
}

fn files_of(path: &Path) -> Result<Found, Exit> {
    if !path.is_dir() {
        std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
        return Ok(scenario_file(path));
    }
    let found = find_scenarios(path).map_err(|error| unreadable(path, &error))?;
    if found.files.is_empty() && found.refused.is_empty() {
        complain(format!("there is no scenario in `{}`: scenarios are files that end in .yaml", path.display()));
        return Err(Exit::Nothing);
    }
    Ok(found)
}
