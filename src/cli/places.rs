//! Which project and target a command is about.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use crate::config::{Catalogue, Project, TargetDefinition, WrongCatalogue, bundled, find_project};
use crate::plan::{self, Kept, LoadError, Selection, Terms, Test};
use crate::source::{Style, did_you_mean, render};
use crate::target::is_real;

use super::exit::{Exit, complain};
use super::kept::KeptHere;
use super::run_arguments::{Color, Selected, Suite};

/// The project of `folder`, else the nearest above the working directory, else the bundled suite.
///
/// With a `suite`, scenarios and snapshots are the bundled ones, and the targets still the project's.
pub(super) fn project(folder: Option<&Path>, suite: Option<Suite>) -> Result<Project, Exit> {
    let own = own_project(folder)?;
    match (own, suite) {
        (Some(own), None) => Ok(own),
        (Some(own), Some(Suite::Thumbtack)) => Ok(Project { root: bundled_suite()?.root, ..own }),
        (None, _) => bundled_suite(),
    }
}

/// The project of `folder`, else the nearest above the working directory; never the bundled suite, whose files are in
/// a cache of the program and nobody's to change.
pub(super) fn only_own_project(folder: Option<&Path>) -> Result<Project, Exit> {
    own_project(folder)?.ok_or_else(|| {
        complain(format!(
            "there is no project here: no file `{}` in this folder or above; name its folder by `-C DIR` (the snapshots \
             of the bundled suite are part of the program and are not reviewed)",
            crate::config::PROJECT_FILE
        ));
        Exit::Usage
    })
}

fn own_project(folder: Option<&Path>) -> Result<Option<Project>, Exit> {
    if let Some(folder) = folder {
        if folder.join(crate::config::PROJECT_FILE).is_file() {
            return read(folder).map(Some);
        }
        complain(format!(
            "`{}` is no project: it has no file `{}` (it may be empty)",
            folder.display(),
            crate::config::PROJECT_FILE
        ));
        return Err(Exit::Usage);
    }
    let here = std::env::current_dir().unwrap_or_default();
    find_project(&here).map(|root| read(&relative(&root, &here))).transpose()
}

fn bundled_suite() -> Result<Project, Exit> {
    bundled().map_err(|error| {
        complain(format!("the bundled suite can't be unpacked: {error}"));
        Exit::Usage
    })
}

/// Reads the project in `root`, telling all problems of its file.
pub(super) fn read(root: &Path) -> Result<Project, Exit> {
    Project::read(root).map_err(|(problems, sources)| {
        for problem in &problems {
            complain(render(problem, &sources, stderr_style()));
        }
        Exit::Usage
    })
}

/// The target `name` of `project`.
pub(super) fn target<'p>(project: &'p Project, name: &str) -> Result<&'p TargetDefinition, Exit> {
    project.target(name).ok_or_else(|| {
        let names: Vec<&str> = project.targets.iter().map(|target| target.name.as_str()).collect();
        let guess = did_you_mean(name, names.iter().copied())
            .map_or_else(String::new, |guess| format!("; did you mean `{guess}`?"));
        complain(format!("there is no target `{name}`{guess}\ntargets: {}", names.join(", ")));
        Exit::Usage
    })
}

/// The tests of `project` that `selection` asks for, planned for `target` with what `selected` allows.
///
/// Requirements that are unknown or wrong are a wrong usage or configuration, as it can't be said what is certified.
pub(super) fn load(
    project: &Project,
    target: &TargetDefinition,
    terms: &Terms<'_>,
    selection: &Selection,
) -> Result<Vec<Test>, Exit> {
    if !selection.certifies.is_empty() {
        let catalogue = project.requirements().map_err(wrong_requirements)?;
        let mut unknown = selection.certifies.iter().filter(|name| !catalogue.knows(name)).peekable();
        if unknown.peek().is_some() {
            for name in unknown {
                let advice = catalogue.advice(name).map_or_else(String::new, |advice| format!("; {advice}"));
                let all = all_below(name, catalogue);
                complain(format!("there is no requirement `{name}`{advice}{all}"));
            }
            return Err(Exit::Usage);
        }
    }
    let tests = plan::load(project, target, terms, selection).map_err(not_loaded)?;
    usable_variables(project)?;
    if let Some(fault) = terms.kept.and_then(Kept::fault) {
        complain(fault);
        return Err(Exit::Usage);
    }
    project.wrong_requirements().map_or(Ok(tests), |wrong| Err(wrong_requirements(wrong)))
}

/// Refuses a wrong `.env`, if it was read, and warns of an unsafe one.
pub(super) fn usable_variables(project: &Project) -> Result<(), Exit> {
    if let Some(wrong) = project.variables.wrong() {
        complain(wrong);
        return Err(Exit::Usage);
    }
    if let Some(warning) = project.variables.warning() {
        complain(warning);
    }
    Ok(())
}

/// The terms of a run on `target`, and of a look at what it would do, with what is allowed by `selected` and `kept`.
pub(super) fn terms<'k>(
    project: &Project,
    target: &TargetDefinition,
    selected: &Selected,
    kept: &'k KeptHere<'_>,
) -> Terms<'k> {
    let is_real = |target: &TargetDefinition| is_real(target, &project.variables);
    Terms {
        is_real: is_real(target),
        other_is_real: project.other(target).is_some_and(is_real),
        kept: Some(kept),
        attended: false,
        allowed: selected.allowed(),
    }
}

/// How all requirements below the unknown `name` are asked for, if there are any.
fn all_below(name: &str, catalogue: &Catalogue) -> String {
    let group = format!("{}.*", name.trim_end_matches(['.', '*']));
    if catalogue.knows(&group) { format!("; for all of them write `--certifies '{group}'`") } else { String::new() }
}

fn wrong_requirements(wrong: &WrongCatalogue) -> Exit {
    for problem in &wrong.problems {
        complain(render(problem, &wrong.sources, stderr_style()));
    }
    Exit::Usage
}

/// Tells why nothing could be loaded: a folder that can't be read is a wrong configuration.
pub(super) fn not_loaded(error: LoadError) -> Exit {
    let exit = match error {
        LoadError::Folder(..) => Exit::Usage,
        LoadError::Empty(_) => Exit::Nothing,
    };
    complain(error);
    exit
}

/// The way to `root` from the working directory, when it lies below or above by few steps; paths are shown so.
fn relative(root: &Path, here: &Path) -> PathBuf {
    here.strip_prefix(root).map_or_else(
        |_| root.to_path_buf(),
        |below| below.components().map(|_| std::path::Component::ParentDir).collect(),
    )
}

/// How texts for stderr are drawn.
pub(super) fn stderr_style() -> Style {
    styled(anstream::AutoStream::choice(&std::io::stderr()))
}

/// How texts for stdout are drawn.
pub(super) fn stdout_style(color: Option<Color>) -> Style {
    match color {
        Some(Color::Always) => Style::Coloured,
        Some(Color::Never) => Style::Plain,
        Some(Color::Auto) | None => styled(anstream::AutoStream::choice(&std::io::stdout())),
    }
}

fn styled(choice: anstream::ColorChoice) -> Style {
    if choice == anstream::ColorChoice::Never { Style::Plain } else { Style::Coloured }
}

/// Whether a person sees stdout as it is written.
pub(super) fn at_terminal() -> bool {
    std::io::stdout().is_terminal()
}
