//! `tacktest check`.

use std::path::{Path, PathBuf};

use crate::config::{Project, REQUIREMENTS_FILE, find_project};
use crate::plan::{Body, Selection, Terms, Test, load, load_files};
use crate::scenario::{Found, find_scenarios, scenario_file};
use crate::source::render;

use super::arguments::CheckArguments;
use super::exit::{Exit, complain};
use super::places;

/// What was looked at.
#[derive(Debug, Default)]
struct Checked {
    tests: Vec<Test>,
    /// The projects, each with the folder that its files were found in, if it is not the same for all.
    projects: Vec<(Option<PathBuf>, Project)>,
    /// The catalogues of requirements that were asked for by name.
    catalogues: Vec<PathBuf>,
}

/// Tells everything that is wrong with scenario files and can be found without a network.
pub(super) fn check(folder: Option<&Path>, arguments: &CheckArguments) -> Exit {
    let checked = if arguments.paths.is_empty() { whole_project(folder) } else { paths(folder, &arguments.paths) };
    let checked = match checked {
        Ok(checked) => checked,
        Err(exit) => return exit,
    };
    let broken = checked.tests.iter().filter_map(|test| match &test.body {
        Body::Broken(broken) => Some((&broken.problems, &broken.sources)),
        Body::Ready(_) | Body::Later(_) | Body::Missing(_) => None,
    });
    let wrong: Vec<_> = checked.projects.iter().filter_map(|(_, project)| project.wrong_requirements()).collect();
    let mut files: Vec<&Path> = checked.tests.iter().map(|test| test.file.as_path()).collect();
    files.extend(wrong.iter().filter_map(|wrong| Some(wrong.sources.get(0)?.path.as_path())));
    let mut problems = 0;
    for (told, sources) in wrong.iter().map(|wrong| (&wrong.problems, &wrong.sources)).chain(broken) {
        problems += told.len();
        for problem in told {
            eprint(&render(problem, sources, places::stderr_style()));
        }
    }
    files.extend(checked.catalogues.iter().map(PathBuf::as_path));
    files.sort();
    files.dedup();
    let files = counted(files.len(), "file");
    if problems == 0 {
        complain(format!("{files}: {}, nothing wrong", counted(checked.tests.len(), "test")));
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

fn whole_project(folder: Option<&Path>) -> Result<Checked, Exit> {
    let project = places::project(folder, None)?;
    let target = places::target(&project, "mock")?;
    let tests = load(&project, target, &Terms::default(), &Selection::default()).map_err(places::not_loaded)?;
    // Here it is looked at whether or not a scenario needs it; what is wrong with it is told with the rest.
    let _ = project.requirements();
    Ok(Checked { tests, projects: vec![(None, project)], catalogues: Vec::new() })
}

fn paths(folder: Option<&Path>, paths: &[PathBuf]) -> Result<Checked, Exit> {
    let mut checked = Checked::default();
    let (no_tests, paths): (Vec<&PathBuf>, Vec<&PathBuf>) = paths.iter().partition(|path| is_no_test(path));
    for path in no_tests {
        std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
        if path.file_name().is_some_and(|name| name == REQUIREMENTS_FILE) {
            let project = checked.project_of(folder, path)?;
            if is_same(path, &project.scenarios().join(REQUIREMENTS_FILE)) {
                let _ = project.requirements();
                checked.catalogues.push(path.clone());
                continue;
            }
        }
        let shown = path.display();
        complain(format!("`{shown}` is a fragment or data: it is checked with the scenarios that use it"));
    }
    if paths.is_empty() && checked.catalogues.is_empty() {
        return Err(Exit::Nothing);
    }
    for path in paths {
        let project = checked.project_of(folder, path)?;
        let target = places::target(project, "mock")?;
        let tests = load_files(project, target, &files_of(path)?, path);
        checked.tests.extend(tests);
    }
    Ok(checked)
}

impl Checked {
    /// The project that `-C` names, else the nearest above `path`, else the bundled one's targets; each is read once.
    fn project_of(&mut self, folder: Option<&Path>, path: &Path) -> Result<&Project, Exit> {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        let root = if folder.is_some() { None } else { find_project(&absolute) };
        let index = if let Some(index) = self.projects.iter().position(|(known, _)| *known == root) {
            index
        } else {
            let project = match &root {
                Some(root) => places::read(root)?,
                None => places::project(folder, None)?,
            };
            self.projects.push((root, project));
            self.projects.len() - 1
        };
        Ok(&self.projects[index].1)
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    one.canonicalize().ok().zip(other.canonicalize().ok()).is_some_and(|(one, other)| one == other)
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
