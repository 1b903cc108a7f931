//! All selected files, read on all cores, each once.

use std::collections::HashMap;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt, io};

use crate::config::{Project, TargetDefinition};
use crate::scenario::{
    Found, FragmentFiles, NoTest, Reading, Rows, Scenario, ScenarioFile, find_scenarios, read_scenario,
};
use crate::source::{Diagnostic, Place, SourceFile, Sources, read_file};

use super::certifies::certified;
use super::effects::{check_claim, effect};
use super::logins::asks_person;
use super::names::check_names;
use super::needs::needs;
use super::select::Selection;
use super::skips::{Setting, skip_reason};
use super::terms::Terms;
use super::test::{Body, Broken, Fingerprint, Later, Plan, Test};
use super::webhooks::check_webhooks;

/// Why nothing could be loaded.
#[derive(Debug)]
pub enum LoadError {
    /// The folder of the scenarios can't be read.
    Folder(std::path::PathBuf, io::Error),
    /// The folder has no scenario.
    Empty(std::path::PathBuf),
}

impl fmt::Display for LoadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path, error) if error.kind() == io::ErrorKind::NotFound => {
                write!(formatter, "there is no folder `{}`: the scenarios of a project are in it", path.display())
            }
            Self::Folder(path, error) => write!(formatter, "can't read the scenarios in `{}`: {error}", path.display()),
            Self::Empty(path) => {
                write!(formatter, "there is no scenario in `{}`: scenarios are files that end in .yaml", path.display())
            }
        }
    }
}

/// Below this many files, starting threads costs more than it saves.
const FEW_FILES: usize = 16;

/// The most plans that are kept from loading to running. A scenario beyond them is read twice: reading takes some
/// 70 µs, keeping some 5 KiB.
const MOST_KEPT: usize = 1_000;

/// The stack of a loading thread, in bytes: deep nesting is refused by budget long before this is used up.
const LOADER_STACK: usize = 8 * 1024 * 1024;

/// Loads the tests of `project` that `selection` asks for, planned for `target` on these `terms`, sorted by name.
pub fn load(
    project: &Project,
    target: &TargetDefinition,
    terms: &Terms<'_>,
    selection: &Selection,
) -> Result<Vec<Test>, LoadError> {
    let folder = project.scenarios();
    let found = find_scenarios(&folder).map_err(|error| LoadError::Folder(folder.clone(), error))?;
    if found.files.is_empty() && found.refused.is_empty() {
        return Err(LoadError::Empty(folder));
    }
    let setting = Setting { project, target, terms };
    let mut tests =
        Loader { setting, selection, fragments: Arc::default(), kept: AtomicUsize::new(0) }.found(&found, &folder);
    refuse_twins(&mut tests);
    Ok(tests)
}

/// Loads the tests that were `found` below `folder`, whatever is selected.
pub fn load_files(project: &Project, target: &TargetDefinition, found: &Found, folder: &Path) -> Vec<Test> {
    let selection = Selection::default();
    let setting = Setting { project, target, terms: &Terms::default() };
    let mut tests = Loader { setting, selection: &selection, fragments: Arc::default(), kept: AtomicUsize::new(0) }
        .found(found, folder);
    refuse_twins(&mut tests);
    tests
}

struct Loader<'a> {
    setting: Setting<'a>,
    selection: &'a Selection,
    fragments: Arc<FragmentFiles>,
    /// How many plans are kept so far.
    kept: AtomicUsize,
}

/// One scenario as read.
struct Read<'a> {
    file: &'a ScenarioFile,
    row: Option<String>,
    scenario: Scenario,
}

impl Loader<'_> {
    /// The path from the project's folder, so that it is the same wherever a run is started.
    fn source(&self, path: &Path) -> String {
        path.strip_prefix(&self.setting.project.root).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }

    fn found(&self, found: &Found, folder: &Path) -> Vec<Test> {
        let mut tests = self.all(&found.files);
        for refused in &found.refused {
            let test = refused_test(refused, folder, &tests);
            if self.selection.names(&test.name) {
                tests.push(test);
            }
        }
        tests.sort_by(|a, b| a.name.cmp(&b.name));
        tests
    }

    fn all(&self, files: &[ScenarioFile]) -> Vec<Test> {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        if files.len() <= FEW_FILES || threads == 1 {
            return files.iter().flat_map(|file| self.file(file)).collect();
        }
        let next = AtomicUsize::new(0);
        let loaded = Mutex::new(Vec::with_capacity(files.len()));
        let work = || {
            let mut own = Vec::new();
            while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                own.extend(self.file(file));
            }
            loaded.lock().unwrap_or_else(PoisonError::into_inner).append(&mut own);
        };
        std::thread::scope(|scope| {
            for _ in 1..threads {
                // A thread that can't be started leaves its share to the others.
                let _ = std::thread::Builder::new().stack_size(LOADER_STACK).spawn_scoped(scope, work);
            }
            work();
        });
        loaded.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn file(&self, file: &ScenarioFile) -> Vec<Test> {
        // Reading a file is cheap, parsing is not: only one that speaks of a matrix can have rows.
        let selection = self.selection;
        let unfiltered = selection.filters.is_empty() && selection.skip.is_empty();
        let may_hold = unfiltered
            || selection.may_name(&file.name, false)
            || selection.may_name(&file.name, true) && mentions_matrix(&file.path);
        if !may_hold {
            return Vec::new();
        }
        let Reading { sources, rows, mut problems, complete } = read_scenario(&file.path, &self.fragments);
        let scenarios = match rows {
            Some(Rows::One(scenario)) => vec![(None, *scenario)],
            Some(Rows::Matrix(rows)) => rows.into_iter().map(|(row, scenario)| (Some(row), scenario)).collect(),
            None => Vec::new(),
        };
        // One problem of the file is enough to hold back all of its tests: the file is wrong, not a row.
        for (_, scenario) in &scenarios {
            check_names(scenario, complete, self.setting.project, &mut problems);
            check_claim(scenario, &mut problems);
            if complete {
                check_webhooks(scenario, &mut problems);
            }
        }
        if !problems.is_empty() {
            let named = |(row, _): &(Option<String>, Scenario)| self.selection.names(&name_of(file, row.as_deref()));
            let wanted = scenarios.iter().any(named) || self.selection.names(&file.name);
            return if wanted { vec![broken_test(file, problems.into_sorted(), sources)] } else { Vec::new() };
        }
        let fingerprint = Fingerprint::of(&sources);
        // Texts and trees are not needed any more; what thousands of scenarios keep is kept small.
        let sources = sources.without_texts();
        scenarios
            .into_iter()
            .filter(|(row, _)| self.selection.names(&name_of(file, row.as_deref())))
            .filter_map(|(row, scenario)| self.test(Read { file, row, scenario }, fingerprint, &sources))
            .collect()
    }

    /// The test of what was read, if its labels are selected; only then is it asked whether it can run.
    fn test(&self, read: Read<'_>, fingerprint: Fingerprint, sources: &Sources) -> Option<Test> {
        let Read { file, row, mut scenario } = read;
        let tags: Vec<String> = scenario.tags.iter().map(|tag| tag.value.clone()).collect();
        let certifies = certified(&scenario, self.setting.project);
        if !self.selection.labels(&tags, &certifies) {
            return None;
        }
        let needs = needs(&scenario);
        Some(Test {
            name: name_of(file, row.as_deref()),
            title: std::mem::take(&mut scenario.title),
            file: file.path.clone(),
            source: self.source(&file.path),
            file_name: file.name.clone(),
            row,
            certifies,
            tags,
            effects: effect(&scenario),
            client: scenario.client.as_ref().map(|client| client.value.clone()),
            skip: skip_reason(&scenario, &needs, self.setting),
            attended: asks_person(&needs) && self.setting.is_real(&scenario),
            needs,
            body: if self.kept.fetch_add(1, Ordering::Relaxed) < MOST_KEPT {
                Body::Ready(Box::new(Plan { scenario, sources: sources.clone() }))
            } else {
                Body::Later(Later { fragments: Arc::clone(&self.fragments), file: fingerprint })
            },
        })
    }
}

fn name_of(file: &ScenarioFile, row: Option<&str>) -> String {
    match row {
        Some(row) => format!("{}::{row}", file.name),
        None => file.name.clone(),
    }
}

fn mentions_matrix(path: &Path) -> bool {
    // A file that can't be read is parsed, so that its problem is told.
    read_file(path, path, 0).map_or(true, |file| file.text.contains("matrix"))
}

fn broken_test(file: &ScenarioFile, problems: Vec<Diagnostic>, sources: Sources) -> Test {
    Test {
        name: file.name.clone(),
        title: String::new(),
        file: file.path.clone(),
        source: String::new(),
        file_name: file.name.clone(),
        row: None,
        certifies: Vec::new(),
        tags: Vec::new(),
        needs: Vec::new(),
        client: None,
        effects: crate::config::Effect::None,
        skip: None,
        attended: false,
        body: Body::Broken(Box::new(Broken { problems, sources })),
    }
}

/// What is no scenario file, though it looks like one, is a failed test under a name that no other test has.
fn refused_test(refused: &NoTest, folder: &Path, others: &[Test]) -> Test {
    let relative = refused.path.strip_prefix(folder).unwrap_or(&refused.path);
    let clean = |character: char| if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { '_' };
    let parts: Vec<String> = relative.iter().map(|part| part.to_string_lossy().chars().map(clean).collect()).collect();
    let mut name = parts.join("::");
    while others.iter().any(|other| other.name == name) {
        name.push('_');
    }
    let file = ScenarioFile { name, path: refused.path.clone() };
    let sources = Sources::of(SourceFile { path: refused.path.clone(), text: String::new() });
    broken_test(&file, vec![refused.diagnostic()], sources)
}

/// Two tests of one name (a row, and a file in a folder of the scenario's name) can't be told apart.
fn refuse_twins(tests: &mut [Test]) {
    let mut files: HashMap<String, Vec<PathBuf>> = HashMap::new();
    for test in tests.iter() {
        files.entry(test.name.clone()).or_default().push(test.file.clone());
    }
    for test in tests.iter_mut() {
        let Some(other) = files.get(&test.name).and_then(|files| files.iter().find(|file| **file != test.file)) else {
            continue;
        };
        let problem =
            Diagnostic::error("duplicate-name", format!("two tests are called `{}`", test.name), Place::start_of(0))
                .note(format!("the other is in {}", other.display()))
                .help("rename the matrix row, or the file in the folder of the same name");
        let sources = Sources::of(SourceFile { path: test.file.clone(), text: String::new() });
        test.skip = None;
        test.body = Body::Broken(Box::new(Broken { problems: vec![problem], sources }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_kept_is_read_again_and_a_change_meanwhile_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.yaml");
        let text = "title: T\nmatrix: {one: {size: 1}, two: {size: 2}}\nsteps:\n  - compare: \"${matrix.size}\"\n    expect: {value: 2}\n";
        std::fs::write(&path, text).unwrap();
        std::fs::write(folder.path().join(crate::config::PROJECT_FILE), "").unwrap();
        let project = Project::read(folder.path()).unwrap();
        let loader = Loader {
            setting: Setting { project: &project, target: project.target("mock").unwrap(), terms: &Terms::default() },
            selection: &Selection::default(),
            fragments: Arc::default(),
            kept: AtomicUsize::new(MOST_KEPT),
        };
        let tests = loader.file(&ScenarioFile { name: "rows".to_owned(), path: path.clone() });
        let Body::Later(later) = &tests[1].body else { panic!("{tests:?}") };
        let plan = later.plan(&tests[1]).unwrap();
        assert_eq!((tests[1].name.as_str(), plan.scenario.steps.len()), ("rows::two", 1));
        assert_eq!(tests[1].source, "rows.yaml");
        // A file that is right by itself was not checked for names and effects, nor counted.
        for changed in [text.replace("two", "three"), text.replace("value: 2", "value: \"${gone}\"")] {
            std::fs::write(&path, changed).unwrap();
            let problems = later.plan(&tests[1]).unwrap_err().problems;
            assert_eq!(&*problems[0].title, "the file was changed while the scenarios ran");
        }
    }
}
