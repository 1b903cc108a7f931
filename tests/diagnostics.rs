//! Every rule of the language refuses a file that breaks it, and says so in words that are pinned here.
//!
//! `tests/bad/NAME.yaml` is a scenario that breaks one rule (`_NAME.yaml` a fragment that such a scenario uses), and
//! `tests/bad/project/NAME.yaml` a project file, `tests/bad/requirements/NAME.yaml` a project's catalogue of requirements,
//! `tests/bad/profile/NAME.yaml` a profile of the mock, `tests/bad/faults/NAME.yaml` a file of faults for it.
//! What is told about each is the snapshot `bad__NAME`.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use tacktest::config::{PROJECT_FILE, Project, REQUIREMENTS_FILE};
use tacktest::mock::Profile;
use tacktest::plan::{Body, load_files};
use tacktest::scenario::{read_fault_list, read_faults, scenario_file};
use tacktest::source::{Diagnostic, Sources, Style, read_file, render};

/// What is told about one bad file.
struct Told {
    name: String,
    problems: Vec<Diagnostic>,
    text: String,
}

#[test]
fn what_is_told_about_every_bad_file_is_pinned() {
    let all = all();
    let wrong: Vec<&str> = all.iter().filter(|told| !is_as_pinned(told)).map(|told| told.name.as_str()).collect();
    assert!(wrong.is_empty(), "told in other words than the accepted ones: {}", wrong.join(", "));
}

#[test]
fn every_snapshot_has_its_bad_file() {
    let names: BTreeSet<String> = all().into_iter().map(|told| format!("{}.snap", told.name)).collect();
    let pinned: BTreeSet<String> = std::fs::read_dir("tests/snapshots")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "snap"))
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("bad__"))
        .collect();
    assert_eq!(names, pinned);
}

#[test]
fn every_code_of_the_loading_rooms_has_a_bad_file() {
    let written = codes_in_the_code();
    let told: BTreeSet<String> =
        all().iter().flat_map(|told| &told.problems).map(|problem| problem.code.to_owned()).collect();
    assert!(written.len() > 30, "the search finds the codes: {written:?}");
    let untold: Vec<_> = written.difference(&told).collect();
    assert!(untold.is_empty(), "no file below tests/bad is refused by {untold:?}");
}

#[test]
fn all_problems_of_a_file_are_told_at_once() {
    let six = scenario(Path::new("tests/bad/six_problems.yaml"));
    let codes: Vec<_> = six.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(
        codes,
        ["unknown-name", "unquoted-text", "bad-status", "unknown-key", "unknown-name", "unknown-operator"]
    );
}

fn all() -> Vec<Told> {
    let mut all: Vec<Told> = yaml_files("tests/bad").iter().map(|path| scenario(path)).collect();
    all.extend(yaml_files("tests/bad/project").iter().map(|path| project(path)));
    all.extend(yaml_files("tests/bad/profile").iter().map(|path| profile(path)));
    all.extend(yaml_files("tests/bad/requirements").iter().map(|path| requirements(path)));
    all.extend(yaml_files("tests/bad/faults").iter().map(|path| faults(path)));
    all
}

fn yaml_files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .filter(|path| !path.file_name().unwrap().to_string_lossy().starts_with('_'))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn scenario(path: &Path) -> Told {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(PROJECT_FILE), "").unwrap();
    let project = Project::read(folder.path()).unwrap();
    let tests = load_files(&project, project.target("mock").unwrap(), &scenario_file(path), path);
    let [test] = &tests[..] else { panic!("{} holds several tests", path.display()) };
    let Body::Broken(broken) = &test.body else { panic!("{} is accepted", path.display()) };
    told(&format!("bad__{}", stem(path)), broken.problems.clone(), &broken.sources)
}

fn project(path: &Path) -> Told {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(path, folder.path().join(PROJECT_FILE)).unwrap();
    let Err((problems, sources)) = Project::read(folder.path()) else { panic!("{} is accepted", path.display()) };
    let mut told = told(&format!("bad__project__{}", stem(path)), problems, &sources);
    told.text = told.text.replace(&folder.path().join(PROJECT_FILE).display().to_string(), PROJECT_FILE);
    told
}

fn profile(path: &Path) -> Told {
    let sources = Sources::of(read_file(path, path, 0).unwrap());
    let Err(problems) = Profile::read(&sources, read_fault_list) else { panic!("{} is accepted", path.display()) };
    told(&format!("bad__profile__{}", stem(path)), problems, &sources)
}

fn requirements(path: &Path) -> Told {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(PROJECT_FILE), "").unwrap();
    let scenarios = folder.path().join("scenarios");
    std::fs::create_dir(&scenarios).unwrap();
    std::fs::copy(path, scenarios.join(REQUIREMENTS_FILE)).unwrap();
    let project = Project::read(folder.path()).unwrap();
    let wrong = project.requirements().err().unwrap_or_else(|| panic!("{} is accepted", path.display()));
    let mut told = told(&format!("bad__requirements__{}", stem(path)), wrong.problems.clone(), &wrong.sources);
    told.text = told.text.replace(&scenarios.join(REQUIREMENTS_FILE).display().to_string(), REQUIREMENTS_FILE);
    told
}

fn faults(path: &Path) -> Told {
    let Err((problems, sources)) = read_faults(path, &[]) else { panic!("{} is accepted", path.display()) };
    told(&format!("bad__faults__{}", stem(path)), problems, &sources)
}

fn told(name: &str, problems: Vec<Diagnostic>, sources: &Sources) -> Told {
    for problem in &problems {
        let places = problem.context.iter().map(|(place, _)| *place).chain([problem.place]);
        for place in places {
            let file = sources.get(place.file).unwrap_or_else(|| panic!("{name}: no file {}", place.file));
            assert!(place.end as usize <= file.text.len(), "{name}: {problem:?}");
        }
    }
    let text: Vec<String> = problems.iter().map(|problem| render(problem, sources, Style::Plain)).collect();
    let text = text.join("\n\n");
    Told { name: name.to_owned(), problems, text: if cfg!(windows) { text.replace('\\', "/") } else { text } }
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

fn is_as_pinned(told: &Told) -> bool {
    catch_unwind(|| {
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(told.name.as_str(), told.text);
        });
    })
    .is_ok()
}

/// Every code that stands behind `Diagnostic::error(` in the rooms that read files.
fn codes_in_the_code() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for room in ["source", "config", "scenario", "plan", "pattern", "mock"] {
        collect(&Path::new("src").join(room), &mut codes);
    }
    codes
}

fn collect(folder: &Path, codes: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, codes);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        // Unit tests make diagnostics of their own.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for call in code.split("Diagnostic::error(").skip(1) {
            if let Some(code) = call.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                codes.insert(code.to_owned());
            }
        }
    }
}
