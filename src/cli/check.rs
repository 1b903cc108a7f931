//! `tacktest check`.

use std::path::{Path, PathBuf};

use crate::config::{Project, find_project};
use crate::plan::{Body, Selection, Test, load, load_files};
use crate::scenario::{ScenarioFile, find_scenarios};
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
    load(&project, target, &Selection::default()).map_err(|error| {
        complain(error);
        Exit::Nothing
    })
}

fn paths(folder: Option<&Path>, paths: &[PathBuf]) -> Result<Vec<Test>, Exit> {
    let mut tests = Vec::new();
    for path in paths {
        let project = project_of(folder, path)?;
        let target = places::target(&project, "mock")?;
        let files = files_of(path)?;
        tests.extend(load_files(&project, target, &files));
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

fn files_of(path: &Path) -> Result<Vec<ScenarioFile>, Exit> {
    let unreadable = |error: &dyn std::fmt::Display| {
        complain(format!("can't read `{}`: {error}", path.display()));
        Exit::Usage
    };
    if !path.is_dir() {
        std::fs::metadata(path).map_err(|error| unreadable(&error))?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(vec![ScenarioFile { name: stem, path: path.to_path_buf() }]);
    }
    let (files, bad) = find_scenarios(path).map_err(|error| unreadable(&error))?;
    if let Some(bad) = bad.first() {
        complain(bad);
        return Err(Exit::WrongFile);
    }
    if files.is_empty() {
        complain(format!("there is no scenario in `{}`: scenarios are files that end in .yaml", path.display()));
        return Err(Exit::Nothing);
    }
    Ok(files)
}
